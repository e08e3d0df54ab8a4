"""Phones that nobody answers: on to the line, out of it again by rule, and a text to whoever was missed."""

import pytest

from backend.queue import presence
from tests.backend.queue.floor import Floor


async def rung(floor: Floor, sid: str, tried: str, party: str = "+19517770131") -> str:
    """A department's phone has been rung for this call, and nobody took it: what happens now."""
    body = {"call_sid": sid, "party": party, "department": "engineering", "tried": tried}
    return str((await floor.asks("POST", "/calls", body))["outcome"])


async def test_a_department_that_does_not_answer_and_the_line(floor: Floor) -> None:
    await floor.at_work("Lena")
    sid = "CA" + "8" * 32
    first = await floor.asks("POST", "/calls", {"call_sid": sid, "party": "+19517770131", "department": "engineering"})
    assert first["outcome"] == "ring", "it has no line of its own"
    assert await rung(floor, sid, "unanswered") == "wait"
    assert (await floor.place(sid))["place"] == 1
    assert floor.rows("SELECT count(*) FROM outbound_messages") == [(0,)]


@pytest.mark.parametrize("at_work", [False, True])
async def test_a_department_that_does_not_answer_and_nobody_else_is_a_missed_call(floor: Floor, at_work: bool) -> None:
    if at_work:
        await floor.at_work("Lena")
    sid, tried = "CA" + "9" * 32, "gone" if at_work else "unanswered"
    assert await rung(floor, sid, tried) == "closed"
    assert await rung(floor, sid, tried) == "closed"
    assert floor.rows("SELECT recipient, kind FROM outbound_messages") == [("+19517770131", "notice")], "once"
    assert floor.rows("SELECT state FROM hand_offs") == [("waiting",)]


async def test_a_moment_on_the_line_is_no_missed_call(floor: Floor) -> None:
    await floor.at_work("Lena")
    seconds = floor.district.policy.queue.short_abandon_seconds
    for held, texts in ((seconds - 2, 0), (seconds + 2, 1)):
        sid = await floor.calls()
        await floor.later(seconds=held)
        await floor.left(sid, "hangup")
        assert floor.rows("SELECT count(*) FROM outbound_messages") == [(texts,)]


async def test_a_lead_who_does_not_answer_does_not_begin_the_wait_anew(floor: Floor) -> None:
    """Overflow counts from when the caller came; whoever has overflowed once is not sent away again."""
    minutes = floor.district.policy.queue.overflow_minutes
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    await floor.later(minutes=minutes - 1)
    await connecting(floor, sid)
    (leg,) = floor.legs()
    await floor.tells(leg, "failed", failure="no-answer")
    assert (await floor.place(sid))["turn"] == "wait"
    await floor.later(minutes=1, seconds=5)
    assert (await floor.place(sid))["turn"] == "overflow"
    await floor.asks("PUT", f"/calls/{sid}/step", {"step": "overflow"})
    assert await floor.left(sid, "leave") == "department"
    assert await floor.left(sid, "unanswered") == "wait"
    async with floor.api.app.state.database.transaction() as session:
        await presence.set_presence(session, lead, "available", None, floor.district, now=floor.now)
    await floor.later(minutes=3)
    await connecting(floor, sid)
    (leg,) = floor.legs()
    await floor.tells(leg, "failed", failure="declined")
    assert (await floor.place(sid))["turn"] == "wait", "not sent away a second time"


async def connecting(floor: Floor, sid: str) -> None:
    await floor.round()
    await floor.takes(floor.people["Lena"], floor.case_of(sid))


async def test_in_an_emergency_those_on_call_are_rung_in_turn_then_told(floor: Floor) -> None:
    sid, party, numbers = "CA" + "7" * 32, "+19517770131", floor.district.policy.queue.on_call
    assert len(numbers) == 2
    body = {"call_sid": sid, "party": party, "tried": "unanswered"}
    await floor.api.hand_off(channel="voice", thread_key=sid, party=party, reason="emergency", assistant_continues=True)
    for rung_before, number in enumerate(numbers, 1):
        told = await floor.asks("POST", "/calls", {**body, "rung": rung_before})
        assert (told["outcome"], told["number"]) == ("ring", number)
        assert floor.rows("SELECT count(*) FROM outbound_messages") == [(0,)]
    for _ in range(2):  # Twilio may ask twice
        assert (await floor.asks("POST", "/calls", {**body, "rung": 3}))["outcome"] == "closed"
    texts = floor.rows(
        "SELECT recipient, kind, text FROM outbound_messages WHERE purpose = 'on_call' ORDER BY recipient"
    )
    assert [(recipient, kind) for recipient, kind, _ in texts] == [(number, "safety") for number in sorted(numbers)]
    assert all(party in text and "H-" in text for _, _, text in texts)


async def test_who_hangs_up_in_an_emergency_is_not_forgotten(floor: Floor) -> None:
    sid = "CA" + "6" * 32
    await floor.api.hand_off(channel="voice", thread_key=sid, party=None, reason="emergency", assistant_continues=True)
    asked = {"call_sid": sid, "party": None, "tried": "gone"}
    assert (await floor.asks("POST", "/calls", asked))["outcome"] == "closed"
    texts = floor.rows("SELECT text FROM outbound_messages WHERE purpose = 'on_call'")
    assert len(texts) == 2 and all("hidden number" in text for (text,) in texts)
