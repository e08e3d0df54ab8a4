"""Bills for tests, reckoned as the district reckons them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from backend.billing.amounts import together
from backend.rates.rules import (
    CustomerClass,
    DroughtStage,
    PassThrough,
    Rate,
    Service,
    Tier,
    TierBase,
    WaterBudget,
    bill_lines,
    split_by_rate,
    split_units,
)
from backend.statements.reckoning import Conditions, Estimates, ServiceBilled
from backend.statements.rules import Billed

OLD = Rate(
    customer_class=CustomerClass.RESIDENTIAL,
    effective_from=date(2020, 1, 1),
    fixed_dollars={"5/8": Decimal("27.44"), "3/4": Decimal("41.16")},
    period_days=30,
    tiers=(
        Tier("1", TierBase.UNITS, Decimal(9), Decimal("3.30")),
        Tier("2", TierBase.UNITS, Decimal(29), Decimal("3.77")),
        Tier("3", TierBase.REST, None, Decimal("9.07")),
    ),
)
NEW = replace(
    OLD,
    effective_from=date(2026, 7, 1),
    fixed_dollars={"5/8": Decimal("28.81"), "3/4": Decimal("43.22")},
    tiers=(
        Tier("1", TierBase.UNITS, Decimal(9), Decimal("3.47")),
        Tier("2", TierBase.UNITS, Decimal(29), Decimal("3.96")),
        Tier("3", TierBase.REST, None, Decimal("9.52")),
    ),
)
DRY = replace(
    NEW,
    effective_from=date(2026, 10, 1),
    pass_throughs=(PassThrough("wholesale", Decimal("0.21")),),
    drought=DroughtStage(2, Decimal(1), Decimal("0.50")),
)
WET = replace(DRY, effective_from=date(2026, 12, 1), drought=None)
GARDEN = Rate(
    customer_class=CustomerClass.IRRIGATION,
    effective_from=date(2020, 1, 1),
    fixed_dollars={"5/8": Decimal("27.44"), "3/4": Decimal("41.16")},
    period_days=30,
    tiers=(
        Tier("in_budget", TierBase.TOTAL, Decimal(1), Decimal("3.30")),
        Tier("excessive", TierBase.REST, None, Decimal("9.33")),
    ),
    budget=WaterBudget(Decimal(55), Decimal("0.6"), Decimal(748)),
)
RATES: Mapping[str, list[Rate]] = {"residential": [OLD, NEW, DRY, WET], "irrigation": [GARDEN]}
HOUSE, YARD = UUID(int=1), UUID(int=2)


def service(
    start: date,
    days: int,
    units: int | Decimal,
    *,
    key: UUID = HOUSE,
    service_class: str = "residential",
    meter: str = "5/8",
    persons: int = 3,
    landscape_sqft: int = 0,
    et_inches: Decimal = Decimal(0),
    is_estimated: bool = False,
    estimates_before: Estimates | None = None,
) -> ServiceBilled:
    """A service of a bill under `RATES`, its lines reckoned as bills are made."""
    rates = RATES[service_class]
    terms = tuple(split_by_rate(rates, start, start + timedelta(days=days - 1)))
    shares = split_units(Decimal(units), [count for _, count in terms])
    inches = [et_inches * count / days for _, count in terms]
    lines = [
        line
        for (rate, count), share, part in zip(terms, shares, inches, strict=True)
        for line in bill_lines(rate, Service(meter, count, share, persons, landscape_sqft, part, of_days=days))
    ]
    return ServiceBilled(
        key=key,
        service_class=service_class,
        place="11801 Mesquite Ln",
        days=days,
        units=Decimal(units),
        lines=tuple(together(lines)),
        terms=terms,
        conditions=Conditions(((meter, Decimal(1)),), persons, landscape_sqft, tuple(inches)),
        rates=tuple(rates),
        is_estimated=is_estimated,
        estimates_before=estimates_before,
    )


def bill_of(start: date, days: int, *services: ServiceBilled, **money: int | Mapping[str, int]) -> Billed:
    """A bill of these services; `money` is what else is on it."""
    end = start + timedelta(days=days - 1)
    return Billed(
        bill_id=uuid4(),
        start=start,
        end=end,
        issued_on=end + timedelta(days=3),
        services=services,
        new_charges_cents=sum(one.cents for one in services),
        units=sum((one.units for one in services), Decimal(0)),
        **money,  # type: ignore[arg-type]
    )


def billed(start: date, days: int, units: int | Decimal, **given: object) -> Billed:
    """A bill of one house: what `service` and `bill_of` take."""
    names = {"carried_cents", "fees", "adjustments_cents", "levelled_cents", "settled_cents"}
    money = {name: value for name, value in given.items() if name in names}
    rest = {name: value for name, value in given.items() if name not in names}
    return bill_of(start, days, service(start, days, units, **rest), **money)  # type: ignore[arg-type]
