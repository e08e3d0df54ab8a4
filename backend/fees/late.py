"""Late fees: one for each bill that is late, never twice; whom the policy and the law spare."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.charges import Fees
from backend.district.service import District
from backend.emergency import facts as emergency
from backend.fees import repository, rules
from backend.fees.posting import DueFee, FeeKind, post_fees
from backend.parts import Part

LATE = FeeKind("late", "Late fee")
YEARS_BACK = timedelta(days=3_660)
"""A fee charged by hand may be for a bill that was due so long ago."""


@dataclass(frozen=True, slots=True)
class LateBill:
    """A late bill with its fee in cents, and the interest that the household is let off."""

    account_id: UUID
    entry_id: UUID
    cents: int
    waived_cents: int


async def charge_late_fees(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Charge the bills of the part's accounts that are late on `business_date`.

    Counts `late_fees`, `late_fee_cents` and `interest_waived_cents` of it. Bills that money on its way pays are spared,
    and accounts on hold (a dispute, an appeal, an extension); by the policy also those that keep to an arrangement or
    have medical protection. Again for the same date it charges nothing more. Where an emergency stands dunning down at
    `now` nobody is charged, and the nights after it catch up as far as the policy lets them.
    """
    fees = district.policy.fees
    down = await emergency.stood_down(session, now)
    if down.everywhere:
        return {"late_fees": 0, "late_fee_cents": 0, "interest_waived_cents": 0}
    due = rules.days_late(business_date, fees.late.grace_days, fees.late.catch_up_days)
    bills = await _late_bills(session, part, business_date, due, district=district, spared_zones=down.zones)
    due_on = business_date + timedelta(days=fees.due_days)
    charged = [DueFee(bill.account_id, bill.entry_id, bill.cents) for bill in bills if bill.cents]
    made = await post_fees(session, LATE, charged, charged_on=business_date, due_on=due_on, now=now)
    waived = [bill for bill in bills if bill.waived_cents]
    if waived:
        await repository.add_waivers(session, [_waiver(bill, business_date) for bill in waived])
    return {
        "late_fees": len(made),
        "late_fee_cents": sum(made),
        "interest_waived_cents": sum(bill.waived_cents for bill in waived),
    }


async def late_bill(
    session: AsyncSession, account_id: UUID, entry_id: UUID, charged_on: date, district: District
) -> LateBill | None:
    """The bill of this entry with its fee as of `charged_on`; None when no late fee is due on it."""
    last = charged_on - timedelta(days=district.policy.fees.late.grace_days + 1)
    due = (last - YEARS_BACK, last)
    bills = await _late_bills(session, Part.of(account_id), charged_on, due, district=district)
    return next((bill for bill in bills if bill.entry_id == entry_id and bill.cents), None)


async def keep_waiver(session: AsyncSession, bill: LateBill, waived_on: date) -> None:
    """Remember that the household was let off this bill's interest."""
    if bill.waived_cents:
        await repository.add_waivers(session, [_waiver(bill, waived_on)])


def conditions(district: District, today: date, spared_zones: Collection[str]) -> dict[str, object]:
    """What decides which bills are late, by the policy: the values of `repository.late_bills`."""
    fees, payments = district.policy.fees, district.policy.payments
    return {
        "code": LATE.code,
        "order_first": payments.allocation,
        "order_within_date": payments.within_date,
        "order_on_plan": payments.on_plan,
        "spares_zones": bool(spared_zones),
        "spared_zones": sorted(spared_zones),
        "least_owed_cents": fees.late.least_owed_cents,
        "spares_medical_protection": fees.late.spares_medical_protection,
        "spares_kept_arrangement": fees.late.spares_kept_arrangement,
        "spares_any_arrangement": False,
        "once_a_delinquency": False,
        "past_due_days": district.policy.shutoff.past_due_days,
        "charges_interest": fees.late.percent > 0,
        "waived_since": rules.months_before(today, fees.late.interest_waiver_months),
    }


async def _late_bills(
    session: AsyncSession,
    part: Part,
    today: date,
    due: tuple[date, date],
    *,
    district: District,
    spared_zones: Collection[str] = (),
) -> list[LateBill]:
    fees = district.policy.fees
    rows = await repository.late_bills(session, part, today, due, conditions(district, today, spared_zones))
    bills = [_bill(row, fees) for row in rows]
    return [bill for bill in bills if bill.cents or bill.waived_cents]


def unpaid_cents(row: RowMapping) -> int:
    """What is unpaid of a row of `repository.late_bills`."""
    return rules.unpaid_of_bill_cents(row["left_cents"], row["money_cents"], row["ahead_cents"])


def _bill(row: RowMapping, fees: Fees) -> LateBill:
    late = fees.late
    terms = rules.LateTerms(late.flat_cents, late.percent, late.minimum_cents, late.least_owed_cents)
    unpaid = unpaid_cents(row)
    cents = rules.late_fee_cents(terms, unpaid)
    waived = min(cents, rules.interest_cents(terms, unpaid)) if row["waives_interest"] else 0
    return LateBill(row["account_id"], row["entry_id"], cents - waived, waived)


def _waiver(bill: LateBill, waived_on: date) -> dict[str, object]:
    return {
        "bill_entry_id": bill.entry_id,
        "account_id": bill.account_id,
        "amount_cents": bill.waived_cents,
        "waived_on": waived_on,
    }
