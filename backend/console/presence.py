"""Who has which case open, in Redis, so that colleagues see each other. Forgotten when a page goes quiet."""

import time
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.events import CHANNEL

SEEN_SECONDS = 30


def _key(case_id: UUID) -> str:
    return f"headgate:viewing:{case_id}"


class Presence:
    """Best effort: without Redis nobody is seen, and nothing else breaks."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def look_at(self, case_id: UUID, staff_id: UUID) -> set[UUID]:
        """Say that this person has the case open; who else has."""
        now = time.time()
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(_key(case_id), {str(staff_id): now})
                pipe.zremrangebyscore(_key(case_id), "-inf", now - SEEN_SECONDS)
                pipe.expire(_key(case_id), SEEN_SECONDS * 2)
                pipe.zrange(_key(case_id), 0, -1)
                added, _, _, seen = await pipe.execute()
                if added:
                    await self._redis.publish(CHANNEL, "viewing")
        except (RedisError, OSError):
            return set()
        return {UUID(entry.decode() if isinstance(entry, bytes) else entry) for entry in seen} - {staff_id}

    async def look_away(self, case_id: UUID, staff_id: UUID) -> None:
        try:
            if await self._redis.zrem(_key(case_id), str(staff_id)):
                await self._redis.publish(CHANNEL, "viewing")
        except (RedisError, OSError):
            return
