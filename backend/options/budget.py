"""Budget bills: the same amount each month, the average of a year; the difference is kept and settled.

Each bill is charged in full. Beside it an entry moves what is above the monthly amount out of what the customer
owes into `budget_deferred`, or what is below it the other way. So balances, due dates, late fees and drafts see
the monthly amount, and what was put off is a sum in the ledger that falls due each year or when the budget ends.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.database import announce
from backend.district.service import District
from backend.models.billing_option import BudgetBill
from backend.options import budget_repository as budgets
from backend.options import notices, repository, rules
from backend.options.budget_entries import settle
from backend.options.service import OptionRefusedError

_WHY_NOT = {
    "account_closed": "This account is closed.",
    "service_class": "Budget billing is not offered for this kind of service.",
    "on_arrangement": "Budget billing can start when the payment plan is paid.",
    "past_due": "Budget billing can start when nothing is past due.",
    "not_enough_history": "Budget billing needs more bills to make an average of.",
}


@dataclass(frozen=True, slots=True)
class PastBill:
    issued_on: date
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Month:
    """One leveled bill: what was used, and what the bill asked for."""

    issued_on: date
    used_cents: int
    asked_cents: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget bill in force; `deferred_cents` was used but not asked for yet (negative: paid ahead)."""

    monthly_cents: int
    started_on: date
    recalculate_on: date
    deferred_cents: int
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class BudgetFacts:
    """The budget bill of an account, or what it would be and why there is none.

    `monthly_cents` is the average of `history`, rounded up to `round_up_to_cents`; None without bills.
    """

    budget: Budget | None
    why_not: str | None
    monthly_cents: int | None
    average_cents: int | None
    round_up_to_cents: int
    bills_needed: int
    history: tuple[PastBill, ...]


async def explain_budget(session: AsyncSession, account_id: UUID, *, now: datetime, district: District) -> BudgetFacts:
    """Everything a person needs to understand the amount, enrolled or not.

    :raises accounts.AccountNotFoundError: no such account.
    """
    policy, today = district.policy.options.budget, district.today(now)
    history = await _history(session, account_id, today, policy.history_bills)
    live = await budgets.live_budget(session, account_id)
    why_not = None if live else await _why_not(session, account_id, len(history), now, district)
    amounts = [bill.amount_cents for bill in history]
    return BudgetFacts(
        budget=await _shown(session, live) if live else None,
        why_not=why_not,
        monthly_cents=rules.levelized_cents(amounts, policy.round_up_to_cents) if amounts else None,
        average_cents=rules.levelized_cents(amounts, 1) if amounts else None,
        round_up_to_cents=policy.round_up_to_cents,
        bills_needed=policy.history_bills,
        history=history,
    )


async def join_budget_bill(session: AsyncSession, account_id: UUID, *, now: datetime, district: District) -> Budget:
    """Level the bills from today on; one in force is answered with.

    :raises OptionRefusedError: `account_closed`, `service_class`, `on_arrangement`, `past_due` or
        `not_enough_history` (with `bills` and `bills_needed`).
    """
    await repository.lock_account(session, account_id)
    known = await budgets.live_budget(session, account_id)
    if known is not None:
        return await _shown(session, known)
    policy, today = district.policy.options.budget, district.today(now)
    history = await _history(session, account_id, today, policy.history_bills)
    why_not = await _why_not(session, account_id, len(history), now, district)
    if why_not is not None:
        raise OptionRefusedError(why_not, _WHY_NOT[why_not], bills=len(history), bills_needed=policy.history_bills)
    made = BudgetBill(
        account_id=account_id,
        monthly_cents=rules.levelized_cents([bill.amount_cents for bill in history], policy.round_up_to_cents),
        started_on=today,
        recalculate_on=rules.year_after(today),
    )
    await budgets.add(session, made)
    await notices.tell_change(
        session,
        account_id,
        "budget_on",
        district=district,
        now=now,
        cents=made.monthly_cents,
        day=made.recalculate_on,
    )
    announce(session, "money", account_id=account_id)
    return await _shown(session, made)


async def leave_budget_bill(
    session: AsyncSession, account_id: UUID, *, reason: str, now: datetime, district: District
) -> int | None:
    """End the budget bill; what falls due now (negative: a credit), or None when there was no budget bill."""
    await repository.lock_account(session, account_id)
    known = await budgets.live_budget(session, account_id)
    if known is None:
        return None
    today = district.today(now)
    await budgets.end(session, [known.id], today, reason)
    settled = await settle(session, [(known.id, account_id)], today, now=now, district=district)
    cents, due_on = settled.get(known.id, (0, today))
    await tell_end(session, account_id, cents, due_on, now=now, district=district)
    announce(session, "money", account_id=account_id)
    return cents


async def tell_end(
    session: AsyncSession, account_id: UUID, cents: int, due_on: date, *, now: datetime, district: District
) -> None:
    """Text the customer that the budget bill has ended, and what became of the difference."""
    change = "budget_off" if cents > 0 else "budget_credit" if cents < 0 else "budget_even"
    await notices.tell_change(session, account_id, change, district=district, now=now, cents=cents, day=due_on)


async def _shown(session: AsyncSession, budget: BudgetBill) -> Budget:
    put_off = (await budgets.deferred(session, [budget.id])).get(budget.id, 0)
    months = tuple(Month(**row) for row in await budgets.months(session, budget.id))
    return Budget(budget.monthly_cents, budget.started_on, budget.recalculate_on, put_off, months)


async def _history(session: AsyncSession, account_id: UUID, today: date, bills: int) -> tuple[PastBill, ...]:
    return tuple(PastBill(**row) for row in await budgets.history(session, account_id, today, bills))


async def _why_not(
    session: AsyncSession, account_id: UUID, bills: int, now: datetime, district: District
) -> str | None:
    facts = await accounts.account_facts(session, account_id)
    owed = await accounts.balance(session, account_id, now, district.today(now))
    standing = rules.Standing(
        facts.service_class,
        facts.status == "active",
        bills,
        owed.past_due_cents,
        await budgets.on_arrangement(session, account_id),
    )
    policy = district.policy.options.budget
    return rules.why_no_budget(standing, policy.service_classes, policy.history_bills)
