"""What a notice says, until its phone is picked up, and whether it was said. In Redis, and here when Redis is away."""

from dataclasses import dataclass

import orjson
import redis.asyncio as redis

from telephony.kept import Kept
from telephony.messages import Language, language_of

WORDS_SECONDS = 6 * 3600
"""Longer than a call waits in Twilio's line on a day of many."""
SAID_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said, and in which language."""

    words: str
    language: Language


class NoticeMemory:
    """Keeps the words of notices by message id, and the calls in which they were said."""

    def __init__(self, store: "redis.Redis") -> None:
        self._words, self._said = Kept(store, "notice"), Kept(store, "notice_said")

    async def keep(self, message_id: str, notice: Notice) -> None:
        """The words, before the phone is rung."""
        kept = orjson.dumps({"words": notice.words, "language": notice.language}).decode()
        await self._words.write(message_id, kept, WORDS_SECONDS)

    async def words_of(self, message_id: str) -> Notice | None:
        """The words of a notice; None when nobody knows them any more."""
        kept = await self._words.read(message_id)
        if kept is None:
            return None
        told = orjson.loads(kept)
        return Notice(str(told["words"]), language_of(told["language"]))

    async def note_said(self, call_sid: str) -> None:
        """The words were given to Twilio in this call."""
        await self._said.write(call_sid, "1", SAID_SECONDS)

    async def was_said(self, call_sid: str) -> bool:
        """Whether they were."""
        return await self._said.read(call_sid) is not None
