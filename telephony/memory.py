"""What telephony remembers of a thread for when the record is away. In Redis, and in this process when Redis is away.

Nothing here is needed to answer: an emptied Redis costs a language to guess, never a turn.
"""

import asyncio
import hashlib
from collections import OrderedDict

import redis.asyncio as redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from telephony.messages import Language

log = structlog.get_logger("telephony.memory")

LANGUAGE_SECONDS = 12 * 3600
NOTE_SECONDS = 24 * 3600
_LOCAL_MAX = 20_000


def make_redis(url: str) -> "redis.Redis":
    """A client that gives up fast: whoever asks has an answer without it."""
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=0.3,
        socket_timeout=0.5,
        health_check_interval=0,
        retry=Retry(NoBackoff(), 0),
    )


def thread_digest(thread_key: str) -> str:
    """A thread key as it may stand in Redis or a log: it can hold a phone number."""
    return hashlib.sha256(thread_key.encode()).hexdigest()[:32]


class ThreadMemory:
    """The language of a thread, and notes that something was done once."""

    def __init__(self, store: "redis.Redis") -> None:
        self._store = store
        self._languages: OrderedDict[str, Language] = OrderedDict()
        self._notes: OrderedDict[str, None] = OrderedDict()
        self._writes: set[asyncio.Task[None]] = set()

    def note_language(self, thread_key: str, language: Language) -> None:
        """Remember the language of a thread; the write to Redis happens beside the turn, and only on a change."""
        digest = thread_digest(thread_key)
        if self._languages.get(digest) == language:
            self._languages.move_to_end(digest)
            return
        self._languages[digest] = language
        while len(self._languages) > _LOCAL_MAX:
            self._languages.popitem(last=False)
        task = asyncio.get_running_loop().create_task(self._write_language(digest, language))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _write_language(self, digest: str, language: Language) -> None:
        try:
            await self._store.set(f"headgate:language:{digest}", language, ex=LANGUAGE_SECONDS)
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what="language")

    async def language_of(self, thread_key: str) -> Language | None:
        """The language last heard in this thread, None when nobody remembers."""
        digest = thread_digest(thread_key)
        if digest in self._languages:
            return self._languages[digest]
        try:
            found = await self._store.get(f"headgate:language:{digest}")
        except (RedisError, OSError, TimeoutError):
            return None
        if found == "es":
            return "es"
        return "en" if found == "en" else None

    async def first_time(self, what: str) -> bool:
        """Whether this is the first time `what` is asked about (within a day)."""
        if what in self._notes:
            return False
        self._notes[what] = None
        while len(self._notes) > _LOCAL_MAX:
            self._notes.popitem(last=False)
        try:
            return bool(await self._store.set(f"headgate:note:{what}", "1", nx=True, ex=NOTE_SECONDS))
        except (RedisError, OSError, TimeoutError):
            return True
