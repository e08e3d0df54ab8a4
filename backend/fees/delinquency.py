"""The delinquent processing charge: once, when an account enters the shut-off list."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.emergency import facts as emergency
from backend.fees import late, repository, rules
from backend.fees.posting import DueFee, FeeKind, post_fees
from backend.parts import Part

DELINQUENT = FeeKind("delinquent_processing", "Delinquent processing charge")
TAG = FeeKind("tag", "Notice tag fee")
OF_DELINQUENCY = frozenset({DELINQUENT.code, TAG.code})
"""Charged for the oldest bill that is unpaid, and so once while it is."""
_NONE = {"delinquent_charges": 0, "delinquent_charge_cents": 0}


async def charge_delinquent(
    session: AsyncSession, business_date: date, now: datetime, part: Part, *, district: District
) -> dict[str, int]:
    """Charge the part's accounts whose oldest unpaid bill has become `past_due_days` old.

    Counts `delinquent_charges` and `delinquent_charge_cents`. Whom the law keeps from a shut-off is spared (HSC 116910,
    Gov. Code 60372): medical protection, an active arrangement, a hold; and bills that money on its way pays, and
    everybody where an emergency stands dunning down at `now`. A day that a night missed is caught up with as for late
    fees. Again for the same date it charges nothing more.
    """
    policy = district.policy
    cents = policy.fees.delinquent_processing_cents
    down = await emergency.stood_down(session, now)
    if down.everywhere or not cents:
        return _NONE
    due = rules.days_late(business_date, policy.shutoff.past_due_days - 1, policy.fees.late.catch_up_days)
    conditions = {
        **late.conditions(district, business_date, down.zones),
        "code": DELINQUENT.code,
        "spares_medical_protection": True,
        "spares_kept_arrangement": True,
        "spares_any_arrangement": True,
        "once_a_delinquency": True,
        "charges_interest": False,
    }
    rows = await repository.late_bills(session, part, business_date, due, conditions)
    least = policy.fees.late.least_owed_cents
    charged = [DueFee(row["account_id"], row["entry_id"], cents) for row in rows if late.unpaid_cents(row) >= least]
    due_on = business_date + timedelta(days=policy.fees.due_days)
    made = await post_fees(session, DELINQUENT, charged, charged_on=business_date, due_on=due_on, now=now)
    return {"delinquent_charges": len(made), "delinquent_charge_cents": sum(made)}
