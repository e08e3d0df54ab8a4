"""The backend or Twilio's interface is away at the wrong moment: nobody is busy for ever, no caller loses a place."""

import asyncio
from typing import Any

import pytest

from telephony.http_json import Unavailable
from telephony.people.client import QueueClient
from tests.telephony.people.conftest import CALLER, Exchange, eventually
from tests.telephony.people.test_put_through import ASK, HERE, LENAS_PHONE, LISTEN, STAY, said, voices

pytestmark = pytest.mark.long

MOVING = {"paths": r"/Calls/CA[0-9a-f]+\.json", "methods": ["POST"]}
"""The request that moves a caller out of the line."""


class Backend:
    """Lets the news that a phone was put down fail, so many times, as while the backend is started anew."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.away, self.missed = times, 0
        call = QueueClient._call

        async def answer(client: QueueClient, method: str, path: str, body: Any = None) -> Any:
            if self.missed < self.away and isinstance(body, dict) and body.get("state") == "ended":
                self.missed += 1
                raise Unavailable("disconnected")
            return await call(client, method, path, body)

        monkeypatch.setattr(QueueClient, "_call", answer)


async def talk(exchange: Exchange, *after: str) -> None:
    """Lena takes a call and puts the phone down after a word."""
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hold:3", "hangup")
    calling = asyncio.create_task(exchange.simulator.call(ASK, STAY, *after, "hangup", caller=CALLER))
    await exchange.accepts(lena)
    await calling
    await exchange.simulator.network.settled()


def at_leg(exchange: Exchange) -> list[tuple[Any, ...]]:
    return exchange.floor.rows("SELECT state FROM call_legs WHERE role = 'lead'")


async def test_the_backend_is_away_for_a_moment_when_the_lead_hangs_up(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = Backend(monkeypatch, times=4)
    await talk(exchange)
    assert backend.missed == 4, "Twilio told it again"
    assert at_leg(exchange) == [("ended",)]
    assert exchange.floor.presence(exchange.floor.people["Lena"]) == "after_call"


async def test_every_report_is_lost_and_twilio_is_asked(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = exchange.floor
    backend = Backend(monkeypatch, times=1_000)
    lost = QueueClient.left

    async def left(client: QueueClient, call_sid: str, result: str) -> Any:
        if result in ("person_left", "hangup", "completed"):
            raise Unavailable("disconnected")
        return await lost(client, call_sid, result)

    with monkeypatch.context() as patch:
        patch.setattr(QueueClient, "left", left)
        await talk(exchange)
        assert at_leg(exchange) == [("joined",)], "nobody knows yet"
    backend.away = 0
    await floor.later(minutes=6)

    async def free() -> bool:
        return floor.presence(floor.people["Lena"]) == "after_call"

    await eventually(free)
    assert at_leg(exchange) == [("ended",)]


@pytest.mark.parametrize("fault", ["too_many_requests", "server_error"])
async def test_twilio_is_asked_again_when_it_does_not_move_the_caller(exchange: Exchange, fault: str) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hold:3", "hangup")
    calling = asyncio.create_task(exchange.simulator.call(ASK, *[STAY] * 4, "hangup", caller=CALLER))
    await exchange.somebody_hears("number 1 in line")
    await exchange.simulator.conditions(rest={"fault": fault, "times": 2, **MOVING})
    case = await exchange.accepts(lena)
    call = await calling
    assert "this is Lena" in voices(call), call.events
    assert "not_moved" not in exchange.floor.events(case)


@pytest.mark.parametrize("fault", ["too_many_requests", "server_error", "silence"])
async def test_a_caller_twilio_does_not_move_keeps_the_place_and_the_lead_hears_why(
    exchange: Exchange, fault: str
) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", "hear@120:keep their place", "hangup")
    calling = asyncio.create_task(exchange.simulator.call(ASK, *[STAY] * 4, "hangup", caller=CALLER))
    await exchange.somebody_hears("number 1 in line")
    await exchange.simulator.conditions(rest={"fault": fault, "times": 3, "silence_seconds": 6, **MOVING})
    case = await exchange.accepts(lena)

    async def back_in_line() -> bool:
        return "not_moved" in exchange.floor.events(case)

    await eventually(back_in_line)
    told = said(await exchange.heard_by(LENAS_PHONE))
    assert "I could not put the caller through. They keep their place" in told
    assert exchange.floor.rows("SELECT state FROM hand_offs")[0][0] in ("waiting", "taken")
    omar = await exchange.floor.at_work("Omar", phone="+19515550189")
    exchange.simulator.prepare("+19515550189", "press:1", HERE, "say:this is Omar", "hold:3", "hangup")
    exchange.simulator.prepare(LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hold:3", "hangup")

    async def offered() -> bool:
        return any([await exchange.floor.offered(person) == case for person in (lena, omar)])

    await eventually(offered)
    taker = lena if await exchange.floor.offered(lena) == case else omar
    await exchange.floor.takes(taker, case)
    call = await calling
    assert "this is" in voices(call), call.events
    assert exchange.floor.rows("SELECT ended_as FROM queued_calls") == [("served",)]


async def test_a_caller_who_has_hung_up_is_gone(exchange: Exchange) -> None:
    """The news of it is lost, and Twilio says so when it is asked to move them."""
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", LISTEN)
    lost = QueueClient.left

    async def left(client: QueueClient, call_sid: str, result: str) -> Any:
        if exchange.floor.rows("SELECT 1 FROM call_legs WHERE state <> 'pending'"):
            return await lost(client, call_sid, result)
        raise Unavailable("disconnected")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QueueClient, "left", left)
        await exchange.simulator.call(ASK, "hear:in line", "hangup", caller=CALLER)
        await exchange.accepts(lena)

        async def over() -> bool:
            return exchange.floor.rows("SELECT state FROM queued_calls") == [("ended",)]

        await eventually(over)
        told = said(await exchange.heard_by(LENAS_PHONE))
    assert "The caller has hung up." in told
    assert exchange.floor.rows("SELECT ended_as FROM queued_calls") == [("abandoned",)]
