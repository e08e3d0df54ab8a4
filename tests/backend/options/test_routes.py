"""Options over HTTP: the conversation's levels, the staff's tokens, and what neither may."""

from uuid import UUID

import pytest

from backend.access import Role
from tests.backend.callers import account_of, customer, signed_in, talk
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


async def test_staff_routes_are_for_the_staff_alone(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, await customer(seeded_api, "leak"))
    for headers in (ACTIONS, OPERATOR, {}, {"Authorization": "Bearer nobody"}):
        answer = await seeded_api.client.get(f"/v1/accounts/{account_id}/options", headers=headers)
        assert answer.status_code == 401
    async with signed_in(seeded_api, Role.CSR) as csr:
        found = await seeded_api.client.get(f"/v1/accounts/{account_id}/options", headers=csr)
        assert found.status_code == 200
        nobody = await seeded_api.client.get(f"/v1/accounts/{UUID(int=1)}/options", headers=csr)
        assert (nobody.status_code, nobody.json()["error"]) == (404, "account_not_found")
