"""Tells the console what was committed, over Redis; pages look for themselves when no word comes."""

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.database import Event

CHANNEL = "headgate:console"
_CASES = frozenset({"hand_off", "message", "message_status", "ended", "queue", "offer", "presence"})
_MONEY = frozenset({"money", "account", "billing", "billing_run_prepared", "nightly_item"})
_OUTBOUND = frozenset({"campaign", "emergency"})
_FOR_CONSOLE = _CASES | _MONEY | _OUTBOUND

log = structlog.get_logger("backend.events")


class ConsoleNews:
    """A listener of the database that publishes ids."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def hear(self, events: list[Event]) -> None:
        """Publish what the console wants to know."""
        news = [{"kind": event.kind, **event.data} for event in events if event.kind in _FOR_CONSOLE]
        if not news:
            return
        try:
            for one in news:
                await self._redis.publish(CHANNEL, orjson.dumps(one))
        except (RedisError, OSError) as problem:
            log.warning("console_news_lost", kind=type(problem).__name__)
