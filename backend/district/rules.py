"""When the office is open: pure, over local days, so that a change to or from summer time cannot move it.

An office that must be closed on a legal holiday may not shut water off that day either (Gov. Code 60374).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD_MAX = 60


@dataclass(frozen=True, slots=True)
class Week:
    """Opening and closing time by weekday (0 is Monday), and one of the Fridays off under a 9/80 schedule."""

    days: Mapping[int, tuple[time, time]]
    closed_friday: date | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """The week, the time zone, and the days the office is closed with their names (English, Spanish)."""

    zone: ZoneInfo
    week: Week
    closures: Mapping[date, tuple[str, str]]

    def hours_on(self, day: date) -> tuple[datetime, datetime] | None:
        """When it opens and closes on a local day, or None when it stays closed."""
        hours = self.week.days.get(day.weekday())
        if hours is None or day in self.closures or self._friday_off(day):
            return None
        return self._at(day, hours[0]), self._at(day, hours[1])

    def is_open(self, now: datetime) -> bool:
        """Whether it is open at `now`; the closing minute is closed."""
        hours = self.hours_on(now.astimezone(self.zone).date())
        return hours is not None and hours[0] <= now < hours[1]

    def opens_at(self, now: datetime) -> datetime | None:
        """The next opening after `now`; None when there is none within two months."""
        today = now.astimezone(self.zone).date()
        for ahead in range(DAYS_AHEAD_MAX):
            hours = self.hours_on(today + timedelta(days=ahead))
            if hours is not None and hours[0] > now:
                return hours[0]
        return None

    def closes_at(self, now: datetime) -> datetime | None:
        """When it closes today, while it is open."""
        hours = self.hours_on(now.astimezone(self.zone).date())
        return hours[1] if hours is not None and hours[0] <= now < hours[1] else None

    def next_closures(self, now: datetime, count: int = 5) -> list[tuple[date, tuple[str, str]]]:
        """The next days with a name on which an office day is lost."""
        today = now.astimezone(self.zone).date()
        coming = sorted(item for item in self.closures.items() if item[0] >= today)
        return [item for item in coming if item[0].weekday() in self.week.days and not self._friday_off(item[0])][
            :count
        ]

    def _friday_off(self, day: date) -> bool:
        first = self.week.closed_friday
        return first is not None and day.weekday() == 4 and (day - first).days % 14 == 0

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)
