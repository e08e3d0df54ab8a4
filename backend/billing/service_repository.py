"""What each service of a bill was reckoned from: the `basis` of a draft, as it is kept with the bill."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_OF_BASIS = """
INSERT INTO bill_services (bill_id, number, agreement_id, service_class, first_day, last_day, units, is_estimated,
                           persons, landscape_sqft, et_inches, meters)
SELECT given.bill_id, s.number, (s.value->>'agreement_id')::uuid, s.value->>'service_class', (s.value->>'first')::date,
       (s.value->>'last')::date, (s.value->>'units')::numeric, (s.value->>'is_estimated')::boolean,
       (s.value->>'persons')::smallint, (s.value->>'landscape_sqft')::integer,
       ARRAY(SELECT i::numeric FROM jsonb_array_elements_text(s.value->'et_inches') AS i),
       (SELECT coalesce(jsonb_agg(m), '[]') FROM jsonb_array_elements(given.basis->'meters') AS m
         WHERE (m->>'service')::bigint = s.number)
  FROM given CROSS JOIN LATERAL jsonb_array_elements(given.basis->'services') WITH ORDINALITY AS s (value, number)
ON CONFLICT DO NOTHING
"""
_ADD = text(f"""
WITH given AS (SELECT b.bill_id, b.basis::jsonb AS basis FROM unnest(:bill_ids, :bases) AS b (bill_id, basis))
{_OF_BASIS}
""").bindparams(bindparam("bill_ids", type_=ARRAY(Uuid())), bindparam("bases", type_=ARRAY(Text())))

_ADD_OF_DRAFTS = text(f"""
WITH given AS (
    SELECT b.bill_id, d.basis FROM unnest(:bill_ids, :account_ids) AS b (bill_id, account_id)
      JOIN bill_drafts d ON d.run_id = :run_id AND d.account_id = b.account_id)
{_OF_BASIS}
""").bindparams(
    bindparam("run_id", type_=Uuid()),
    bindparam("bill_ids", type_=ARRAY(Uuid())),
    bindparam("account_ids", type_=ARRAY(Uuid())),
)


async def add_of_drafts(
    session: AsyncSession, run_id: UUID, bill_ids: Sequence[UUID], account_ids: Sequence[UUID]
) -> None:
    """What the drafts of a run were reckoned from becomes the services of their bills."""
    values = {"run_id": run_id, "bill_ids": list(bill_ids), "account_ids": list(account_ids)}
    await session.execute(_ADD_OF_DRAFTS, values)


async def add(session: AsyncSession, bill_ids: Sequence[UUID], bases: Sequence[str]) -> None:
    """What bills outside a run were reckoned from: `Draft.basis` as JSON, one for each bill."""
    await session.execute(_ADD, {"bill_ids": list(bill_ids), "bases": list(bases)})
