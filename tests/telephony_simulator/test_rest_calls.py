"""`/Calls`, driven by Twilio's real client; every exchange fits Twilio's OpenAPI file."""

import asyncio
from typing import Any

import pytest
from twilio.rest import Client

from telephony.simulator.calls.steps import parse_step
from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import DISTRICT, MARIA, Application, Simulator, heard


class TestCalls:
    async def test_ring_a_prepared_phone_and_carry_out_the_document(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/callback", '<Gather action="/turn" input="speech"><Say>Is this Maria?</Say></Gather>')
        application.twiml("/turn", "<Say>Good</Say>")
        application.twiml("/progress", "")
        await simulator.http.post(f"/api/phones/{MARIA}/answers", json={"steps": ["say:yes"]})
        created = await off_the_loop(
            lambda: client.calls.create(
                to=MARIA,
                from_=DISTRICT,
                url=f"{application.base}/callback",
                status_callback=f"{application.base}/progress",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
        )
        assert (created.status, created.direction) == ("queued", "outbound-api")
        await simulator.network.settled()
        sid = created.sid or ""
        told = (await simulator.http.get(f"/api/calls/{sid}/events")).json()
        assert [event["text"] for event in told["events"] if event["kind"] == "say"] == ["Is this Maria?", "Good"]
        hooks = application.at("/progress")
        assert [hook.form["CallStatus"] for hook in hooks] == ["initiated", "ringing", "in-progress", "completed"]
        assert [hook.form["SequenceNumber"] for hook in hooks] == ["0", "1", "2", "3"]
        assert all(hook.signed() for hook in hooks) and int(hooks[-1].form["CallDuration"]) > 0
        assert application.at("/turn")[0].form["Direction"] == "outbound-api"
        call = await off_the_loop(lambda: client.calls(sid).fetch())
        assert call.status == "completed" and int(call.duration or 0) > 0

    async def test_to_a_phone_that_nobody_answers_end_as_no_answer(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        created = await off_the_loop(lambda: client.calls.create(to=MARIA, from_=DISTRICT, twiml="<Response/>"))
        await simulator.network.settled()
        listed = await off_the_loop(lambda: client.calls.list(to=MARIA, status="no-answer"))
        assert [call.sid for call in listed] == [created.sid]

    async def test_take_inline_documents(self, simulator: Simulator, client: Client) -> None:
        simulator.network.facilities.phones.prepare(MARIA, [parse_step("silence")])
        created = await off_the_loop(
            lambda: client.calls.create(to=MARIA, from_=DISTRICT, twiml="<Response><Say>Hello</Say></Response>")
        )
        await simulator.network.settled()
        assert heard(simulator.network.exchange.finished[created.sid or ""]) == ["Hello"]

    async def test_that_go_on_can_be_redirected_and_ended(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        async def update(sid: str, **fields: str) -> None:
            await off_the_loop(lambda: client.calls(sid).update(**fields))

        application.twiml("/twilio/voice", "<Say>Please wait</Say><Redirect>/hold</Redirect>")
        application.twiml("/person", "<Say>Here is a person</Say>")
        reached: asyncio.Queue[str] = asyncio.Queue()

        def hold(hook: Any) -> str:
            reached.put_nowait(hook.form["CallSid"])
            return "<Response><Pause length='1'/><Redirect>/hold</Redirect></Response>"

        application.answers["/hold"] = hold
        calling = asyncio.create_task(simulator.call())
        await update(await reached.get(), url=f"{application.base}/person")
        done = await calling
        assert heard(done)[-1] == "Here is a person" and done.ended == "document_ended"
        calling = asyncio.create_task(simulator.call())
        while not reached.empty():
            reached.get_nowait()
        await update(await reached.get(), status="completed")
        assert (await calling).ended == "ended_by_rest"

    async def test_that_have_ended_cannot_be_redirected(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        application.twiml("/twilio/voice", "<Hangup/>")
        sid = (await simulator.call()).call_sid
        assert await off_the_loop(lambda: refusal(lambda: client.calls(sid).update(status="completed"))) == (400, 21220)
        assert await off_the_loop(lambda: client.calls(sid).delete()) is True

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"to": "+15005550001"}, 21217),
            ({"to": "+15005550003"}, 21215),
            ({"to": "nobody"}, 21211),
            ({"from_": "nobody"}, 21212),
            ({"twiml": ""}, 21205),
        ],
    )
    async def test_are_refused_with_twilios_numbers(self, client: Client, fields: dict[str, str], code: int) -> None:
        arguments: dict[str, Any] = {"to": MARIA, "from_": DISTRICT, "twiml": "<Response/>", **fields}
        assert await off_the_loop(lambda: refusal(lambda: client.calls.create(**arguments))) == (400, code)
