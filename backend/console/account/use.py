"""Thirteen months of water use beside the same months a year before, from the bills that stand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from backend.statements.service import ListedBill

MONTHS = 13
SAME_MONTH_DAYS = 20
BILLS_NEEDED = MONTHS * 2 + 4
"""With room for bills that were cancelled."""
GALLONS_PER_CCF = 748
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """A bill's use; `before_ccf` is that of the bill for the same time a year earlier, if there is one."""

    start: date
    end: date
    ccf: int
    before_ccf: int | None
    is_estimated: bool

    @property
    def gallons_a_day(self) -> int:
        """A CCF is 748 gallons."""
        days = (self.end - self.start).days + 1
        return int((Decimal(self.ccf) * GALLONS_PER_CCF / days).quantize(Decimal(1)))


def months_of_use(bills: Sequence[ListedBill]) -> tuple[MonthOfUse, ...]:
    """The newest thirteen, oldest first; `bills` newest first."""
    standing = [bill for bill in bills if not bill.is_cancelled]
    newest = reversed(standing[:MONTHS])
    return tuple(
        MonthOfUse(bill.period_start, bill.period_end, bill.usage_ccf, _year_before(bill, standing), bill.is_estimated)
        for bill in newest
    )


def _year_before(bill: ListedBill, bills: Sequence[ListedBill]) -> int | None:
    off = {one.id: abs((bill.period_end - YEAR - one.period_end).days) for one in bills}
    near = [one for one in bills if off[one.id] <= SAME_MONTH_DAYS]
    return min(near, key=lambda one: off[one.id]).usage_ccf if near else None
