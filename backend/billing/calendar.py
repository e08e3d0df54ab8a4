"""When a cycle's meters are to be read, and whether enough of them have been. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A cycle's day of the month, and how far off it reads may be.

    The cycle is prepared once `reads_percent_min` of its meters are read, or `window_days` after its day.
    """

    read_day: int
    window_days: int
    reads_percent_min: int


@dataclass(frozen=True, slots=True)
class ReadSoFar:
    """How many meters the cycle has, how many were read about its day, and the last day on which one was."""

    meters: int
    read: int
    last_read_on: date | None


def next_read_day(rhythm: Rhythm, last_period_end: date | None, today: date) -> date:
    """A month after the last period's end; the policy's day, where reads had slipped a little past it.

    A cycle without a run begins on the policy's day, the last that has come.
    """
    if last_period_end is None:
        return _latest(rhythm.read_day, today)
    following = month_after(last_period_end)
    by_policy = _latest(rhythm.read_day, following)
    return by_policy if (following - by_policy).days <= rhythm.window_days else following


def period_end(rhythm: Rhythm, read_day: date, so_far: ReadSoFar, today: date) -> date | None:
    """The last day of the period that can be prepared today; None while its reads are still to come."""
    if today < read_day:
        return None
    waited = today >= read_day + timedelta(days=rhythm.window_days)
    if not waited and so_far.read * 100 < so_far.meters * rhythm.reads_percent_min:
        return None
    return max(read_day, so_far.last_read_on or read_day)


def month_after(day: date) -> date:
    """The same day of the next month; the 28th at most."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, 28))


def _latest(read_day: int, until: date) -> date:
    """The last day of this number up to and on `until`."""
    if until.day >= read_day:
        return until.replace(day=read_day)
    return (until.replace(day=1) - timedelta(days=1)).replace(day=read_day)
