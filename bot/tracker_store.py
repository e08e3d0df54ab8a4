"""Conversations in Redis: every event once, appended; a turn reads only what the policies need.

`<prefix><id>:events` is the list of all events as JSON, only ever appended to. `<prefix><id>:state`
is a hash: `from` (the first event a turn still reads), `head` (events that stand for all before it:
slots and the active form) and the last turn's id with its answer, so that a repeated turn is
answered without running it again. Loading and appending are one script each: whole or not at all.
What proves who somebody is leaves Redis as soon as it has been used (`bot.masking`).
"""

from dataclasses import dataclass, field
from typing import Any

import ujson
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from redis.asyncio import Redis

from bot.cut import find_cut, head_before
from bot.masking import SECRET_SLOTS, cleared, masked
from bot.misunderstood import keep_misunderstood
from bot.redis_connection import redis_at

KEEP_DAYS = 7

_LOAD = """
local start = tonumber(redis.call('HGET', KEYS[2], 'from') or '0')
local state = redis.call('HMGET', KEYS[2], 'head', 'turn_id', 'answer')
return {start, state, redis.call('LRANGE', KEYS[1], start, -1)}
"""

_APPEND = """
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return -1 end
redis.call('HSET', KEYS[2], 'turn_id', ARGV[3], 'answer', ARGV[4])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[2], 'from', ARGV[5], 'head', ARGV[6]) end
for _, mended in ipairs(cjson.decode(ARGV[7])) do redis.call('LSET', KEYS[1], mended[1], mended[2]) end
for at = 8, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[at]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return redis.call('LLEN', KEYS[1])
"""


class ConversationChangedError(Exception):
    """Somebody else appended to the conversation since it was loaded: nothing was stored."""


@dataclass
class Conversation:
    """A loaded conversation: its tracker, and how it stands in Redis."""

    tracker: DialogueStateTracker
    head_length: int = 0
    start: int = 0
    loaded: int = 0
    """How many of the tracker's events (after the head) are in Redis already."""
    turn_id: str = ""
    answer: str = ""

    @property
    def is_new(self) -> bool:
        """Nothing of it was stored."""
        return self.loaded == 0 and self.start == 0

    def new_events(self) -> list[Event]:
        """The events that are not in Redis yet."""
        return list(self.tracker.events)[self.head_length + self.loaded :]


@dataclass(frozen=True)
class _EventTypes:
    """Rasa looks an event's class up by walking every subclass, for every event: once is enough."""

    by_name: dict[str, type[Event]] = field(
        default_factory=lambda: {event.type_name: event for event in all_subclasses(Event)}
    )

    def read(self, serialized: str | bytes) -> Event:
        parameters: dict[str, Any] = ujson.loads(serialized)
        event: Event = self.by_name[parameters.pop("event")]._from_parameters(parameters)
        return event


class RedisTrackerStore(TrackerStore):
    """The tracker store of `endpoints.yml`."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        keep_days: int = KEEP_DAYS,
        key_prefix: str = "headgate:engine:conversation:",
        **kwargs: Any,
    ) -> None:
        """`url` is `redis://…` (`host` in the endpoint's configuration means the same).

        :raises ValueError: no address.
        """
        super().__init__(domain, event_broker)
        address = url or kwargs.get("host")
        if not address:
            raise ValueError("the tracker store needs the address of Redis (REDIS_URL)")
        self._redis: Redis[Any] = redis_at(address)
        self._keep_seconds = keep_days * 24 * 3600
        self._prefix = key_prefix
        self._types = _EventTypes()
        self._load, self._append = self._redis.register_script(_LOAD), self._redis.register_script(_APPEND)

    @property
    def domain(self) -> Domain:
        """The domain of the model that is being served."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()

    def _keys(self, conversation_id: str) -> list[str]:
        return [f"{self._prefix}{conversation_id}:events", f"{self._prefix}{conversation_id}:state"]

    async def load(self, conversation_id: str) -> Conversation:
        """The conversation as far as the next turn needs it; an empty one when there is none."""
        start, (head, turn_id, answer), tail = await self._load(keys=self._keys(conversation_id), args=[])
        before = ujson.loads(head) if head else []
        events = [self._types.read(event) for event in (*before, *tail)]
        tracker = self.init_tracker(conversation_id)
        for event in events:
            tracker.update(event)
        return Conversation(tracker, len(before), start, len(tail), (turn_id or b"").decode(), (answer or b"").decode())

    async def append(self, conversation: Conversation, turn_id: str = "", answer: str = "") -> None:
        """Store what the conversation gained, with the turn's answer; all of it or nothing.

        :raises ConversationChangedError: it is not as it was loaded.
        """
        tracker, new = conversation.tracker, conversation.new_events()
        waiting = {name for name in SECRET_SLOTS if tracker.slots.get(name) and tracker.get_slot(name) is not None}
        added = [masked(event.as_dict(), waiting) for event in new]
        used_up = cleared(added)
        start, head = self._cut(conversation, waiting, used_up)
        stored = conversation.start + conversation.loaded
        mended = await self._mended(tracker.sender_id, waiting) if used_up and stored else []
        arguments = [stored, self._keep_seconds, turn_id, answer, start, head, ujson.dumps(mended)]
        arguments += [ujson.dumps(event) for event in added]
        if await self._append(keys=self._keys(tracker.sender_id), args=arguments) < 0:
            raise ConversationChangedError(tracker.sender_id)
        conversation.loaded += len(new)

    def _cut(self, conversation: Conversation, waiting: set[str], used_up: bool) -> tuple[int, str]:
        """Where the next turn begins to read, and what stands for all before; empty when that stays as it is."""
        events, start = list(conversation.tracker.events), conversation.start
        cut, before = find_cut(events), events[: conversation.head_length]
        if cut > conversation.head_length:
            start += cut - conversation.head_length
            before = head_before(conversation.tracker.sender_id, events[:cut], self.domain)
        elif not (used_up and before):
            return start, ""
        return start, ujson.dumps([ujson.dumps(masked(event.as_dict(), waiting)) for event in before])

    async def _mended(self, conversation_id: str, waiting: set[str]) -> list[tuple[int, str]]:
        """Events that keep a secret which has been used up: where they are, and as they should be."""
        found = []
        for at, serialized in enumerate(await self._redis.lrange(self._keys(conversation_id)[0], 0, -1)):
            event = ujson.loads(serialized)
            fit = masked(event, waiting)
            if fit is not event:
                found.append((at, ujson.dumps(fit)))
        return found

    async def note_misunderstood(self, parsed: dict[str, Any], language: str) -> None:
        """Keep words that were not understood, masked, for review."""
        await keep_misunderstood(self._redis, parsed, language)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Rasa's way of loading; None when there is no such conversation."""
        conversation = await self.load(sender_id)
        return None if conversation.is_new else conversation.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Rasa's way of storing a tracker that `retrieve` or `create_tracker` gave."""
        conversation = await self.load(tracker.sender_id)
        conversation.tracker = tracker
        await self.append(conversation, conversation.turn_id, conversation.answer)

    async def ping(self) -> None:
        """:raises redis.exceptions.RedisError: Redis does not answer."""
        await self._redis.ping()

    async def keys(self) -> list[str]:
        """The ids of all stored conversations."""
        pattern, ids = f"{self._prefix}*:events", []
        async for key in self._redis.scan_iter(match=pattern):
            ids.append(key.decode()[len(self._prefix) : -len(":events")])
        return ids
