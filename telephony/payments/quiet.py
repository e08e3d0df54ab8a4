"""Nothing records a call while a card is keyed in: what runs is paused before, and goes on afterwards.

PCI DSS counts a recording of card digits as card data. `<Pay>` keeps its own part out of Twilio's logs; recordings that
we started ourselves are ours to stop. We start no transcriptions, and ConversationRelay has been left by then. What a
person had paused by hand before stays paused: only what was paused here goes on.
"""

from typing import Any

import aiohttp
import structlog
from redis.exceptions import RedisError
from twilio.base.exceptions import TwilioException

from telephony.memory import thread_digest
from telephony.services import Services

log = structlog.get_logger("telephony.payments")

RECORDINGS_MAX = 20
KEPT_SECONDS = 3600
_BROKEN = (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError, RedisError)


async def fall_silent(services: Services, call_sid: str, conference_sid: str | None = None) -> bool:
    """Pause every recording of a call (and of its conference); False when it is not certain that none runs."""
    try:
        for recordings, sid in await _running(services, call_sid, conference_sid):
            # `skip`: a pause leaves nothing, not even silence as long as what was said.
            await recordings(sid).update_async(status="paused", pause_behavior="skip")
            await services.store.sadd(_key(call_sid), sid)
            await services.store.expire(_key(call_sid), KEPT_SECONDS)
        return not await _running(services, call_sid, conference_sid)
    except _BROKEN as problem:
        status = getattr(problem, "status", None)
        log.error("recording_not_paused", call_sid=call_sid[:40], kind=type(problem).__name__, status=status)
        return False


async def record_again(services: Services, call_sid: str, conference_sid: str | None = None) -> None:
    """Let what was paused here go on. A recording that stays paused harms nobody: it is logged."""
    try:
        paused = {_text(sid) for sid in await services.store.smembers(_key(call_sid))}
        if not paused:
            return
        for recordings, sid in await _recordings(services, call_sid, conference_sid, "paused"):
            if sid in paused:
                await recordings(sid).update_async(status="in-progress")
        await services.store.delete(_key(call_sid))
    except _BROKEN as problem:
        log.warning("recording_not_resumed", call_sid=call_sid[:40], kind=type(problem).__name__)


def _key(call_sid: str) -> str:
    return f"headgate:quiet:{thread_digest(call_sid)}"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


async def _running(services: Services, call_sid: str, conference_sid: str | None) -> list[tuple[Any, str]]:
    return await _recordings(services, call_sid, conference_sid, "in-progress")


async def _recordings(
    services: Services, call_sid: str, conference_sid: str | None, status: str
) -> list[tuple[Any, str]]:
    """Where each recording of this status is changed, and its SID."""
    conferences = services.twilio.conferences
    owners = [services.twilio.calls(call_sid), *([conferences(conference_sid)] if conference_sid else [])]
    return [
        (owner.recordings, str(each.sid))
        for owner in owners
        for each in await owner.recordings.list_async(limit=RECORDINGS_MAX)
        if each.status == status
    ]
