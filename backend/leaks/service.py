"""Leak adjustments: what the policy credits of a bill, and the credit itself, once, within the role's authority."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.charges import LeakAdjustmentPolicy
from backend.district.service import District
from backend.errors import ConflictError, ForbiddenError, NotFoundError
from backend.fees.rules import months_before
from backend.leaks import repository, rules
from backend.ledger import chart
from backend.ledger import rules as entries
from backend.ledger import service as ledger
from backend.models.leak import LeakAdjustment
from backend.payments import service as payments
from backend.staff.permissions import Permission, require

DESCRIPTION = "Leak adjustment"


class BillNotFoundError(NotFoundError):
    """404 `bill_not_found`."""

    def __init__(self) -> None:
        super().__init__("bill_not_found", "There is no such bill. Ask for the account's list of bills.")


class LeakRefusedError(ConflictError):
    """409 `leak_adjustment_refused`: the adopted policy credits nothing here; `reason` names why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__("leak_adjustment_refused", detail, reason=reason)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be credited. `is_posted`: it has been."""

    bill_id: UUID
    account_id: UUID
    method: str
    units: Decimal
    credit_cents: int
    is_posted: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What the customer showed: when the leak was repaired, and what proves it."""

    repaired_on: date
    note: str


async def propose(
    session: AsyncSession, bill_id: UUID, repaired_on: date, *, now: datetime, district: District
) -> Proposed:
    """The credit that the policy gives for this bill. Nothing is posted.

    :raises BillNotFoundError: no such bill. :raises LeakRefusedError: the policy credits nothing here.
    """
    bill = await repository.locked_bill(session, bill_id)
    if bill is None:
        raise BillNotFoundError
    known = await repository.adjustment_of(session, bill_id)
    if known is not None:
        return _posted(known)
    today, policy = district.today(now), district.policy.leak_adjustment
    _check_bill(bill, repaired_on, today, policy)
    since = months_before(today, policy.once_in_months)
    if last := await repository.adjusted_since(session, bill["account_id"], since):
        detail = f"This account had a leak adjustment on {last}; there is one in {policy.once_in_months} months."
        raise LeakRefusedError("too_often", detail)
    credit = await _credit(session, bill, policy)
    if credit.cents <= 0:
        raise LeakRefusedError("nothing_above", "This bill has no water above what the policy leaves as it is.")
    return Proposed(bill_id, bill["account_id"], policy.method, credit.units, credit.cents, is_posted=False)


async def adjust(
    session: AsyncSession, principal: Principal, bill_id: UUID, claim: Claim, *, now: datetime, district: District
) -> Proposed:
    """Credit the bill's account, and let the credit pay what is owed. Once a bill, however often it is asked for.

    :raises ForbiddenError: `role_not_allowed`, or `above_authority`: a person with a higher role has to do it.
    :raises LeakRefusedError: no note, or the policy credits nothing. :raises BillNotFoundError: no such bill.
    """
    staff_id = require(principal, Permission.ASK_FOR_MONEY_BACK)
    if not claim.note.strip():
        raise LeakRefusedError("note_needed", "Write down what shows the repair, and send it again.")
    found = await propose(session, bill_id, claim.repaired_on, now=now, district=district)
    if found.is_posted:
        return found
    most = getattr(district.policy.leak_adjustment.credit_cents_max, str(principal.role))
    if found.credit_cents > most:
        detail = f"The role {principal.role} may credit at most ${most / 100:,.2f}. Ask somebody who may credit more."
        raise ForbiddenError("above_authority", detail, limit_cents=most, credit_cents=found.credit_cents)
    today = district.today(now)
    postings = entries.transfer(chart.ADJUSTMENTS, found.account_id, found.credit_cents)
    posted = await ledger.post_entry(
        session, entries.Entry(f"leak:{bill_id}", "adjustment", DESCRIPTION, today, postings), now
    )
    made = LeakAdjustment(
        bill_id=bill_id,
        account_id=found.account_id,
        entry_id=posted.entry_id,
        method=found.method,
        units=found.units,
        credit_cents=found.credit_cents,
        repaired_on=claim.repaired_on,
        note=claim.note.strip(),
        adjusted_by=staff_id,
        adjusted_on=today,
        adjusted_at=now,
    )
    await repository.add(session, made)
    await payments.allocate_credits(session, [found.account_id], district)
    announce(session, "money", account_id=found.account_id)
    return _posted(made)


async def take_back(session: AsyncSession, bill_id: UUID, *, today: date, now: datetime) -> None:
    """The bill is cancelled, and with it the credit that it had, if any; the one in its place may have its own."""
    entry_id = await repository.entry_that_stands(session, bill_id)
    if entry_id is not None:
        await ledger.reverse_entry(
            session,
            entry_id,
            effective_on=today,
            description=f"{DESCRIPTION} of a cancelled bill",
            idempotency_key=f"leak:{bill_id}:cancelled",
            now=now,
        )


async def account_of(session: AsyncSession, bill_id: UUID) -> UUID:
    """Whose bill it is.

    :raises BillNotFoundError: no such bill.
    """
    bill = await repository.locked_bill(session, bill_id)
    if bill is None:
        raise BillNotFoundError
    found: UUID = bill["account_id"]
    return found


def _posted(made: LeakAdjustment) -> Proposed:
    return Proposed(made.bill_id, made.account_id, made.method, made.units, made.credit_cents, is_posted=True)


def _check_bill(bill: RowMapping, repaired_on: date, today: date, policy: LeakAdjustmentPolicy) -> None:
    if bill["is_cancelled"]:
        raise LeakRefusedError("bill_cancelled", "This bill was cancelled. Adjust the one in its place.")
    if bill["service_class"] not in policy.service_classes:
        raise LeakRefusedError("class_excluded", f"The policy has no leak adjustment for {bill['service_class']}.")
    if repaired_on > today:
        raise LeakRefusedError("not_repaired", "The leak has to be repaired first: that day is in the future.")
    if repaired_on < bill["period_start"]:
        detail = (
            f"The leak was repaired before this bill's days began on {bill['period_start']}. Choose an earlier bill."
        )
        raise LeakRefusedError("another_bill", detail)
    if today > repaired_on + timedelta(days=policy.claim_days):
        raise LeakRefusedError("too_late", f"The policy wants it asked within {policy.claim_days} days of the repair.")


async def _credit(session: AsyncSession, bill: RowMapping, policy: LeakAdjustmentPolicy) -> rules.Credit:
    rows = await repository.water_lines(session, bill["id"])
    lines = [
        rules.WaterLine(str(row["agreement_id"]), row["code"], row["quantity"], row["dollars_each"]) for row in rows
    ]
    if not lines:
        raise LeakRefusedError("no_water", "This bill has no lines for water, so nothing of it can be reckoned anew.")
    if policy.method == "base_price":
        return rules.at_base_price(lines)
    others = {row["period_end"]: row["usage_ccf"] for row in await repository.other_bills(session, *_of(bill))}
    ends = rules.same_season(bill["period_end"], policy.years_compared, list(others))
    if not ends:
        raise LeakRefusedError("no_history", "No bill of the same season in the years before is there to compare with.")
    excess = rules.excess_units(Decimal(bill["usage_ccf"]), [Decimal(others[end]) for end in ends])
    return rules.from_the_dearest(lines, rules.share(excess, policy.share_percent))


def _of(bill: RowMapping) -> tuple[UUID, UUID]:
    return bill["account_id"], bill["id"]
