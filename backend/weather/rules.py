"""A plain CSV of reference evapotranspiration, one line for a day and a zone. Pure.

date,zone,et_inches
2026-11-20,Valley,0.112
"""

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from backend.payments.files import FileRefusedError, Problem, lines_of

COLUMNS = ("date", "zone", "et_inches")
INCHES_MAX = Decimal(1)
"""No place evaporates an inch a day: more is another unit."""
DAYS_BACK_MAX = 800
_INCHES = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class WeatherDay:
    """Inches of evapotranspiration of a day in a zone."""

    zone: str
    day: date
    inches: Decimal


def parse(content: bytes, today: date, zones: Collection[str]) -> list[WeatherDay]:
    """The days in the file; `zones` are those that a premise is in.

    :raises FileRefusedError: with every line that is wrong; then nothing of the file is to be taken.
    """
    lines = lines_of(content)
    if tuple(name.lower() for name in _fields(lines[0]) or ()) != COLUMNS:
        raise FileRefusedError([Problem(1, "header", f"the first line must be {','.join(COLUMNS)}")])
    problems: list[Problem] = []
    if len(lines) == 1:
        problems.append(Problem(1, "file", "the file has no days"))
    found: dict[tuple[str, date], WeatherDay] = {}
    for number, line in enumerate(lines[1:], 2):
        day = _weather_day(number, _fields(line), today, zones, problems)
        if day is not None and found.setdefault((day.zone, day.day), day) is not day:
            problems.append(Problem(number, "date", f"{day.day} of {day.zone} is there twice"))
    if problems:
        raise FileRefusedError(problems)
    return list(found.values())


def _fields(line: str) -> list[str] | None:
    try:
        return [field.strip() for field in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return None


def _weather_day(
    number: int, fields: list[str] | None, today: date, zones: Collection[str], problems: list[Problem]
) -> WeatherDay | None:
    if fields is None or len(fields) != len(COLUMNS):
        problems.append(Problem(number, "line", f"there must be {len(COLUMNS)} fields: {','.join(COLUMNS)}"))
        return None
    day, zone = _day(fields[0]), fields[1]
    inches = Decimal(fields[2]) if _INCHES.fullmatch(fields[2]) else None
    wrong = {
        "date": _day_problem(day, today),
        "zone": None if zone in zones else f"no place of ours is in this zone; they are {', '.join(sorted(zones))}",
        "et_inches": _inches_problem(inches),
    }
    reasons = [Problem(number, field, reason) for field, reason in wrong.items() if reason]
    problems += reasons
    return None if reasons or day is None or inches is None else WeatherDay(zone, day, inches)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _day_problem(day: date | None, today: date) -> str | None:
    if day is None:
        return "is not a day like 2026-11-20"
    if day > today:
        return f"{day} is in the future"
    return f"{day} is more than {DAYS_BACK_MAX} days ago" if day < today - timedelta(days=DAYS_BACK_MAX) else None


def _inches_problem(inches: Decimal | None) -> str | None:
    if inches is None:
        return "is not inches like 0.112, with three decimals at most"
    return f"is more than {INCHES_MAX} inch in a day; are these millimeters?" if inches > INCHES_MAX else None
