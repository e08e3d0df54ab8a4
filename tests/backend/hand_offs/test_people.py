"""Visitors: whoever they come to see is told, once, and only what is needed."""

from typing import Any

import psycopg
import pytest

from tests.backend.conftest import SEEDED_AT
from tests.backend.hand_offs.test_hand_offs import talk
from tests.backend.living import Api


def details(**values: str) -> list[dict[str, Any]]:
    return [{"name": name, "label": {"en": name, "es": name}, "value": value} for name, value in values.items()]


async def visitor(api: Api, **values: str) -> Any:
    await api.clock(SEEDED_AT)
    body = {"reason": "asked_for_person", "topic": "visitors", "assistant_continues": True}
    return (await api.hand_off(conversation_id=await talk(api), **body, details=details(**values))).json()


def texts(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT recipient, text, kind FROM outbound_messages").fetchall()


async def test_the_host_gets_a_text(api: Api, database_url: str) -> None:
    told = await visitor(
        api, name="Jordan Lee", company="Acme", host="mister okafor", on="2026-12-01", purpose="www.example.com"
    )
    assert (told["host"], told["person"]) == ("Daniel Okafor", None)
    assert told["department"] == "customer_service", "the front desk lets them in"
    ((recipient, text, kind),) = texts(database_url)
    assert (recipient, kind) == (api.app.state.district.people["daniel_okafor"].text_phone, "notice")
    assert "Jordan Lee, Acme will visit you on Tuesday, December 1." in text and told["reference"] in text
    assert "example.com" not in text


async def test_a_host_is_told_once_a_case_and_another_as_well(api: Api, database_url: str) -> None:
    for host in ("Elena Marsh", "mrs marsh", "Daniel Okafor"):
        told = await visitor(api, name="Jordan Lee", host=host, on="2026-12-01", purpose="a meeting")
        assert told["host"] is not None
    people = api.app.state.district.people
    both = [people["elena_marsh"].text_phone, people["daniel_okafor"].text_phone]
    assert sorted(recipient for recipient, *_ in texts(database_url)) == both


async def test_no_link_gets_into_the_text(api: Api, database_url: str) -> None:
    await visitor(api, name="evil.example", company="http://evil.example/x", host="Elena Marsh", on="soon")
    ((_, text, _),) = texts(database_url)
    assert "evil example, http evil example x will visit you. Case" in text


@pytest.mark.parametrize("host", ["somebody in the office", "Jane Nobody"])
async def test_a_host_whom_the_directory_has_not(api: Api, database_url: str, host: str) -> None:
    told = await visitor(api, name="Jordan Lee", host=host, on="2026-12-01", purpose="a meeting")
    assert told["host"] is None and texts(database_url) == []


def visits(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        query = "SELECT kind, name, company, host, purpose, expected_on::text FROM visits ORDER BY registered_at"
        return connection.execute(query).fetchall()


async def test_the_front_desk_expects_whom_the_assistant_heard_of(api: Api, database_url: str) -> None:
    for _ in range(2):  # filed a second time: one visit
        await visitor(api, name="Jordan Lee", company="Acme", host="Jane", on="2026-12-01", purpose="a meeting")
    assert visits(database_url) == [("visitor", "Jordan Lee", "Acme", "Jane", "a meeting", "2026-12-01")]


async def test_a_delivery_is_expected_as_a_vendor(api: Api, database_url: str) -> None:
    await api.clock(SEEDED_AT)
    told = details(company="Inland Pump", what="a pump", where="Well 4", on="2026-11-25", phone="+19515550177")
    await api.hand_off(conversation_id=await talk(api), topic="delivery", details=told)
    assert visits(database_url) == [("vendor", "", "Inland Pump", "", "a pump, Well 4", "2026-11-25")]


async def test_a_case_about_something_else_brings_nobody(api: Api, database_url: str) -> None:
    await api.hand_off(conversation_id=await talk(api), topic="leak", details=details(name="Jordan Lee"))
    assert visits(database_url) == []
