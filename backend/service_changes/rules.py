"""Which days a service can start and stop on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """From when to when a day may be chosen, as of today."""

    earliest: date
    latest: date

    @classmethod
    def about(cls, today: date, *, back: int, ahead: int) -> "Days":
        return cls(today - timedelta(days=back), today + timedelta(days=ahead))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, what to do, and the day that it is about."""

    reason: str
    detail: str
    day: date


def day_refused(day: date, allowed: Days) -> Refusal | None:
    """None when the day may be chosen."""
    if day > allowed.latest:
        return Refusal("day_too_far_ahead", f"Choose a day up to {allowed.latest}, or come back later.", allowed.latest)
    if day < allowed.earliest:
        detail = f"Choose a day from {allowed.earliest} on. Older mistakes are mended by cancelling bills."
        return Refusal("day_too_long_ago", detail, allowed.earliest)
    return None


def stop_refused(stop_on: date, started_on: date, billed_through: date | None) -> Refusal | None:
    """A service stops on a day of its own, and not before what has been billed of it."""
    if stop_on < started_on:
        return Refusal("stop_before_start", f"This service started on {started_on}. Choose a later day.", started_on)
    if billed_through is not None and stop_on < billed_through:
        detail = f"It is billed through {billed_through}. Choose that day or a later one, or cancel the bill first."
        return Refusal("already_billed", detail, billed_through)
    return None


def taken_until(start_on: date, others: Sequence[tuple[date, date | None]]) -> date | None:
    """The last day on which somebody else is served who is there on `start_on` or later; None: the place is free.

    `others` are (first day, last day or None). `date.max` for one that goes on.
    """
    return max((ended or date.max for _, ended in others if (ended or date.max) >= start_on), default=None)
