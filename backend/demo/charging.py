"""What the demonstration's bills cost, by the district's own rates; its meters and its weather."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from backend.billing.amounts import Agreement, agreement_lines
from backend.billing.facts import Weather
from backend.rates.service import RateBook
from backend.reads.registers import Register

Row = tuple[str, str, Decimal, Decimal, int]
"""A bill's line: code, detail, quantity, dollars each, cents."""
WEATHER_DAYS = 430
INCHES_A_DAY = Decimal("0.17")
ZONE_FACTORS = {"Valley": Decimal(1), "Mesa": Decimal("0.95"), "Foothill": Decimal("1.05")}
# By months before today: summer is five to seven months ago, whenever the demonstration is made.
SEASON_PERCENT = (71, 80, 94, 114, 132, 144, 140, 122, 100, 84, 72, 66, 70, 71, 80)
_NOBODY = UUID(int=0)


@dataclass(slots=True)
class Metered:
    """A service's meter: what it has counted, and when it was read last."""

    meter_id: UUID
    size: str
    digits: int
    units_per_count: Decimal
    zone: str
    persons: int
    landscape_sqft: int
    value: int = 0
    read_on: date | None = None

    @property
    def shown(self) -> int:
        """What the register shows: it has only so many digits."""
        return int(self.value % 10**self.digits)

    def near_the_end(self, units: int) -> None:
        """Set the register so that it stands just before its end when `units` more have been counted."""
        a_unit = int(1 / self.units_per_count)
        self.value = int(10**self.digits) - (units + 1) * a_unit

    def use(self, units: int) -> None:
        """Count `units` whole units on, and a part of a unit that differs from time to time."""
        a_unit = int(1 / self.units_per_count)
        part = (self.value * 31 + units * 17 + 7) % a_unit
        self.value = (self.value // a_unit + units) * a_unit + part


class Charging:
    """Makes bill lines; equal services are reckoned once."""

    def __init__(self, rates: RateBook, today: date) -> None:
        self._rates = rates
        self.weather_rows = list(_weather_rows(today))
        self._weather = Weather(self.weather_rows)
        self._once = cache(self._reckon)

    def lines(self, service_class: str, metered: Metered, units: int, period: tuple[date, date]) -> list[Row]:
        """The lines of a bill for `units` in `period` (both days included)."""
        place = (metered.size, metered.zone, metered.persons, metered.landscape_sqft)
        return self._once(service_class, place, units, period)

    def _reckon(
        self, service_class: str, place: tuple[str, str, int, int], units: int, period: tuple[date, date]
    ) -> list[Row]:
        size, zone, persons, sqft = place
        register = Register(_NOBODY, 6, Decimal(1), date(2000, 1, 1), None, size)
        agreement = Agreement(_NOBODY, service_class, period[0], None, persons, sqft, zone, ((register,),))
        rates = self._rates.rates_of(service_class)
        lines = agreement_lines(rates, agreement, units, period, self._weather)
        return [(line.code, line.detail, line.quantity, line.dollars_each, line.amount_cents) for line in lines]


def _weather_rows(today: date) -> list[tuple[str, date, Decimal]]:
    rows = []
    for ago in range(WEATHER_DAYS):
        percent = SEASON_PERCENT[ago * 12 // 365]
        for zone, factor in ZONE_FACTORS.items():
            inches = (INCHES_A_DAY * percent * factor / 100).quantize(Decimal("0.001"))
            rows.append((zone, today - timedelta(days=ago), inches))
    return rows
