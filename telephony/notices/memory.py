"""What a notice says, until its phone is picked up, and whether it was said. In Redis, and here when Redis is away."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

import orjson
import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from telephony.messages import Language, language_of

log = structlog.get_logger("telephony.notices")

WORDS_SECONDS = 6 * 3600
"""Longer than a call waits in Twilio's line on a day of many."""
SAID_SECONDS = 24 * 3600
_LOCAL_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said, and in which language."""

    words: str
    language: Language


class NoticeMemory:
    """Keeps the words of notices by message id, and the calls in which they were said."""

    def __init__(self, store: "redis.Redis") -> None:
        self._store = store
        self._local: OrderedDict[str, str] = OrderedDict()

    async def keep(self, message_id: str, notice: Notice) -> None:
        """The words, before the phone is rung."""
        kept = orjson.dumps({"words": notice.words, "language": notice.language}).decode()
        await self._write(f"headgate:notice:{message_id}", kept, WORDS_SECONDS)

    async def words_of(self, message_id: str) -> Notice | None:
        """The words of a notice; None when nobody knows them any more."""
        kept = await self._read(f"headgate:notice:{message_id}")
        if kept is None:
            return None
        told = orjson.loads(kept)
        return Notice(str(told["words"]), language_of(told["language"]))

    async def note_said(self, call_sid: str) -> None:
        """The words were given to Twilio in this call."""
        await self._write(f"headgate:notice_said:{call_sid}", "1", SAID_SECONDS)

    async def was_said(self, call_sid: str) -> bool:
        """Whether they were."""
        return await self._read(f"headgate:notice_said:{call_sid}") is not None

    async def _read(self, key: str) -> str | None:
        try:
            found = cast("str | None", await self._store.get(key))
        except (RedisError, OSError, TimeoutError):
            found = None
        return found or self._local.get(key)

    async def _write(self, key: str, value: str, seconds: int) -> None:
        self._local[key] = value
        while len(self._local) > _LOCAL_MAX:
            self._local.popitem(last=False)
        try:
            await self._store.set(key, value, ex=seconds)
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what="notices")
