"""Where each call is, for when its socket or this process has gone: in Redis, and here while Redis is away.

An entry has a turn's name and counters, nothing that was said and no number.
"""

from collections import OrderedDict
from dataclasses import asdict, dataclass, field

import orjson
import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from telephony.calls.rules import Place
from telephony.memory import thread_digest
from telephony.messages import Language

log = structlog.get_logger("telephony.calls")

PLACE_SECONDS = 4 * 3600
_LOCAL_MAX = 5_000


@dataclass(frozen=True, slots=True)
class CallPlace:
    """A call that goes on. `turn_id` is the last turn that was taken; `failures` counts broken connections."""

    place: Place = field(default_factory=Place)
    turn_id: str = ""
    language: Language = "en"
    failures: int = 0


class CallPlaces:
    """Remembers where calls are."""

    def __init__(self, store: "redis.Redis") -> None:
        self._store = store
        self._local: OrderedDict[str, CallPlace] = OrderedDict()

    async def keep(self, call_sid: str, place: CallPlace) -> None:
        """Remember; never fails."""
        name = thread_digest(call_sid)
        self._local[name] = place
        self._local.move_to_end(name)
        while len(self._local) > _LOCAL_MAX:
            self._local.popitem(last=False)
        try:
            await self._store.set(f"headgate:call:{name}", orjson.dumps(asdict(place)), ex=PLACE_SECONDS)
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what="place")

    async def find(self, call_sid: str) -> CallPlace | None:
        """Where a call is; None when nobody remembers."""
        name = thread_digest(call_sid)
        try:
            found = await self._store.get(f"headgate:call:{name}")
        except (RedisError, OSError, TimeoutError):
            return self._local.get(name)
        if found is None:
            return self._local.get(name)
        raw = orjson.loads(found)
        return CallPlace(**{**raw, "place": Place(**raw["place"])})

    async def forget(self, call_sid: str) -> None:
        """The call is over."""
        name = thread_digest(call_sid)
        self._local.pop(name, None)
        try:
            await self._store.delete(f"headgate:call:{name}")
        except (RedisError, OSError, TimeoutError):
            log.info("redis_away", what="place")
