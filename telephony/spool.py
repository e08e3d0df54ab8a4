"""Hand-offs that could not be filed: kept until the backend is back, then filed once each.

An entry has ids, channel, thread, party, reason and time, never words. Entries live in Redis; while Redis is away
they live in this process. The backend files the same `provider_message_id` once, so replaying is safe.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from telephony.backend_client import BackendClient
from telephony.http_json import Refused, Unavailable

log = structlog.get_logger("telephony.spool")

KEY = "headgate:spool:hand_offs"
REPLAY_SECONDS = 3.0
_LOCAL_MAX = 5_000


class HandOffSpool:
    """Keeps hand-offs, and files them when the backend answers again."""

    def __init__(self, store: "redis.Redis", backend: BackendClient) -> None:
        self._store = store
        self._backend = backend
        self._local: dict[str, dict[str, Any]] = {}
        self._replaying = asyncio.Lock()

    async def keep(self, hand_off: Mapping[str, Any]) -> None:
        """Keep one hand-off (the body of `POST /v1/hand-offs`); never fails."""
        entry = dict(hand_off)
        name = str(entry["provider_message_id"])
        try:
            await self._store.hset(KEY, name, orjson.dumps(entry).decode())
        except (RedisError, OSError, TimeoutError):
            if len(self._local) < _LOCAL_MAX:
                self._local[name] = entry
        log.warning("hand_off_spooled", reason=entry.get("reason"), channel=entry.get("channel"))

    async def replay(self) -> int:
        """File everything that waits; gives how many were filed. Stops at the first sign that nobody is there."""
        async with self._replaying:  # two at once would both file what neither has forgotten yet
            return await self._replay()

    async def _replay(self) -> int:
        waiting = await self._waiting()
        filed = 0
        for name, entry in waiting.items():
            try:
                await self._backend.file_hand_off(entry)
            except Unavailable:
                break
            except Refused as problem:
                # Asking again brings the same: keeping it would block nothing, but it would never leave.
                log.error("spooled_hand_off_refused", status=problem.status, error=problem.error)
            filed += 1
            await self._forget(name)
        if filed:
            log.info("spooled_hand_offs_filed", count=filed)
        return filed

    async def run(self) -> None:
        """Replay every few seconds until cancelled."""
        while True:
            await asyncio.sleep(REPLAY_SECONDS)
            try:
                await self.replay()
            except Exception as problem:
                log.error("replay_failed", kind=type(problem).__name__)

    async def _waiting(self) -> dict[str, dict[str, Any]]:
        waiting = dict(self._local)
        try:
            kept = await self._store.hgetall(KEY)
        except (RedisError, OSError, TimeoutError):
            return waiting
        return {**waiting, **{str(name): orjson.loads(entry) for name, entry in kept.items()}}

    async def _forget(self, name: str) -> None:
        self._local.pop(name, None)
        try:
            await self._store.hdel(KEY, name)
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what="spool")
