"""One turn of a conversation at a time, over any number of engine processes, in order of arrival.

A free lock takes one round trip. Who comes while it is taken queues in Redis and sleeps on a
blocking read, so that it runs the moment it is let in. A holder renews its lease while it works; when it
dies, the lease ends and the next in the queue takes over. Every step is one script, so it is
whole or not at all.

Keys: `<prefix><id>` token of the holder, `<prefix><id>:queue` tokens waiting,
`<prefix>turn:<token>` wakes the one that waits with this token.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.redis_connection import redis_at

LEASE_SECONDS = 5.0
HANDED_OVER_SECONDS = 1.0
"""How long one that was let in may take to wake up before the next gets its place."""
WAIT_SECONDS_MAX = 30.0
QUEUE_KEEP_SECONDS = 120

_ACQUIRE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
if redis.call('LLEN', KEYS[2]) == 0 and redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return 1
end
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 0
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local following = redis.call('LPOP', KEYS[2])
if not following then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], following, 'PX', ARGV[2])
redis.call('RPUSH', ARGV[3] .. following, 1)
redis.call('EXPIRE', ARGV[3] .. following, 60)
return 1
"""

_TAKE_OVER = """
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 1
end
if holder then return 0 end
local following = redis.call('LPOP', KEYS[2])
if following == ARGV[1] or not following then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
redis.call('SET', KEYS[1], following, 'PX', ARGV[3])
redis.call('RPUSH', ARGV[4] .. following, 1)
redis.call('EXPIRE', ARGV[4] .. following, 60)
return 0
"""

_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

_LEAVE = """
redis.call('LREM', KEYS[2], 0, ARGV[1])
redis.call('DEL', ARGV[2] .. ARGV[1])
return 1
"""


class RedisLockStore(LockStore):
    """The lock store of `endpoints.yml`."""

    def __init__(
        self,
        endpoint_config: EndpointConfig | None = None,
        url: str | None = None,
        lease_seconds: float = LEASE_SECONDS,
        key_prefix: str = "headgate:engine:lock:",
    ) -> None:
        """`url` as in `redis://…`; alone or in the endpoint's configuration.

        :raises LockError: no address.
        """
        address = url or (endpoint_config.url if endpoint_config else None)
        if not address:
            raise LockError("the lock store needs the address of Redis (REDIS_URL)")
        self._redis: Redis[Any] = redis_at(address)
        self._lease_ms = int(lease_seconds * 1000)
        self._prefix = key_prefix
        self._wake = f"{key_prefix}turn:"
        script = self._redis.register_script
        self._acquire, self._release = script(_ACQUIRE), script(_RELEASE)
        self._take_over, self._renew, self._leave = script(_TAKE_OVER), script(_RENEW), script(_LEAVE)

    def _keys(self, conversation_id: str) -> list[str]:
        return [f"{self._prefix}{conversation_id}", f"{self._prefix}{conversation_id}:queue"]

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LEASE_SECONDS,
        wait_time_in_seconds: float = WAIT_SECONDS_MAX,
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the lock of `conversation_id` for the length of the block.

        :raises LockError: not let in within `wait_time_in_seconds`, or Redis cannot be reached.
        """
        token, keys = secrets.token_hex(8), self._keys(conversation_id)
        try:
            arguments = [token, self._lease_ms, QUEUE_KEEP_SECONDS]
            if not await self._acquire(keys=keys, args=arguments):
                await self._wait(keys, token, wait_time_in_seconds)
        except RedisError as error:
            raise LockError(f"Redis cannot be reached for a lock: {type(error).__name__}") from error
        renewal = _Renewal(self, keys, token)
        try:
            yield TicketLock(conversation_id)
        finally:
            renewal.stop()
            await self._let_next_in(keys, token)

    async def _let_next_in(self, keys: list[str], token: str) -> None:
        arguments = [token, int(HANDED_OVER_SECONDS * 1000), self._wake]
        try:
            await self._release(keys=keys, args=arguments)
        except RedisError:
            return  # the lease ends by itself, and the work that the lock was for is done

    async def _wait(self, keys: list[str], token: str, seconds_max: float) -> None:
        deadline = asyncio.get_running_loop().time() + seconds_max
        arguments = [token, self._lease_ms, int(HANDED_OVER_SECONDS * 1000), self._wake]
        try:
            while asyncio.get_running_loop().time() < deadline:
                await self._redis.blpop([f"{self._wake}{token}"], timeout=await self._patience(keys[0]))
                if await self._take_over(keys=keys, args=arguments):
                    return
        except asyncio.CancelledError:
            await self._leave(keys=keys, args=[token, self._wake])
            raise
        await self._leave(keys=keys, args=[token, self._wake])
        raise LockError("another turn of this conversation did not end in time")

    async def _patience(self, key: str) -> float:
        """Seconds until the holder's lease can end: then somebody must look."""
        left_ms: int = await self._redis.pttl(key)
        return max(left_ms, 0) / 1000 + 0.05

    async def renew(self, keys: list[str], token: str) -> None:
        """Hold the lock for another lease."""
        await self._renew(keys=keys, args=[token, self._lease_ms])

    @property
    def renewal_seconds(self) -> float:
        """How often a holder renews its lease."""
        return self._lease_ms / 3000


class _Renewal:
    """Renews a lease again and again; costs one timer while turns are quick."""

    def __init__(self, store: RedisLockStore, keys: list[str], token: str) -> None:
        self._store, self._keys, self._token = store, keys, token
        self._task: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(store.renewal_seconds, self._start)

    def _start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._renew_always())

    async def _renew_always(self) -> None:
        while True:
            try:
                await self._store.renew(self._keys, self._token)
            except RedisError:
                return
            await asyncio.sleep(self._store.renewal_seconds)

    def stop(self) -> None:
        """No more renewals."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
