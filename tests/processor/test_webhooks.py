"""Notifications: signed, again until they are taken; and twice, late, in any order or not at all when wanted."""

import asyncio
import hashlib
import hmac
import json
import time

import pytest

from processor.messenger import pause_seconds
from tests.processor.shop import SECRET, Merchant, Processor


async def until(merchant: Merchant, count: int) -> None:
    """Until so many webhooks have come."""
    async with asyncio.timeout(20):
        while len(merchant.bodies) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def references(merchant: Merchant) -> list[str]:
    """Which charges were told, in their order."""
    return [json.loads(body)["data"]["charge"]["reference"] for body in merchant.bodies]


async def test_are_signed_over_time_and_body(processor: Processor, merchant: Merchant) -> None:
    await processor.charge("one")
    await until(merchant, 1)
    moment, seal = (part.split("=")[1] for part in merchant.signatures[0].split(","))
    assert abs(int(moment) - time.time()) < 60
    expected = hmac.new(SECRET.encode(), f"{moment}.".encode() + merchant.bodies[0], hashlib.sha256)
    assert hmac.compare_digest(expected.hexdigest(), seal)


async def test_come_again_until_they_are_taken(processor: Processor, merchant: Merchant) -> None:
    merchant.statuses = [500, 200]
    await processor.charge("one")
    await until(merchant, 2)
    assert merchant.bodies[0] == merchant.bodies[1]
    assert [pause_seconds(attempt) for attempt in (0, 1, 2, 3, 20)] == [1, 2, 4, 8, 300]


async def test_come_twice_when_wanted(processor: Processor, merchant: Merchant) -> None:
    await processor.control("PUT", "/webhooks", {"copies": 2})
    await processor.charge("one")
    await until(merchant, 2)
    assert references(merchant) == ["one", "one"]


async def test_wait_for_the_operator_and_come_in_the_other_order(processor: Processor, merchant: Merchant) -> None:
    await processor.control("PUT", "/webhooks", {"mode": "hold"})
    for reference in ("one", "two", "three"):
        await processor.charge(reference)
    assert merchant.bodies == []
    told = await processor.control("POST", "/webhooks/deliver", {"newest_first": True, "copies": 2})
    assert told == {"events": 3, "statuses": [200] * 6}
    assert references(merchant) == ["three", "three", "two", "two", "one", "one"]
    assert (await processor.control("POST", "/webhooks/deliver", {}))["events"] == 0


async def test_can_be_signed_as_of_last_week(processor: Processor, merchant: Merchant) -> None:
    await processor.control("PUT", "/webhooks", {"mode": "hold"})
    await processor.charge("one")
    await processor.control("POST", "/webhooks/deliver", {"signed_seconds_ago": 7 * 86_400})
    moment = int(merchant.signatures[0].split(",")[0].removeprefix("t="))
    assert 7 * 86_400 - 60 < time.time() - moment < 7 * 86_400 + 60


async def test_come_late_when_wanted(processor: Processor, merchant: Merchant) -> None:
    await processor.control("PUT", "/webhooks", {"delay_seconds": 3600})
    await processor.charge("one")
    await processor.control("PUT", "/webhooks", {})
    await processor.charge("two")
    await until(merchant, 1)
    assert references(merchant) == ["two"]
    assert (await processor.control("GET", ""))["events"] == {"all": 2, "delivered": 1, "waiting": 1}


async def test_get_lost_when_wanted(processor: Processor, merchant: Merchant) -> None:
    await processor.control("PUT", "/webhooks", {"mode": "drop"})
    await processor.charge("one")
    await processor.control("PUT", "/webhooks", {})
    await processor.charge("two")
    await until(merchant, 1)
    assert references(merchant) == ["two"]


@pytest.mark.parametrize("name", ["checking", "checking_closed"])
async def test_tell_when_a_bank_debit_settles(processor: Processor, merchant: Merchant, name: str) -> None:
    await processor.control("PUT", "/faults", {"settle_seconds": 0})
    await processor.charge("one", name)
    await until(merchant, 2)
    types = [json.loads(body)["type"] for body in merchant.bodies]
    assert types == ["charge.pending", "charge.succeeded" if name == "checking" else "charge.failed"]
