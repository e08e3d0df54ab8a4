"""News for open pages: one Redis subscription a process wakes the pages; they look for themselves.

A page that is not woken (Redis away, a message lost) looks every few seconds in any case.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.events import CHANNEL

RETRY_SECONDS = 2.0
POLL_SECONDS = 10.0
POLL_SECONDS_WITHOUT_NEWS = 3.0
GATHER_SECONDS = 0.15
QUIET_SECONDS = 20.0

log = structlog.get_logger("backend.console")


class Page:
    """What one open page waits on: news of the kinds that it `hears`."""

    def __init__(self, live: "Live", hears: frozenset[str]) -> None:
        self._live = live
        self.hears = hears
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def news(self, poll_seconds: float = POLL_SECONDS) -> None:
        """Until there is something to look at, or it is time to look anyway; a burst counts as one."""
        poll = poll_seconds if self._live.listening else min(poll_seconds, POLL_SECONDS_WITHOUT_NEWS)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), poll)
            await asyncio.sleep(GATHER_SECONDS)
        self._woken.clear()


class Live:
    """The open pages of this process, and whether news reaches them."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self.listening = False

    @asynccontextmanager
    async def page(self, hears: frozenset[str]) -> AsyncIterator[Page]:
        """An open page, for as long as it is open, woken by these kinds of news."""
        page = Page(self, hears)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)

    def wake_all(self) -> None:
        for page in self._pages:
            page.wake()

    def _wake(self, kind: str) -> None:
        for page in self._pages:
            if kind in page.hears:
                page.wake()

    async def listen(self, redis: Redis) -> None:
        """Wake the pages at every message, for ever; Redis may go away and come back."""
        while True:
            try:
                await self._listen_once(redis)
            except (RedisError, OSError) as problem:
                if self.listening:
                    log.warning("console_news_lost", kind=type(problem).__name__)
            if self.listening:
                self.listening = False
                self.wake_all()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen_once(self, redis: Redis) -> None:
        async with redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            self.listening = True
            self.wake_all()
            while True:
                heard = await subscription.get_message(ignore_subscribe_messages=True, timeout=QUIET_SECONDS)
                if heard is None:
                    await subscription.ping()  # a silent connection may be a dead one
                else:
                    self._wake(_kind(heard["data"]))


def _kind(said: bytes | str) -> str:
    """The kind of a piece of news: JSON with a `kind`, or the bare word."""
    try:
        told = orjson.loads(said)
    except orjson.JSONDecodeError:
        return said.decode() if isinstance(said, bytes) else said
    return str(told.get("kind")) if isinstance(told, dict) else ""
