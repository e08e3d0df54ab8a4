"""Work that goes on after the button: one of a name at a time, and why it came to nothing is known."""

import asyncio
from collections.abc import Awaitable, Callable

from backend.console.errands import Errands
from backend.errors import ConflictError


async def run(errands: Errands, work: Callable[[], Awaitable[None]]) -> None:
    """Start it, and wait until it has ended."""
    ended = asyncio.Event()
    errands.start("bill:1", work, ended.set)
    await asyncio.wait_for(ended.wait(), 5)


async def test_pressed_twice_it_runs_once() -> None:
    errands, begun, go_on = Errands(), 0, asyncio.Event()
    ended: list[str] = []
    all_over = asyncio.Event()

    def end() -> None:
        ended.append("bill:1")
        all_over.set()

    async def work() -> None:
        nonlocal begun
        begun += 1
        await go_on.wait()

    for _ in range(3):
        errands.start("bill:1", work, end)
    await asyncio.sleep(0)
    assert errands.is_under_way("bill:1") and not errands.is_under_way("bill:2")
    go_on.set()
    await asyncio.wait_for(all_over.wait(), 5)
    assert (begun, ended) == (1, ["bill:1"])
    await run(errands, work)
    assert begun == 2


async def test_a_refusal_is_kept_until_the_next_try() -> None:
    errands = Errands()

    async def refuse() -> None:
        raise ConflictError("open_exceptions", "Decide them first.")

    async def work() -> None:
        return

    await run(errands, refuse)
    assert errands.refused("bill:1") == "open_exceptions"
    await run(errands, work)
    assert errands.refused("bill:1") is None


async def test_a_fault_is_no_secret_but_its_words_are() -> None:
    errands = Errands()

    async def fail() -> None:
        raise ValueError("a customer's name")

    await run(errands, fail)
    assert errands.refused("bill:1") == "other"


async def test_stopping_ends_what_is_under_way() -> None:
    errands = Errands()
    errands.start("bill:1", asyncio.Event().wait, lambda: None)
    await asyncio.sleep(0)
    await errands.stop()
    assert not errands.is_under_way("bill:1")
