"""Accounts over HTTP: what a verified customer hears, what the staff see and set."""

from backend.access import Role
from tests.backend.callers import account_of, customer, signed_in, talk
from tests.backend.living import ACTIONS, Api, seeded_api, seeded_url, shared_seeded_url, shared_url, valkey_url

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]


async def test_the_record_has_the_services_with_their_meters(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "past_due"))
    async with signed_in(seeded_api, Role.CSR) as csr:
        told = (await seeded_api.client.get(f"/v1/accounts/{account_id}", headers=csr)).json()
    assert (told["number"], told["name"], told["billing_cycle"]) == ("10000378", "Denise Carver", 2)
    (water,) = told["services"]
    assert (water["service_address"], water["service_class"]) == ("11801 Mesquite Ln, Rio Seco", "residential")
    assert [meter["size_inches"] for meter in water["meters"]] == ["5/8"]
    assert told["as_of"].startswith("2026-11-23T18:00")


async def test_staff_read_the_same_balance_as_the_customer_hears(seeded_api: Api, seeded_url: str) -> None:
    who = await customer(seeded_api, "nsf")
    path = await talk(seeded_api, seeded_url, who, 2)
    heard = (await seeded_api.act("GET", f"{path}/balance")).json()
    async with signed_in(seeded_api, Role.CSR) as csr:
        account_id = await account_of(seeded_api, who)
        seen = (await seeded_api.client.get(f"/v1/accounts/{account_id}/balance", headers=csr)).json()
    assert {**seen, "as_of": None} == {**heard, "as_of": None}
    assert seen["balance_cents"] == who["balance_cents"]


async def test_a_hold_is_placed_by_a_csr_and_lifted_by_a_lead(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "nsf"))
    path = f"/v1/accounts/{account_id}/holds"
    async with signed_in(seeded_api, Role.CSR) as csr, signed_in(seeded_api, Role.LEAD) as lead:
        asked = {"kind": "dispute", "note": "Says it was paid.", "until": None}
        made = (await seeded_api.client.post(path, json=asked, headers=csr)).json()
        assert made["is_live"]
        lift = {"note": "It came back; the customer was told."}
        refused = await seeded_api.client.post(f"{path}/{made['id']}/lift", json=lift, headers=csr)
        assert (refused.status_code, refused.json()["error"]) == (403, "role_not_allowed")
        lifted = (await seeded_api.client.post(f"{path}/{made['id']}/lift", json=lift, headers=lead)).json()
        assert (lifted["is_live"], lifted["lift_note"]) == (False, lift["note"])
        listed = (await seeded_api.client.get(path, headers=csr)).json()["holds"]
        assert [one["is_live"] for one in listed if one["id"] == made["id"]] == [False]
        nonsense = await seeded_api.client.post(path, json={**asked, "kind": "grudge"}, headers=csr)
        assert nonsense.status_code == 422


async def test_a_customer_declares_a_low_income_with_a_code_alone(seeded_api: Api, seeded_url: str) -> None:
    who = await customer(seeded_api, "tenant")
    path = await talk(seeded_api, seeded_url, who, 2)
    refused = await seeded_api.act("POST", f"{path}/low-income", {"program": "medi_cal"})
    assert (refused.status_code, refused.json()["required_level"]) == (403, 3)
    path = await talk(seeded_api, seeded_url, who, 3)
    made = (await seeded_api.act("POST", f"{path}/low-income", {"program": "medi_cal"})).json()
    assert (made["low_income"], made["declarations"][0]["expires_on"]) == (True, "2027-11-23")
    async with signed_in(seeded_api, Role.CSR) as csr:
        account = f"/v1/accounts/{await account_of(seeded_api, who)}"
        assert (await seeded_api.client.get(account, headers=csr)).json()["low_income"] is True
        gone = (await seeded_api.client.delete(f"{account}/low-income", headers=csr)).json()
        assert gone["low_income"] is False


async def test_the_staff_routes_are_for_the_staff_alone(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "leak"))
    for headers in (ACTIONS, {}, {"Authorization": "Bearer nobody"}):
        for rest in ("", "/balance", "/holds", "/low-income"):
            answer = await seeded_api.client.get(f"/v1/accounts/{account_id}{rest}", headers=headers)
            assert answer.status_code == 401, rest
