"""Posting many fees at once, each for the bill that caused it, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.fees import repository
from backend.ledger import chart, rules
from backend.ledger import service as ledger
from backend.models.base import new_id


@dataclass(frozen=True, slots=True)
class DueFee:
    """A fee that is due for the bill of `entry_id`."""

    account_id: UUID
    entry_id: UUID
    cents: int


@dataclass(frozen=True, slots=True)
class FeeKind:
    """The code of the fees, and what their entries are called."""

    code: str
    description: str


async def post_fees(
    session: AsyncSession, kind: FeeKind, due: Sequence[DueFee], *, charged_on: date, due_on: date, now: datetime
) -> list[int]:
    """Post the fees; the amounts of those that were not there already."""
    if not due:
        return []
    entries = [
        rules.Entry(
            f"{kind.code}:{fee.entry_id}",
            "fee",
            kind.description,
            charged_on,
            rules.transfer(fee.account_id, chart.FEE_REVENUE, fee.cents, due_on),
        )
        for fee in due
    ]
    posted = await ledger.post_entries(session, entries, now)
    rows = [
        {
            "id": new_id(),
            "account_id": fee.account_id,
            "code": kind.code,
            "amount_cents": fee.cents,
            "charged_on": charged_on,
            "entry_id": one.entry_id,
            "caused_by_entry_id": fee.entry_id,
        }
        for fee, one in zip(due, posted, strict=True)
        if one.is_new
    ]
    if rows:
        await repository.add_fees(session, rows)
    return [fee.cents for fee, one in zip(due, posted, strict=True) if one.is_new]
