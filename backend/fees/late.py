"""The late fees of a night, part by part: one for each bill that is late, never twice."""

from datetime import date, datetime, timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.fees import repository, rules
from backend.fees.service import DESCRIPTIONS, late_terms
from backend.ledger import chart
from backend.ledger import rules as entries
from backend.ledger import service as ledger
from backend.models.base import new_id
from backend.parts import Part


async def charge_late_fees(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Charge the bills of the part's accounts that are late on `business_date`: `late_fees`, `late_fee_cents` of it.

    Accounts on hold (a dispute, an appeal, an extension) are spared, and by the policy those that keep to
    an arrangement or have medical protection. Again for the same date it charges nothing more.
    """
    late = district.policy.fees.late
    conditions = {
        "least_owed_cents": late.least_owed_cents,
        "spares_medical_protection": late.spares_medical_protection,
        "spares_kept_arrangement": late.spares_kept_arrangement,
    }
    due = rules.days_late(business_date, late.grace_days, late.catch_up_days)
    rows = await repository.late_bills(session, part, business_date, due, conditions)
    terms = late_terms(district.policy.fees)
    charges = [(row, cents) for row in rows if (cents := _fee(terms, row))]
    due_on = business_date + timedelta(days=district.policy.fees.due_days)
    made = await _charge(session, charges, business_date, due_on, now)
    return {"late_fees": len(made), "late_fee_cents": sum(made)}


def _fee(terms: rules.LateTerms, row: RowMapping) -> int:
    unpaid = rules.unpaid_of_bill_cents(row["bill_cents"], row["balance_cents"], row["due_later_cents"])
    return rules.late_fee_cents(terms, unpaid)


async def _charge(
    session: AsyncSession, charges: list[tuple[RowMapping, int]], charged_on: date, due_on: date, now: datetime
) -> list[int]:
    """Post the fees; the amounts of those that were not there already."""
    if not charges:
        return []
    posted = await ledger.post_entries(session, [_entry(row, cents, charged_on, due_on) for row, cents in charges], now)
    fees = [
        {
            "id": new_id(),
            "account_id": row["account_id"],
            "code": "late",
            "amount_cents": cents,
            "charged_on": charged_on,
            "entry_id": one.entry_id,
            "caused_by_entry_id": row["entry_id"],
        }
        for (row, cents), one in zip(charges, posted, strict=True)
        if one.is_new
    ]
    if fees:
        await repository.add_fees(session, fees)
    return [cents for (_, cents), one in zip(charges, posted, strict=True) if one.is_new]


def _entry(row: RowMapping, cents: int, charged_on: date, due_on: date) -> entries.Entry:
    postings = entries.transfer(row["account_id"], chart.FEE_REVENUE, cents, due_on)
    return entries.Entry(f"late:{row['entry_id']}", "fee", DESCRIPTIONS["late"], charged_on, postings)
