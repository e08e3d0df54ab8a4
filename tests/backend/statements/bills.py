"""Bills for tests, reckoned as the district reckons them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from backend.rates.rules import (
    CustomerClass,
    DroughtStage,
    PassThrough,
    Rate,
    Service,
    Tier,
    TierBase,
    bill_lines,
    split_by_rate,
    split_units,
)
from backend.statements.rules import Billed, Estimates, Household

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
RATES = [OLD, NEW, DRY]


def billed(
    start: date,
    days: int,
    units: int | Decimal,
    *,
    meter: str = "5/8",
    fees_cents: int = 0,
    carried_cents: int = 0,
    is_estimated: bool = False,
    estimates_before: Estimates | None = None,
) -> Billed:
    """A bill of `RATES`, reckoned line by line as bills are made."""
    end = start + timedelta(days=days - 1)
    terms = tuple(split_by_rate(RATES, start, end))
    shares = split_units(Decimal(units), [count for _, count in terms])
    lines = tuple(
        line
        for (rate, count), share in zip(terms, shares, strict=True)
        for line in bill_lines(rate, Service(meter, count, share, of_days=days))
    )
    return Billed(
        bill_id=uuid4(),
        start=start,
        end=end,
        issued_on=end + timedelta(days=3),
        units=Decimal(units),
        new_charges_cents=sum(line.amount_cents for line in lines),
        carried_cents=carried_cents,
        fees_cents=fees_cents,
        is_estimated=is_estimated,
        lines=lines,
        terms=terms,
        household=Household((meter,)),
        estimates_before=estimates_before,
    )
