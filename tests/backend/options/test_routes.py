"""Options and fees over HTTP: the conversation's levels, the staff's tokens, and what neither may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from backend.access import Role
from backend.fees import service as fees
from backend.models.staff import Staff, StaffSession
from backend.staff.service import token_digest
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import (
    ACTIONS,
    OPERATOR,
    Api,
    seeded_api,
    seeded_url,
    shared_seeded_url,
    shared_url,
    valkey_url,
)

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]
LABEL = {"method_label": "checking ending 4421"}
TODAY = SEEDED_AT.date()


async def customer(api: Api, situation: str) -> dict[str, Any]:
    await api.clock(SEEDED_AT)
    listed = (await api.client.get("/v1/demo/customers", headers=OPERATOR)).json()
    found: dict[str, Any] = next(one for one in listed if one["situation"] == situation)
    return found


async def talk(api: Api, url: str, who: dict[str, Any], level: int) -> str:
    """The path of a conversation at that level."""
    phone = who["phone"]
    told = (await api.said("hi", party=phone, thread_key=f"{phone}|+15559990000")).json()
    path = f"/v1/conversations/{told['conversation_id']}"
    verified = await api.act("POST", f"{path}/verification", {"pin": who["pin"]})
    assert verified.json()["status"] == "verified"
    if level == 3:
        await api.act("POST", f"{path}/one-time-code", {})
        with psycopg.connect(url) as connection:
            query = "SELECT text FROM outbound_messages WHERE purpose = 'one_time_code' ORDER BY id DESC LIMIT 1"
            said = connection.execute(query).fetchone()
        assert said is not None
        code = next(word.strip(".") for word in said[0].split() if word.strip(".").isdigit())
        checked = await api.act("POST", f"{path}/one-time-code/check", {"code": code})
        assert checked.json()["verification_level"] == 3
    return path


@asynccontextmanager
async def signed_in(api: Api, role: Role) -> AsyncIterator[dict[str, str]]:
    """The header of a new person of that role, signed in."""
    now = datetime.now(UTC)
    token = f"a session of {role} {now.timestamp()}"
    async with api.app.state.database.transaction() as session:
        person = Staff(
            user_name=token.replace(" ", "-").lower(),
            name="Person",
            role=role,
            password_digest="none",
            languages=["en"],
            created_at=now,
            password_changed_at=now,
        )
        session.add(person)
        await session.flush()
        digest = token_digest(token)
        session.add(StaffSession(staff_id=person.id, token_digest=digest, created_at=now, seen_at=now))
    yield {"Authorization": f"Bearer {token}"}


async def account_of(api: Api, who: dict[str, Any]) -> UUID:
    url = api.app.state.settings.database_url.get_secret_value()
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT id FROM accounts WHERE number = %s", (who["account_number"],)).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


async def test_reading_needs_level_two_and_changing_level_three(seeded_api: Api, seeded_url: str) -> None:
    who = await customer(seeded_api, "spanish_speaker")
    path = await talk(seeded_api, seeded_url, who, 2)
    read = await seeded_api.act("GET", f"{path}/options")
    assert read.status_code == 200
    assert (read.json()["autopay"], read.json()["paperless"]) == (None, False)
    refused = await seeded_api.act("PUT", f"{path}/options/autopay", LABEL)
    assert (refused.status_code, refused.json()["error"], refused.json()["required_level"]) == (
        403,
        "verification_required",
        3,
    )


async def test_a_customer_with_a_code_changes_how_they_pay(seeded_api: Api, seeded_url: str) -> None:
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "leak"), 3)
    made = await seeded_api.act("PUT", f"{path}/options/autopay", LABEL)
    assert made.json() == {**LABEL, "started_on": "2026-11-23"}
    fixed = {"amount_cents": 7_500, "day_of_month": 31, **LABEL}
    assert (await seeded_api.act("PUT", f"{path}/options/recurring", fixed)).json()["next_on"] == "2026-11-30"
    assert (await seeded_api.act("PUT", f"{path}/options/paperless", {"paperless": True})).status_code == 200
    options = (await seeded_api.act("GET", f"{path}/options")).json()
    assert options["autopay"]["method_label"] == LABEL["method_label"]
    assert options["paperless"] is True
    for name in ("autopay", "recurring"):
        assert (await seeded_api.act("DELETE", f"{path}/options/{name}")).status_code == 204
    after = (await seeded_api.act("GET", f"{path}/options")).json()
    assert (after["autopay"], after["recurring"]) == (None, None)


async def test_the_budget_bill_explains_itself_and_says_why_not(seeded_api: Api, seeded_url: str) -> None:
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "leak"), 3)
    facts = (await seeded_api.act("GET", f"{path}/options/budget")).json()
    assert facts["why_not"] is None
    shown = [bill["amount_cents"] for bill in facts["history"]]
    assert len(shown) == 12
    assert facts["monthly_cents"] == -(-sum(shown) // 1_200) * 100
    joined = await seeded_api.act("PUT", f"{path}/options/budget")
    assert joined.json()["monthly_cents"] == facts["monthly_cents"]
    assert (await seeded_api.act("DELETE", f"{path}/options/budget")).status_code == 204
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "past_due"), 3)
    refused = await seeded_api.act("PUT", f"{path}/options/budget")
    assert (refused.status_code, refused.json()["reason"]) == (409, "past_due")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("autopay", {"method_label": "checking 123456789012"}),
        ("recurring", {"amount_cents": 0, "day_of_month": 5, **LABEL}),
        ("recurring", {"amount_cents": 10**20, "day_of_month": 5, **LABEL}),
        ("recurring", {"amount_cents": 500, "day_of_month": 32, **LABEL}),
    ],
)
async def test_what_cannot_be_is_malformed(
    seeded_api: Api, seeded_url: str, name: str, body: dict[str, object]
) -> None:
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "leak"), 3)
    refused = await seeded_api.act("PUT", f"{path}/options/{name}", body)
    assert (refused.status_code, refused.json()["error"]) == (422, "malformed")


async def test_statements_are_listed(seeded_api: Api, seeded_url: str) -> None:
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "leak"), 2)
    listed = (await seeded_api.act("GET", f"{path}/options/statements")).json()
    assert len(listed) >= 12
    assert listed[0]["issued_on"] > listed[1]["issued_on"]


async def test_a_courtesy_asked_in_a_conversation_is_decided_by_a_person(seeded_api: Api, seeded_url: str) -> None:
    who = await customer(seeded_api, "tenant")
    account_id = await account_of(seeded_api, who)
    async with seeded_api.app.state.database.transaction() as session:
        await fees.charge_fee(
            session,
            account_id=account_id,
            code="tag",
            charged_on=TODAY,
            due_on=TODAY + timedelta(days=21),
            caused_by_entry_id=None,
            idempotency_key=f"test tag {datetime.now(UTC).timestamp()}",
            now=SEEDED_AT,
            district=seeded_api.app.state.district,
        )
    path = await talk(seeded_api, seeded_url, who, 2)
    (fee, *_) = (await seeded_api.act("GET", f"{path}/fees")).json()["fees"]
    assert (fee["code"], fee["amount_cents"], fee["state"]) == ("tag", 1_500, "charged")
    asked = (await seeded_api.act("POST", f"{path}/fee-reversals", {"note": "I was away."})).json()
    assert (asked["status"], asked["fee_id"]) == ("pending", fee["id"])
    decision = f"/v1/fee-reversals/{asked['id']}/decision"
    said = {"approve": True, "note": "First time."}
    async with signed_in(seeded_api, Role.CSR) as csr, signed_in(seeded_api, Role.LEAD) as lead:
        refused = await seeded_api.client.post(decision, json=said, headers=csr)
        assert (refused.status_code, refused.json()["error"]) == (403, "above_authority")
        waiting = (await seeded_api.client.get("/v1/fee-reversals", headers=lead)).json()
        assert [one["note"] for one in waiting if one["id"] == asked["id"]] == ["I was away."]
        done = await seeded_api.client.post(decision, json=said, headers=lead)
        assert done.json()["status"] == "posted"
        again = await seeded_api.client.post(decision, json=said, headers=lead)
        assert (again.status_code, again.json()["error"]) == (409, "already_decided")
        seen = (await seeded_api.client.get(f"/v1/accounts/{account_id}/fees", headers=lead)).json()
        assert [one["state"] for one in seen["fees"] if one["id"] == fee["id"]] == ["reversed"]
        assert seen["allowance"][0]["count_left"] == 2


async def test_staff_routes_are_for_the_staff_alone(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "leak"))
    for headers in (ACTIONS, OPERATOR, {}, {"Authorization": "Bearer nobody"}):
        for path in (f"/v1/accounts/{account_id}/options", f"/v1/accounts/{account_id}/fees", "/v1/fee-reversals"):
            assert (await seeded_api.client.get(path, headers=headers)).status_code == 401
    async with signed_in(seeded_api, Role.CSR) as csr:
        found = await seeded_api.client.get(f"/v1/accounts/{account_id}/options", headers=csr)
        assert found.status_code == 200
        nobody = await seeded_api.client.get(f"/v1/accounts/{UUID(int=1)}/options", headers=csr)
        assert (nobody.status_code, nobody.json()["error"]) == (404, "account_not_found")
        away = await seeded_api.client.get("/v1/fee-reversals", headers=csr, params={"pending": "false"})
        assert away.status_code == 200
