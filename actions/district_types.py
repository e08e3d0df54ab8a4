"""What the account API tells of the district: its public facts, and what holds now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from actions.account_types import moment


@dataclass(frozen=True, slots=True)
class Department:
    """Who does what in the district; texts by language."""

    id: str
    name: dict[str, str]
    purpose: dict[str, str]
    phone: str
    open_now: bool | None


@dataclass(frozen=True, slots=True)
class Location:
    """A place people can visit; name and hours by language."""

    name: dict[str, str]
    address: str
    hours: dict[str, str]


@dataclass(frozen=True, slots=True)
class Closure:
    """A day the district is closed; the name by language."""

    on: date
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the district tells everybody now, by language: of `water`, or `billing_down`; `no_water`: it is away."""

    kind: str
    text: dict[str, str]
    no_water: bool


def notices_from_json(body: dict[str, Any]) -> tuple[Notice, ...]:
    """The oldest first."""
    return tuple(Notice(one["kind"], one["text"], one["no_water"]) for one in body["notices"])


@dataclass(frozen=True, slots=True)
class District:
    """The district's public facts."""

    name: str
    phone: str
    emergency_phone: str
    website: str
    now: datetime | None
    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None
    hours: Any
    next_closures: tuple[Closure, ...]
    locations: tuple[Location, ...]
    departments: tuple[Department, ...]

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(
            name=body["name"],
            phone=body["phone"],
            emergency_phone=body["emergency_phone"],
            website=body.get("website", ""),
            now=moment(body.get("now")),
            open_now=body["open_now"],
            opens_at=moment(body.get("opens_at")),
            closes_at=moment(body.get("closes_at")),
            hours=body.get("hours", []),
            next_closures=tuple(
                Closure(date.fromisoformat(closure["date"]), closure["name"])
                for closure in body.get("next_closures") or ()
            ),
            locations=tuple(
                Location(place["name"], place["address"], place["hours"]) for place in body.get("locations") or ()
            ),
            departments=tuple(
                Department(one["id"], one["name"], one["purpose"], one["phone"], one.get("open_now"))
                for one in body.get("departments") or ()
            ),
        )
