"""News that is lost on its way keeps nobody busy for ever: phones end with their call, and Twilio is asked."""

import pytest

from backend.errors import HeadgateError
from backend.queue import lines
from tests.backend.queue.floor import Floor
from tests.backend.queue.test_warm_transfer import connected


async def hang_up(floor: Floor, sid: str) -> None:
    async with floor.api.app.state.database.transaction() as session:
        await lines.hang_up(session, floor.people["Lena"], floor.case_of(sid), floor.now)


def looks(floor: Floor) -> list[tuple[str, ...]]:
    query = "SELECT body->>'leg_id' FROM call_orders WHERE body->>'what' = 'look' ORDER BY created_at"
    return floor.rows(query)


async def test_the_caller_hangs_up_and_no_phone_reports_it(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    await connected(floor, sid)
    assert await floor.left(sid, "hangup") == "end"
    assert floor.legs() == [] and floor.presence(lead) == "after_call"
    await floor.later(seconds=61)
    other = await floor.calls()
    await floor.round()
    assert await floor.offered(lead) == floor.case_of(other), "and takes the next call"


async def test_the_caller_is_alone_so_the_people_have_gone(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    leg = await connected(floor, sid)
    assert await floor.left(sid, "person_left") == "ask"
    assert floor.legs() == [] and floor.presence(lead) == "after_call"
    await floor.later(seconds=61)
    await floor.round()
    await floor.tells(leg, "ended")
    assert floor.presence(lead) == "available", "news that comes late begins no second time for notes"


async def test_both_reports_are_lost_and_twilio_is_asked_about_a_phone_that_is_long_in_a_call(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    sid = await floor.calls()
    leg = await connected(floor, sid)
    await floor.later(minutes=4)
    await floor.round()
    assert looks(floor) == []
    await floor.later(minutes=2)
    await floor.round()
    await floor.round()
    assert looks(floor) == [(leg,)], "once in a while, not every second"
    line = await floor.line(floor.case_of(sid))
    assert line is not None and line.state == "talking", "a long call stays one until Twilio says that it is over"
    await floor.later(minutes=5, seconds=1)
    await floor.round()
    assert looks(floor) == [(leg,), (leg,)]
    await floor.tells(leg, "ended")  # what telephony does when Twilio says so
    assert floor.presence(lead) == "after_call"
    await floor.later(seconds=31)
    await floor.round()
    assert floor.ended_as(sid) == "served", "nobody is left in the call"


async def test_who_is_left_behind_by_a_call_that_is_over_can_leave_and_is_free_after_a_while(floor: Floor) -> None:
    lead = await floor.at_work("Lena")
    first, second = await floor.calls(), await floor.calls()
    await connected(floor, first)
    ended = "UPDATE queued_calls SET state = 'ended', ended_as = 'served', changed_at = %s, ended_at = %s RETURNING id"
    floor.rows(ended.replace("RETURNING", "WHERE call_sid = %s RETURNING"), (floor.now, floor.now, first))
    await hang_up(floor, first)
    assert floor.legs() == [] and floor.orders()[-1] == "end" and floor.presence(lead) == "after_call"
    with pytest.raises(HeadgateError, match="no_call"):
        await hang_up(floor, first)
    await floor.later(seconds=61)
    await connected(floor, second)
    floor.rows(ended.replace("RETURNING", "WHERE call_sid = %s RETURNING"), (floor.now, floor.now, second))
    await floor.later(seconds=31)
    await floor.round()
    assert floor.legs() == [] and floor.presence(lead) == "after_call"
