"""Which nights are due: pure, over the wall clock, so that both nights of daylight saving time are like others."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def newest_night(now: datetime, zone: ZoneInfo, starts: time) -> date:
    """The newest business date whose update may begin at `now`: it begins at `starts` of the morning after.

    A time that a spring morning skips has come as soon as the clock shows a later one. In autumn an hour comes twice;
    in its second turn the answer may be a day older than before, which asks for nothing that is not on record.
    """
    local = now.astimezone(zone)
    return local.date() - DAY * (1 if local.time() >= starts else 2)


def nights_due(
    newest: date, since: date, *, known: Collection[date], back_max: int, is_wanted: Callable[[date], bool]
) -> list[date]:
    """The business dates whose update is still to be made, in order: from `since` on, at most `back_max` of them.

    `known` are those on record, whether finished or not; `is_wanted` leaves out days of which the next one takes care.
    """
    first = max(since, newest - DAY * (back_max - 1))
    days = [first + DAY * place for place in range((newest - first).days + 1)]
    return [day for day in days if day not in known and is_wanted(day)]
