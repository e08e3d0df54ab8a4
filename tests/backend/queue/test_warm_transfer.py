"""From the line to a person: who is offered a caller, whose phone is rung, and what follows when nobody answers."""

import asyncio

from backend.errors import HeadgateError
from tests.backend.queue.floor import Floor


async def connected(floor: Floor, sid: str) -> str:
    """The caller is put through to whoever is offered the case; the leg."""
    await floor.round()
    case = floor.case_of(sid)
    (who,) = [person for person in floor.people.values() if await floor.offered(person) == case]
    await floor.takes(who, case)
    (leg,) = floor.legs()
    joined = await floor.tells(leg, "joined")
    assert (joined["outcome"], joined["bring"], joined["ends"]) == ("join", sid, True)
    return leg


async def test_a_caller_is_put_through_and_the_person_has_time_for_notes(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    assert (await floor.place(sid))["turn"] == "wait" and (await floor.place(sid))["place"] == 1
    assert await floor.round() == 1
    case = floor.case_of(sid)
    assert await floor.offered(lead) == case

    await floor.takes(lead, case)
    assert (await floor.place(sid))["turn"] == "soon"
    (leg,) = floor.legs()
    assert floor.orders() == ["ring"]
    whisper = await floor.asks("GET", f"/legs/{leg}")
    assert whisper["words"].startswith("Call from an unknown customer.") and "bill double" in whisper["summary"]
    assert (await floor.tells(leg, "joined"))["bring"] == sid

    await floor.later(minutes=5)
    await floor.tells(leg, "ended")
    assert floor.presence(lead) == "after_call"
    assert await floor.left(sid, "person_left") == "ask"
    assert floor.ended_as(sid) == "served"
    await floor.later(seconds=61)
    await floor.seen()
    await floor.round()
    assert floor.presence(lead) == "available"


async def test_of_five_who_take_a_caller_at_once_one_phone_rings(floor: Floor) -> None:
    people = [await floor.at_work(f"Lead {number}") for number in range(5)]
    sid = await floor.calls()
    case = floor.case_of(sid)
    found = await asyncio.gather(*(floor.takes(person, case) for person in people), return_exceptions=True)
    refused = [one for one in found if isinstance(one, HeadgateError)]
    assert [one.error for one in refused] == ["already_taken"] * 4
    assert len(floor.legs()) == 1 and floor.orders() == ["ring"]


async def test_a_target_that_never_answers_is_away_and_the_caller_keeps_the_place(floor: Floor) -> None:
    silent = await floor.at_work("Silent")
    sid = await floor.calls()
    await floor.round()
    await floor.takes(silent, floor.case_of(sid))
    await floor.later(seconds=20)
    second = await floor.calls()
    (leg,) = floor.legs()
    await floor.tells(leg, "failed", failure="no-answer")
    assert floor.presence(silent) == "away"
    assert (await floor.place(sid))["place"] == 1 and (await floor.place(second))["place"] == 2

    other = await floor.at_work("Other")
    await floor.round()
    assert await floor.offered(other) == floor.case_of(sid)
    assert floor.events(floor.case_of(sid)).count("not_reached") == 1


async def test_a_phone_that_nobody_reports_on_is_given_up(floor: Floor) -> None:
    """Telephony died while it rang, or the callback was lost."""
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    await floor.round()
    await floor.takes(lead, floor.case_of(sid))
    await floor.later(seconds=96)
    await floor.round()
    assert floor.legs() == [] and (await floor.place(sid))["turn"] == "wait"


async def test_reports_in_any_order_and_twice_change_nothing_more(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    leg = await connected(floor, sid)
    assert (await floor.tells(leg, "joined"))["bring"] == sid
    await floor.tells(leg, "ringing")
    await floor.tells(leg, "asked")
    line = await floor.line(floor.case_of(sid))
    assert line is not None and line.state == "talking" and [party.state for party in line.parties] == ["joined"]
    await floor.tells(leg, "ended")
    await floor.tells(leg, "ended")
    await floor.tells(leg, "failed", failure="busy")
    assert floor.presence(lead) == "after_call"


async def test_an_offer_that_is_let_pass_goes_to_the_next_and_not_back_at_once(floor: Floor) -> None:
    first = await floor.at_work("First")
    sid = await floor.calls()
    await floor.round()
    second = await floor.at_work("Second")
    await floor.later(seconds=21)
    await floor.round()
    assert floor.presence(first) == "away" and await floor.offered(first) is None
    assert await floor.offered(second) == floor.case_of(sid)
    await floor.declines(second, floor.case_of(sid))
    await floor.round()
    assert await floor.offered(second) is None and floor.presence(second) == "available"
    await floor.later(seconds=121)
    await floor.seen()
    await floor.round()
    assert await floor.offered(second) == floor.case_of(sid)


async def test_who_speaks_the_language_is_asked(floor: Floor) -> None:
    english = await floor.at_work("English")
    both = await floor.at_work("Both", "{es,en}")
    sid = await floor.calls(language="es")
    other = await floor.calls()
    await floor.round()
    assert await floor.offered(both) == floor.case_of(sid) and await floor.offered(english) == floor.case_of(other)


async def test_a_caller_who_hangs_up_in_line_leaves_a_case_and_gets_a_text(floor: Floor) -> None:
    await floor.at_work("Lena", voice_max=1)
    sid = await floor.calls(party="+19517770123")
    await floor.later(seconds=40)
    assert await floor.left(sid, "hangup") == "end"
    assert floor.ended_as(sid) == "abandoned"
    texts = floor.rows("SELECT recipient, purpose, kind FROM outbound_messages")
    assert texts == [("+19517770123", "missed_call", "notice")], "quiet hours and a stop hold for it"
    assert await floor.left(sid, "completed") == "end"
    assert len(floor.rows("SELECT 1 FROM outbound_messages")) == 1
    assert floor.rows("SELECT state FROM hand_offs") == [("waiting",)]


async def test_who_sends_a_caller_back_stays_available_and_is_not_asked_again_at_once(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    await floor.round()
    await floor.takes(lead, floor.case_of(sid))
    (leg,) = floor.legs()
    await floor.tells(leg, "failed", failure="declined")
    assert floor.presence(lead) == "available" and (await floor.place(sid))["turn"] == "wait"
    assert await floor.round() == 0
    other = await floor.at_work("Omar")
    await floor.round()
    assert await floor.offered(other) == floor.case_of(sid)


async def test_who_hangs_up_while_a_phone_rings_is_not_met_by_silence_at_the_other_end(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    await floor.round()
    await floor.takes(lead, floor.case_of(sid))
    (leg,) = floor.legs()
    await floor.tells(leg, "asked")
    assert await floor.left(sid, "hangup") == "end"
    assert floor.orders() == ["ring", "end"]
    assert (await floor.tells(leg, "joined"))["outcome"] == "gone"


async def test_nobody_at_work_and_the_phone_rings_as_ever(floor: Floor) -> None:
    said = await floor.asks("POST", "/calls", {"call_sid": "CA" + "7" * 32, "party": "+19517770001"})
    assert (said["outcome"], said["number"]) == ("ring", "+19515550201")


async def test_whose_console_is_closed_is_offered_nothing_but_stays_in_the_call(floor: Floor) -> None:
    """The browser was closed in mid-call: the call goes on by telephone, and nothing new comes."""
    await floor.at_work("Lena")
    sid = await floor.calls()
    leg = await connected(floor, sid)
    floor.consoles_open = False
    await floor.later(minutes=4)
    waiting = await floor.calls()
    assert await floor.round() == 0
    line = await floor.line(floor.case_of(sid))
    assert line is not None and line.state == "talking"
    await floor.tells(leg, "ended")
    await floor.later(seconds=61)
    assert await floor.round() == 0, "nobody's console is open"
    assert (await floor.place(waiting))["turn"] == "wait"


async def test_a_call_on_its_way_into_the_line_is_no_message_for_who_takes_texts_only(floor: Floor) -> None:
    dana = await floor.at_work("Dana", voice_max=0)
    lena = await floor.at_work("Lena")
    said = await floor.api.said("hello", channel="voice", provider_message_id="CA1:1", thread_key="CA1", party=None)
    await floor.api.hand_off(conversation_id=said.json()["conversation_id"])
    assert await floor.round() == 0, "the call has just been handed over, and is not in line yet"
    await floor.asks("POST", "/calls", {"call_sid": "CA1", "party": None})
    assert await floor.round() == 1
    assert await floor.offered(dana) is None and await floor.offered(lena) is not None


async def test_a_call_that_never_came_into_the_line_is_a_message_after_a_while(floor: Floor) -> None:
    dana = await floor.at_work("Dana", voice_max=0)
    said = await floor.api.said("hello", channel="voice", provider_message_id="CA2:1", thread_key="CA2")
    await floor.api.hand_off(conversation_id=said.json()["conversation_id"])
    await floor.later(seconds=20)
    assert await floor.round() == 1 and await floor.offered(dana) is not None


async def test_a_caller_who_hangs_up_gives_everybody_their_phone_back(floor: Floor) -> None:
    lead = await floor.at_work("Lena", "{en,es}")
    sid = await floor.calls(language="es")
    leg = await connected(floor, sid)
    assert await floor.left(sid, "hangup") == "end"
    assert (floor.ended_as(sid), floor.orders()) == ("served", ["ring", "end"])
    said = floor.rows("SELECT body->>'words', body->>'language' FROM call_orders WHERE body->>'what' = 'end'")
    assert said == [("caller_gone", "en")], "in the lead's language"
    await floor.tells(leg, "ended")
    assert floor.presence(lead) == "after_call"
    assert await floor.left(sid, "completed") == "end"
    assert floor.orders() == ["ring", "end"]


async def test_a_caller_twilio_did_not_move_is_back_in_the_old_place_and_the_lead_is_free(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    leg = await connected(floor, sid)
    later = await floor.calls()
    await floor.tells(leg, "failed", failure="not_moved")
    await floor.tells(leg, "ended")
    assert floor.presence(lead) == "available" and floor.legs() == []
    assert ((await floor.place(sid))["place"], (await floor.place(later))["place"]) == (1, 2)
    assert floor.ended_as(sid) is None and floor.rows("SELECT count(*) FROM outbound_messages") == [(0,)]
    assert "not_moved" in floor.events(floor.case_of(sid))
    await floor.round()
    assert await floor.offered(lead) == floor.case_of(sid)
