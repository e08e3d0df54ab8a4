"""People of the district whom a case is about by name: asked for by a customer, or expecting a visitor."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.people import Person, person_named
from backend.district.service import District
from backend.hand_offs import repository
from backend.hand_offs.schemas import HandOffIn
from backend.outbox import service as outbox
from backend.reception import service as reception
from backend.reception.rules import plain_name

VISITORS = "visitors"
_AT_THE_DESK: Mapping[str, reception.Kind] = {VISITORS: "visitor", "delivery": "vendor"}
"""Topics of cases that bring somebody to the front desk, and whom."""
_ASKED_FOR = {"en": "Asked for", "es": "Preguntó por"}
_TOLD = "host_told"


def asked_for(asked: HandOffIn, district: District) -> str | None:
    """The key of whom the customer wants to talk to."""
    return person_named(district.people, asked.asked_for) if asked.asked_for else None


def detail_of(person: Person) -> dict[str, Any]:
    """How the case shows whom they asked for."""
    return {"name": "asked_for", "label": _ASKED_FOR, "value": f"{person.name}, {person.title.en}"}


async def expect(
    session: AsyncSession,
    case: Row[Any],
    topic: str | None,
    details: Sequence[dict[str, Any]],
    *,
    district: District,
    now: datetime,
) -> Person | None:
    """Write down for the front desk whom a case announces, if it does, and tell a visitor's host; whom it told."""
    kind = _AT_THE_DESK.get(topic or "")
    if kind is None:
        return None
    told = {str(one["name"]): str(one["value"]) for one in details}
    await reception.expect_of_case(session, case.id, kind, told, district=district, now=now)
    return await tell_host(session, case, told, district, now) if kind == "visitor" else None


async def tell_host(
    session: AsyncSession, case: Row[Any], told: Mapping[str, str], district: District, now: datetime
) -> Person | None:
    """Text whoever is to be visited, once a case, if the directory has them and a number for that; whom it told.

    Who comes and when, and nothing that could be of use to whoever makes a visitor up: the rest is in the case.
    """
    key = person_named(district.people, told.get("host", ""))
    host = district.people[key] if key is not None else None
    if host is None or host.text_phone is None:
        return None
    if any(step.kind == _TOLD and step.note == host.name for step in await repository.events(session, case.id)):
        return host  # filed a second time: they know
    who = ", ".join(filter(None, map(plain_name, (told.get("name", ""), told.get("company", ""))))) or "Somebody"
    words = (
        f"{district.settings.short_name}: {who} will visit you{_day(told.get('on', ''))}. "
        f"Case H-{case.number} has the rest; the front desk lets them in."
    )
    await outbox.enqueue(
        session, channel="sms", recipient=host.text_phone, text=words, language="en", purpose="visitor", now=now
    )
    await repository.add_event(session, case.id, _TOLD, now=now, staff_id=None, note=host.name)
    return host


def _day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return ""
    return f" on {day:%A, %B} {day.day}"
