"""What an account that has left a place may still owe, and water that runs where nobody is a customer. Pure."""

from datetime import date, timedelta

from backend.billing.rules import FINAL_PENDING, Facts
from backend.reads.registers import counts_between
from backend.reads.rules import Finding


def closed_account_findings(facts: Facts) -> list[Finding]:
    """A closed account gets no regular bill; but its final bill may be missing."""
    last_day = max((a.ended_on for a in facts.agreements if a.ended_on), default=facts.closed_on)
    if last_day is None or (facts.billed_through is not None and facts.billed_through >= last_day):
        return []
    return [Finding("HOLD", None, {"hold": FINAL_PENDING, "service_ended_on": str(last_day)})]


def vacant_findings(facts: Facts, latest: date, window_days: int) -> list[Finding]:
    """Water that ran at a place which the customer has left and nobody has taken over, whatever else they have."""
    found: list[Finding] = []
    fresh = latest - timedelta(days=window_days)
    for agreement in facts.agreements:
        if agreement.agreement_id not in facts.vacant_agreements:
            continue
        for register in (register for point in agreement.points for register in point):
            reads = [
                read
                for read in facts.reads.get(register.meter_id, ())
                if read.read_on <= latest and read.kind != "estimated"
            ]
            if len(reads) > 1 and reads[-1].read_on >= fresh and reads[-2].read_on >= (agreement.ended_on or fresh):
                counts, _ = counts_between(register, reads[-2].value, reads[-1].value)
                if 0 < counts <= register.modulus // 2:  # more than half of the register is a step backwards
                    found.append(Finding("INACTIVE_USE", register.meter_id, {"counts": counts}))
    return found
