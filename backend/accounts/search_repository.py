"""Finding accounts by words: each word must be in the number, the name, the address or at the end of a phone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_FIND = text("""
WITH words AS (
    SELECT pattern, digits, n FROM unnest(:patterns, :digits) WITH ORDINALITY AS w (pattern, digits, n)
), hits AS (
    SELECT a.id, w.n FROM words w JOIN accounts a ON w.digits <> '' AND a.number LIKE w.digits || '%'
    UNION
    SELECT a.id, w.n FROM words w JOIN customers c ON c.name ~ w.pattern
      JOIN accounts a ON a.customer_id = c.id
    UNION
    SELECT s.account_id, w.n FROM words w
      JOIN premises p ON concat_ws(' ', p.street, p.unit, p.city, p.zip) ~ w.pattern
      JOIN service_agreements s ON s.premise_id = p.id
    UNION
    SELECT a.id, w.n FROM words w JOIN customer_phones f ON length(w.digits) >= 4 AND f.phone LIKE '%' || w.digits
      JOIN accounts a ON a.customer_id = f.customer_id
), found AS (
    SELECT id FROM hits GROUP BY id HAVING count(DISTINCT n) = cardinality(:patterns)
)
SELECT a.id FROM found JOIN accounts a ON a.id = found.id JOIN customers c ON c.id = a.customer_id
 ORDER BY a.status, c.name, a.number LIMIT :limit
""").bindparams(bindparam("patterns", type_=ARRAY(Text())), bindparam("digits", type_=ARRAY(Text())))

_SHOWN = text("""
SELECT a.id AS account_id, a.number, a.status, a.service_class, c.name, place.street, place.unit, place.city,
       (SELECT phone FROM customer_phones f WHERE f.customer_id = c.id ORDER BY rank LIMIT 1) AS phone
  FROM accounts a JOIN customers c ON c.id = a.customer_id
  LEFT JOIN LATERAL (
       SELECT p.street, p.unit, p.city FROM service_agreements s JOIN premises p ON p.id = s.premise_id
        WHERE s.account_id = a.id
        ORDER BY s.ended_on IS NOT NULL, s.started_on DESC, s.id LIMIT 1) place ON true
 WHERE a.id = ANY(:ids) ORDER BY a.status, c.name, a.number
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))


async def find(session: AsyncSession, words: Sequence[tuple[str, str]], limit: int) -> list[UUID]:
    """The accounts that every word is in; a word is its pattern (a regular expression) and its digits."""
    values = {"patterns": [pattern for pattern, _ in words], "digits": [digits for _, digits in words], "limit": limit}
    return list(await session.scalars(_FIND, values))


async def shown(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[RowMapping]:
    return (await session.execute(_SHOWN, {"ids": list(ids)})).mappings().all()
