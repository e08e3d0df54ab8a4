"""Payments over HTTP: what a verified customer hears, what the counter does, and what neither may."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

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
from tests.backend.options.test_routes import customer, talk
from tests.backend.payments.desk import TODAY, Desk, desk, drawer

__all__ = ["desk", "drawer", "seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]


class TestACustomer:
    async def test_hears_their_payments_and_the_receipt_of_one(self, seeded_api: Api, seeded_url: str) -> None:
        path = await talk(seeded_api, seeded_url, await customer(seeded_api, "autopay"), 2)
        told = (await seeded_api.act("GET", f"{path}/payments")).json()
        assert len(told["payments"]) >= 10
        newest, older = told["payments"][:2]
        assert newest["received_on"] >= older["received_on"]
        assert set(newest) == {
            "payment_id",
            "confirmation_number",
            "method",
            "amount_cents",
            "received_on",
            "status",
            "returned_on",
        }
        receipt = (await seeded_api.act("GET", f"{path}/payments/{newest['payment_id']}")).json()
        assert (receipt["confirmation_number"], receipt["amount_cents"], receipt["status"]) == (
            newest["confirmation_number"],
            newest["amount_cents"],
            "posted",
        )

    async def test_hears_that_one_came_back(self, seeded_api: Api, seeded_url: str) -> None:
        path = await talk(seeded_api, seeded_url, await customer(seeded_api, "nsf"), 2)
        payments = (await seeded_api.act("GET", f"{path}/payments")).json()["payments"]
        (returned,) = (one for one in payments if one["status"] == "returned")
        assert returned["returned_on"] > returned["received_on"]

    async def test_hears_what_a_payment_would_pay_and_the_balance_stays(self, seeded_api: Api, seeded_url: str) -> None:
        who = await customer(seeded_api, "past_due")
        path = await talk(seeded_api, seeded_url, who, 2)
        preview = (await seeded_api.act("GET", f"{path}/payment-preview?amount_cents=5000")).json()
        assert sum(line["amount_cents"] for line in preview["paid"]) + preview["left_as_credit_cents"] == 5_000
        assert preview["paid"][0]["due_on"] < TODAY.isoformat()
        assert (await seeded_api.act("GET", f"{path}/balance")).json()["balance_cents"] == who["balance_cents"]
        for cents in ("0", "-5", "99999999999999999999"):
            refused = await seeded_api.act("GET", f"{path}/payment-preview?amount_cents={cents}")
            assert (refused.status_code, refused.json()["error"]) == (422, "amount_refused")

    async def test_never_another_s_receipt(self, seeded_api: Api, seeded_url: str) -> None:
        theirs = await talk(seeded_api, seeded_url, await customer(seeded_api, "autopay"), 2)
        payment_id = (await seeded_api.act("GET", f"{theirs}/payments")).json()["payments"][0]["payment_id"]
        mine = await talk(seeded_api, seeded_url, await customer(seeded_api, "leak"), 2)
        refused = await seeded_api.act("GET", f"{mine}/payments/{payment_id}")
        assert (refused.status_code, refused.json()["error"]) == (404, "payment_not_found")

    async def test_nothing_before_they_are_verified(self, seeded_api: Api) -> None:
        who = await customer(seeded_api, "leak")
        told = (await seeded_api.said("hi", party=who["phone"], thread_key=f"{who['phone']}|+15559990000")).json()
        for name in ("payments", f"payments/{uuid4()}", "payment-preview?amount_cents=5"):
            refused = await seeded_api.act("GET", f"/v1/conversations/{told['conversation_id']}/{name}")
            assert (refused.status_code, refused.json()["error"]) == (403, "verification_required")


class TestTheCounter:
    async def test_takes_money_and_gives_a_receipt_once_for_a_key(self, desk: Desk, drawer: str) -> None:
        who = await customer(desk.api, "past_due")
        key = f"counter-{uuid4()}"
        first = await desk.take(who["account_number"], 4_000, "check", idempotency_key=key)
        again = await desk.take(who["account_number"], 4_000, "check", idempotency_key=key)
        assert (first.status_code, again.status_code) == (201, 200), first.text
        receipt = first.json()["receipt"]
        assert again.json()["receipt"]["confirmation_number"] == receipt["confirmation_number"]
        assert receipt["balance_cents"] == who["balance_cents"] - 4_000
        assert sum(line["amount_cents"] for line in receipt["paid"]) == 4_000
        read = await desk.call(desk.lead, "GET", f"/v1/payments/{receipt['payment_id']}")
        assert read.json()["account_id"] == receipt["account_id"]
        batch = (await desk.call(desk.csr, "GET", "/v1/cash-batches/current")).json()
        assert (batch["batch_id"], batch["expected_checks_cents"]) == (drawer, 4_000)
        other = await desk.take(who["account_number"], 4_001, "check", idempotency_key=key)
        assert (other.status_code, other.json()["error"]) == (409, "idempotency_conflict")

    async def test_keeps_money_for_nobody_and_a_lead_says_whose_it_is(self, desk: Desk, drawer: str) -> None:
        taken = (await desk.take("99999999", 4_200)).json()
        assert taken["receipt"] is None
        listed = (await desk.call(desk.csr, "GET", "/v1/unapplied-receipts")).json()
        assert [one["amount_cents"] for one in listed if one["id"] == taken["unapplied_receipt_id"]] == [4_200]
        path = f"/v1/unapplied-receipts/{taken['unapplied_receipt_id']}/application"
        who = await customer(desk.api, "closed_with_credit")
        said = {"account_number": who["account_number"], "note": "She came back with the stub."}
        refused = await desk.call(desk.csr, "POST", path, said)
        assert (refused.status_code, refused.json()["error"], refused.json()["needs"]) == (
            403,
            "above_authority",
            "lead",
        )
        nobody = await desk.call(desk.lead, "POST", path, {**said, "account_number": "99999999"})
        assert (nobody.status_code, nobody.json()["error"]) == (404, "account_not_found")
        applied = await desk.call(desk.lead, "POST", path, said)
        assert applied.json()["left_as_credit_cents"] == 4_200

    @pytest.mark.parametrize(
        ("changes", "status", "error"),
        [
            ({"amount_cents": 0}, 422, "amount_refused"),
            ({"amount_cents": -100}, 422, "amount_refused"),
            ({"amount_cents": 12345678901234567890}, 422, "amount_refused"),
            ({"amount_cents": 10.5}, 422, "malformed"),
            ({"amount_cents": "100"}, 422, "malformed"),
            ({"method": "card", "reference": "4111111111111111"}, 422, "reference_refused"),
            ({"method": "check", "reference": ""}, 422, "reference_needed"),
            ({"method": "lockbox"}, 422, "malformed"),
            ({"idempotency_key": "short"}, 422, "malformed"),
            ({"account_number": "1\u00002"}, 422, "malformed"),
        ],
    )
    async def test_refuses(self, desk: Desk, drawer: str, changes: dict[str, Any], status: int, error: str) -> None:
        refused = await desk.take("99999999", 100, **changes)
        assert (refused.status_code, refused.json()["error"]) == (status, error)
        assert "4111111111111111" not in refused.text

    async def test_needs_a_drawer(self, desk: Desk) -> None:
        refused = await desk.take("99999999", 100)
        assert (refused.status_code, refused.json()["error"]) == (409, "no_open_batch")
        none = await desk.call(desk.csr, "GET", "/v1/cash-batches/current")
        assert (none.status_code, none.json()["error"]) == (409, "no_open_batch")


class TestADay:
    async def test_from_the_float_to_the_count_with_a_void_by_two_people(self, desk: Desk, drawer: str) -> None:
        number = (await customer(desk.api, "leak"))["account_number"]
        wrong = (await desk.take(number, 2_000)).json()["receipt"]
        await desk.take(number, 3_000)
        asked = await desk.call(
            desk.csr, "POST", f"/v1/payments/{wrong['payment_id']}/voids", {"reason": "Keyed twice"}
        )
        assert asked.json()["status"] == "pending"
        counted = {"counted_cash_cents": 12_950, "counted_checks_cents": 0}
        early = await desk.call(desk.csr, "POST", f"/v1/cash-batches/{drawer}/close", counted)
        assert (early.status_code, early.json()["error"]) == (409, "voids_wait")
        decision = f"/v1/payment-voids/{asked.json()['id']}/decision"
        said = {"approve": True, "note": "Seen."}
        assert (await desk.call(desk.csr, "POST", decision, said)).json()["error"] == "above_authority"
        (row,) = (
            one
            for one in (await desk.call(desk.lead, "GET", "/v1/payment-voids")).json()
            if one["id"] == asked.json()["id"]
        )
        assert (row["amount_cents"], row["reason"], row["may_decide"]) == (2_000, "Keyed twice", True)
        assert (await desk.call(desk.lead, "POST", decision, said)).json()["status"] == "posted"
        declined = await desk.call(desk.lead, "POST", decision, {"approve": False, "note": "No."})
        assert (declined.status_code, declined.json()["decided"]) == (409, "posted")
        closed = (await desk.call(desk.csr, "POST", f"/v1/cash-batches/{drawer}/close", counted)).json()
        assert (closed["cash_difference_cents"], closed["deposit_cents"]) == (-50, 2_950)
        assert [(one["count"], one["voided_count"]) for one in closed["tenders"]] == [(1, 1)]
        listed = (await desk.call(desk.lead, "GET", "/v1/cash-batches")).json()
        assert drawer in [one["batch_id"] for one in listed]
        read = await desk.call(desk.lead, "GET", f"/v1/cash-batches/{drawer}")
        assert read.json() == closed
        payments = (await desk.call(desk.lead, "GET", f"/v1/accounts/{wrong['account_id']}/payments")).json()
        assert [one["status"] for one in payments[:2]] == ["posted", "voided"]

    async def test_a_note_never_keeps_a_card_number(self, desk: Desk, drawer: str, seeded_url: str) -> None:
        taken = (await desk.take((await customer(desk.api, "leak"))["account_number"], 2_000)).json()["receipt"]
        reason = {"reason": "Their card is 4111 1111 1111 1111"}
        await desk.call(desk.csr, "POST", f"/v1/payments/{taken['payment_id']}/voids", reason)
        with psycopg.connect(seeded_url) as connection:
            kept = connection.execute("SELECT reason FROM payment_voids WHERE payment_id = %s", (taken["payment_id"],))
            assert kept.fetchone() == ("Their card is [card number removed]",)


STAFF_ROUTES = [
    ("POST", "/v1/payments"),
    ("GET", "/v1/payments/{id}"),
    ("POST", "/v1/payments/{id}/return"),
    ("POST", "/v1/payments/{id}/voids"),
    ("GET", "/v1/payment-voids"),
    ("POST", "/v1/payment-voids/{id}/decision"),
    ("GET", "/v1/accounts/{id}/payments"),
    ("GET", "/v1/accounts/{id}/payment-preview"),
    ("POST", "/v1/accounts/{id}/refunds"),
    ("GET", "/v1/refunds"),
    ("POST", "/v1/refunds/{id}/decision"),
    ("POST", "/v1/cash-batches"),
    ("GET", "/v1/cash-batches"),
    ("GET", "/v1/cash-batches/current"),
    ("GET", "/v1/cash-batches/{id}"),
    ("POST", "/v1/cash-batches/{id}/close"),
    ("GET", "/v1/unapplied-receipts"),
    ("POST", "/v1/unapplied-receipts/{id}/application"),
    ("POST", "/v1/unapplied-receipts/{id}/refunds"),
    ("POST", "/v1/payment-files/lockbox"),
    ("GET", "/v1/payment-files"),
    ("GET", "/v1/return-items"),
    ("POST", "/v1/return-items/{id}/done"),
]


@pytest.mark.parametrize(("method", "path"), STAFF_ROUTES)
async def test_is_for_the_staff_alone(seeded_api: Api, method: str, path: str) -> None:
    for headers in (ACTIONS, OPERATOR, TELEPHONY, {}, {"Authorization": "Bearer nobody"}):
        answer = await seeded_api.client.request(method, path.replace("{id}", str(uuid4())), headers=headers)
        assert answer.status_code == 401, f"{method} {path}"


@pytest.mark.parametrize(
    ("method", "path", "body", "error"),
    [
        ("GET", "/v1/payments/{id}", None, "payment_not_found"),
        ("POST", "/v1/payments/{id}/voids", {"reason": "x"}, "payment_not_found"),
        ("POST", "/v1/payment-voids/{id}/decision", {"approve": True, "note": "x"}, "void_not_found"),
        ("POST", "/v1/refunds/{id}/decision", {"approve": True, "note": "x"}, "refund_not_found"),
        ("GET", "/v1/accounts/{id}/payments", None, "account_not_found"),
        ("GET", "/v1/cash-batches/{id}", None, "batch_not_found"),
        ("POST", "/v1/unapplied-receipts/{id}/refunds", {"reason": "x"}, "receipt_not_found"),
        ("POST", "/v1/return-items/{id}/done", {"note": "x"}, "return_item_not_found"),
    ],
)
async def test_what_there_is_not(desk: Desk, method: str, path: str, body: Any, error: str) -> None:
    answer = await desk.call(desk.lead, method, path.replace("{id}", str(uuid4())), body)
    assert (answer.status_code, answer.json()["error"]) == (404, error)


async def test_the_api_s_page_has_examples_for_all_of_them(seeded_api: Api) -> None:
    schemas = seeded_api.app.openapi()["components"]["schemas"]
    bodies = [
        content["schema"]["$ref"].rpartition("/")[2]
        for path, methods in seeded_api.app.openapi()["paths"].items()
        if any(path.startswith(known.split("{")[0]) for _, known in STAFF_ROUTES if "accounts" not in known)
        for told in methods.values()
        for content in told.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"]
    ]
    assert len(bodies) >= 9
    assert [name for name in bodies if not schemas[name].get("examples")] == []
