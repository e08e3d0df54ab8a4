"""Reads `district/*.toml` once, says what is wrong by file and line, and answers from memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import holidays
from fastapi import Depends, Request
from pydantic import TypeAdapter

from backend.district.files import DistrictFileError, read_toml
from backend.district.people import Person
from backend.district.rules import Office, Week
from backend.district.schemas import DAYS, Department, DistrictSettings, InTwoLanguages, Policy
from backend.district.toml_lines import line_of
from backend.district.vendors import Vendor

YEARS_AHEAD = 3
__all__ = ["District", "DistrictDep", "DistrictFileError", "in_language"]


@dataclass(frozen=True)
class District:
    """Everything the district's files say."""

    settings: DistrictSettings
    departments: dict[str, Department]
    policy: Policy
    people: dict[str, Person] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "District":
        """Read and check the files in `folder`.

        :raises DistrictFileError: one is missing or wrong; the message names file, line and remedy.
        """
        settings = read_toml(folder / "district.toml", TypeAdapter(DistrictSettings)).value
        departments = read_toml(folder / "departments.toml", TypeAdapter(dict[str, Department])).value
        policy = read_toml(folder / "policy.toml", TypeAdapter(Policy)).value
        if "customer_service" not in departments:
            raise DistrictFileError(f"{folder / 'departments.toml'}:1: add [customer_service], who answers by default")
        people, vendors = _people(folder / "people.toml", departments), _vendors(folder / "vendors.toml")
        district = cls(settings, departments, policy, people, vendors)
        _check_holidays(folder / "district.toml", settings)
        return district

    @property
    def zone(self) -> ZoneInfo:
        """The district's time zone."""
        return ZoneInfo(self.settings.time_zone)

    def office(self, year: int) -> Office:
        """The office with the holidays around `year`."""
        return _office(self.settings.model_dump_json(), year)

    def today(self, now: datetime) -> date:
        """The day it is in the district at `now`."""
        return now.astimezone(self.zone).date()

    def is_open(self, now: datetime) -> bool:
        """Whether the office is open at `now`."""
        return self.office(now.year).is_open(now)

    def opens_at(self, now: datetime) -> datetime | None:
        """When the office opens next."""
        return self.office(now.year).opens_at(now)

    def department_open(self, department: str, now: datetime) -> bool:
        """Whether somebody answers in `department` at `now`."""
        return self.departments[department].hours == "always" or self.is_open(now)

    def public_facts(self, now: datetime) -> dict[str, Any]:
        """What anyone may know, in the shape of the contract."""
        office, settings = self.office(now.year), self.settings
        return {
            "name": settings.name,
            "phone": settings.phone,
            "emergency_phone": settings.emergency_phone,
            "website": settings.website,
            "time_zone": settings.time_zone,
            "now": now.astimezone(self.zone),
            "open_now": office.is_open(now),
            "opens_at": _local(office.opens_at(now), self.zone),
            "closes_at": _local(office.closes_at(now), self.zone),
            "hours": _hours(settings),
            "next_closures": [
                {"date": day, "name": {"en": names[0], "es": names[1]}} for day, names in office.next_closures(now)
            ],
            "locations": [location.model_dump() for location in settings.locations],
            "departments": [
                {"id": key, **department.model_dump(exclude={"line"}), "open_now": self.department_open(key, now)}
                for key, department in self.departments.items()
            ],
        }


def _people(path: Path, departments: Mapping[str, Department]) -> dict[str, Person]:
    """The directory; a district that has none needs no file."""
    if not path.exists():
        return {}
    read = read_toml(path, TypeAdapter(dict[str, Person]))
    for key, person in read.value.items():
        if person.department not in departments:
            what = f"there is no department {person.department!r}; write one of {sorted(departments)}"
            raise DistrictFileError(read.problem((key, "department"), what))
    return read.value


def _vendors(path: Path) -> dict[str, Vendor]:
    """The list of vendors; a district that keeps none needs no file."""
    return read_toml(path, TypeAdapter(dict[str, Vendor])).value if path.exists() else {}


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _hours(settings: DistrictSettings) -> list[dict[str, Any]]:
    """The week with equal days together: `{"days": ["monday", …], "opens": "07:30", "closes": "17:30"}`."""
    together: list[dict[str, Any]] = []
    for day in DAYS:
        opening = getattr(settings.hours, day)
        if opening is None:
            continue
        opens, closes = opening.opens.strftime("%H:%M"), opening.closes.strftime("%H:%M")
        if together and (together[-1]["opens"], together[-1]["closes"]) == (opens, closes):
            together[-1]["days"].append(day)
        else:
            every_other = day == "friday" and settings.hours.closed_friday is not None
            together.append({"days": [day], "opens": opens, "closes": closes, "every_other_week": every_other})
    return together


@lru_cache(maxsize=16)
def _office(settings_json: str, year: int) -> Office:
    settings = DistrictSettings.model_validate_json(settings_json)
    days = {
        place: (opening.opens, opening.closes)
        for place, day in enumerate(DAYS)
        if (opening := getattr(settings.hours, day)) is not None
    }
    closures = _public_holidays(settings, year)
    closures |= {closure.date: (closure.name.en, closure.name.es) for closure in settings.closures}
    return Office(ZoneInfo(settings.time_zone), Week(days, settings.hours.closed_friday), closures)


def _public_holidays(settings: DistrictSettings, year: int) -> dict[date, tuple[str, str]]:
    kept = settings.holidays.kept
    named = {day: name.removesuffix(" (observed)") for day, name in _calendar(settings, year).items()}
    return {day: (name, kept[name]) for day, name in named.items() if name in kept}


def _calendar(settings: DistrictSettings, year: int) -> Mapping[date, str]:
    chosen, years = settings.holidays, range(year - 1, year + YEARS_AHEAD)
    return holidays.country_holidays(chosen.country, subdiv=chosen.subdivision, years=years, language="en_US")


def _check_holidays(path: Path, settings: DistrictSettings) -> None:
    text = path.read_text("utf-8")
    try:
        known = set(_calendar(settings, 2026).values())
    except (NotImplementedError, KeyError) as unknown:
        line = line_of(text, ("holidays", "country"))
        raise DistrictFileError(f"{path}:{line}: the holidays package has no such country or subdivision") from unknown
    for name in settings.holidays.kept:
        if name not in known:
            line = line_of(text, ("holidays", "kept", name))
            raise DistrictFileError(f"{path}:{line}: no holiday is called {name!r}; write one of {sorted(known)}")


def in_language(words: InTwoLanguages, language: str) -> str:
    """The words in `es` or else in English."""
    return words.es if language == "es" else words.en


async def _district(request: Request) -> District:
    district: District = request.app.state.district
    return district


DistrictDep = Annotated[District, Depends(_district)]
