"""`<Dial>` with people on both ends: who rings, who is asked, who hears whom, and what the application is told."""

import asyncio

import pytest
from twilio.rest import Client

from telephony.simulator.state.calls import CallQuery
from tests.telephony_simulator.rest_client import off_the_loop
from tests.telephony_simulator.world import MARIA, Application, Hook, Simulator, codes, heard

ANA, BEN = "+15550002001", "+15550002002"


def dial(application: Application, noun: str, attributes: str = "") -> None:
    application.twiml("/twilio/voice", f'<Dial action="/done" {attributes}>{noun}</Dial><Say>never</Say>')
    application.twiml("/done", "<Say>Goodbye</Say>")


async def test_the_two_hear_each_other(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number>")
    simulator.prepare(ANA, "say:this is Ana", "wait:10", "hangup")
    call = await simulator.call("say:hello, it is Maria")
    ana = await simulator.told(ANA)
    assert heard(call, "voice") == ["this is Ana"] and heard(call, "talk") == ["hello, it is Maria"]
    assert heard(ana, "voice") == ["hello, it is Maria"]
    assert [event.who for event in ana.events if event.kind == "voice"] == [MARIA]
    (done,) = application.at("/done")
    assert (done.form["DialCallStatus"], done.form["DialBridged"]) == ("completed", "true")
    assert int(done.form["DialCallDuration"]) >= 10 and heard(call) == ["Goodbye"]
    child = simulator.network.calls.get(done.form["DialCallSid"])
    assert child is not None and (child.parent_sid, child.called) == (call.call_sid, ANA)


@pytest.mark.parametrize("fate", ["busy", "no-answer", "failed"])
async def test_the_action_is_told_why_nobody_came(application: Application, simulator: Simulator, fate: str) -> None:
    dial(application, f"<Number>{ANA}</Number>", 'timeout="20"')
    simulator.prepare(ANA, fate=fate)  # type: ignore[arg-type]
    call = await simulator.call()
    assert application.at("/done")[0].form["DialCallStatus"] == fate
    assert heard(call) == ["Goodbye"]
    assert call.events[-1].at == pytest.approx({"busy": 2, "no-answer": 20, "failed": 0}[fate], abs=1)


async def test_the_one_who_picks_up_is_asked_first(application: Application, simulator: Simulator) -> None:
    dial(application, f'<Number url="/whisper">{ANA}</Number>')
    application.twiml(
        "/whisper", "<Gather numDigits='1' action='/taken'><Say>Maria, about a leak</Say></Gather><Hangup/>"
    )
    application.twiml("/taken", "")
    simulator.prepare(ANA, "press:1", "say:hello Maria", "hangup")
    call = await simulator.call()
    ana = await simulator.told(ANA)
    assert heard(ana) == ["Maria, about a leak"] and heard(ana, "pressed") == ["1"]
    assert heard(call, "voice") == ["hello Maria"] and "Maria, about a leak" not in heard(call)
    assert application.at("/whisper")[0].form["CallSid"] == application.at("/done")[0].form["DialCallSid"]


async def test_one_who_does_not_take_it_is_no_answer(application: Application, simulator: Simulator) -> None:
    dial(application, f'<Number url="/whisper">{ANA}</Number>')
    application.twiml("/whisper", "<Gather numDigits='1' action='/taken'><Say>Take it?</Say></Gather><Hangup/>")
    simulator.prepare(ANA, "silence")
    call = await simulator.call()
    assert application.at("/done")[0].form["DialCallStatus"] == "no-answer"
    assert heard(call, "talk") == [] and heard(call) == ["Goodbye"]


async def test_all_ring_and_the_first_gets_the_call(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number><Number>{BEN}</Number>")
    simulator.prepare(ANA, "say:too late", after_seconds=9)
    simulator.prepare(BEN, "say:Ben here", "hangup", after_seconds=3)
    call = await simulator.call()
    await simulator.network.settled()
    assert heard(call, "voice") == ["Ben here"]
    children = {
        record.called: record.status
        for record in simulator.network.calls.find(CallQuery(parent_sid=call.call_sid), 0, 10)
    }
    assert children == {ANA: "canceled", BEN: "completed"}


async def test_one_after_the_other(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number><Number>{BEN}</Number>", 'sequential="true"')
    simulator.prepare(ANA, fate="busy")
    simulator.prepare(BEN, "say:Ben here", "hangup")
    call = await simulator.call()
    assert heard(call, "voice") == ["Ben here"]
    assert [event.text for event in call.events if event.kind == "dial"][:2] == [ANA, BEN]


async def test_a_caller_who_hangs_up_stops_the_ringing(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number>")
    simulator.prepare(ANA, "say:hello", after_seconds=20)
    call = await simulator.call("wait:5", "hangup")
    await simulator.network.settled()
    assert call.ended == "caller_hung_up" and call.events[-1].at == 5
    assert application.at("/done")[0].form["DialCallStatus"] == "canceled"
    (child,) = simulator.network.calls.find(CallQuery(parent_sid=call.call_sid), 0, 10)
    assert child.status == "canceled"


async def test_a_caller_who_hangs_up_ends_the_other_leg(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number>")
    simulator.prepare(ANA, "say:hello")
    await simulator.call("wait:30", "hangup")
    ana = await simulator.told(ANA)
    assert ana.ended == "hung_up" and application.at("/done")[0].form["DialCallStatus"] == "completed"


async def test_star_ends_the_conversation_where_it_may(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number>", 'hangupOnStar="true"')
    simulator.prepare(ANA, "say:hello")
    call = await simulator.call("wait:12", "press:*")
    assert heard(call) == ["Goodbye"] and call.ended == "document_ended"


async def test_a_time_limit_ends_it(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number>", 'timeLimit="60"')
    simulator.prepare(ANA, "say:hello")
    await simulator.call()
    assert application.at("/done")[0].form["DialCallDuration"] == "60"


async def test_clients_and_sip_addresses_are_dialled(application: Application, simulator: Simulator) -> None:
    for noun, address in (
        ("<Client>ana</Client>", "client:ana"),
        ("<Sip>sip:ana@example.org</Sip>", "sip:ana@example.org"),
    ):
        dial(application, noun)
        simulator.prepare(address, "say:hello from there", "hangup")
        call = await simulator.call()
        assert heard(call, "voice") == ["hello from there"] and heard(call)[-1] == "Goodbye"


async def test_the_call_is_answered_when_the_other_answers(application: Application, simulator: Simulator) -> None:
    dial(application, f"<Number>{ANA}</Number>", 'answerOnBridge="true"')
    application.twiml("/progress", "")
    simulator.prepare(ANA, fate="no-answer")
    application.twiml("/done", "<Reject reason='busy'/>")
    call = await simulator.call()
    assert call.ended == "busy"


async def test_progress_of_the_other_leg_is_told(application: Application, simulator: Simulator) -> None:
    events = "initiated ringing answered completed"
    dial(application, f'<Number statusCallback="/progress" statusCallbackEvent="{events}">{ANA}</Number>')
    application.twiml("/progress", "")
    simulator.prepare(ANA, "say:hello", "hangup")
    await simulator.call()
    await simulator.network.settled()
    hooks = application.at("/progress")
    assert [hook.form["CallStatus"] for hook in hooks] == ["initiated", "ringing", "in-progress", "completed"]
    assert [hook.form["SequenceNumber"] for hook in hooks] == ["0", "1", "2", "3"]
    assert all(hook.signed() and hook.form["To"] == ANA and hook.form["ParentCallSid"] for hook in hooks)


async def test_a_conversation_can_be_recorded(application: Application, simulator: Simulator) -> None:
    dial(
        application,
        f"<Number>{ANA}</Number>",
        'record="record-from-answer-dual" recordingStatusCallback="/recorded"',
    )
    application.twiml("/recorded", "")
    simulator.prepare(ANA, "say:hello", "wait:30", "hangup")
    await simulator.call()
    (hook,) = application.at("/recorded")
    assert (hook.form["RecordingSource"], hook.form["RecordingChannels"]) == ("DialVerb", "2")
    assert int(hook.form["RecordingDuration"]) >= 30
    assert application.at("/done")[0].form["RecordingUrl"] == hook.form["RecordingUrl"]


async def test_the_application_may_take_the_caller_elsewhere(
    application: Application, simulator: Simulator, client: Client
) -> None:
    dial(application, f'<Number statusCallback="/progress" statusCallbackEvent="answered">{ANA}</Number>')
    application.twiml("/pay", "<Say>Now to the payment</Say>")

    async def redirect(sid: str) -> None:
        await off_the_loop(lambda: client.calls(sid).update(url=f"{application.base}/pay"))

    redirected: list[asyncio.Task[None]] = []

    def answered(hook: Hook) -> str:
        redirected.append(asyncio.ensure_future(redirect(hook.form["ParentCallSid"])))
        return "<Response/>"

    application.answers["/progress"] = answered
    simulator.prepare(ANA, "hold:10", "hold:10", after_seconds=0)
    call = await simulator.call("hold:10", "hold:10")
    ana = await simulator.told(ANA)
    await redirected[0]
    assert heard(call) == ["Now to the payment"] and ana.ended == "hung_up"
    assert not application.at("/done")


async def test_an_answering_machine_is_noticed(application: Application, simulator: Simulator) -> None:
    machine = "+15005552004"
    dial(application, f'<Number machineDetection="Enable" url="/whisper">{machine}</Number>')
    application.twiml("/whisper", "<Hangup/>")
    await simulator.call()
    assert application.at("/whisper")[0].form["AnsweredBy"] == "machine_start"
    assert application.at("/done")[0].form["DialCallStatus"] == "no-answer"


async def test_what_is_no_address_is_recorded(application: Application, simulator: Simulator) -> None:
    dial(application, "<Number>nobody</Number><Sim>DE123</Sim>")
    call = await simulator.call()
    assert codes(call) == [13224, 12200]
    assert application.at("/done")[0].form["DialCallStatus"] == "failed"
