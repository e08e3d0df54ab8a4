"""The ledger entries of budget bills: what a bill puts off, what is taken back with it, what falls due at last."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.ledger import chart, rules
from backend.ledger import service as ledger
from backend.options import budget_repository as budgets

_KEYS = {"level": "budget:{}", "cancel": "budget:{}:cancelled"}
_WORDS = {"level": "Budget billing: brought to the monthly amount", "cancel": "Budget billing: bill taken back"}
SETTLED = "Budget billing: difference settled"


def put_off(key: str, description: str, account_id: UUID, cents: int, *, day: date, due_on: date | None) -> rules.Entry:
    """The entry that moves `cents` out of what the account owes (negative: back into it) as of `due_on`."""
    postings = (rules.Posting(account_id, -cents, due_on), rules.Posting(chart.BUDGET_DEFERRED, cents))
    return rules.Entry(key, "transfer", description, day, postings)


async def post_for_bills(
    session: AsyncSession, rows: Sequence[RowMapping], kind: str, business_date: date, now: datetime
) -> int:
    """Level or cancel bills (`budget_id`, `account_id`, `bill_id`, `due_date`, `deferred_cents`); how many."""
    if not rows:
        return 0
    entries = [
        put_off(
            _KEYS[kind].format(row["bill_id"]),
            _WORDS[kind],
            row["account_id"],
            row["deferred_cents"],
            day=business_date,
            due_on=row["due_date"],
        )
        for row in rows
    ]
    posted = await ledger.post_entries(session, entries, now)
    fresh = [
        {
            "entry_id": one.entry_id,
            "budget_id": row["budget_id"],
            "kind": kind,
            "bill_id": row["bill_id"],
            "deferred_cents": row["deferred_cents"],
        }
        for row, one in zip(rows, posted, strict=True)
        if one.is_new
    ]
    if fresh:
        await budgets.add_entries(session, fresh)
    return len(fresh)


async def settle(
    session: AsyncSession,
    listed: Sequence[tuple[UUID, UUID]],
    business_date: date,
    *,
    now: datetime,
    district: District,
) -> dict[UUID, tuple[int, date]]:
    """Let what these budgets (each with its account) have put off fall due: the cents and the day, by budget.

    A budget that is even is left out. A credit (negative) counts from today and falls due on no day.
    """
    sums = await budgets.deferred(session, [budget_id for budget_id, _ in listed])
    due_on = business_date + timedelta(days=district.policy.options.budget.settle_days)
    owing = [(budget_id, account_id, sums[budget_id]) for budget_id, account_id in listed if sums.get(budget_id)]
    entries = [
        put_off(
            f"budget:{budget_id}:settled:{business_date}",
            SETTLED,
            account_id,
            -cents,
            day=business_date,
            due_on=due_on if cents > 0 else None,
        )
        for budget_id, account_id, cents in owing
    ]
    posted = await ledger.post_entries(session, entries, now)
    rows = [
        {"entry_id": one.entry_id, "budget_id": budget_id, "kind": "settle", "bill_id": None, "deferred_cents": -cents}
        for (budget_id, _, cents), one in zip(owing, posted, strict=True)
        if one.is_new
    ]
    if rows:
        await budgets.add_entries(session, rows)
    return {budget_id: (cents, due_on) for budget_id, _, cents in owing}
