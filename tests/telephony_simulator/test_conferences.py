"""Conferences: waiting, talking, muting, holding, coaching, announcing, ending; over TwiML and REST."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from twilio.rest import Client

from telephony.simulator.calls.exchange import ScriptedCall
from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import DISTRICT, MARIA, Application, Hook, Simulator, codes, heard

ANA, BEN = "+15550002001", "+15550002002"
EVENTS = "start end join leave mute hold modify announcement"


class Room:
    """A conference whose callbacks a test may answer with deeds."""

    def __init__(self, application: Application, simulator: Simulator, client: Client) -> None:
        self.application, self.simulator, self.client = application, simulator, client
        self.deeds: dict[str, Callable[[Hook], Any]] = {}
        self.done: list[asyncio.Task[Any]] = []
        application.answers["/room"] = self._told
        application.twiml("/after", "<Say>Goodbye</Say>")

    def enter_by(self, attributes: str = "", dial: str = "") -> None:
        """The first caller's document."""
        self.application.twiml(
            "/twilio/voice",
            f'<Dial action="/after" {dial}><Conference statusCallback="/room" statusCallbackEvent="{EVENTS}" '
            f'participantLabel="customer" {attributes}>case-1</Conference></Dial>',
        )

    def on(self, event: str, deed: Callable[[Hook], Any]) -> None:
        """When the application is told of `event`, it does this over REST."""
        self.deeds[event] = deed

    def add(self, phone: str, **more: Any) -> Callable[[Hook], Any]:
        """Ring somebody into the conference."""
        return lambda hook: self.client.conferences(hook.form["ConferenceSid"]).participants.create(
            from_=DISTRICT, to=phone, early_media=True, **more
        )

    def participant(self, hook: Hook, label: str) -> Any:
        return self.client.conferences(hook.form["ConferenceSid"]).participants(label)

    @property
    def events(self) -> list[str]:
        return [hook.form["StatusCallbackEvent"] for hook in self.application.at("/room")]

    async def call(self, *steps: str) -> ScriptedCall:
        call = await self.simulator.call(*steps)
        await self.simulator.network.settled()
        for task in self.done:
            await task
        return call

    def _told(self, hook: Hook) -> str:
        event = hook.form["StatusCallbackEvent"]
        label = hook.form.get("ParticipantLabel", "")
        deed = self.deeds.pop(f"{event}:{label}", None) or self.deeds.pop(event, None)
        if deed is not None:
            self.done.append(asyncio.ensure_future(off_the_loop(lambda: deed(hook))))
        return ""


@pytest.fixture
def room(application: Application, simulator: Simulator, client: Client) -> Room:
    return Room(application, simulator, client)


async def test_the_customer_waits_until_somebody_comes(room: Room) -> None:
    room.enter_by('waitUrl="/hold"')
    room.application.twiml("/hold", "<Say>Please hold</Say>")
    room.on("participant-join:customer", room.add(ANA, label="agent"))
    room.simulator.prepare(ANA, "say:this is Ana", "wait:5", "hangup", after_seconds=1)
    call = await room.call("hold:20", "say:hello Ana", "wait:10", "hangup")
    ana = await room.simulator.told(ANA)
    assert heard(call) == ["Please hold"]
    assert heard(call, "voice") == ["this is Ana"] and heard(ana, "voice") == ["hello Ana"]
    assert [event.who for event in call.events if event.kind == "voice"] == ["agent"]
    came, went = ["participant-join"] * 2, ["participant-leave"] * 2
    assert room.events == [*came, "conference-start", *went, "conference-end"]
    hooks = room.application.at("/room")
    assert all(hook.signed() for hook in hooks)
    assert [hook.form["SequenceNumber"] for hook in hooks] == [str(n) for n in range(len(hooks))]


async def test_a_customer_alone_hears_music_and_can_go(room: Room) -> None:
    room.enter_by()
    call = await room.call("wait:70", "hangup")
    assert heard(call, "play") == ["hold music"] * 3 and call.ended == "caller_hung_up"
    assert room.events == ["participant-join", "participant-leave"]
    assert room.application.at("/room")[-1].form["ReasonParticipantLeft"] == "participant_hung_up"


async def test_the_end_of_one_who_ends_it_ends_it_for_all(room: Room) -> None:
    room.enter_by()
    room.on("participant-join:customer", room.add(ANA, label="agent", end_conference_on_exit=True))
    room.simulator.prepare(ANA, "say:goodbye", "hangup", after_seconds=0)
    call = await room.call("hold:20", "hold:20")
    (ended,) = [
        hook.form for hook in room.application.at("/room") if hook.form["StatusCallbackEvent"] == "conference-end"
    ]
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert ended["ParticipantLabelEndingConference"] == "agent"
    assert heard(call) == ["Goodbye"] and room.application.at("/after")[0].form["DialCallStatus"] == "answered"


async def test_who_is_muted_is_not_heard(room: Room) -> None:
    room.enter_by()
    room.on("participant-join:customer", room.add(ANA, label="supervisor", muted=True))
    room.simulator.prepare(ANA, "say:nobody hears this", "wait:10", "hangup", after_seconds=0)
    call = await room.call("hold:20", "say:I have a question")
    ana = await room.simulator.told(ANA)
    assert heard(call, "voice") == [] and heard(ana, "voice") == ["I have a question"]


async def test_only_the_coached_hear_the_coach(room: Room) -> None:
    room.enter_by()
    simulator, client = room.simulator, room.client
    room.on("participant-join:customer", room.add(ANA, label="agent"))
    coach: dict[str, Any] = {}

    def add_coach(hook: Hook) -> None:
        participants = client.conferences(hook.form["ConferenceSid"]).participants
        coach["made"] = participants.create(
            from_=DISTRICT, to=BEN, label="coach", coaching=True, call_sid_to_coach=hook.form["CallSid"]
        )

    room.on("participant-join:agent", add_coach)
    simulator.prepare(ANA, "hear:offer a plan", "say:would a plan help", "wait:20", "hangup", after_seconds=0)
    simulator.prepare(BEN, "say:offer a plan", "wait:5", "hangup", after_seconds=0)
    call = await room.call("hear:would a plan help", "hangup")
    ana, ben = await simulator.told(ANA), await simulator.told(BEN)
    assert heard(ana, "voice") == ["offer a plan"] and heard(call, "voice") == ["would a plan help"]
    assert heard(ben, "voice") == ["would a plan help"] and coach["made"].coaching is True


async def test_a_customer_on_hold_hears_the_hold_document_and_nobody(room: Room) -> None:
    room.enter_by()
    room.application.twiml("/hold", "<Say>One moment please</Say>")
    room.on("participant-join:customer", room.add(ANA, label="agent"))

    def hold(hook: Hook) -> None:
        room.participant(hook, "customer").update(hold=True, hold_url=f"{room.application.base}/hold")

    def back(hook: Hook) -> None:
        found = room.participant(hook, "customer").fetch()
        assert found.hold is True and found.status == "connected"
        room.participant(hook, "customer").update(hold=False)

    room.on("conference-start", hold)
    room.on("participant-hold", back)
    room.simulator.prepare(ANA, "hear:I am back", "hangup", after_seconds=0)
    call = await room.call("hear:one moment please", "hold:10", "say:I am back", "hangup")
    assert "One moment please" in heard(call) and "I am back" in heard(await room.simulator.told(ANA), "voice")
    assert {"participant-hold", "participant-unhold"} <= set(room.events)


async def test_an_announcement_is_heard_by_one(room: Room) -> None:
    room.enter_by()
    room.application.twiml("/announce", "<Say>This call may be monitored</Say>")
    room.on("participant-join:customer", room.add(ANA, label="agent"))

    def announce(hook: Hook) -> None:
        room.participant(hook, "agent").update(announce_url=f"{room.application.base}/announce")

    room.on("conference-start", announce)
    room.simulator.prepare(ANA, "hear:may be monitored", "say:hello", "hangup", after_seconds=0)
    call = await room.call("hear:hello", "hangup")
    ana = await room.simulator.told(ANA)
    assert "This call may be monitored" in heard(ana) and "This call may be monitored" not in heard(call)
    assert "announcement-end" in room.events


async def test_removing_the_agent_leaves_the_customer(room: Room) -> None:
    room.enter_by()
    room.on("participant-join:customer", room.add(ANA, label="agent"))
    room.on("conference-start", lambda hook: room.participant(hook, "agent").delete())
    room.simulator.prepare(ANA, "hear:never", after_seconds=0)
    call = await room.call("hear:agent has left", "wait:5", "hangup")
    ana = await room.simulator.told(ANA)
    assert ana.ended == "ended_by_rest" and call.ended == "caller_hung_up"


async def test_the_application_can_end_it(room: Room) -> None:
    room.enter_by()
    room.on("participant-join:customer", room.add(ANA, label="agent"))
    room.on(
        "conference-start",
        lambda hook: room.client.conferences(hook.form["ConferenceSid"]).update(status="completed"),
    )
    room.simulator.prepare(ANA, "hear:never", after_seconds=0)
    call = await room.call("hear:never")
    assert heard(call) == ["Goodbye"]
    (found,) = await off_the_loop(lambda: room.client.conferences.list(friendly_name="case-1"))
    assert (found.status, found.reason_conference_ended) == ("completed", "conference-ended-via-api")


async def test_somebody_who_does_not_come_is_no_participant(room: Room) -> None:
    room.enter_by()
    created: list[Any] = []
    room.on("participant-join:customer", lambda hook: created.append(room.add(ANA, label="agent")(hook)))
    room.simulator.prepare(ANA, fate="no-answer")
    call = await room.call("hold:2", "wait:90", "hangup")
    assert call.ended == "caller_hung_up"
    record = room.simulator.network.calls.get(created[0].call_sid)
    assert record is not None and record.status == "no-answer"
    assert room.events == ["participant-join", "participant-leave"]


async def test_the_whole_of_it_can_be_recorded(room: Room) -> None:
    room.enter_by('record="record-from-start" recordingStatusCallback="/recorded"')
    room.application.twiml("/recorded", "")
    room.on("participant-join:customer", room.add(ANA, label="agent"))
    room.simulator.prepare(ANA, "wait:40", "hangup", after_seconds=0)
    await room.call("hold:10", "wait:60", "hangup")
    (hook,) = room.application.at("/recorded")
    assert hook.form["RecordingSource"] == "Conference" and hook.form["ConferenceSid"].startswith("CF")
    recordings = await off_the_loop(room.client.conferences(hook.form["ConferenceSid"]).recordings.list)
    assert [each.sid for each in recordings] == [hook.form["RecordingSid"]]


async def test_a_label_belongs_to_one(room: Room) -> None:
    room.enter_by()

    def again(hook: Hook) -> None:
        create = room.add(ANA, label="customer")
        assert refusal(lambda: create(hook)) == (400, 16025)

    room.on("participant-join:customer", again)
    await room.call("hold:2", "hangup")


async def test_what_is_not_there_is_not_found(client: Client) -> None:
    sid = "CF" + "0" * 32
    assert await off_the_loop(lambda: refusal(lambda: client.conferences(sid).fetch())) == (404, 20404)
    assert await off_the_loop(
        lambda: refusal(lambda: client.conferences(sid).participants.create(from_=DISTRICT, to=MARIA))
    ) == (404, 20404)


async def test_no_name_and_no_room_is_a_warning(application: Application, simulator: Simulator) -> None:
    application.twiml("/twilio/voice", "<Dial><Conference maxParticipants='0'>full</Conference></Dial><Say>next</Say>")
    call = await simulator.call()
    assert codes(call) == [16020] and heard(call) == ["next"]
