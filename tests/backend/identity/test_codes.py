"""One-time codes and the change they allow."""

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.backend.conftest import SEEDED_AT
from tests.backend.living import OPERATOR, Api


@pytest.fixture
async def maria(seeded_api: Api) -> dict[str, Any]:
    """A customer with a telephone on file; the clock stands at the seeding."""
    await seeded_api.clock(SEEDED_AT)
    answer = await seeded_api.client.get("/v1/demo/customers", headers=OPERATOR)
    found: dict[str, Any] = next(one for one in answer.json() if one["situation"] == "past_due")
    return found


@pytest.fixture
async def talk(seeded_api: Api, maria: dict[str, Any]) -> str:
    """The path of a conversation at level 2."""
    phone = maria["phone"]
    told = (await seeded_api.said("hi", party=phone, thread_key=f"{phone}|+15559990000")).json()
    path = f"/v1/conversations/{told['conversation_id']}"
    verified = await seeded_api.act("POST", f"{path}/verification", {"pin": maria["pin"]})
    assert verified.json()["status"] == "verified"
    return path


def texts(url: str, purpose: str) -> list[tuple[str, str, bool]]:
    with psycopg.connect(url) as connection:
        query = "SELECT recipient, text, secret FROM outbound_messages WHERE purpose = %s ORDER BY id"
        return connection.execute(query, (purpose,)).fetchall()


def newest_code(url: str) -> str:
    found = re.search(r"\b\d{6}\b", texts(url, "one_time_code")[-1][1])
    assert found is not None
    return found.group()


async def check(api: Api, talk: str, code: str) -> dict[str, Any]:
    told: dict[str, Any] = (await api.act("POST", f"{talk}/one-time-code/check", {"code": code})).json()
    return told


async def test_a_code_raises_to_level_three_once(
    seeded_api: Api, talk: str, maria: dict[str, Any], seeded_url: str
) -> None:
    sent = (await seeded_api.act("POST", f"{talk}/one-time-code", {})).json()
    assert sent == {"status": "sent", "sent_to": f"•••-•••-{maria['phone'][-4:]}", "minutes": 10}
    recipient, _text, secret = texts(seeded_url, "one_time_code")[0]
    assert recipient == maria["phone"] and secret
    code = newest_code(seeded_url)
    assert (await check(seeded_api, talk, f"{code[:3]} {code[3:]}"))["verification_level"] == 3
    assert (await check(seeded_api, talk, code))["status"] == "expired"
    with psycopg.connect(seeded_url) as connection:
        assert connection.execute("SELECT digest FROM one_time_codes").fetchone() != (code,)


async def test_an_old_code_expires(seeded_api: Api, talk: str, seeded_url: str) -> None:
    await seeded_api.act("POST", f"{talk}/one-time-code", {})
    await seeded_api.clock(SEEDED_AT + timedelta(minutes=11))
    assert (await check(seeded_api, talk, newest_code(seeded_url)))["status"] == "expired"


@pytest.mark.parametrize("typed", [0, 1])
async def test_of_two_codes_either_works_and_then_neither(
    seeded_api: Api, talk: str, seeded_url: str, typed: int
) -> None:
    """Texts come late and in any order: who asked twice need not know which is the newer one."""
    codes = []
    for _ in range(2):
        await seeded_api.act("POST", f"{talk}/one-time-code", {})
        codes.append(newest_code(seeded_url))
    assert (await check(seeded_api, talk, codes[typed]))["status"] == "verified"
    assert [(await check(seeded_api, talk, code))["status"] for code in codes] == ["expired", "expired"]


async def test_the_first_of_two_codes_expires_alone(seeded_api: Api, talk: str, seeded_url: str) -> None:
    await seeded_api.act("POST", f"{talk}/one-time-code", {})
    first = newest_code(seeded_url)
    await seeded_api.clock(SEEDED_AT + timedelta(minutes=6))
    await seeded_api.act("POST", f"{talk}/one-time-code", {})
    second = newest_code(seeded_url)
    await seeded_api.clock(SEEDED_AT + timedelta(minutes=11))
    if first != second:
        assert (await check(seeded_api, talk, first))["status"] == "failed"
    assert (await check(seeded_api, talk, second))["status"] == "verified"


async def test_three_wrong_codes_lock(seeded_api: Api, talk: str, seeded_url: str) -> None:
    await seeded_api.act("POST", f"{talk}/one-time-code", {})
    code = newest_code(seeded_url)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    seen = [(await check(seeded_api, talk, wrong))["status"] for _ in range(3)]
    assert seen == ["failed", "failed", "locked"]
    assert (await check(seeded_api, talk, code))["status"] == "locked"
    assert (await seeded_api.act("POST", f"{talk}/one-time-code", {})).json()["status"] == "locked"


async def test_three_codes_an_hour(seeded_api: Api, talk: str) -> None:
    async def send() -> str:
        return str((await seeded_api.act("POST", f"{talk}/one-time-code", {})).json()["status"])

    assert [await send() for _ in range(4)] == ["sent", "sent", "sent", "locked"]
    await seeded_api.clock(SEEDED_AT + timedelta(minutes=61))
    assert await send() == "sent"


async def test_a_stranger_gets_no_code(seeded_api: Api, maria: dict[str, Any], seeded_url: str) -> None:
    told = (await seeded_api.said("hi", party=maria["phone"])).json()
    path = f"/v1/conversations/{told['conversation_id']}"
    assert (await seeded_api.act("POST", f"{path}/one-time-code", {})).json()["status"] == "verification_required"
    assert (await check(seeded_api, path, "123456"))["status"] == "expired"
    assert texts(seeded_url, "one_time_code") == []


async def test_an_email_changes_at_level_three_and_the_phone_on_file_hears_of_it(
    seeded_api: Api, talk: str, maria: dict[str, Any], seeded_url: str
) -> None:
    below = await seeded_api.act("PUT", f"{talk}/email", {"email": "new@example.com"})
    assert (below.status_code, below.json()["required_level"]) == (403, 3)
    await seeded_api.act("POST", f"{talk}/one-time-code", {})
    await check(seeded_api, talk, newest_code(seeded_url))
    changed = await seeded_api.act("PUT", f"{talk}/email", {"email": "new@example.com"})
    assert (changed.status_code, changed.json()) == (200, {"email_masked": "n•••@example.com"})
    recipient, text, _ = texts(seeded_url, "email_changed")[0]
    assert recipient == maria["phone"] and "n•••@example.com" in text
    account = (await seeded_api.act("GET", f"{talk}/account")).json()
    assert account["email_masked"] == "n•••@example.com"
    await seeded_api.act("PUT", f"{talk}/email", {"email": maria["email"]})


@pytest.mark.parametrize("email", ["", "nobody", "a b@example.com", "@example.com", "a@b", "a@example.com\nx"])
async def test_what_is_no_email(seeded_api: Api, talk: str, email: str) -> None:
    answer = await seeded_api.act("PUT", f"{talk}/email", {"email": email})
    assert answer.status_code == 422 and answer.json()["error"] == "malformed"
