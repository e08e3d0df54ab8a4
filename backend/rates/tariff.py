"""The rates that hold on a day, as the public may see them. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.rates.rules import CustomerClass, Rate, TierBase, cents
from backend.rates.service import RateBook


@dataclass(frozen=True, slots=True)
class TariffTier:
    """A step of the volume charge: units above the step before and up to `up_to` (None: all the rest).

    `up_to` counts units of a standard period; where the tier is a share of a water budget it is that share.
    """

    name: dict[str, str]
    up_to: Decimal | None
    of_budget: bool
    dollars_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class TariffCharge:
    """What comes on top of each unit."""

    name: dict[str, str]
    dollars_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """A class's charges on a day. `fixed_cents` is a standard period's charge by meter size, the smallest first."""

    service_class: str
    effective_from: date
    period_days: int
    fixed_cents: dict[str, int]
    tiers: tuple[TariffTier, ...]
    added: tuple[TariffCharge, ...]
    gallons_per_unit: Decimal | None


def tariff(book: RateBook, service_class: CustomerClass, today: date) -> Tariff | None:
    """The class's rate on `today`; None when it has none."""
    rate = _rate_on(book.rates_of(service_class), today)
    if rate is None:
        return None
    return Tariff(
        service_class=service_class.value,
        effective_from=rate.effective_from,
        period_days=rate.period_days,
        fixed_cents={size: cents(dollars) for size, dollars in rate.fixed_dollars.items()},
        tiers=tuple(_tiers(book, rate)),
        added=tuple(_added(book, rate)),
        gallons_per_unit=book.gallons_per_unit(),
    )


def _rate_on(rates: list[Rate], today: date) -> Rate | None:
    held = [rate for rate in rates if rate.effective_from <= today]
    return held[-1] if held and (held[-1].effective_to is None or today <= held[-1].effective_to) else None


def _tiers(book: RateBook, rate: Rate) -> list[TariffTier]:
    return [
        TariffTier(
            name=_names(book, f"volume:{tier.name}"),
            up_to=tier.up_to,
            of_budget=tier.base in {TierBase.INDOOR, TierBase.TOTAL},
            dollars_per_unit=tier.dollars_per_unit,
        )
        for tier in rate.tiers
    ]


def _added(book: RateBook, rate: Rate) -> list[TariffCharge]:
    found = [
        TariffCharge(_names(book, f"pass_through:{item.code}"), item.dollars_per_unit)
        for item in rate.pass_throughs
        if item.dollars_per_unit
    ]
    if rate.drought is not None and rate.drought.surcharge_dollars_per_unit:
        names = _names(book, "drought", str(rate.drought.stage))
        found.append(TariffCharge(names, rate.drought.surcharge_dollars_per_unit))
    return found


def _names(book: RateBook, code: str, detail: str = "") -> dict[str, str]:
    return {language: book.line_name(code, detail, language) for language in ("en", "es")}
