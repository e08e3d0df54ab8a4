"""Queues: who waits in which place, who is taken by whom, and what the application is told; over TwiML and REST."""

import asyncio
from typing import Any

import pytest
from twilio.rest import Client

from telephony.simulator.calls.exchange import ScriptedCall
from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import DISTRICT, MARIA, Application, Hook, Simulator, heard, reached

ANA = "+15550002001"


def enqueue(application: Application, attributes: str = "") -> None:
    application.twiml("/twilio/voice", f'<Enqueue action="/after" {attributes}>leads</Enqueue><Say>never</Say>')
    application.twiml("/after", "<Say>Goodbye</Say>")


class Lead:
    """Somebody who is called by the application and dials the queue."""

    def __init__(self, application: Application, simulator: Simulator, client: Client) -> None:
        self.application, self.simulator, self.client = application, simulator, client
        self.calls: list[asyncio.Task[Any]] = []
        application.twiml("/dial-done", "<Hangup/>")

    def take(self, attributes: str = "", timeout: int = 30) -> None:
        """Call Ana and connect her with the head of the queue."""
        self.application.twiml(
            "/lead", f'<Dial action="/dial-done" timeout="{timeout}"><Queue {attributes}>leads</Queue></Dial>'
        )
        url = f"{self.application.base}/lead"
        create = self.client.calls.create
        self.calls.append(asyncio.ensure_future(off_the_loop(lambda: create(to=ANA, from_=DISTRICT, url=url))))

    async def over(self) -> ScriptedCall:
        await asyncio.gather(*self.calls)
        return await self.simulator.told(ANA)


@pytest.fixture
def lead(application: Application, simulator: Simulator, client: Client) -> Lead:
    return Lead(application, simulator, client)


async def test_a_lead_takes_the_caller_who_waits(application: Application, simulator: Simulator, lead: Lead) -> None:
    enqueue(application, 'waitUrl="/wait"')

    def wait(hook: Hook) -> str:
        if len(application.at("/wait")) == 1:
            lead.take('url="/whisper"')
        return "<Response><Say>You are next</Say></Response>"

    application.answers["/wait"] = wait
    application.twiml("/whisper", "<Say>This call may be recorded</Say>")
    simulator.prepare(ANA, "say:this is Ana", "hear:thank you", "hangup", after_seconds=0)
    call = await simulator.call("hear:this is Ana", "say:thank you", "wait:60")
    ana = await lead.over()
    assert heard(call, "voice") == ["this is Ana"] and heard(ana, "voice") == ["thank you"]
    assert "This call may be recorded" in heard(call) and "This call may be recorded" not in heard(ana)
    (whisper,), (after,) = application.at("/whisper"), application.at("/after")
    assert whisper.form["CallSid"] == call.call_sid and whisper.form["DequeingCallSid"] == ana.call_sid
    assert after.form["QueueResult"] == "bridged" and heard(call)[-1] == "Goodbye"
    done = application.at("/dial-done")[0].form
    assert (done["DialCallStatus"], done["DialCallSid"]) == ("completed", call.call_sid)


async def test_a_lead_may_wait_for_somebody_to_come(application: Application, simulator: Simulator, lead: Lead) -> None:
    enqueue(application)
    simulator.network.facilities.queues.create("leads", simulator.network.clock())
    simulator.prepare(ANA, "hold:20", "say:this is Ana", "hangup", after_seconds=0)
    lead.take()
    await reached(lambda: simulator.network.facilities.queues.newest_first()[0].dialers)
    call = await simulator.call("hear:this is Ana", "hangup")
    await lead.over()
    assert heard(call, "voice") == ["this is Ana"]


async def test_a_lead_who_finds_nobody_is_told(application: Application, simulator: Simulator, lead: Lead) -> None:
    simulator.network.facilities.queues.create("leads", simulator.network.clock())
    simulator.prepare(ANA, after_seconds=0)
    lead.take(timeout=15)
    await lead.over()
    assert application.at("/dial-done")[0].form["DialCallStatus"] == "no-answer"


async def test_a_queue_that_is_not_there_cannot_be_dialled(
    application: Application, simulator: Simulator, lead: Lead
) -> None:
    simulator.prepare(ANA, after_seconds=0)
    lead.take()
    await lead.over()
    assert application.at("/dial-done")[0].form["DialCallStatus"] == "failed"


async def test_the_application_takes_a_caller_out_by_rest(
    application: Application, simulator: Simulator, client: Client
) -> None:
    enqueue(application, 'waitUrl="/wait"')
    application.twiml("/person", "<Say>Here is a person</Say>")
    seen: dict[str, Any] = {}

    def dequeue() -> None:
        (queue,) = client.queues.list()
        (member,) = client.queues(queue.sid).members.list()
        seen["queue"], seen["member"] = queue, member
        client.queues(queue.sid).members(member.call_sid).update(url=f"{application.base}/person")

    tasks: list[asyncio.Task[None]] = []

    def wait(hook: Hook) -> str:
        if not tasks:
            tasks.append(asyncio.ensure_future(off_the_loop(dequeue)))
        return "<Response><Pause length='5'/></Response>"

    application.answers["/wait"] = wait
    call = await simulator.call("hold:20")
    await tasks[0]
    assert heard(call) == ["Here is a person"]
    assert application.at("/after")[0].form["QueueResult"] == "redirected"
    assert (seen["queue"].friendly_name, seen["queue"].current_size, seen["member"].position) == ("leads", 1, 1)
    assert seen["member"].call_sid == call.call_sid


async def test_a_full_queue_takes_nobody(application: Application, simulator: Simulator, client: Client) -> None:
    enqueue(application)
    await off_the_loop(lambda: client.queues.create(friendly_name="leads", max_size=1))
    first = asyncio.create_task(simulator.call("hold:20", "hangup"))
    await reached(lambda: simulator.network.facilities.queues.newest_first()[0].members)
    second = await simulator.call(caller="+15550003333")
    assert application.at("/after")[0].form["QueueResult"] == "queue-full" and heard(second) == ["Goodbye"]
    await off_the_loop(lambda: client.calls(_live(simulator)).update(status="completed"))
    assert (await first).ended == "ended_by_rest"


async def test_places_move_up(application: Application, simulator: Simulator) -> None:
    enqueue(application, 'waitUrl="/wait"')
    places: dict[str, list[str]] = {}

    def wait(hook: Hook) -> str:
        places.setdefault(hook.form["From"], []).append(hook.form["QueuePosition"])
        return "<Response><Pause length='1'/></Response>"

    application.answers["/wait"] = wait
    first = asyncio.create_task(simulator.call("hold:2", "hangup"))
    await reached(lambda: MARIA in places)
    await asyncio.gather(first, simulator.call("hold:4", "hangup", caller="+15550003333"))
    assert places["+15550003333"][0] == "2" and places["+15550003333"][-1] == "1"
    assert set(places[MARIA]) == {"1"}


class TestRest:
    async def test_makes_changes_and_removes_queues(self, client: Client) -> None:
        made = await off_the_loop(lambda: client.queues.create(friendly_name="leads", max_size=20))
        assert (made.friendly_name, made.max_size, made.current_size) == ("leads", 20, 0)
        changed = await off_the_loop(lambda: client.queues(made.sid).update(friendly_name="spanish", max_size=30))
        assert (changed.friendly_name, changed.max_size) == ("spanish", 30)
        assert [queue.sid for queue in await off_the_loop(client.queues.list)] == [made.sid]
        assert await off_the_loop(lambda: client.queues(made.sid).delete()) is True
        assert await off_the_loop(lambda: refusal(lambda: client.queues(made.sid).fetch())) == (404, 20404)

    @pytest.mark.parametrize(
        ("fields", "code"),
        [({"friendly_name": ""}, 22000), ({"friendly_name": "x", "max_size": 6000}, 22001)],
    )
    async def test_refuses_what_twilio_refuses(self, client: Client, fields: dict[str, Any], code: int) -> None:
        assert await off_the_loop(lambda: refusal(lambda: client.queues.create(**fields))) == (400, code)

    async def test_a_queue_with_members_stays(
        self, application: Application, simulator: Simulator, client: Client
    ) -> None:
        enqueue(application)
        calling = asyncio.create_task(simulator.call("hold:20", "hangup"))
        await reached(simulator.network.facilities.queues.newest_first)
        (queue,) = await off_the_loop(client.queues.list)
        assert await off_the_loop(lambda: refusal(lambda: client.queues(queue.sid).delete())) == (400, 22002)
        front = await off_the_loop(lambda: client.queues(queue.sid).members("Front").fetch())
        await off_the_loop(lambda: client.calls(front.call_sid).update(status="completed"))
        await calling


def _live(simulator: Simulator) -> str:
    (sid,) = simulator.network.facilities.live
    return sid
