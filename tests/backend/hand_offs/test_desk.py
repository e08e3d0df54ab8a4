"""What people do with a case, and that one of several wins."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from backend.access import Kind, Principal, Role
from backend.errors import ForbiddenError, HeadgateError
from backend.hand_offs import desk
from backend.models.base import new_id
from backend.outbox.service import NoWayToReachError
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import OPERATOR, Api

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def staff(url: str, *names: str) -> list[Principal]:
    """Members of the staff, in the table and as principals."""
    made = []
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM staff WHERE user_name LIKE 'desk-%%'")
        for name in names:
            staff_id = new_id()
            connection.execute(
                "INSERT INTO staff (id, user_name, name, role, password_digest, languages, active, created_at,"
                " password_changed_at) VALUES (%s, %s, %s, 'lead', 'x', '{en}', true, now(), now())",
                (staff_id, f"desk-{name.lower()}", name),
            )
            made.append(Principal.of_staff(staff_id, Role.LEAD))
    return made


async def filed(api: Api, **changes: Any) -> tuple[UUID, str]:
    told = (await api.said("I need a person", **changes)).json()
    case = (await api.hand_off(conversation_id=told["conversation_id"], reason="asked_for_person")).json()
    return UUID(case["hand_off_id"]), told["conversation_id"]


async def take(api: Api, who: Principal, case: UUID, **how: bool) -> None:
    async with api.app.state.database.transaction() as session:
        await desk.take(session, who, case, NOW, **how)


async def answer(api: Api, who: Principal, case: UUID, text: str) -> int:
    async with api.app.state.database.transaction() as session:
        return await desk.answer(session, who, case, text, NOW)


def outbound(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        query = "SELECT channel, recipient, thread_key, seq, text, purpose FROM outbound_messages ORDER BY id"
        return connection.execute(query).fetchall()


async def test_five_leads_at_once_and_one_wins(api: Api, database_url: str) -> None:
    leads = staff(database_url, "Ana", "Ben", "Cruz", "Dee", "Eli")
    case, _ = await filed(api)
    results = await asyncio.gather(*(take(api, lead, case) for lead in leads), return_exceptions=True)
    lost = [result for result in results if result is not None]
    assert len(lost) == 4 and all(isinstance(one, desk.AlreadyTakenError) for one in lost)
    assert all(isinstance(one, HeadgateError) and one.extra["staff_name"] for one in lost)


async def test_taking_again_is_no_mistake_and_taking_over_is_asked_for(api: Api, database_url: str) -> None:
    ana, ben = staff(database_url, "Ana", "Ben")
    case, _ = await filed(api)
    await take(api, ana, case)
    await take(api, ana, case)
    await take(api, ben, case, take_over=True)
    with pytest.raises(desk.NotYoursError):
        await answer(api, ana, case, "Hello")
    assert await answer(api, ben, case, "Hello, Ben here.") == 2


async def test_an_answer_is_in_the_thread_and_on_its_way(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    case, conversation_id = await filed(api)
    await take(api, ana, case)
    seq = await answer(api, ana, case, "Hello, this is Ana.")
    story = await api.messages(conversation_id)
    last = story["messages"][-1]
    assert (last["seq"], last["from"], last["name"], last["text"]) == (seq, "person", "Ana", "Hello, this is Ana.")
    expected = ("sms", "+15550001111", "+15550001111|+15559990000", seq, "Hello, this is Ana.", "answer")
    assert outbound(database_url) == [expected]


async def test_a_call_is_answered_by_text(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    case, _ = await filed(api, channel="voice", thread_key="CA1")
    await take(api, ana, case)
    await answer(api, ana, case, "Sorry we missed you.")
    assert outbound(database_url)[0][:3] == ("sms", "+15550001111", None)


async def test_a_withheld_number_cannot_be_answered(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    case, conversation_id = await filed(api, channel="voice", thread_key="CA1", party=None)
    await take(api, ana, case)
    with pytest.raises(NoWayToReachError):
        await answer(api, ana, case, "Hello?")
    assert len((await api.messages(conversation_id))["messages"]) == 1


async def test_given_back_the_assistant_speaks_again_and_says_so(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    case, conversation_id = await filed(api)
    await take(api, ana, case)
    async with api.app.state.database.transaction() as session:
        await desk.give_back(session, ana, case, NOW)
    story = await api.messages(conversation_id)
    assert story["mode"] == "assistant"
    assert story["messages"][-1]["from"] == "system" and "automated assistant" in story["messages"][-1]["text"]
    assert outbound(database_url)[0][5] == "given_back"
    with pytest.raises(desk.CaseEndedError):
        await answer(api, ana, case, "one more thing")


async def test_closed_with_a_disposition(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    case, conversation_id = await filed(api)
    await take(api, ana, case)
    async with api.app.state.database.transaction() as session:
        with pytest.raises(HeadgateError, match="unknown_disposition"):
            await desk.close(session, ana, case, disposition="whatever", note="", now=NOW)
        await desk.close(session, ana, case, disposition="resolved", note="Explained the bill.", now=NOW)
        assert list(await desk.queue(session, ana)) == []
    assert (await api.messages(conversation_id))["mode"] == "assistant"
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT state, disposition FROM hand_offs").fetchall() == [("closed", "resolved")]
        events = connection.execute("SELECT kind, note FROM hand_off_events ORDER BY id").fetchall()
        assert events == [("created", None), ("taken", None), ("closed", "Explained the bill.")]
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("UPDATE hand_off_events SET note = 'nothing happened'")


async def test_the_queue_is_in_order_of_urgency(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    for key, reason in (("a", "asked_for_person"), ("b", "emergency"), ("c", "upset")):
        told = (await api.said("hi", thread_key=key)).json()
        await api.hand_off(conversation_id=told["conversation_id"], reason=reason)
    async with api.app.state.database.transaction() as session:
        rows = await desk.queue(session, ana)
    assert [row.reason for row in rows] == ["emergency", "upset", "asked_for_person"]


async def test_a_case_tells_the_account_once_it_is_proved(seeded_api: Api, seeded_url: str) -> None:
    await seeded_api.clock(SEEDED_AT)
    (ana,) = staff(seeded_url, "Ana")
    customers = (await seeded_api.client.get("/v1/demo/customers", headers=OPERATOR)).json()
    maria = next(one for one in customers if one["situation"] == "past_due")
    case, conversation_id = await filed(seeded_api, party=maria["phone"])
    district = seeded_api.app.state.district
    async with seeded_api.app.state.database.transaction() as session:
        before = await desk.case(session, ana, case, district, SEEDED_AT)
    assert before.facts is None and before.balance is None and before.reference == "H-1001"
    await seeded_api.act("POST", f"/v1/conversations/{conversation_id}/verification", {"pin": maria["pin"]})
    for _ in range(3):
        async with seeded_api.app.state.database.transaction() as session:
            after = await desk.case(session, ana, case, district, SEEDED_AT)
    assert after.facts is not None and after.facts.number == maria["account_number"]
    assert after.balance is not None and after.balance.balance_cents == maria["balance_cents"]
    assert after.row.customer_name == maria["name"]
    with psycopg.connect(seeded_url) as connection:
        looks = connection.execute("SELECT staff_id, purpose FROM account_access WHERE principal = 'staff'").fetchall()
    assert looks == [(ana.staff_id, "case")]


async def test_only_staff_is_let_in(api: Api) -> None:
    case, _ = await filed(api)
    for outsider in (Principal(Kind.ACTIONS), Principal(Kind.TELEPHONY)):
        async with api.app.state.database.transaction() as session:
            with pytest.raises(ForbiddenError):
                await desk.queue(session, outsider)
            with pytest.raises(ForbiddenError):
                await desk.take(session, outsider, case, NOW)


async def test_news_reaches_the_console(api: Api, database_url: str) -> None:
    (ana,) = staff(database_url, "Ana")
    async with api.app.state.redis.pubsub() as news:
        await news.subscribe("headgate:console")
        await news.get_message(timeout=2)
        case, _conversation_id = await filed(api)
        told = await news.get_message(ignore_subscribe_messages=True, timeout=2)
        assert told is not None
        assert str(case) in told["data"].decode() and "hand_off" in told["data"].decode()
        await take(api, ana, case)
        assert await news.get_message(ignore_subscribe_messages=True, timeout=2) is not None
