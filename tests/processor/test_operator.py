"""What the operator can make of the processor, what survives a restart, and who may ask what."""

import time
from pathlib import Path

import pytest

from processor.app import DemonstrationOnly, create_app
from tests.processor.shop import MERCHANT, TOKEN, Merchant, Processor, running, settings_in


class TestFaults:
    async def test_down_for_an_hour_and_back(self, processor: Processor) -> None:
        await processor.control("PUT", "/faults", {"down_until": time.time() + 3600})
        for answer in (
            await processor.post("/customers", {"reference": "one"}),
            await processor.http.get("/pay/pg_any"),
        ):
            assert (answer.status_code, answer.json()["error"]) == (503, "down")
        assert (await processor.http.get("/readyz")).status_code == 200
        await processor.control("PUT", "/faults", {"down_until": time.time() - 1})
        assert (await processor.post("/customers", {"reference": "one"})).status_code == 201

    async def test_each_is_for_one_charge_in_the_order_that_was_set(self, processor: Processor) -> None:
        await processor.control(
            "PUT", "/faults", {"next_charges": ["decline:do_not_honor", "charge_then_error", "none"]}
        )
        first = await processor.charge("one")
        assert (first["error"], first["reason"]) == ("declined", "do_not_honor")
        assert (await processor.charge("two"))["error"] == "internal_error"
        assert (await processor.charge("three"))["state"] == "succeeded"
        listed = await processor.get("/charges")
        assert [(each["reference"], each["state"]) for each in listed["data"]] == [
            ("one", "failed"),
            ("two", "succeeded"),
            ("three", "succeeded"),
        ]

    async def test_a_repeated_request_uses_none_up(self, processor: Processor) -> None:
        method = await processor.method()
        body = {"reference": "one", "amount_cents": 4_250, "method": method}
        first = await processor.post("/charges", body, "one")
        await processor.control("PUT", "/faults", {"next_charges": ["error"]})
        again = await processor.post("/charges", body, "one")
        assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
        assert (await processor.charge("two"))["error"] == "internal_error"


async def test_everything_survives_a_restart(merchant: Merchant, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, merchant)
    async with running(settings, merchant) as processor:
        await processor.control("PUT", "/webhooks", {"mode": "hold"})
        await processor.control("PUT", "/faults", {"next_charges": ["none", "decline:do_not_honor"]})
        method = await processor.method()
        body = {"reference": "one", "amount_cents": 4_250, "method": method}
        made = (await processor.post("/charges", body, "one")).json()
        page = await processor.page()
    async with running(settings, merchant) as processor:
        again = await processor.post("/charges", body, "one")
        assert (again.json(), again.headers["idempotent-replayed"]) == (made, "true")
        assert await processor.get(f"/pages/{page['id']}") == page
        assert (await processor.charge("two"))["reason"] == "do_not_honor"
        assert (await processor.control("GET", ""))["events"]["waiting"] == 2


async def test_its_clock_can_be_moved_and_keeps_going_from_there(processor: Processor) -> None:
    moved = await processor.control("PUT", "/clock", {"now": "2030-12-24T18:00:00Z"})
    assert moved["now"].startswith("2030-12-24T18:00")
    made = await processor.charge("one")
    assert made["created_at"].startswith("2030-12-24T18:0")
    day = await processor.get("/charges?created_from=2030-12-24T00:00:00Z&created_before=2030-12-25T00:00:00Z")
    assert [each["reference"] for each in day["data"]] == ["one"]
    real = await processor.control("PUT", "/clock", {})
    assert not real["now"].startswith("2030")


class TestWhoMayAsk:
    @pytest.mark.parametrize("path", ["/v1/charges", "/v1/charges/ch_1", "/v1/pages/pg_1", "/v1/control"])
    async def test_nobody_without_a_key(self, processor: Processor, path: str) -> None:
        assert (await processor.http.get(path)).status_code == 401

    async def test_the_merchants_key_is_not_the_operators_token(self, processor: Processor) -> None:
        assert (await processor.http.get("/v1/control", headers=MERCHANT)).status_code == 401
        assert (await processor.http.get("/v1/charges", headers=TOKEN)).status_code == 401

    async def test_money_moves_only_with_an_idempotency_key(self, processor: Processor) -> None:
        body = {"reference": "one", "amount_cents": 4_250, "method": await processor.method()}
        assert (await processor.post("/charges", body)).json()["error"] == "key_missing"

    def test_it_does_not_run_where_money_is_real(self, merchant: Merchant, tmp_path: Path) -> None:
        with pytest.raises(DemonstrationOnly):
            create_app(settings_in(tmp_path, merchant, demo=False))
