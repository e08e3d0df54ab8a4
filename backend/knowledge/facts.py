"""The facts of the district that answers may name: from its files, as of a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from backend.district.service import District
from backend.rates.rules import CustomerClass, Rate, cents
from backend.rates.service import RateBook

Kind = Literal["phone", "money", "number", "address", "words"]
SMALL_METER = "5/8"
_STEPS = ("one", "two", "three")


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and how it is to be said: `money` is cents, `words` are the same in every language."""

    kind: Kind
    value: int | str


def known_facts() -> frozenset[str]:
    """The names there are, whatever the district."""
    tiers = {f"tier_{step}_{what}" for step in _STEPS for what in ("price", "units")}
    return frozenset(
        {
            "phone",
            "emergency_phone",
            "website",
            "district",
            "office_address",
            "due_days",
            "late_fee",
            "returned_fee",
            "returned_fee_later",
            "reconnection_fee",
            "reconnection_fee_after_hours",
            "reconnection_fee_low_income",
            "meter_charge",
            "person_gallons",
            *tiers,
        }
    )


def facts_of(district: District, book: RateBook, today: date) -> dict[str, Fact]:
    """Every fact that the district has on `today`; one without residential tiers lacks those."""
    settings, fees = district.settings, district.policy.fees
    found = {
        "phone": Fact("phone", settings.phone),
        "emergency_phone": Fact("phone", settings.emergency_phone),
        "website": Fact("address", settings.website),
        "district": Fact("words", settings.name),
        "office_address": Fact("words", settings.locations[0].address),
        "due_days": Fact("number", district.policy.billing.due_days),
        "late_fee": Fact("money", fees.late.flat_cents),
        "returned_fee": Fact("money", fees.returned_payment.first_cents),
        "returned_fee_later": Fact("money", fees.returned_payment.later_cents),
        "reconnection_fee": Fact("money", fees.reconnection.within_hours_cents),
        "reconnection_fee_after_hours": Fact("money", fees.reconnection.outside_hours_cents),
        "reconnection_fee_low_income": Fact("money", fees.reconnection.low_income_within_cents_max),
    }
    rate = _rate_on(book.rates_of(CustomerClass.RESIDENTIAL), today)
    if rate is not None:
        found |= _of_rate(rate)
    return found


def _rate_on(rates: list[Rate], today: date) -> Rate | None:
    return next((rate for rate in reversed(rates) if rate.effective_from <= today), None)


def _of_rate(rate: Rate) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    if SMALL_METER in rate.fixed_dollars:
        found["meter_charge"] = Fact("money", cents(rate.fixed_dollars[SMALL_METER]))
    if rate.budget is not None:
        found["person_gallons"] = Fact("number", int(rate.budget.gallons_per_person_day))
    for step, tier in zip(_STEPS, rate.tiers, strict=False):
        found[f"tier_{step}_price"] = Fact("money", cents(tier.dollars_per_unit))
        if tier.up_to is not None:
            found[f"tier_{step}_units"] = Fact("number", int(Decimal(tier.up_to)))
    return found
