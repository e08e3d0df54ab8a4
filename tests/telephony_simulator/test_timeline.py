"""The clock of a call: it jumps while all wait, stands still while somebody works, and is shared after a meeting."""

import asyncio
import time

from telephony.simulator.calls.timeline import Timeline, Waiter


async def person(timeline: Timeline, *seconds: float) -> list[float]:
    """Waits so long, one wait after the other; gives the moments at which each ended."""
    moments = []
    with timeline.attended():
        for each in seconds:
            await timeline.wait(each, Waiter())
            moments.append(round(timeline.now, 3))
    return moments


async def test_an_hour_passes_at_once() -> None:
    began = time.monotonic()
    assert await person(Timeline(), 1800, 1800) == [1800, 3600]
    assert time.monotonic() - began < 1


async def test_everybody_has_the_same_moments() -> None:
    timeline = Timeline()
    one, other = await asyncio.gather(person(timeline, 10, 10), person(timeline, 15, 15))
    assert (one, other) == ([10, 20], [15, 30])


async def test_time_stands_still_while_somebody_is_busy() -> None:
    timeline, done = Timeline(), asyncio.Event()
    waiting = asyncio.create_task(person(timeline, 5))
    with timeline.attended():
        for _ in range(20):
            await asyncio.sleep(0)
        assert timeline.now == 0 and not waiting.done()
        done.set()
    assert await waiting == [5]


async def test_a_wait_can_be_cut_short() -> None:
    timeline, waiter = Timeline(), Waiter()

    async def sleeper() -> bool:
        with timeline.attended():
            return await timeline.wait(float("inf"), waiter)

    sleeping = asyncio.create_task(sleeper())
    await person(timeline, 30)
    timeline.rouse(waiter)
    assert await sleeping is False and timeline.now == 30


async def test_a_cancelled_wait_holds_nobody_up() -> None:
    timeline = Timeline()
    cancelled = asyncio.create_task(person(timeline, 100))
    await asyncio.sleep(0)
    with timeline.attended():
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
    assert await person(timeline, 7) == [7]


async def test_people_who_meet_go_on_with_one_clock() -> None:
    early, late = Timeline(), Timeline()
    await person(early, 40)
    await person(late, 100)
    early.join(late)
    assert (early.now, late.now) == (40, 100)
    one, other = await asyncio.gather(person(early, 10, 10), person(late, 15))
    assert (one, other) == ([50, 60], [115])
    assert (early.now, late.now) == (60, 120)


async def test_a_third_joins_those_who_have_met() -> None:
    first, second, third = Timeline(), Timeline(), Timeline()
    await person(second, 5)
    await person(third, 9)
    first.join(second)
    third.join(second)
    moments = await asyncio.gather(person(first, 3), person(second, 3), person(third, 3))
    assert moments == [[3], [8], [12]]


async def test_real_time_is_real() -> None:
    timeline, began = Timeline(), time.monotonic()
    with timeline.in_real_time():
        await person(timeline, 0.2)
    assert 0.19 <= time.monotonic() - began < 2
    assert await person(timeline, 3600) == [round(timeline.now, 3)]


async def test_waits_of_both_go_on_after_the_join() -> None:
    one, other = Timeline(), Timeline()
    with one.attended(), other.attended():
        waits = [asyncio.create_task(person(one, 10)), asyncio.create_task(person(other, 4))]
        await asyncio.sleep(0)
        one.join(other)
    assert await asyncio.gather(*waits) == [[10], [4]]
