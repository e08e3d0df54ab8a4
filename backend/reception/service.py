"""The front desk's book: expected, here, gone. A person lets people in; the assistant only writes them down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.people import Person, person_named
from backend.district.service import District
from backend.district.vendors import Vendor, vendor_named
from backend.models.base import new_id
from backend.outbox import service as outbox
from backend.reception import repository
from backend.reception.errors import VisitNotFoundError, VisitRefusedError
from backend.reception.rules import plain_name
from backend.staff.permissions import Permission, require

AHEAD_DAYS = 7
"""So far ahead the desk sees who is expected."""
AHEAD_DAYS_MAX = 366
OVER_MAX = 100
DAY_MAX = 1_000
WORDS_MAX = 200
Kind = Literal["visitor", "vendor"]


@dataclass(frozen=True, slots=True)
class NewVisit:
    """Who is to come, to whom, for what, on which day. A visitor has a name, a vendor a company."""

    kind: Kind
    name: str
    company: str
    host: str
    purpose: str
    expected_on: date


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as the desk sees it. `vendor`: the company on the district's list, None when it is not there."""

    id: UUID
    kind: Kind
    name: str
    company: str
    host: str
    purpose: str
    expected_on: date
    case_number: int | None
    registered_by: str | None
    badge: str | None
    escort: str
    approved_by: str
    came_at: datetime | None
    admitted_by: str | None
    left_at: datetime | None
    turned_away_at: datetime | None
    turned_away_by: str | None
    note: str
    vendor: Vendor | None

    @property
    def who(self) -> str:
        """The name and the company, as far as they are known."""
        return ", ".join(filter(None, (self.name, self.company)))


@dataclass(frozen=True, slots=True)
class Book:
    """`expected` today or on a day before it that nobody noted, `later` on the days that follow, `here` in the building
    now, `over` since this morning."""

    expected: Sequence[Visit]
    later: Sequence[Visit]
    here: Sequence[Visit]
    over: Sequence[Visit]


async def book(session: AsyncSession, staff: Principal, *, district: District, now: datetime) -> Book:
    """What the desk needs today.

    :raises ForbiddenError: the role may not.
    """
    require(staff, Permission.SEE_RECEPTION)
    today = district.today(now)
    morning = datetime.combine(today, time(), district.zone)
    rows = await repository.expected(session, today - timedelta(days=1), today + timedelta(days=AHEAD_DAYS))
    shown = [_shown(row, district) for row in rows]
    return Book(
        expected=[one for one in shown if one.expected_on <= today],
        later=[one for one in shown if one.expected_on > today],
        here=[_shown(row, district) for row in await repository.here(session)],
        over=[_shown(row, district) for row in await repository.over(session, morning, OVER_MAX)],
    )


async def day(session: AsyncSession, staff: Principal, on: date, *, district: District) -> list[Visit]:
    """Who came on a day, or was turned away: `DAY_MAX` visits at most.

    :raises ForbiddenError: the role may not.
    """
    require(staff, Permission.SEE_RECEPTION)
    since, until = (datetime.combine(one, time(), district.zone) for one in (on, on + timedelta(days=1)))
    return [_shown(row, district) for row in await repository.of_day(session, since, until, DAY_MAX)]


async def expect(
    session: AsyncSession, staff: Principal, new: NewVisit, *, key: str, district: District, now: datetime
) -> UUID:
    """Write down that somebody comes, once for each key; its id.

    :raises VisitRefusedError: nobody is named, or the day cannot be. :raises ForbiddenError: the role may not.
    """
    staff_id = require(staff, Permission.RUN_RECEPTION)
    today = district.today(now)
    if not (new.name.strip() or new.company.strip()):
        raise VisitRefusedError("nobody", "Write who comes: a name or a company.")
    if not today <= new.expected_on <= today + timedelta(days=AHEAD_DAYS_MAX):
        raise VisitRefusedError("too_far", "Choose today or a day within a year.")
    return await _add(session, new, key=key, now=now, staff_id=staff_id, hand_off_id=None)


async def expect_of_case(
    session: AsyncSession, hand_off_id: UUID, kind: Kind, told: Mapping[str, str], *, district: District, now: datetime
) -> None:
    """Write down whom a case announces, once a case: what a visitor or a supplier told the assistant."""
    what = (told.get("purpose", ""), told.get("what", ""), told.get("where", ""))
    new = NewVisit(
        kind=kind,
        name=told.get("name", ""),
        company=told.get("company", ""),
        host=told.get("host", ""),
        purpose=", ".join(filter(None, what)),
        expected_on=_day(told.get("on", "")) or district.today(now),
    )
    if new.name.strip() or new.company.strip():
        await _add(session, new, key=f"case:{hand_off_id}", now=now, staff_id=None, hand_off_id=hand_off_id)


async def admit(
    session: AsyncSession,
    staff: Principal,
    visit_id: UUID,
    *,
    badge: str,
    escort: str = "",
    approved_by: str = "",
    district: District,
    now: datetime,
) -> Person | None:
    """Let somebody in with a badge, and text their host; the host who was told. Again, nothing happens.

    :raises VisitRefusedError: no badge, or it is worn; a vendor nobody answers for; they have gone already.
    :raises VisitNotFoundError: there is none. :raises ForbiddenError: the role may not.
    """
    staff_id = require(staff, Permission.RUN_RECEPTION)
    visit = _shown(await _locked(session, visit_id), district)
    if visit.came_at is not None and visit.left_at is None:
        return None
    if visit.left_at is not None or visit.turned_away_at is not None:
        raise VisitRefusedError("over", "This visit is over. Write down a new one.")
    badge = badge.strip()[:20].upper()
    if not badge:
        raise VisitRefusedError("no_badge", "Write which badge they wear.")
    if (wearer := await repository.wearer(session, badge)) is not None:
        who = wearer["name"] or wearer["company"]
        raise VisitRefusedError("badge_in_use", f"{who} wears badge {badge}. Give another.", badge=badge, who=who)
    if needs_approval(visit, district.today(now)) and not approved_by.strip():
        raise VisitRefusedError("no_approval", "Write who of the district answers for this vendor.")
    values = {"badge": badge, "escort": _words(escort), "approved_by": _words(approved_by)}
    await repository.admit(session, {**values, "id": visit_id, "staff_id": staff_id, "now": now})
    announce(session, "visit", visit_id=visit_id)
    return await _tell_host(session, visit, district, now)


async def leave(session: AsyncSession, staff: Principal, visit_id: UUID, *, now: datetime) -> None:
    """They have given the badge back and left. Again, nothing happens.

    :raises VisitRefusedError: they were never let in. :raises VisitNotFoundError: there is none.
    """
    require(staff, Permission.RUN_RECEPTION)
    row = await _locked(session, visit_id)
    if row["came_at"] is None:
        raise VisitRefusedError("not_here", "They were not let in.")
    if row["left_at"] is None:
        await repository.leave(session, visit_id, now)
        announce(session, "visit", visit_id=visit_id)


async def turn_away(session: AsyncSession, staff: Principal, visit_id: UUID, *, note: str, now: datetime) -> None:
    """They do not come, or are not let in, and why. Again, nothing happens.

    :raises VisitRefusedError: they are in the building. :raises VisitNotFoundError: there is none.
    """
    staff_id = require(staff, Permission.RUN_RECEPTION)
    row = await _locked(session, visit_id)
    if row["came_at"] is not None:
        raise VisitRefusedError("over", "They were let in already.")
    if row["turned_away_at"] is None:
        await repository.turn_away(session, visit_id, staff_id, _words(note), now)
        announce(session, "visit", visit_id=visit_id)


def needs_approval(visit: Visit, today: date) -> bool:
    """Whether somebody must answer for them: a vendor not on the list, or whose insurance has run out."""
    return visit.kind == "vendor" and (visit.vendor is None or not visit.vendor.is_insured(today))


async def _add(
    session: AsyncSession, new: NewVisit, *, key: str, now: datetime, staff_id: UUID | None, hand_off_id: UUID | None
) -> UUID:
    values: dict[str, Any] = {
        "id": new_id(),
        "idempotency_key": key,
        "kind": new.kind,
        "name": _words(new.name),
        "company": _words(new.company),
        "host": _words(new.host),
        "purpose": _words(new.purpose),
        "expected_on": new.expected_on,
        "hand_off_id": hand_off_id,
        "registered_by": staff_id,
        "registered_at": now,
    }
    visit_id = await repository.add(session, values)
    announce(session, "visit", visit_id=visit_id)
    return visit_id


async def _tell_host(session: AsyncSession, visit: Visit, district: District, now: datetime) -> Person | None:
    """Text whoever is visited, if the directory has them and a number for that. It goes at once: somebody waits."""
    key = person_named(district.people, visit.host) if visit.host else None
    host = district.people[key] if key is not None else None
    if host is None or host.text_phone is None:
        return None
    who = ", ".join(filter(None, map(plain_name, (visit.name, visit.company)))) or "Somebody"
    words = f"{district.settings.short_name}: {who} is at the front desk for you."
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=host.text_phone,
        text=words,
        language="en",
        purpose="visitor",
        now=now,
        kind="reply",
    )
    return host


async def _locked(session: AsyncSession, visit_id: UUID) -> RowMapping:
    row = await repository.lock(session, visit_id)
    if row is None:
        raise VisitNotFoundError
    return row


def _shown(row: RowMapping, district: District) -> Visit:
    return Visit(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        company=row["company"],
        host=row["host"],
        purpose=row["purpose"],
        expected_on=row["expected_on"],
        case_number=row.get("case_number"),
        registered_by=row.get("registered_by_name"),
        badge=row["badge"],
        escort=row["escort"],
        approved_by=row["approved_by"],
        came_at=row["came_at"],
        admitted_by=row.get("admitted_by_name"),
        left_at=row["left_at"],
        turned_away_at=row["turned_away_at"],
        turned_away_by=row.get("turned_away_by_name"),
        note=row["note"],
        vendor=vendor_named(district.vendors, row["company"]) if row["company"] else None,
    )


def _words(words: str) -> str:
    return " ".join(words.split())[:WORDS_MAX]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
