"""Whole calls from the assistant to a person and on: put through, not answered, back to the assistant, called back."""

import asyncio
from uuid import uuid4

import pytest

from backend.queue import lines
from backend.recordings import service as recordings
from telephony.simulator.calls.exchange import ScriptedCall
from tests.backend.living import TOKENS
from tests.telephony.people.conftest import CALLER, Exchange, eventually
from tests.telephony_simulator.world import codes, heard

pytestmark = pytest.mark.long

LENAS_PHONE = "+19515550188"
ASK = "say:representative"
HERE = "hear@120:is here"
"""Until the other one is in the call too, however slow the machine is."""
STAY = "hold:300"
"""Until somebody does something with this call."""
LISTEN = "hear:words that nobody says"
"""Half a minute on the line, whatever happens on it."""

MODES = [{"voice_mode": "webhook"}, {"voice_mode": "relay"}]


def said(call: ScriptedCall) -> str:
    return " ".join(heard(call))


def voices(call: ScriptedCall) -> str:
    """What other people said."""
    return " ".join(event.text for event in call.events if event.kind == "voice")


@pytest.mark.parametrize("exchange", MODES, indirect=True)
async def test_a_caller_waits_in_line_and_is_put_through_after_a_whisper(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hold:4", "hangup")
    calling = asyncio.create_task(
        exchange.simulator.call("say:hello there", ASK, STAY, "hear@120:has hung up", "hangup", caller=CALLER)
    )
    await exchange.somebody_hears("number 1 in line")
    case = await exchange.accepts(lena)
    call = await calling
    assert "You are number 1 in line" in said(call), call.events
    assert "this is Lena" in voices(call), call.events
    assert "The other side has hung up." in said(call) and codes(call) == []
    whispered = said(await exchange.heard_by(LENAS_PHONE))
    assert whispered.startswith("This is Rio Seco Water District, with a call for you."), whispered
    assert "Call from an unknown customer. Identity is not verified." in whispered.partition("press 1 or say yes.")[2]
    assert exchange.floor.presence(lena) == "after_call"
    assert exchange.floor.events(case)[:3] == ["created", "in_line", "taken"]


async def test_a_phone_that_is_never_answered_and_the_next_person(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, fate="no-answer")
    calling = asyncio.create_task(exchange.simulator.call(ASK, STAY, STAY, STAY, "wait:5", "hangup", caller=CALLER))
    await exchange.somebody_hears("number 1 in line")
    case = await exchange.accepts(lena)
    await exchange.line_is(case, "waiting")
    assert exchange.floor.presence(lena) == "away"
    omar = await exchange.floor.at_work("Omar", phone="+19515550189")
    exchange.simulator.prepare("+19515550189", "press:1", HERE, "say:this is Omar", "hold:3", "hangup")
    assert await exchange.accepts(omar) == case
    call = await calling
    assert "number 1 in line" in said(call) and "this is Omar" in voices(call), call.events


async def test_telephony_is_replaced_with_calls_in_line_and_each_is_served_by_the_new_one(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    callers = [f"+1951777018{number}" for number in range(5)]
    script = (ASK, "hear:in line", LISTEN, "hangup")
    calling = [asyncio.create_task(exchange.simulator.call(*script, caller=caller)) for caller in callers]
    await exchange.somebody_hears("number 5 in line")
    await exchange.telephony_is_replaced()
    exchange.simulator.prepare(LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hold:3", "hangup")
    await exchange.accepts(lena)
    calls = await asyncio.gather(*calling)
    assert sum("this is Lena" in voices(call) for call in calls) == 1
    assert not any("putting you through" in said(call) for call in calls)
    ends = sorted(str(row[0]) for row in exchange.floor.rows("SELECT ended_as FROM queued_calls"))
    assert ends == ["abandoned"] * 4 + ["served"], "four hung up when they had waited long enough"


async def test_back_to_the_assistant_which_remembers(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", "hold:30")
    steps = ("say:my meter leaks", ASK, "hear@200:automated assistant again", "say:and now", "wait:20", "hangup")
    calling = asyncio.create_task(exchange.simulator.call(*steps, caller=CALLER))
    case = await exchange.accepts(lena)
    await exchange.line_is(case, "talking")
    async with exchange.floor.api.app.state.database.transaction() as session:
        await lines.to_assistant(session, lena, case, exchange.floor.now)
    call = await calling
    assert "You said and now. Before that you said" in said(call), call.events
    assert "my meter leaks" in said(call).rsplit("assistant again", 1)[-1]


async def test_a_department_that_does_not_answer_brings_the_caller_back_in_line(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", "hold:30")
    exchange.simulator.prepare("+19515550206", fate="no-answer")
    calling = asyncio.create_task(
        exchange.simulator.call(ASK, "hear@200:keep your place", "hold:4", "wait:5", "hangup", caller=CALLER)
    )
    case = await exchange.accepts(lena)
    await exchange.line_is(case, "talking")
    async with exchange.floor.api.app.state.database.transaction() as session:
        floor = exchange.floor
        await lines.to_department(session, lena, case, "engineering", floor.district, now=floor.now)
    call = await calling
    assert "Nobody picked up there." in said(call), call.events
    assert "in line" in said(call).rsplit("Nobody picked up", 1)[-1], call.events


async def test_a_call_back_is_promised_and_kept(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    call = await exchange.simulator.call(ASK, "press:1", "press:1", caller=CALLER)
    assert "We will call you at 9 5 1, 7 7 7, 0 1 7 7." in said(call), call.events
    assert "You keep your place in line" in said(call) and call.ended != "error"
    exchange.simulator.prepare(LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hold:3", "hangup")
    exchange.simulator.prepare(CALLER, "press:1", "hold:20")
    case = await exchange.accepts(lena)
    await exchange.line_is(case, None)
    back = await exchange.heard_by(CALLER)
    assert "calling you back as you asked. This call may be recorded." in said(back), back.events
    assert "this is Lena" in voices(back), back.events


@pytest.mark.parametrize(
    ("ask", "words"),
    [(ASK, "my meter is broken please come"), ("say:español representative", "mi medidor está roto, llámeme")],
    ids=["en", "es"],
)
async def test_a_message_is_in_the_case_with_what_was_said(exchange: Exchange, ask: str, words: str) -> None:
    await exchange.floor.at_work("Lena", phone=LENAS_PHONE, languages="{en,es}")
    # News of Twilio comes late, doubled and out of order: the sentences still make one message.
    await exchange.simulator.conditions(callbacks={"doubled": True, "out_of_order": True})
    steps = (ask, "press:2", f"say:{words}", "say:thank you", "wait:2", "press:#")
    call = await exchange.simulator.call(*steps, caller=CALLER)
    await exchange.simulator.network.settled()
    query = "SELECT text FROM messages WHERE sender = 'customer' ORDER BY at"

    async def written() -> bool:
        return (f"{words} thank you",) in exchange.floor.rows(query)

    await eventually(written)
    kept = [row[0] for row in exchange.floor.rows(query)]
    assert kept.count(f"{words} thank you") == 1 and any(text.startswith("Voicemail") for text in kept), kept
    assert exchange.floor.rows("SELECT state FROM hand_offs") == [("waiting",)]
    assert exchange.floor.rows("SELECT count(*) FROM voicemail_pieces") == [(0,)], "kept once, in the case"
    assert not [event for event in call.events if event.kind == "error"]
    sid, account = exchange.floor.rows("SELECT recording_sid FROM voicemails")[0][0], exchange.world.settings
    sound = await exchange.world.http.get(
        f"{account.public_url}/outbound/recordings/{sid}", headers={"Authorization": f"Bearer {TOKENS['outbound']}"}
    )
    assert sound.status == 200 and (await sound.read())[:4] == b"RIFF"


@pytest.mark.parametrize("exchange", [{"recording_notice": True}], indirect=True)
async def test_a_call_is_recorded_except_where_it_is_paused(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", "hear@200:words that nobody says")
    calling = asyncio.create_task(exchange.simulator.call(ASK, "hear@200:has hung up", "hangup", caller=CALLER))
    case = await exchange.accepts(lena)
    floor = exchange.floor
    await exchange.is_recorded(case, "running")
    async with floor.api.app.state.database.transaction() as session:
        await recordings.pause(session, lena, case, on=True, now=floor.now)
    await exchange.is_recorded(case, "paused")
    conferences = exchange.simulator.network.facilities.conferences.newest_first()
    recorder = conferences[0].recorder
    assert recorder is not None and recorder.record.status == "paused"
    async with floor.api.app.state.database.transaction() as session:
        await recordings.pause(session, lena, case, on=False, now=floor.now)
    await exchange.is_recorded(case, "running")
    async with floor.api.app.state.database.transaction() as session:
        await lines.hang_up(session, lena, case, floor.now)
    await calling
    await exchange.simulator.network.settled()
    ended = floor.rows("SELECT state, seconds IS NOT NULL FROM call_recordings")
    assert ended == [("done", True)]


async def test_a_lead_coached_by_a_supervisor_is_heard_and_the_coach_is_not(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    rosa = await exchange.floor.at_work("Rosa", phone="+19515550190", voice_max=0)
    exchange.simulator.prepare(
        LENAS_PHONE, "press:1", "hear@120:offer the plan", "say:this is Lena", "hold:3", "hangup"
    )
    exchange.simulator.prepare("+19515550190", "press:1", HERE, "say:offer the plan", "hold:20")
    calling = asyncio.create_task(exchange.simulator.call(ASK, STAY, STAY, STAY, "wait:5", "hangup", caller=CALLER))
    case = await exchange.accepts(lena)
    await exchange.line_is(case, "talking")
    async with exchange.floor.api.app.state.database.transaction() as session:
        floor = exchange.floor
        await lines.supervise(session, rosa, case, "coach", floor.district, now=floor.now)
    call = await calling
    assert "this is Lena" in voices(call) and "offer the plan" not in voices(call), call.events
    assert "offer the plan" in voices(await exchange.heard_by(LENAS_PHONE))


async def test_a_colleague_is_brought_in_and_stays_with_the_caller(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    omar = await exchange.floor.at_work("Omar", phone="+19515550189", departments=("payments",))
    exchange.simulator.prepare(LENAS_PHONE, "press:1", LISTEN)
    exchange.simulator.prepare("+19515550189", "press:1", HERE, "say:this is Omar", LISTEN, "hangup")
    calling = asyncio.create_task(exchange.simulator.call(ASK, LISTEN, LISTEN, "hangup", caller=CALLER))
    case = await exchange.accepts(lena)
    await exchange.line_is(case, "talking")
    floor = exchange.floor
    assert omar.staff_id is not None
    async with floor.api.app.state.database.transaction() as session:
        await lines.consult(session, lena, case, omar.staff_id, floor.district, now=floor.now, private=False)
    await exchange.in_call(case, "Lena", "Omar")
    async with floor.api.app.state.database.transaction() as session:
        await lines.hang_up(session, lena, case, floor.now)
    await exchange.in_call(case, "Omar")
    assert floor.rows("SELECT staff_id FROM hand_offs") == [(omar.staff_id,)]
    await exchange.somebody_hears("this is Omar")
    exchange.ends_calls()
    assert "this is Omar" in voices(await calling)


async def test_a_caller_who_hangs_up_first_gives_the_lead_their_phone_back(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(
        LENAS_PHONE, "press:1", HERE, "say:this is Lena", "hear@300:words that nobody says", "hangup"
    )
    calling = asyncio.create_task(exchange.simulator.call(ASK, "hear@120:this is Lena", "hangup", caller=CALLER))
    await exchange.accepts(lena)
    await calling
    told = await exchange.heard_by(LENAS_PHONE)
    assert "The caller has hung up" in " ".join(event.text for event in told.events if event.kind == "say"), told.events


@pytest.mark.parametrize(
    ("to", "status", "error"),
    [
        ("+15005552010", 503, "twilio_unavailable"),
        ("+15005552011", 503, "twilio_unavailable"),
        ("+15005550002", 422, "refused_by_twilio"),
    ],
)
async def test_want_of_room_is_no_fault_of_the_number(exchange: Exchange, to: str, status: int, error: str) -> None:
    world = exchange.world
    ring = {"order_id": "order-1", "what": "ring", "leg_id": str(uuid4()), "to": to}
    headers = {"Authorization": f"Bearer {TOKENS['outbound']}"}
    async with world.http.post(world.url + "/outbound/calls", json=ring, headers=headers) as answer:
        assert (answer.status, (await answer.json())["error"]) == (status, error)


async def test_a_machine_hears_nothing_of_the_matter(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE, languages="{es,en}")
    exchange.simulator.prepare(LENAS_PHONE, "silence", "silence")
    calling = asyncio.create_task(exchange.simulator.call(ASK, STAY, STAY, "hangup", caller=CALLER))
    case = await exchange.accepts(lena)
    await exchange.leg_is_over()
    await exchange.line_is(case, "waiting")
    exchange.ends_calls()
    await calling
    told = said(await exchange.heard_by(LENAS_PHONE))
    assert "con una llamada para usted" in told and "desconocida" not in told and "Filed" not in told, told


async def test_two_during_the_whisper_sends_the_caller_back(exchange: Exchange) -> None:
    lena = await exchange.floor.at_work("Lena", phone=LENAS_PHONE)
    exchange.simulator.prepare(LENAS_PHONE, "press:1", "press:2")
    calling = asyncio.create_task(exchange.simulator.call(ASK, STAY, STAY, "hangup", caller=CALLER))
    case = await exchange.accepts(lena)
    await exchange.leg_is_over()
    await exchange.line_is(case, "waiting")
    assert exchange.floor.presence(lena) == "available", "sent back, not missed"
    exchange.ends_calls()
    await calling
