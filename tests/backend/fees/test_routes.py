"""Fees over HTTP: charged by a lead, asked back in a conversation, decided by a person with the authority."""

import itertools
from typing import Any
from uuid import UUID

from backend.access import Role
from tests.backend.callers import account_of, customer, signed_in, talk
from tests.backend.living import ACTIONS, Api, seeded_api, seeded_url, shared_seeded_url, shared_url, valkey_url

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]
_keys = itertools.count(1)


async def tag(api: Api, account_id: UUID, headers: dict[str, str], key: str | None = None) -> Any:
    body = {"code": "tag", "idempotency_key": key or f"tag of a test {next(_keys)}"}
    return await api.client.post(f"/v1/accounts/{account_id}/fees", json=body, headers=headers)


async def test_a_lead_charges_a_fee_once_for_each_key_and_a_csr_may_not(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "past_due"))
    async with signed_in(seeded_api, Role.CSR) as csr, signed_in(seeded_api, Role.LEAD) as lead:
        refused = await tag(seeded_api, account_id, csr)
        assert (refused.status_code, refused.json()["error"]) == (403, "role_not_allowed")
        made = await tag(seeded_api, account_id, lead, "tag order 4711")
        again = await tag(seeded_api, account_id, lead, "tag order 4711")
        assert (made.json()["amount_cents"], again.json()) == (1_500, made.json())
        listed = (await seeded_api.client.get(f"/v1/accounts/{account_id}/fees", headers=lead)).json()["fees"]
        assert [one["id"] for one in listed].count(made.json()["id"]) == 1


async def test_a_late_fee_by_hand_names_its_bill(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "medical_protection"))
    path = f"/v1/accounts/{account_id}"
    async with signed_in(seeded_api, Role.LEAD) as lead:
        body = {"code": "late", "idempotency_key": "late by hand"}
        malformed = await seeded_api.client.post(f"{path}/fees", json=body, headers=lead)
        assert malformed.status_code == 422
        bills = (await seeded_api.client.get(f"{path}/bills", headers=lead)).json()["bills"]
        spared = await seeded_api.client.post(f"{path}/fees", json={**body, "bill": bills[1]["id"]}, headers=lead)
        assert (spared.status_code, spared.json()["error"]) == (409, "fee_not_due")


async def test_a_courtesy_asked_in_a_conversation_is_decided_by_a_person(seeded_api: Api, seeded_url: str) -> None:
    who = await customer(seeded_api, "past_due")
    account_id = await account_of(seeded_api, who)
    path = await talk(seeded_api, seeded_url, who, 2)
    async with signed_in(seeded_api, Role.LEAD) as lead:
        await tag(seeded_api, account_id, lead)
    told = (await seeded_api.act("GET", f"{path}/fees")).json()
    fee = told["fees"][0]
    assert (fee["code"], fee["amount_cents"], fee["state"]) == ("tag", 1_500, "charged")
    assert [(one["fees"], one["second_person"]) for one in told["allowance"]] == [(["late"], True)]
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


async def test_the_staff_routes_are_for_the_staff_alone(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "leak"))
    for headers in (ACTIONS, {}, {"Authorization": "Bearer nobody"}):
        for path in (f"/v1/accounts/{account_id}/fees", "/v1/fee-reversals"):
            assert (await seeded_api.client.get(path, headers=headers)).status_code == 401
    async with signed_in(seeded_api, Role.CSR) as csr:
        away = await seeded_api.client.get("/v1/fee-reversals", headers=csr, params={"pending": "false"})
        assert away.status_code == 200
