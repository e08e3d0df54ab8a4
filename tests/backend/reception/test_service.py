"""The front desk's book: expected, let in with a badge, signed out, turned away; vendors; the host's text."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal
from backend.district.service import District
from backend.district.vendors import vendor_named
from backend.errors import ForbiddenError
from backend.reception import service
from backend.reception.errors import VisitNotFoundError, VisitRefusedError
from backend.reception.service import Book, NewVisit
from tests.backend.campaigns.conftest import NOW, add_lead

TODAY = date(2026, 11, 23)
DISTRICT = District.load(Path(__file__).parents[3] / "district")


def visitor(**changes: object) -> NewVisit:
    asked = {
        "kind": "visitor",
        "name": "Jordan Lee",
        "company": "",
        "host": "Daniel Okafor",
        "purpose": "A meeting at ten",
        "expected_on": TODAY,
    }
    return NewVisit(**(asked | changes))  # type: ignore[arg-type]


def vendor(company: str, **changes: object) -> NewVisit:
    return visitor(kind="vendor", name="", company=company, host="", purpose="Pump 3", **changes)


async def expect(session: AsyncSession, staff: Principal, new: NewVisit | None = None, key: str = "") -> UUID:
    return await service.expect(session, staff, new or visitor(), key=key or uuid4().hex, district=DISTRICT, now=NOW)


async def admit(session: AsyncSession, staff: Principal, visit: UUID, badge: str = "7", **more: str) -> str | None:
    """The name of the host who got a text."""
    host = await service.admit(session, staff, visit, badge=badge, district=DISTRICT, now=NOW, **more)
    return host.name if host else None


async def book(session: AsyncSession, staff: Principal) -> Book:
    return await service.book(session, staff, district=DISTRICT, now=NOW + timedelta(hours=1))


async def texts(session: AsyncSession) -> list[tuple[str, str]]:
    found = await session.execute(text("SELECT recipient, text FROM outbound_messages ORDER BY id"))
    return [(row.recipient, row.text) for row in found]


async def refused(session: AsyncSession, staff: Principal, visit: UUID, **how: str) -> str:
    with pytest.raises(VisitRefusedError) as problem:
        await admit(session, staff, visit, **how)
    return str(problem.value.extra["reason"])


async def test_from_expected_to_gone(session: AsyncSession) -> None:
    lead = await add_lead(session)
    visit = await expect(session, lead)
    (expected,) = (await book(session, lead)).expected
    assert (expected.id, expected.who, expected.registered_by) == (visit, "Jordan Lee", "Lee")
    assert await admit(session, lead, visit, badge=" v-07 ", escort="Frank") == "Daniel Okafor"
    assert await texts(session) == [("+19515550322", "Rio Seco: Jordan Lee is at the front desk for you.")]
    now = await book(session, lead)
    assert (now.expected, now.over) == ([], [])
    assert (now.here[0].badge, now.here[0].escort, now.here[0].admitted_by) == ("V-07", "Frank", "Lee")
    for _ in range(2):
        await service.leave(session, lead, visit, now=NOW + timedelta(minutes=30))
    now = await book(session, lead)
    assert now.here == [] and now.over[0].left_at == NOW + timedelta(minutes=30)


async def test_a_day_of_the_past_has_who_came_and_who_was_turned_away(session: AsyncSession) -> None:
    lead = await add_lead(session)
    came, refused_one, later = [await expect(session, lead, visitor(name=name)) for name in ("Ann", "Bob", "Cy")]
    await admit(session, lead, came, badge="1", escort="Frank")
    await service.turn_away(session, lead, refused_one, note="No papers", now=NOW + timedelta(minutes=1))
    await service.leave(session, lead, came, now=NOW + timedelta(days=1))
    tomorrow = NOW + timedelta(days=1)
    await service.admit(session, lead, later, badge="2", district=DISTRICT, now=tomorrow)

    async def names(on: date) -> list[str]:
        return [one.name for one in await service.day(session, lead, on, district=DISTRICT)]

    assert await names(TODAY) == ["Ann", "Bob"]
    assert await names(TODAY + timedelta(days=1)) == ["Cy"]
    assert await names(TODAY - timedelta(days=1)) == []
    first, second = await service.day(session, lead, TODAY, district=DISTRICT)
    assert (first.badge, first.escort, first.admitted_by) == ("1", "Frank", "Lee")
    assert (second.note, second.turned_away_by) == ("No papers", "Lee")


async def test_the_same_key_is_one_visit_and_the_same_press_one_text(session: AsyncSession) -> None:
    lead = await add_lead(session)
    assert len({await expect(session, lead, key="k") for _ in range(2)}) == 1
    (one,) = (await book(session, lead)).expected
    assert [await admit(session, lead, one.id) for _ in range(2)] == ["Daniel Okafor", None]
    assert len(await texts(session)) == 1


async def test_a_badge_is_worn_by_one(session: AsyncSession) -> None:
    lead = await add_lead(session)
    first, second = await expect(session, lead), await expect(session, lead, visitor(name="Ana Ruiz"))
    assert await refused(session, lead, first, badge=" ") == "no_badge"
    await admit(session, lead, first, badge="v7")
    assert await refused(session, lead, second, badge="V7") == "badge_in_use"
    await service.leave(session, lead, first, now=NOW)
    await admit(session, lead, second, badge="V7")
    assert await refused(session, lead, first, badge="V8") == "over"


async def test_who_is_turned_away_is_not_let_in_and_the_reason_stays(session: AsyncSession) -> None:
    lead = await add_lead(session)
    visit = await expect(session, lead)
    with pytest.raises(VisitRefusedError):
        await service.leave(session, lead, visit, now=NOW)
    await service.turn_away(session, lead, visit, note="No identification", now=NOW)
    assert await refused(session, lead, visit) == "over"
    (over,) = (await book(session, lead)).over
    assert (over.note, over.turned_away_by, over.came_at) == ("No identification", "Lee", None)


async def test_vendors_and_who_answers_for_them(session: AsyncSession) -> None:
    lead = await add_lead(session)
    listed = await expect(session, lead, vendor("inland pump and motor inc"))
    lapsed, unlisted = (
        await expect(session, lead, vendor("Mesa Chemical")),
        await expect(session, lead, vendor("Bob's")),
    )
    await admit(session, lead, listed, badge="1")
    for visit, badge in ((lapsed, "2"), (unlisted, "3")):
        assert await refused(session, lead, visit, badge=badge) == "no_approval"
        await admit(session, lead, visit, badge=badge, approved_by="Daniel Okafor")
    here = (await book(session, lead)).here
    assert [one.vendor.contract if one.vendor else None for one in here] == ["PO 2611-04", "PO 2608-17", None]
    assert [one.approved_by for one in here] == ["", "Daniel Okafor", "Daniel Okafor"]


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (visitor(name=" "), "nobody"),
        (visitor(expected_on=TODAY - timedelta(days=1)), "too_far"),
        (visitor(expected_on=TODAY + timedelta(days=400)), "too_far"),
    ],
)
async def test_what_cannot_be_written_down(session: AsyncSession, new: NewVisit, reason: str) -> None:
    with pytest.raises(VisitRefusedError) as problem:
        await expect(session, await add_lead(session), new)
    assert problem.value.extra["reason"] == reason


async def test_days_that_follow_and_what_nobody_noted_yesterday(session: AsyncSession) -> None:
    lead = await add_lead(session)
    for days in (0, 1, 7, 8):
        await expect(session, lead, visitor(name=f"In {days}", expected_on=TODAY + timedelta(days=days)))
    shown = await service.book(session, lead, district=DISTRICT, now=NOW + timedelta(days=1))
    assert [one.name for one in shown.expected] == ["In 0", "In 1"]
    assert [one.name for one in shown.later] == ["In 7", "In 8"]


async def test_a_name_makes_no_link_in_the_hosts_text(session: AsyncSession) -> None:
    lead = await add_lead(session)
    visit = await expect(session, lead, visitor(name="http://evil.example/x", company="Acme"))
    await admit(session, lead, visit)
    assert await texts(session) == [
        ("+19515550322", "Rio Seco: http evil example x, Acme is at the front desk for you.")
    ]


async def test_who_may_not_does_not(session: AsyncSession) -> None:
    lead = await add_lead(session)
    visit = await expect(session, lead)
    customer = Principal(Kind.ACTIONS)
    with pytest.raises(ForbiddenError):
        await admit(session, customer, visit)
    with pytest.raises(ForbiddenError):
        await book(session, customer)
    with pytest.raises(VisitNotFoundError):
        await admit(session, lead, uuid4())


@pytest.mark.parametrize(
    ("said", "contract"),
    [
        ("Inland Pump & Motor", "PO 2611-04"),
        ("INLAND PUMP AND MOTOR, INC.", "PO 2611-04"),
        ("inland pump", "PO 2611-04"),
        ("Clearwater Laboratories", "C-118"),
        ("Valley", "S-09"),
        ("Clear", None),
        ("Pump", None),
        ("The Company", None),
        ("", None),
    ],
)
def test_which_vendor_is_meant(said: str, contract: str | None) -> None:
    found = vendor_named(DISTRICT.vendors, said)
    assert (found.contract if found else None) == contract
