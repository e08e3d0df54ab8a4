"""The `DateSent`, `DateSent<`, `DateSent>` style of filters."""

from datetime import UTC, datetime, timedelta

from fastapi import Request

from telephony.simulator.errors import TwilioError
from telephony.simulator.values import parse_moment


def span(request: Request, name: str) -> tuple[datetime | None, datetime | None]:
    """From (included) and before (excluded). A plain `name` is that whole day; `>` and `<` are bounds.

    A day given to `<` includes the day, as Twilio's `<=` does. Raises 400/20001.
    """
    query = request.query_params
    exact, lower, upper = query.get(name), query.get(f"{name}>"), query.get(f"{name}<")
    if exact:
        day = _parse(exact).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + timedelta(days=1)
    before = (
        _parse(upper) + (timedelta(days=1) if len(upper) == len("2026-01-01") else timedelta(seconds=1))
        if upper
        else None
    )
    return (_parse(lower) if lower else None), before


def _parse(text: str) -> datetime:
    try:
        return parse_moment(text)
    except (ValueError, TypeError):
        raise TwilioError(400, 20001, f"{text!r} is not a date") from None


def within(moment: datetime, bounds: tuple[datetime | None, datetime | None]) -> bool:
    """Whether a moment lies in a span."""
    start, before = bounds
    return (start is None or moment >= start) and (before is None or moment < before)
