"""Called back instead of holding: the place stays, two tries in a window, quiet hours, never two of the same."""

from datetime import UTC, datetime

import pytest

from backend.errors import HeadgateError
from backend.queue import lines
from tests.backend.living import TELEPHONY
from tests.backend.queue.floor import Floor

PHONE = "+19517770199"


@pytest.fixture
async def floor(floor: Floor) -> Floor:
    await floor.at_work("Lena")
    return floor


async def promised(floor: Floor, phone: str = PHONE) -> str:
    sid = await floor.calls(party=phone)
    await floor.asks("PUT", f"/calls/{sid}/callback", {"phone": phone})
    assert await floor.left(sid, "hangup") == "end"
    return sid


async def rung(floor: Floor, sid: str) -> None:
    """Lena takes the call back and is in it; the customer's phone is rung."""
    await floor.round()
    await floor.takes(floor.people["Lena"], floor.case_of(sid))
    (lead,) = floor.legs()
    joined = await floor.tells(lead, "joined")
    assert joined["bring"] is None


async def test_the_place_is_kept_and_the_customer_reached(floor: Floor) -> None:
    sid = await promised(floor)
    await floor.later(minutes=2)
    holding = await floor.calls()
    assert (await floor.place(holding))["place"] == 2
    await rung(floor, sid)
    (customer,) = floor.legs("customer")
    assert floor.orders() == ["ring", "ring"]
    whisper = await floor.asks("GET", f"/legs/{customer}")
    assert (whisper["role"], whisper["language"]) == ("customer", "en")
    await floor.tells(customer, "joined")
    await floor.tells(customer, "ended")
    assert floor.rows("SELECT ended_as FROM queued_calls WHERE phone = %s", (PHONE,)) == [("served",)]


async def test_two_tries_and_then_a_person_decides(floor: Floor) -> None:
    floor.rows("UPDATE staff SET languages = '{es,en}' WHERE name = 'Lena' RETURNING id")
    sid = await promised(floor)
    case = floor.case_of(sid)
    for attempt in (1, 2):
        await rung(floor, sid)
        (customer,) = floor.legs("customer")
        await floor.tells(customer, "failed", failure="no-answer")
        (lead,) = floor.legs()
        await floor.tells(lead, "ended")
        assert floor.orders()[-1] == "end"
        language = "SELECT body->>'language' FROM call_orders WHERE body->>'words' = 'nobody_home'"
        assert set(floor.rows(language)) == {("es",)}, "the lead's language"
        await floor.later(seconds=61)
        if attempt == 1:
            assert await floor.round() == 0, "not before twenty minutes have passed"
            await floor.later(minutes=19)
    assert floor.rows("SELECT ended_as, tries FROM queued_calls") == [("callback_given_up", 2)]
    assert floor.rows("SELECT state FROM hand_offs") == [("taken",)]
    assert floor.events(case).count("callback_unanswered") == 2 and "callback_given_up" in floor.events(case)


async def test_nobody_is_called_in_quiet_hours(floor: Floor) -> None:
    floor.now = datetime(2026, 11, 24, 1, 20, tzinfo=UTC)  # Monday, 17:20 in California: ten minutes to closing
    await floor.later()
    sid = await floor.calls(party=PHONE)
    floor.now = datetime(2026, 11, 24, 1, 35, tzinfo=UTC)
    await floor.later()
    place = await floor.place(sid)
    assert place["turn"] == "wait", "in line at closing: still served"
    await floor.later(minutes=12)
    assert (await floor.place(sid))["turn"] == "closed"
    told = await floor.asks("PUT", f"/calls/{sid}/callback", {"phone": PHONE})
    assert datetime.fromisoformat(told["not_before"]) == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert await floor.left(sid, "hangup") == "end"
    await floor.later(minutes=90)
    assert await floor.round() == 0
    floor.now = datetime(2026, 11, 24, 16, 1, tzinfo=UTC)
    await floor.later()
    assert await floor.round() == 1


async def test_cancelled_when_the_matter_is_closed(floor: Floor) -> None:
    sid = await promised(floor)
    floor.rows("UPDATE hand_offs SET state = 'closed' RETURNING id")
    assert await floor.round() == 0
    assert floor.rows("SELECT ended_as FROM queued_calls WHERE call_sid = %s", (sid,)) == [("cancelled",)]


async def test_who_calls_again_takes_the_place_that_was_kept_and_is_not_called_too(floor: Floor) -> None:
    await promised(floor)
    await floor.later(minutes=1)
    other = await floor.calls()
    await floor.later(minutes=1)
    again = await floor.calls(party=PHONE)
    assert (await floor.place(again))["place"] == 1 and (await floor.place(other))["place"] == 2
    open_ones = floor.rows("SELECT contact FROM queued_calls WHERE phone = %s AND state <> 'ended'", (PHONE,))
    assert open_ones == [("holding",)]


async def test_confirmed_twice_is_promised_once(floor: Floor) -> None:
    sid = await promised(floor)
    await floor.asks("PUT", f"/calls/{sid}/callback", {"phone": PHONE})
    assert floor.events(floor.case_of(sid)).count("callback_promised") == 1


async def test_a_number_that_cannot_be_called_is_refused(floor: Floor) -> None:
    sid = await floor.calls(party=PHONE)
    body = {"phone": "+442079460000"}
    answer = await floor.api.client.put(f"/v1/queue/calls/{sid}/callback", json=body, headers=TELEPHONY)
    assert (answer.status_code, answer.json()["error"]) == (422, "phone_refused")


async def test_after_its_window_a_person_decides(floor: Floor) -> None:
    sid = await promised(floor)
    await floor.later(minutes=25 * 60)
    await floor.round()
    assert floor.rows("SELECT ended_as FROM queued_calls WHERE call_sid = %s", (sid,)) == [("callback_given_up",)]
    assert floor.rows("SELECT state FROM hand_offs") == [("waiting",)]


async def test_the_wait_is_told_and_a_long_one_comes_with_the_offer(floor: Floor) -> None:
    first = await floor.calls()
    for _ in range(3):
        await floor.calls()
    last = await floor.calls()
    assert await floor.place(first) == {
        "turn": "wait", "place": 1, "minutes": 5, "offer_callback": True,
        "phone": floor.rows("SELECT phone FROM queued_calls WHERE call_sid = %s", (first,))[0][0],
    }  # fmt: skip
    assert (await floor.place(last))["minutes"] == 25
    await floor.at_work("Omar")
    assert (await floor.place(last))["minutes"] == 15, "two people: half as long, told in fives"


async def test_somebody_takes_it_while_the_goodbye_is_still_being_said(floor: Floor) -> None:
    sid = await floor.calls(party=PHONE)
    await floor.asks("PUT", f"/calls/{sid}/callback", {"phone": PHONE})
    await floor.round()
    await floor.takes(floor.people["Lena"], floor.case_of(sid))
    assert await floor.left(sid, "hangup") == "end", "they hang up as they were told to"
    assert await floor.left(sid, "completed") == "end"
    assert floor.ended_as(sid) is None and "abandoned" not in floor.events(floor.case_of(sid))
    (lead,) = floor.legs()
    assert (await floor.tells(lead, "joined"))["outcome"] == "join"
    (customer,) = floor.legs("customer")
    assert (await floor.tells(customer, "joined"))["outcome"] == "join"
    assert floor.rows("SELECT count(*) FROM outbound_messages") == [(0,)], "nobody was missed"


async def called_back(floor: Floor) -> tuple[str, str, str]:
    """A customer is called back and talks: the SID of their call, their leg, the lead's."""
    sid = await promised(floor)
    await rung(floor, sid)
    (customer,), (lead,) = floor.legs("customer"), floor.legs()
    await floor.tells(customer, "joined")
    return str(floor.rows("SELECT call_sid FROM queued_calls")[0][0]), customer, lead


async def to_engineering(floor: Floor, sid: str, lead: str) -> None:
    async with floor.api.app.state.database.transaction() as session:
        who = floor.people["Lena"]
        await lines.to_department(session, who, floor.case_of(sid), "engineering", floor.district, now=floor.now)
    await floor.tells(lead, "ended")


async def test_who_was_called_back_is_put_through_to_a_department_and_back_in_line(floor: Floor) -> None:
    sid, _, lead = await called_back(floor)
    await to_engineering(floor, sid, lead)
    assert await floor.left(sid, "person_left") == "department"
    assert await floor.left(sid, "unanswered") == "wait"
    assert (await floor.place(sid))["place"] == 1
    assert floor.presence(floor.people["Lena"]) == "after_call"
    await floor.later(seconds=61)
    await floor.round()
    await floor.takes(floor.people["Lena"], floor.case_of(sid))
    (again,) = floor.legs()
    assert (await floor.tells(again, "joined"))["bring"] == sid, "brought from the line, not rung again"


async def test_a_department_takes_who_was_called_back(floor: Floor) -> None:
    sid, _, lead = await called_back(floor)
    await to_engineering(floor, sid, lead)
    assert await floor.left(sid, "person_left") == "department"
    assert await floor.left(sid, "answered") == "end"
    assert floor.ended_as(sid) == "served"


async def test_who_was_called_back_hangs_up_on_the_way_to_a_department(floor: Floor) -> None:
    sid, customer, lead = await called_back(floor)
    await to_engineering(floor, sid, lead)
    await floor.tells(customer, "ended")
    assert floor.ended_as(sid) == "abandoned" and floor.rows("SELECT state FROM hand_offs") == [("waiting",)]


async def test_the_assistant_cannot_take_over_a_call_that_we_made(floor: Floor) -> None:
    sid, _, _ = await called_back(floor)
    line = await floor.line(floor.case_of(sid))
    assert line is not None and not line.knows_assistant
    async with floor.api.app.state.database.transaction() as session:
        with pytest.raises(HeadgateError, match="called_back"):
            await lines.to_assistant(session, floor.people["Lena"], floor.case_of(sid), floor.now)
