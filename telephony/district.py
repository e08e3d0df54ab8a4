"""The district as callers need it when nothing else answers: its name and the numbers of its departments.

Read from the backend's public facts and kept; before the first answer, from `district.toml` itself.
"""

import asyncio
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from telephony.backend_client import BackendClient
from telephony.http_json import CallError
from telephony.messages import Language

log = structlog.get_logger("telephony.district")

CUSTOMER_SERVICE = "customer_service"
REFRESH_SECONDS = 60.0
RETRY_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Department:
    """A department that can be dialled: E.164, or None when it has no phone."""

    id: str
    names: Mapping[str, str]
    phone: str | None
    open_now: bool | None


@dataclass(frozen=True, slots=True)
class District:
    """Public facts; `facts` is `GET /v1/district` as it came, for the demonstration page."""

    name: str = ""
    phone: str | None = None
    emergency_phone: str | None = None
    departments: Mapping[str, Department] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def phone_of(self, department: str | None) -> str | None:
        """The number to dial for a department; customer service's for one without a phone of its own."""
        for wanted in (department, CUSTOMER_SERVICE):
            found = self.departments.get(wanted or "")
            if found is not None and found.phone:
                return found.phone
        return self.phone


def e164(number: object) -> str | None:
    """A North American number in whatever writing as E.164, None when it is none."""
    if not isinstance(number, str):
        return None
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith("+") and 8 <= len(digits) <= 15:
        return "+" + digits
    if len(digits) == 10:
        return "+1" + digits
    return "+" + digits if len(digits) == 11 and digits.startswith("1") else None


def shown(number: str | None) -> str:
    """E.164 as people write it: `(555) 010-0100`."""
    if number and re.fullmatch(r"\+1\d{10}", number):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number or ""


def district_from(facts: Mapping[str, Any]) -> District:
    """Public facts as a `District`."""
    departments = {}
    for raw in facts.get("departments") or ():
        if isinstance(raw, dict) and raw.get("id"):
            names: dict[str, str] = raw["name"] if isinstance(raw.get("name"), dict) else {}
            department = Department(str(raw["id"]), names, e164(raw.get("phone")), raw.get("open_now"))
            departments[department.id] = department
    return District(
        name=str(facts.get("name") or ""),
        phone=e164(facts.get("phone")),
        emergency_phone=e164(facts.get("emergency_phone")),
        departments=departments,
        facts=facts,
    )


def district_from_file(folder: Path) -> District:
    """Name and phones from `district.toml`, as far as they are there. The backend validates the file, not we."""
    try:
        raw = tomllib.loads((folder / "district.toml").read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        log.warning("district_file_unreadable")
        return District()
    table = raw.get("district") if isinstance(raw.get("district"), dict) else raw
    assert isinstance(table, dict)
    return district_from({key: table.get(key) for key in ("name", "phone", "emergency_phone", "website")})


class DistrictDirectory:
    """The district's facts, refreshed from the backend while the process runs."""

    def __init__(self, backend: BackendClient, folder: Path) -> None:
        self._backend = backend
        self.current = district_from_file(folder)

    async def known(self) -> District:
        """The facts, asked for now if none are known yet: somebody may be on the phone right after a start."""
        if not self.current.name:
            await self.refresh()
        return self.current

    async def refresh(self) -> bool:
        """Fetch the facts once; False when the backend did not give them."""
        try:
            self.current = district_from(await self._backend.district())
        except CallError:
            return False
        return True

    async def run(self) -> None:
        """Keep the facts fresh until cancelled."""
        while True:
            known = await self.refresh()
            await asyncio.sleep(REFRESH_SECONDS if known else RETRY_SECONDS)


def department_name(district: District, department: str | None, language: Language) -> str:
    """What a department is called in `language`, or an empty string."""
    found = district.departments.get(department or "")
    return str(found.names.get(language) or "") if found else ""
