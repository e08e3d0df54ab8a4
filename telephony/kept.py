"""Short texts kept for a while under a name: in Redis, and in this process for while Redis is away."""

from collections import OrderedDict
from typing import cast

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger("telephony.kept")


class Kept:
    """Values below `headgate:{what}:`; of those that are kept here too, the newest `local_max`. Never fails."""

    def __init__(self, store: "redis.Redis", what: str, *, local_max: int = 20_000) -> None:
        self._store, self._what, self._local_max = store, what, local_max
        self._local: OrderedDict[str, str] = OrderedDict()

    async def read(self, name: str) -> str | None:
        """The value; None when nobody knows it (any more)."""
        try:
            found = cast("str | None", await self._store.get(self._key(name)))
        except (RedisError, OSError, TimeoutError):
            found = None
        return found or self._local.get(name)

    async def write(self, name: str, value: str, seconds: int, *, only_first: bool = False) -> None:
        """Keep it for so long; `only_first`: unless there is a value already."""
        if only_first:
            self._local.setdefault(name, value)
        else:
            self._local[name] = value
        while len(self._local) > self._local_max:
            self._local.popitem(last=False)
        try:
            await self._store.set(self._key(name), value, ex=seconds, nx=only_first)
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what=self._what)

    async def forget(self, name: str) -> None:
        """It is not so any more."""
        self._local.pop(name, None)
        try:
            await self._store.delete(self._key(name))
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what=self._what)

    def _key(self, name: str) -> str:
        return f"headgate:{self._what}:{name}"
