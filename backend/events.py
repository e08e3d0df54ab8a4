"""Tells the console what was committed, over Redis; pages look for themselves when no word comes."""

import asyncio

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.database import Event

CHANNEL = "headgate:console"
GATHER_SECONDS = 0.03
"""Pages gather what they hear for longer than this; publishing each piece by itself costs more than a statement."""
_CASES = frozenset({"hand_off", "message", "message_status", "ended", "queue", "offer", "presence"})
_MONEY = frozenset({"money", "account", "billing", "billing_run_prepared", "nightly_item"})
_OUTBOUND = frozenset({"campaign", "emergency"})
_FRONT_DESK = frozenset({"visit"})
_FOR_CONSOLE = _CASES | _MONEY | _OUTBOUND | _FRONT_DESK

log = structlog.get_logger("backend.events")


class ConsoleNews:
    """A listener of the database that publishes ids. Close it before its Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._news: dict[bytes, None] = {}
        self._publishing: asyncio.Task[None] | None = None

    async def hear(self, events: list[Event]) -> None:
        """Publish what the console wants to know, in a moment, together with what else comes; the same news once."""
        for event in events:
            if event.kind in _FOR_CONSOLE:
                self._news[orjson.dumps({"kind": event.kind, **event.data})] = None
        if self._news and self._publishing is None:
            self._publishing = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        news, self._news, self._publishing = self._news, {}, None
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for one in news:
                    pipeline.publish(CHANNEL, one)
                await pipeline.execute()
        except (RedisError, OSError) as problem:
            log.warning("console_news_lost", kind=type(problem).__name__)

    async def close(self) -> None:
        """Publish what is left."""
        if self._publishing is not None:
            await self._publishing
