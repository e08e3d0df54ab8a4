"""Work over all accounts in parts: each fits one transaction, and is the same when it is asked for again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

PART_ACCOUNTS = 500

_FIRSTS = text("""
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts) numbered
 WHERE (place - 1) % :size = 0 ORDER BY id
""")


@dataclass(frozen=True, slots=True)
class Part:
    """The accounts with ids from `first` up to, not including, `before` (None: to the end); numbered from 1."""

    number: int
    first: UUID
    before: UUID | None

    @classmethod
    def of(cls, account_id: UUID) -> "Part":
        """One account alone."""
        return cls(1, account_id, UUID(int=account_id.int + 1))

    @property
    def bounds(self) -> dict[str, UUID]:
        """The values of `WITHIN`."""
        return {"part_first": self.first, "part_before": self.before or LAST}


LAST = UUID(int=2**128 - 1)
WITHIN = "{0} >= :part_first AND {0} < :part_before"
"""A condition of SQL on an account id: `WITHIN.format("a.id")`, with the values of `Part.bounds`."""
EVERYTHING = Part(1, UUID(int=0), None)


async def account_parts(session: AsyncSession, size: int = PART_ACCOUNTS) -> list[Part]:
    """All accounts in parts of `size`. Ids grow with time, so a new account joins the last part and no other moves."""
    firsts = list(await session.scalars(_FIRSTS, {"size": size}))
    befores = [*firsts, None][1:]
    return [Part(number, first, before) for number, (first, before) in enumerate(zip(firsts, befores, strict=True), 1)]
