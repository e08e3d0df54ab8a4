"""Filing a case: one open case a conversation, whatever breaks or repeats."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.backend.conftest import SEEDED_AT
from tests.backend.living import TELEPHONY, Api


@pytest.fixture(autouse=True)
async def office_is_open(api: Api) -> None:
    """At the start of each test, whatever the one before did to the clock."""
    await api.clock(SEEDED_AT)


async def talk(api: Api, key: str = "a", **changes: Any) -> str:
    told = (await api.said("hello", thread_key=f"{key}|+15559990000", **changes)).json()
    return str(told["conversation_id"])


async def test_a_case_has_a_number_and_hours(api: Api) -> None:
    answer = await api.hand_off(conversation_id=await talk(api))
    told = answer.json()
    assert answer.status_code == 201
    assert (told["reference"], told["open_now"]) == ("H-1001", True)
    assert told["department_name"] == {"en": "Customer Service", "es": "Atención al Cliente"}
    assert told["department_phone"] == "+19515550201"
    second = (await api.hand_off(conversation_id=await talk(api, "b"))).json()
    assert second["reference"] == "H-1002"


async def test_the_assistant_goes_quiet(api: Api) -> None:
    conversation_id = await talk(api)
    await api.hand_off(conversation_id=conversation_id)
    assert (await api.said("anyone?", thread_key="a|+15559990000")).json()["mode"] == "person"


async def test_in_writing_the_assistant_goes_on_while_nobody_is_there(api: Api) -> None:
    """So that an emergency is heard at night; the case waits for the morning all the same."""
    await api.clock(SEEDED_AT.replace(hour=6))  # ten in the evening there
    conversation_id = await talk(api)
    filed = (await api.hand_off(conversation_id=conversation_id, channel="sms")).json()
    assert filed["open_now"] is False and filed["reference"].startswith("H-")
    assert (await api.said("water is gushing", thread_key="a|+15559990000")).json()["mode"] == "assistant"


async def test_or_continues_when_asked(api: Api) -> None:
    conversation_id = await talk(api)
    await api.hand_off(conversation_id=conversation_id, assistant_continues=True, reason="assistant_unavailable")
    assert (await api.said("hello?", thread_key="a|+15559990000")).json()["mode"] == "assistant"


async def test_a_second_request_adds_to_the_first(api: Api, database_url: str) -> None:
    conversation_id = await talk(api)
    first = (await api.hand_off(conversation_id=conversation_id, assistant_continues=True)).json()
    second = (await api.hand_off(conversation_id=conversation_id, reason="emergency")).json()
    assert second["hand_off_id"] == first["hand_off_id"] and second["reference"] == first["reference"]
    assert (await api.said("?", thread_key="a|+15559990000")).json()["mode"] == "person"
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT priority FROM hand_offs").fetchall() == [(0,)]
        kinds = connection.execute("SELECT kind FROM hand_off_events ORDER BY id").fetchall()
        assert kinds == [("created",), ("added",)]


async def test_five_at_once_are_one_case(api: Api) -> None:
    conversation_id = await talk(api)
    answers = await asyncio.gather(*(api.hand_off(conversation_id=conversation_id) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["hand_off_id"] for answer in answers}) == 1


async def test_the_emergency_line_is_always_open(api: Api) -> None:
    await api.clock(SEEDED_AT + timedelta(hours=12))
    night = (await api.hand_off(conversation_id=await talk(api, "a"))).json()
    assert not night["open_now"] and night["opens_at"].startswith("2026-11-24T07:30:00-08:00")
    urgent = (await api.hand_off(conversation_id=await talk(api, "b"), department="emergency")).json()
    assert urgent["open_now"]


async def test_a_spooled_case_makes_its_conversation(api: Api) -> None:
    body = {
        "conversation_id": None,
        "channel": "sms",
        "thread_key": "+15550002222|+15559990000",
        "party": "+15550002222",
        "provider_message_id": "SM-spooled",
        "reason": "backend_unavailable",
    }
    answers = await asyncio.gather(*(api.hand_off(**body) for _ in range(3)))
    assert len({answer.json()["hand_off_id"] for answer in answers}) == 1
    told = (await api.said("hello", thread_key=body["thread_key"], party=body["party"])).json()
    assert told["mode"] == "person"


async def test_an_unknown_department_is_customer_service(api: Api) -> None:
    told = (await api.hand_off(conversation_id=await talk(api), department="astrology")).json()
    assert told["department"] == "customer_service"


async def test_a_summary_is_masked(api: Api, database_url: str) -> None:
    await api.hand_off(conversation_id=await talk(api), summary="Card 4242 4242 4242 4242 was declined")
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT summary FROM hand_offs").fetchone()
    assert row == ("Card [card number removed] was declined",)


async def test_nobody_s_conversation(api: Api) -> None:
    answer = await api.hand_off(conversation_id="00000000-0000-0000-0000-000000000000")
    assert (answer.status_code, answer.json()["error"]) == (404, "conversation_not_found")
    assert (await api.hand_off(conversation_id=None)).status_code == 422


async def test_a_text_that_a_person_has_stays_open_when_the_customer_leaves(api: Api) -> None:
    told = (await api.said("hi", channel="chat", party=None, thread_key="browser")).json()
    await api.hand_off(conversation_id=told["conversation_id"])
    path = f"/v1/conversations/{told['conversation_id']}/end"
    left = await api.client.post(path, json={"reason": "left"}, headers=TELEPHONY)
    assert left.json()["mode"] == "person"


async def test_details_are_kept_masked_and_added_up(api: Api, database_url: str) -> None:
    conversation = (await api.said()).json()["conversation_id"]

    def detail(name: str, value: str) -> dict[str, object]:
        return {"name": name, "label": {"en": name, "es": name}, "value": value}

    for one in (detail("address", "120 Oak Street"), detail("note", "my card is 4111 1111 1111 1111")):
        body = {"conversation_id": conversation, "reason": "request", "assistant_continues": True, "details": [one]}
        assert (await api.act("POST", "/v1/hand-offs", body)).status_code == 201
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT details, priority FROM hand_offs").fetchall()
    ((details, priority),) = rows
    assert [one["name"] for one in details] == ["address", "note"]
    assert "4111" not in str(details)
    assert priority == 3
