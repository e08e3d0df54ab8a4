"""Two factors, over HTTP: who gets in, who is locked out, and what nobody learns."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.backend.conftest import SEEDED_AT
from tests.backend.living import OPERATOR, Api

STRANGER = "+15550007777"


@pytest.fixture
async def customers(seeded_api: Api) -> dict[str, dict[str, Any]]:
    """The named customers by situation; the clock stands at the seeding."""
    await seeded_api.clock(SEEDED_AT)
    answer = await seeded_api.client.get("/v1/demo/customers", headers=OPERATOR)
    return {customer["situation"]: customer for customer in answer.json()}


async def conversation(api: Api, party: str | None, key: str = "") -> str:
    channel = "sms" if party else "chat"
    told = (await api.said("hi", channel=channel, party=party, thread_key=f"{key}{party}|+15559990000")).json()
    return str(told["conversation_id"])


async def verify(api: Api, conversation_id: str, **factors: str | None) -> dict[str, Any]:
    body = {"account_number": None, "pin": None, "zip": None, **factors}
    answer = await api.act("POST", f"/v1/conversations/{conversation_id}/verification", body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_account_number_and_pin(seeded_api: Api, customers: dict[str, Any]) -> None:
    maria = customers["past_due"]
    talk = await conversation(seeded_api, STRANGER)
    number = maria["account_number"]
    told = await verify(seeded_api, talk, account_number=f"{number[:4]}-{number[4:]}", pin=maria["pin"])
    assert (told["status"], told["verification_level"]) == ("verified", 2)
    assert told["first_name"] and maria["name"].startswith(told["first_name"])
    balance = await seeded_api.act("GET", f"/v1/conversations/{talk}/balance")
    assert balance.json()["balance_cents"] == maria["balance_cents"]


async def test_calling_number_and_zip(seeded_api: Api, customers: dict[str, Any]) -> None:
    maria = customers["past_due"]
    talk = await conversation(seeded_api, maria["phone"])
    assert (await verify(seeded_api, talk, zip=maria["zip"]))["status"] == "verified"
    account = (await seeded_api.act("GET", f"/v1/conversations/{talk}/account")).json()
    assert account["account_number_masked"] == f"…{maria['account_number'][-4:]}"


async def test_calling_number_and_pin_for_every_named_customer(seeded_api: Api, customers: dict[str, Any]) -> None:
    statuses = {}
    for situation, customer in customers.items():
        talk = await conversation(seeded_api, customer["phone"])
        statuses[situation] = (await verify(seeded_api, talk, pin=customer["pin"]))["status"]
    assert statuses.pop("locked") == "locked"
    assert set(statuses.values()) <= {"verified", "choose_account"}


async def test_nothing_is_told_before(seeded_api: Api, customers: dict[str, Any]) -> None:
    talk = await conversation(seeded_api, customers["past_due"]["phone"])
    for path in ("account", "balance"):
        answer = await seeded_api.act("GET", f"/v1/conversations/{talk}/{path}")
        assert (answer.status_code, answer.json()["error"]) == (403, "verification_required")
        assert answer.json()["required_level"] == 2


async def test_a_number_that_is_not_on_file_needs_the_account_number(seeded_api: Api) -> None:
    told = await verify(seeded_api, await conversation(seeded_api, STRANGER), pin="1234")
    assert (told["status"], told["attempts_left"]) == ("need_account_number", 3)


async def test_one_factor_is_not_enough(seeded_api: Api, customers: dict[str, Any]) -> None:
    talk = await conversation(seeded_api, STRANGER)
    body = {"account_number": customers["past_due"]["account_number"]}
    answer = await seeded_api.act("POST", f"/v1/conversations/{talk}/verification", body)
    assert (answer.status_code, answer.json()["error"]) == (409, "factor_missing")


async def test_every_factor_given_must_be_right(seeded_api: Api, customers: dict[str, Any]) -> None:
    maria = customers["past_due"]
    talk = await conversation(seeded_api, STRANGER)
    told = await verify(seeded_api, talk, account_number=maria["account_number"], pin=maria["pin"], zip="00501")
    assert told["status"] == "failed"


async def test_a_wrong_pin_and_an_unknown_account_are_the_same_answer(
    seeded_api: Api, customers: dict[str, Any]
) -> None:
    maria = customers["past_due"]
    wrong_pin = "0000" if maria["pin"] != "0000" else "1111"
    known = await conversation(seeded_api, None, "a")
    unknown = await conversation(seeded_api, None, "b")
    for _ in range(4):
        one = await verify(seeded_api, known, account_number=maria["account_number"], pin=wrong_pin)
        other = await verify(seeded_api, unknown, account_number="99999999", pin=wrong_pin)
        assert one == other


async def test_three_failures_lock_for_half_an_hour(seeded_api: Api, customers: dict[str, Any]) -> None:
    maria = customers["past_due"]
    talk = await conversation(seeded_api, STRANGER)
    right = {"account_number": maria["account_number"], "pin": maria["pin"]}
    seen = [await verify(seeded_api, talk, **{**right, "pin": "wrong 0"}) for _ in range(3)]
    assert [(told["status"], told["attempts_left"]) for told in seen] == [("failed", 2), ("failed", 1), ("locked", 0)]
    assert (await verify(seeded_api, talk, **right))["status"] == "locked"
    await seeded_api.clock(SEEDED_AT + timedelta(minutes=31))
    assert (await verify(seeded_api, talk, **right))["status"] == "verified"


async def test_a_new_chat_gives_no_new_guesses(seeded_api: Api, customers: dict[str, Any]) -> None:
    maria = customers["past_due"]
    for key in "abc":
        talk = await conversation(seeded_api, None, key)
        await verify(seeded_api, talk, account_number=maria["account_number"], pin="0")
    talk = await conversation(seeded_api, None, "d")
    told = await verify(seeded_api, talk, account_number=maria["account_number"], pin=maria["pin"])
    assert told["status"] == "locked"


async def test_a_telephone_gives_no_new_guesses_with_other_accounts(seeded_api: Api, customers: dict[str, Any]) -> None:
    talk = await conversation(seeded_api, STRANGER)
    for situation in ("past_due", "autopay", "nsf"):
        await verify(seeded_api, talk, account_number=customers[situation]["account_number"], pin="0")
    fresh = customers["leak"]
    told = await verify(seeded_api, talk, account_number=fresh["account_number"], pin=fresh["pin"])
    assert told["status"] == "locked"


async def test_guesses_made_at_once_are_counted_one_by_one(seeded_api: Api, customers: dict[str, Any]) -> None:
    number = customers["past_due"]["account_number"]
    talks = [await conversation(seeded_api, None, key) for key in "abcdefgh"]
    told = await asyncio.gather(*(verify(seeded_api, talk, account_number=number, pin="0") for talk in talks))
    assert sorted(one["status"] for one in told) == ["failed"] * 2 + ["locked"] * 6


async def test_several_accounts_are_chosen_among(seeded_api: Api, seeded_url: str) -> None:
    await seeded_api.clock(SEEDED_AT)
    # Two places of one customer under one ZIP: a second account is given to the first one's owner.
    query = """
        WITH places AS (
            SELECT a.id, a.customer_id, p.zip, row_number() OVER (PARTITION BY p.zip ORDER BY a.number) AS place
            FROM accounts a JOIN service_agreements s ON s.account_id = a.id AND s.ended_on IS NULL
            JOIN premises p ON p.id = s.premise_id
            WHERE a.status = 'active' AND NOT a.identity_locked
              AND NOT EXISTS (SELECT FROM demo_customers d WHERE d.account_id = a.id)
        ), given AS (
            UPDATE accounts SET customer_id = one.customer_id FROM places one JOIN places other USING (zip)
            WHERE one.place = 1 AND other.place = 2 AND accounts.id = other.id
            RETURNING one.customer_id, one.zip
        )
        SELECT f.phone, given.zip FROM given JOIN customer_phones f USING (customer_id) LIMIT 1
    """
    with psycopg.connect(seeded_url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    talk = await conversation(seeded_api, row[0])
    told = await verify(seeded_api, talk, zip=row[1])
    assert (told["status"], told["verification_level"]) == ("choose_account", 0)
    assert len(told["choices"]) > 1 and all("•" in choice["address_hint"] for choice in told["choices"])
    path = f"/v1/conversations/{talk}/account"
    chosen = await seeded_api.act("POST", path, {"account": told["choices"][0]["account"]})
    assert chosen.json()["verification_level"] == 2
    foreign = await seeded_api.act("POST", path, {"account": talk})
    assert (foreign.status_code, foreign.json()["error"]) == (403, "not_among_choices")


async def test_what_was_proved_ends_with_the_conversation(seeded_api: Api, customers: dict[str, Any]) -> None:
    maria = customers["past_due"]
    talk = await conversation(seeded_api, maria["phone"])
    await verify(seeded_api, talk, pin=maria["pin"])
    await seeded_api.clock(SEEDED_AT + timedelta(hours=13))
    again = await conversation(seeded_api, maria["phone"])
    assert again != talk
    assert (await seeded_api.act("GET", f"/v1/conversations/{again}/balance")).status_code == 403
    old = await seeded_api.act("GET", f"/v1/conversations/{talk}/balance")
    assert (old.status_code, old.json()["error"]) == (409, "conversation_ended")


async def test_every_look_is_in_the_audit_trail(seeded_api: Api, customers: dict[str, Any], seeded_url: str) -> None:
    maria = customers["past_due"]
    talk = await conversation(seeded_api, maria["phone"])
    await seeded_api.act("GET", f"/v1/conversations/{talk}/balance")
    await verify(seeded_api, talk, pin=maria["pin"])
    await seeded_api.act("GET", f"/v1/conversations/{talk}/balance")
    with psycopg.connect(seeded_url) as connection:
        rows = connection.execute(
            "SELECT principal, purpose, a.number FROM account_access JOIN accounts a ON a.id = account_id"
        ).fetchall()
        assert rows == [("actions", "balance", maria["account_number"])]
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("DELETE FROM account_access")
