"""What the demonstration's bills cost, by the district's own rates; its weather."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from backend.billing.amounts import Agreement, agreement_lines, weather_of_parts
from backend.billing.facts import Weather
from backend.demo.entries import OpenAccount, OpenService
from backend.demo.metering import Metered
from backend.rates.service import RateBook
from backend.reads.registers import Register

Row = tuple[str, str, Decimal, Decimal, int]
"""A bill's line: code, detail, quantity, dollars each, cents."""
Period = tuple[date, date]
WEATHER_DAYS = 455
INCHES_A_DAY = Decimal("0.17")
ZONE_FACTORS = {"Valley": Decimal(1), "Mesa": Decimal("0.95"), "Foothill": Decimal("1.05")}
# By months before today: summer is five to seven months ago, whenever the demonstration is made.
SEASON_PERCENT = (71, 80, 94, 114, 132, 144, 140, 122, 100, 84, 72, 66, 70, 71, 80)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one service of a bill costs, and what that was reckoned from."""

    head: tuple[UUID, str]
    """The agreement and its class."""
    units: int
    persons: int
    landscape_sqft: int
    lines: Sequence[Row]
    et_inches: Sequence[Decimal]
    meters: Sequence[dict[str, Any]]


class Charging:
    """Makes bill lines; equal services are reckoned once."""

    def __init__(self, rates: RateBook, today: date) -> None:
        self._rates = rates
        self.weather_rows = list(_weather_rows(today))
        self._weather = Weather(self.weather_rows)
        self._once = cache(self._reckon)

    def services(self, account: OpenAccount, usages: Sequence[int], period: Period, read_kind: str) -> list[Draft]:
        """Let the account's meters count `usages` (one each) up to the end of `period`, and charge for it."""
        left = iter(usages)
        return [
            self._service(number, one, [(metered, next(left)) for metered in one.meters], period, read_kind)
            for number, one in enumerate(account.services, start=1)
        ]

    def _service(
        self, number: int, service: OpenService, used: Sequence[tuple[Metered, int]], period: Period, read_kind: str
    ) -> Draft:
        units = sum(count for _, count in used)
        sizes = tuple(metered.size for metered, _ in used)
        place = (sizes, service.zone, service.persons, service.landscape_sqft)
        lines, inches = self._once(service.service_class, place, units, period)
        meters = [_counted(number, metered, count, period[1], read_kind) for metered, count in used]
        head = (service.agreement_id, service.service_class)
        return Draft(head, units, service.persons, service.landscape_sqft, lines, inches, meters)

    def _reckon(
        self, service_class: str, place: tuple[tuple[str, ...], str, int, int], units: int, period: Period
    ) -> tuple[list[Row], list[Decimal]]:
        sizes, zone, persons, sqft = place
        points = tuple((Register(_NOBODY, 6, Decimal(1), date(2000, 1, 1), None, size),) for size in sizes)
        agreement = Agreement(_NOBODY, service_class, period[0], None, persons, sqft, zone, points)
        rates = self._rates.rates_of(service_class)
        lines = agreement_lines(rates, agreement, units, period, self._weather)
        rows = [(line.code, line.detail, line.quantity, line.dollars_each, line.amount_cents) for line in lines]
        return rows, weather_of_parts(rates, agreement, period, self._weather)


def _counted(number: int, metered: Metered, units: int, day: date, read_kind: str) -> dict[str, Any]:
    """The meter counts on; what a bill keeps of it."""
    opening = [str(metered.read_on), metered.read_kind, metered.read_value]
    before = metered.value
    metered.use(units)
    return {
        "service": number,
        "meter_id": str(metered.meter_id),
        "opening": opening,
        "closing": [str(day), read_kind, metered.shown],
        "made_up": False,
        "counts": metered.value - before,
        "units": units,
        "units_per_count": str(metered.units_per_count),
    }


def _weather_rows(today: date) -> Iterator[tuple[str, date, Decimal]]:
    for ago in range(WEATHER_DAYS):
        percent = SEASON_PERCENT[ago * 12 // 365]
        for zone, factor in ZONE_FACTORS.items():
            inches = (INCHES_A_DAY * percent * factor / 100).quantize(Decimal("0.001"))
            yield zone, today - timedelta(days=ago), inches
