"""The demonstration's clock is turned back: nobody is busy with what has not happened yet."""

from tests.backend.queue.floor import Floor

OFFERED = "SELECT h.number FROM queue_offers o JOIN hand_offs h ON h.id = o.hand_off_id WHERE o.state = 'offered'"
LATER = "SELECT count(*) FROM staff_presence WHERE greatest(since, idle_since, seen_at) > %s + interval '1 minute'"


async def test_an_offer_of_a_later_day_stands_in_nobodys_way(floor: Floor) -> None:
    await floor.at_work("Lena")
    await floor.calls()
    await floor.round()
    before = floor.rows(OFFERED)
    assert len(before) == 1
    await floor.later(minutes=-7 * 24 * 60)
    assert floor.rows(LATER, (floor.now,)) == [(0,)]
    assert floor.rows(OFFERED) == []
    await floor.round()
    assert floor.rows(OFFERED) == before
