"""Keeps what was not understood, masked, for people to review: a stream in Redis, one for all machines.

`headgate review` reads it, and turns what was reviewed into training examples. The newest `KEPT_MAX` are kept.
"""

import re
from datetime import datetime, timezone
from typing import Any

import ujson
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.masking import MASK
from bot.nlu.calibration import OUT_OF_SCOPE

STREAM = "headgate:engine:misunderstood"
KEPT_MAX = 5000
TEXT_MAX = 300
GUESSES = 3
_NOT_UNDERSTOOD = (DEFAULT_NLU_FALLBACK_INTENT_NAME, OUT_OF_SCOPE)
_MAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"\d(?:[ .-]?\d){2,}")


def is_misunderstood(parsed: dict[str, Any]) -> bool:
    """Whether the assistant knew no answer to what it was told."""
    return parsed["intent"].get("name") in _NOT_UNDERSTOOD and bool(parsed["text"].strip())


def masked_text(parsed: dict[str, Any]) -> str:
    """The words without numbers, written or spoken, and without addresses of mail."""
    text = str(parsed["text"])
    spans = [(one["start"], one["end"]) for one in parsed["entities"] if one["entity"] in ("digits", "email")]
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return _DIGITS.sub(MASK, _MAIL.sub(MASK, text))[:TEXT_MAX]


async def keep_misunderstood(redis: "Redis[Any]", parsed: dict[str, Any], language: str) -> None:
    """Add one to the stream; without Redis it is lost, which no customer must notice."""
    ranking = [one for one in parsed.get("intent_ranking", []) if one["name"] != DEFAULT_NLU_FALLBACK_INTENT_NAME]
    entry = {
        "text": masked_text(parsed),
        "language": language,
        "guesses": ujson.dumps([[one["name"], one["confidence"]] for one in ranking[:GUESSES]]),
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    try:
        await redis.xadd(STREAM, entry, maxlen=KEPT_MAX, approximate=True)
    except RedisError:
        return
