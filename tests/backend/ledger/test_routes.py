"""The ledger over HTTP: what the staff may read of an account, and what the operator may read of the books."""

from datetime import date
from typing import Any

from backend.access import Role
from backend.accounts.service import candidates_by_account_number
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import (
    ACTIONS,
    OPERATOR,
    TELEPHONY,
    Api,
    seeded_api,
    seeded_url,
    shared_seeded_url,
    shared_url,
    valkey_url,
)
from tests.backend.options.test_routes import signed_in

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]


async def account_of(api: Api, situation: str) -> str:
    await api.clock(SEEDED_AT)
    listed = (await api.client.get("/v1/demo/customers", headers=OPERATOR)).json()
    number = next(one["account_number"] for one in listed if one["situation"] == situation)
    async with api.app.state.database.transaction() as session:
        (found,) = await candidates_by_account_number(session, number)
    return str(found.account_id)


async def test_an_account_is_aged_to_its_balance(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, "past_due")
    async with signed_in(seeded_api, Role.CSR) as staff:
        told = (await seeded_api.client.get(f"/v1/accounts/{account_id}/aging", headers=staff)).json()
        before = await seeded_api.client.get(
            f"/v1/accounts/{account_id}/aging", params={"as_of": "2026-01-01"}, headers=staff
        )
        listed = await seeded_api.client.get("/v1/demo/customers", headers=OPERATOR)
    balance = next(one["balance_cents"] for one in listed.json() if one["situation"] == "past_due")
    assert told["as_of"] == "2026-11-23"
    assert told["balance_cents"] == balance > 0
    assert told["past_due_cents"] > 0
    assert before.json()["as_of"] == "2026-01-01"


async def test_a_statement_runs_from_balance_to_balance(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, "nsf")
    async with signed_in(seeded_api, Role.CSR) as staff:
        path = f"/v1/accounts/{account_id}/ledger"
        whole = (await seeded_api.client.get(path, params={"first": "2025-01-01"}, headers=staff)).json()
        latest = (await seeded_api.client.get(path, headers=staff)).json()
        odd = await seeded_api.client.get(path, params={"first": "2026-11-24", "last": "2026-11-23"}, headers=staff)
        wrong = await seeded_api.client.get(path, params={"first": "2026-02-29"}, headers=staff)
    assert whole["opening_cents"] == 0
    assert whole["closing_cents"] == latest["closing_cents"] == whole["entries"][-1]["balance_cents"]
    balance = 0
    for entry in whole["entries"]:
        balance += entry["amount_cents"]
        assert entry["balance_cents"] == balance
    assert {"bill", "payment", "reversal", "fee"} <= {entry["kind"] for entry in whole["entries"]}
    assert latest["last"] == "2026-11-23" and date.fromisoformat(latest["first"]) == date(2026, 8, 25)
    assert (odd.status_code, odd.json()["error"]) == (422, "period_refused")
    assert wrong.status_code == 422


async def test_the_books_balance_for_the_operator_and_the_staff(seeded_api: Api) -> None:
    async with signed_in(seeded_api, Role.LEAD) as staff:
        for headers in (OPERATOR, staff):
            answer = await seeded_api.client.get("/v1/ledger/trial-balance", headers=headers)
            told: dict[str, Any] = answer.json()
            assert (answer.status_code, told["sum_cents"]) == (200, 0)
            assert sum(line["balance_cents"] for line in told["lines"]) == 0
            assert next(line for line in told["lines"] if line["code"] == "receivable")["balance_cents"] > 0


async def test_nobody_else_reads_them(seeded_api: Api) -> None:
    account_id = await account_of(seeded_api, "past_due")
    for path in (f"/v1/accounts/{account_id}/aging", f"/v1/accounts/{account_id}/ledger"):
        for headers in ({}, ACTIONS, TELEPHONY, OPERATOR, {"Authorization": "Bearer nobody"}):
            assert (await seeded_api.client.get(path, headers=headers)).status_code == 401, path
    for headers in ({}, ACTIONS, TELEPHONY):
        assert (await seeded_api.client.get("/v1/ledger/trial-balance", headers=headers)).status_code == 401


async def test_an_account_that_does_not_exist(seeded_api: Api) -> None:
    async with signed_in(seeded_api, Role.CSR) as staff:
        path = "/v1/accounts/00000000-0000-0000-0000-000000000000/aging"
        answer = await seeded_api.client.get(path, headers=staff)
    assert (answer.status_code, answer.json()["error"]) == (404, "account_not_found")
