"""Where the holder of a number may be: what the hour there is decides whether a text may arrive."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

ZONES_MAX = 4
"""An area of more zones is a whole country: it says nothing."""


@lru_cache(maxsize=4096)
def zones_of_area(prefix: str) -> tuple[ZoneInfo, ...]:
    """The time zones of numbers that begin so; none when nobody knows."""
    try:
        number = phonenumbers.parse(f"{prefix}{'0' * (12 - len(prefix))}")
    except phonenumbers.NumberParseException:
        return ()
    names = timezone.time_zones_for_geographical_number(number)
    found = []
    for name in names if len(names) <= ZONES_MAX else ():
        try:
            found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return tuple(found)


def places_of(phone: str, district: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """The district's zone, where the water is used, and those of the number's area, where its holder may have moved."""
    return tuple(dict.fromkeys((district, *zones_of_area(phone[:8]))))
