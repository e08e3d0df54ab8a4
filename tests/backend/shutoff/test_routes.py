"""Shut-off facts over HTTP: of the customer's own account, with what protects it and what reconnection costs."""

from typing import Any

import pytest

from backend.access import Role
from backend.emergency import service as emergency
from backend.emergency.service import Switched
from tests.backend.callers import account_of, customer, signed_in, talk
from tests.backend.campaigns.conftest import add_lead
from tests.backend.living import Api, seeded_api, seeded_url, shared_seeded_url, shared_url, valkey_url

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]


async def facts(api: Api, url: str, situation: str) -> dict[str, Any]:
    path = await talk(api, url, await customer(api, situation), 2)
    told: dict[str, Any] = (await api.act("GET", f"{path}/shut-off")).json()
    return told


async def test_a_past_due_account_hears_the_day_before_which_nothing_happens(seeded_api: Api, seeded_url: str) -> None:
    told = await facts(seeded_api, seeded_url, "past_due")
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "past_due"), 2)
    balance = (await seeded_api.act("GET", f"{path}/balance")).json()
    assert told["status"] in {"not_yet", "possible"}
    assert told["past_due_cents"] == balance["past_due_cents"] > 0
    assert told["earliest_on"] > told["oldest_due_on"]
    assert told["reconnection"] == {
        "within_hours_cents": 6_500,
        "outside_hours_cents": 17_500,
        "office_is_open": True,
        "low_income": False,
    }


@pytest.mark.parametrize(
    ("situation", "status"), [("autopay", "nothing_due"), ("spanish_speaker", "nothing_due"), ("leak", "nothing_due")]
)
async def test_nothing_past_due_means_no_shut_off(
    seeded_api: Api, seeded_url: str, situation: str, status: str
) -> None:
    told = await facts(seeded_api, seeded_url, situation)
    assert (told["status"], told["earliest_on"]) == (status, None)


async def test_what_protects_is_named(seeded_api: Api, seeded_url: str) -> None:
    assert (await facts(seeded_api, seeded_url, "medical_protection"))["protections"] == ["medical_protection"]
    assert (await facts(seeded_api, seeded_url, "payment_plan"))["protections"] == ["arrangement"]


async def test_an_emergency_stands_the_shut_off_down_where_the_water_is(seeded_api: Api, seeded_url: str) -> None:
    path = await talk(seeded_api, seeded_url, await customer(seeded_api, "past_due"), 2)
    before = (await seeded_api.act("GET", f"{path}/shut-off")).json()
    assert before["status"] in {"not_yet", "possible"}
    texts = {"en": "A main broke.", "es": "Se rompió una tubería."}
    now = seeded_api.app.state.clock.now()
    async with seeded_api.app.state.database.transaction() as session:
        lead = await add_lead(session)
        asked = Switched("water", (), texts, "Main break", stands_down=True)
        emergency_id = await emergency.switch_on(session, lead, asked, key="stand-down", now=now)
    try:
        told = (await seeded_api.act("GET", f"{path}/shut-off")).json()
        assert (told["status"], told["protections"], told["earliest_on"]) == ("protected", ["emergency"], None)
    finally:
        async with seeded_api.app.state.database.transaction() as session:
            await emergency.switch_off(session, lead, emergency_id, now=now)
    assert (await seeded_api.act("GET", f"{path}/shut-off")).json()["status"] == before["status"]


async def test_a_hold_protects_and_a_low_income_caps_the_fee(seeded_api: Api, seeded_url: str) -> None:
    who = await customer(seeded_api, "past_due")
    path = await talk(seeded_api, seeded_url, who, 3)
    account = f"/v1/accounts/{await account_of(seeded_api, who)}"
    await seeded_api.act("POST", f"{path}/low-income", {"program": "calfresh"})
    async with signed_in(seeded_api, Role.LEAD) as lead:
        hold = {"kind": "dispute", "note": "Says the read is wrong.", "until": None}
        placed = await seeded_api.client.post(f"{account}/holds", json=hold, headers=lead)
        assert placed.status_code == 200
        seen = (await seeded_api.client.get(f"{account}/shut-off", headers=lead)).json()
    told = (await seeded_api.act("GET", f"{path}/shut-off")).json()
    assert told == {**seen, "as_of": told["as_of"]}
    assert (told["status"], told["protections"], told["earliest_on"]) == ("protected", ["dispute"], None)
    assert told["reconnection"]["within_hours_cents"] == 5_000


async def test_an_unverified_conversation_hears_nothing(seeded_api: Api) -> None:
    told = (await seeded_api.said("hi")).json()
    refused = await seeded_api.act("GET", f"/v1/conversations/{told['conversation_id']}/shut-off")
    assert (refused.status_code, refused.json()["error"]) == (403, "verification_required")
