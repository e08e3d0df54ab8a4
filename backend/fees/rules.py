"""What a fee comes to, and who may take one back. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class LateTerms:
    """`flat_cents` plus `percent` of what is unpaid, at least `minimum_cents`; nothing below `least_owed_cents`."""

    flat_cents: int
    percent: float
    minimum_cents: int
    least_owed_cents: int


def late_fee_cents(terms: LateTerms, unpaid_cents: int) -> int:
    """The fee on a bill of which `unpaid_cents` are unpaid, the percentage rounded half up; 0: no fee."""
    if unpaid_cents < terms.least_owed_cents:
        return 0
    return max(terms.flat_cents + interest_cents(terms, unpaid_cents), terms.minimum_cents)


def interest_cents(terms: LateTerms, unpaid_cents: int) -> int:
    """The part of a late fee that grows with what is unpaid: what HSC 116914(a)(2) lets a household off."""
    share = Decimal(unpaid_cents) * Decimal(str(terms.percent)) / 100
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))


def unpaid_of_bill_cents(left_cents: int, money_cents: int, ahead_cents: int) -> int:
    """What stays unpaid of a bill of which `left_cents` are open.

    `money_cents` are credits that have paid nothing yet, and payments on their way; they pay the charges ahead of the
    bill (`ahead_cents`) first.
    """
    return max(0, left_cents - max(0, money_cents - ahead_cents))


@dataclass(frozen=True, slots=True)
class ReconnectionTerms:
    """The district's fees within and outside office hours, and the caps of HSC 116914(a)(1)."""

    within_hours_cents: int
    outside_hours_cents: int
    low_income_within_cents_max: int
    low_income_outside_cents_max: int


def reconnection_fee_cents(terms: ReconnectionTerms, *, office_is_open: bool, low_income: bool) -> int:
    """HSC 116914(a)(1): a low-income household pays the cap, or the fee itself where that is lower."""
    fee = terms.within_hours_cents if office_is_open else terms.outside_hours_cents
    if not low_income:
        return fee
    return min(fee, terms.low_income_within_cents_max if office_is_open else terms.low_income_outside_cents_max)


def returned_payment_fee_cents(first_cents: int, later_cents: int, returned_before: int) -> int:
    """Civil Code 1719(a)(1): one charge for a customer's first returned payment, another for each later one."""
    return later_cents if returned_before else first_cents


@dataclass(frozen=True, slots=True)
class Grant:
    """What `role` may reverse at once."""

    role: str
    fees: frozenset[str]
    reasons: frozenset[str]
    cents_max: int
    count_max: int
    needs_note: bool
    second_person: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A reversal that somebody wants; `reversed_before`: codes of the fees this account was spared lately."""

    role: str
    code: str
    amount_cents: int
    reason: str
    has_note: bool
    reversed_before: tuple[str, ...]


class Verdict(StrEnum):
    """Whether the asker may; otherwise the nearest thing that is in the way."""

    ALLOWED = "allowed"
    FEE = "fee_not_in_authority"
    REASON = "reason_not_in_authority"
    AMOUNT = "amount_above_authority"
    COUNT = "count_above_authority"
    NOTE = "note_needed"
    SECOND_PERSON = "second_person_needed"


# The nearer to a yes, the higher: of several grants the asker is told about the one that nearly did.
_NEARNESS = tuple(Verdict)[1:]


def verdict(grants: Iterable[Grant], asked: Asked) -> Verdict:
    """Whether one of the grants covers what is asked."""
    found = Verdict.FEE
    for grant in grants:
        if grant.role != asked.role:
            continue
        one = _verdict(grant, asked)
        if one is Verdict.ALLOWED:
            return one
        if _NEARNESS.index(one) > _NEARNESS.index(found):
            found = one
    return found


def may_approve(grants: Iterable[Grant], asked: Asked) -> Verdict:
    """Whether a person may agree to what another asked: as `verdict`, but they are the second person."""
    found = verdict(grants, asked)
    return Verdict.ALLOWED if found is Verdict.SECOND_PERSON else found


def _verdict(grant: Grant, asked: Asked) -> Verdict:
    checks = (
        (asked.code in grant.fees, Verdict.FEE),
        (asked.reason in grant.reasons, Verdict.REASON),
        (asked.amount_cents <= grant.cents_max, Verdict.AMOUNT),
        (sum(code in grant.fees for code in asked.reversed_before) < grant.count_max, Verdict.COUNT),
        (asked.has_note or not grant.needs_note, Verdict.NOTE),
        (not grant.second_person, Verdict.SECOND_PERSON),
    )
    return next((problem for holds, problem in checks if not holds), Verdict.ALLOWED)


def days_late(business_date: date, grace_days: int, catch_up_days: int) -> tuple[date, date]:
    """The first and last due date of the bills that get a late fee on `business_date`."""
    last = business_date - timedelta(days=grace_days + 1)
    return last - timedelta(days=catch_up_days), last


def months_before(day: date, months: int) -> date:
    """The same day of the month, `months` earlier; the last of a shorter month (29 February → 28)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return date(year, month, min(day.day, last))
