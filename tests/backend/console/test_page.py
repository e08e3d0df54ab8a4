"""The skeleton of the pages: what came of a deed is never overdrawn by what was true before it."""

import asyncio
from types import SimpleNamespace
from typing import cast

from backend.console.page import Frame, LivePage


class Slow(LivePage):
    """Reads what is true, and draws it after a while: the first time after the longest."""

    def __init__(self) -> None:
        live = SimpleNamespace(listening=True)
        shell = SimpleNamespace(
            say_refused=print, say_trouble=lambda words, mild=False: None, say_done=lambda words: None
        )
        seat = SimpleNamespace(around=SimpleNamespace(live=live))
        super().__init__(cast(Frame, SimpleNamespace(seat=seat, t=str, shell=shell, client=None)))
        self.truth, self.drawn, self.delays = "waiting", [""], [0.05, 0.0]

    def build(self) -> None:
        """Nothing to lay out."""

    async def show(self) -> None:
        read = self.truth
        await asyncio.sleep(self.delays.pop(0))
        self.drawn.append(read)


async def test_what_was_read_before_a_deed_is_not_drawn_over_what_came_of_it() -> None:
    page = Slow()

    async def take() -> None:
        page.truth = "taken"

    news = asyncio.create_task(page.look())
    await asyncio.sleep(0)  # the news has read, and not drawn yet
    assert await page.do(take, "Taken.")
    await news
    assert page.drawn[-1] == "taken"
