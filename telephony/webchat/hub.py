"""Which open chats of this process show which thread, and the news that one has a new message.

News carries no words: a chat reads its messages from the backend, after the last one it has. Between processes it
goes over Redis; within this one it needs nothing.
"""

import asyncio
from collections import OrderedDict

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from telephony.webchat.limits import Pace

log = structlog.get_logger("telephony.chats")

CHANNEL = "headgate:chat:"
RECONNECT_SECONDS = 1.0
OPEN_MAX = 2_000
PACES_MAX = 10_000


class ChatHub:
    """Nudges open chats. `open` gives an event that is set when its thread has news."""

    def __init__(self, store: "redis.Redis") -> None:
        self._store = store
        self._open: dict[str, set[asyncio.Event]] = {}
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._count = 0

    @property
    def is_full(self) -> bool:
        """Whether this process has as many chats open as it will serve."""
        return self._count >= OPEN_MAX

    def pace(self, thread_key: str) -> Pace:
        """How fast this thread has been talking; a new socket does not begin anew."""
        pace = self._paces.setdefault(thread_key, Pace())
        self._paces.move_to_end(thread_key)
        while len(self._paces) > PACES_MAX:
            self._paces.popitem(last=False)
        return pace

    def open(self, thread_key: str) -> asyncio.Event:
        """A chat shows this thread from now on."""
        news = asyncio.Event()
        self._open.setdefault(thread_key, set()).add(news)
        self._count += 1
        return news

    def close(self, thread_key: str, news: asyncio.Event) -> None:
        """The chat is gone."""
        events = self._open.get(thread_key, set())
        if news in events:
            events.remove(news)
            self._count -= 1
        if not events:
            self._open.pop(thread_key, None)

    async def nudge(self, thread_key: str) -> bool:
        """Tell every chat that shows this thread, in whatever process; True when one is open in this one."""
        here = self._nudge_here(thread_key)
        try:
            await self._store.publish(CHANNEL + thread_key, "news")
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what="nudge")
        return here

    def _nudge_here(self, thread_key: str) -> bool:
        events = self._open.get(thread_key, ())
        for news in events:
            news.set()
        return bool(events)

    async def run(self) -> None:
        """Listen to the other processes until cancelled; after a pause in listening, everybody looks once."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with self._store.pubsub() as listener:
            await listener.psubscribe(CHANNEL + "*")
            for thread_key in list(self._open):
                self._nudge_here(thread_key)
            while True:
                message = await listener.get_message(ignore_subscribe_messages=True, timeout=15.0)
                if message is not None:
                    self._nudge_here(str(message["channel"]).removeprefix(CHANNEL))
