"""A night's work on budget bills, part by part: after the bills have posted, before statements are made."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.options import budget_repository as budgets
from backend.options import notices, rules
from backend.options.budget import tell_end
from backend.options.budget_entries import post_for_bills, settle
from backend.parts import Part


async def check_budgets(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Level new bills, undo the leveling of cancelled ones, end budgets in default, renew those a year old.

    Counts: `budget_leveled`, `budget_cancelled`, `budget_ended`, `budget_renewed`. Again for the same date
    it does nothing more.
    """
    cancelled = await post_for_bills(
        session, await budgets.bills_to_cancel(session, part), "cancel", business_date, now
    )
    leveled = await post_for_bills(
        session, await budgets.bills_to_level(session, part, business_date), "level", business_date, now
    )
    return {
        "budget_leveled": leveled,
        "budget_cancelled": cancelled,
        "budget_ended": await _end(session, business_date, now, part, district),
        "budget_renewed": await _renew(session, business_date, now, part, district),
    }


async def _end(session: AsyncSession, business_date: date, now: datetime, part: Part, district: District) -> int:
    default_before = business_date - timedelta(days=district.policy.options.budget.default_days)
    ending = await budgets.budgets_to_end(session, part, business_date, default_before)
    for reason in ("default", "account_closed"):
        ids = [row["budget_id"] for row in ending if row["reason"] == reason]
        if ids:
            await budgets.end(session, ids, business_date, reason)
    listed = [(row["budget_id"], row["account_id"]) for row in ending]
    settled = await settle(session, listed, business_date, now=now, district=district) if listed else {}
    for budget_id, account_id in listed:
        cents, due_on = settled.get(budget_id, (0, business_date))
        await tell_end(session, account_id, cents, due_on, now=now, district=district)
    return len(listed)


async def _renew(session: AsyncSession, business_date: date, now: datetime, part: Part, district: District) -> int:
    policy = district.policy.options.budget
    rows = await budgets.budgets_to_renew(session, part, business_date, policy.history_bills)
    if not rows:
        return 0
    listed = [(row["budget_id"], row["account_id"]) for row in rows]
    await settle(session, listed, business_date, now=now, district=district)
    for row in rows:
        amounts = row["bills_cents"] or []
        monthly = rules.levelized_cents(amounts, policy.round_up_to_cents) if amounts else row["monthly_cents"]
        next_on = rules.year_after(row["recalculate_on"])
        await budgets.renew(session, row["budget_id"], monthly, next_on)
        await notices.tell_change(
            session, row["account_id"], "budget_renewed", district=district, now=now, cents=monthly
        )
    return len(rows)
