"""The network on a bad day, as an operator switches it on: callbacks, REST, limits, signatures."""

import asyncio
import time
from typing import Any

import pytest
import requests
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from telephony.simulator.conditions import Conditions, RestConditions
from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import DISTRICT, MARIA, TOKEN, Application, Simulator

EVENTS = ["initiated", "ringing", "answered", "completed"]


def text(client: Client, application: Application, **more: Any) -> Any:
    fields = {"to": MARIA, "from_": DISTRICT, "body": "hello", "status_callback": f"{application.base}/status"}
    return client.messages.create(**(fields | more))


class TestCallbacks:
    async def states(self, application: Application, simulator: Simulator, client: Client) -> list[str]:
        application.twiml("/status", "")
        await off_the_loop(lambda: text(client, application))
        await simulator.network.settled()
        assert all(hook.signed() for hook in application.at("/status"))
        return [hook.form["MessageStatus"] for hook in application.at("/status")]

    async def test_come_in_order_on_a_good_day(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        assert await self.states(application, simulator, client) == ["sending", "sent", "delivered"]

    async def test_may_come_newest_first(self, application: Application, simulator: Simulator, client: Client) -> None:
        await simulator.conditions(callbacks={"out_of_order": True})
        assert await self.states(application, simulator, client) == ["delivered", "sent", "sending"]

    async def test_may_come_twice(self, application: Application, simulator: Simulator, client: Client) -> None:
        await simulator.conditions(callbacks={"doubled": True})
        assert await self.states(application, simulator, client) == [
            state for state in ("sending", "sent", "delivered") for _ in range(2)
        ]

    async def test_may_come_late(self, application: Application, simulator: Simulator, client: Client) -> None:
        await simulator.conditions(callbacks={"late_seconds": 0.3})
        began = time.monotonic()
        assert sorted(await self.states(application, simulator, client)) == ["delivered", "sending", "sent"]
        assert time.monotonic() - began >= 0.3

    async def test_of_calls_keep_their_numbers(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        await simulator.conditions(callbacks={"out_of_order": True, "doubled": True})
        application.twiml("/progress", "")
        simulator.prepare(MARIA, "wait:3", "hangup", after_seconds=0)
        create = client.calls.create
        await off_the_loop(
            lambda: create(
                to=MARIA, from_=DISTRICT, twiml="<Response><Pause length='9'/></Response>",
                status_callback=f"{application.base}/progress", status_callback_event=EVENTS,
            )
        )  # fmt: skip
        await simulator.network.settled()
        numbers = [hook.form["SequenceNumber"] for hook in application.at("/progress")]
        assert numbers == ["3", "3", "2", "2", "1", "1", "0", "0"]


class TestRest:
    async def test_answers_429(self, application: Application, simulator: Simulator, client: Client) -> None:
        await simulator.conditions(rest={"fault": "too_many_requests", "times": 1})
        assert await off_the_loop(lambda: refusal(lambda: text(client, application))) == (429, 20429)
        application.twiml("/status", "")
        assert (await off_the_loop(lambda: text(client, application))).status == "queued"

    async def test_answers_500_where_it_should(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        await simulator.conditions(rest={"fault": "server_error", "paths": "/Messages", "methods": ["POST"]})
        assert await off_the_loop(lambda: refusal(lambda: text(client, application))) == (500, 20500)
        assert await off_the_loop(client.messages.list) == []
        assert await off_the_loop(client.calls.list) == []

    async def test_says_nothing_at_all(self, application: Application, simulator: Simulator, client: Client) -> None:
        await simulator.conditions(rest={"fault": "silence"})
        client.http_client.timeout = 0.3
        with pytest.raises(requests.exceptions.Timeout):
            await off_the_loop(lambda: text(client, application))

    async def test_cuts_the_connection(self, application: Application, simulator: Simulator, client: Client) -> None:
        await simulator.conditions(rest={"fault": "cut"})
        with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            await off_the_loop(lambda: text(client, application))
        await simulator.conditions()
        assert await off_the_loop(client.messages.list) == []

    async def test_does_the_work_and_never_says_so(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/status", "")
        await simulator.conditions(rest={"fault": "done_then_cut", "times": 1})
        with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            await off_the_loop(lambda: text(client, application))
        await simulator.network.settled()
        (sent,) = await off_the_loop(client.messages.list)
        assert sent.status == "delivered"

    async def test_leaves_the_page_and_the_commands_alone(self, simulator: Simulator) -> None:
        await simulator.conditions(rest={"fault": "server_error"})
        assert (await simulator.http.get("/api/conditions")).json()["rest"]["fault"] == "server_error"

    async def test_a_wrong_pattern_is_refused(self, simulator: Simulator) -> None:
        answer = await simulator.http.put("/api/conditions", json={"rest": {"fault": "cut", "paths": "("}})
        assert answer.status_code == 422
        assert (await simulator.http.put("/api/conditions", json={"weather": "rain"})).status_code == 422


class TestLimits:
    async def test_one_segment_a_second(self, application: Application, simulator: Simulator, client: Client) -> None:
        application.twiml("/status", "")
        await simulator.conditions(limits=True)
        began = time.monotonic()
        for _ in range(2):
            await off_the_loop(lambda: text(client, application))
        await simulator.network.settled()
        assert 0.9 <= time.monotonic() - began < 5

    async def test_a_queue_of_ten_hours_is_full(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        await simulator.conditions(limits=True)
        pacing = asyncio.ensure_future(simulator.network.exchange.pacer.turn(DISTRICT, 11 * 3600))
        await pacing
        assert await off_the_loop(lambda: refusal(lambda: text(client, application))) == (400, 21611)

    async def test_are_off_on_a_good_day(self) -> None:
        assert Conditions().limits is False


async def test_a_signature_may_be_made_over_the_port(application: Application, simulator: Simulator) -> None:
    await simulator.conditions(signature_with_port=True)
    requester = simulator.network.requester
    for url, port in (
        ("https://h.example/a?b=1", "https://h.example:443/a?b=1"),
        ("http://h.example/", "http://h.example:80/"),
    ):
        assert RequestValidator(TOKEN).validate(url, {"A": "1"}, requester.signature_of(url, {"A": "1"}))
        assert requester.signature_of(url) == RequestValidator(TOKEN).compute_signature(port, {})


class TestServices:
    """A messaging service refuses nothing at once: what cannot be sent fails later."""

    async def test_to_somebody_who_opted_out(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/status", "")
        application.twiml("/twilio/sms", "")
        await simulator.http.post("/api/texts", json={"from": MARIA, "body": "STOP"})
        service = "MG" + "1" * 32
        sent = await off_the_loop(lambda: text(client, application, from_=None, messaging_service_sid=service))
        assert sent.status == "accepted"
        await simulator.network.settled()
        (failed,) = [hook.form for hook in application.at("/status") if hook.form["MessageStatus"] == "failed"]
        assert failed["ErrorCode"] == "21610" and failed["MessagingServiceSid"] == service
        assert await off_the_loop(lambda: refusal(lambda: text(client, application))) == (400, 21610)


async def test_the_sixteenth_reply_in_half_a_minute_is_too_much(application: Application, simulator: Simulator) -> None:
    application.twiml("/twilio/sms", "<Message>again</Message>" * 16)
    answer = (await simulator.http.post("/api/texts", json={"from": MARIA, "body": "hello"})).json()
    assert len(answer["replies"]) == 15
    errors = (await simulator.http.get("/api/errors")).json()
    assert [error["code"] for error in errors] == [14107]


def test_a_fault_counts_its_strikes() -> None:
    rest = RestConditions(fault="cut", paths="/Calls", methods=["POST"], times=2)
    struck = [rest.strike("POST", "/2010-04-01/Accounts/AC1/Calls.json") for _ in range(3)]
    assert struck == ["cut", "cut", "none"]
    assert rest.strike("GET", "/Calls.json") == "none"
