"""What a person must look at although no bill is drafted, or although the bill stands outside a run. Pure."""

from collections.abc import Sequence

from backend.billing.rules import FINAL_PENDING, Facts
from backend.reads.rules import Finding


def undrafted_findings(facts: Facts) -> list[Finding]:
    """An active account with no day left to bill is in order, unless nothing could ever be billed to it."""
    if facts.agreements:
        return []
    return [Finding("RATE_MISS", None, {"problem": "the account has no service agreement"})]


def unusual_outside_run(findings: Sequence[Finding]) -> list[Finding]:
    """What a person must let pass of a bill outside the cycle, whose days are what they are."""
    return [
        found
        for found in findings
        if found.code != "DAYS" and not (found.code == "HOLD" and found.detail.get("hold") == FINAL_PENDING)
    ]
