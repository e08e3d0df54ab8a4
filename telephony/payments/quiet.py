"""Nothing records a call while a card is keyed in: what runs is paused before, and goes on afterwards.

PCI DSS counts a recording of card digits as card data. `<Pay>` keeps its own part out of Twilio's logs; recordings that
we started ourselves are ours to stop. We start no transcriptions, and ConversationRelay has been left by then.
"""

from typing import Any

import aiohttp
import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

log = structlog.get_logger("telephony.payments")

RECORDINGS_MAX = 20
_BROKEN = (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError)


async def fall_silent(twilio: Client, call_sid: str, conference_sid: str | None = None) -> bool:
    """Pause every recording of a call (and of its conference); False when it is not certain that none runs."""
    try:
        await _change(twilio, call_sid, conference_sid, "in-progress", "paused")
        return not await _going_on(twilio, call_sid, conference_sid, "in-progress")
    except _BROKEN as problem:
        status = getattr(problem, "status", None)
        log.error("recording_not_paused", call_sid=call_sid[:40], kind=type(problem).__name__, status=status)
        return False


async def record_again(twilio: Client, call_sid: str, conference_sid: str | None = None) -> None:
    """Let what was paused go on. A recording that stays paused harms nobody: it is logged."""
    try:
        await _change(twilio, call_sid, conference_sid, "paused", "in-progress")
    except _BROKEN as problem:
        log.warning("recording_not_resumed", call_sid=call_sid[:40], kind=type(problem).__name__)


async def _change(twilio: Client, call_sid: str, conference_sid: str | None, old: str, new: str) -> None:
    for recordings, sid in await _going_on(twilio, call_sid, conference_sid, old):
        await recordings(sid).update_async(status=new)


async def _going_on(twilio: Client, call_sid: str, conference_sid: str | None, status: str) -> list[tuple[Any, str]]:
    owners = [twilio.calls(call_sid), *([twilio.conferences(conference_sid)] if conference_sid else [])]
    return [
        (owner.recordings, str(each.sid))
        for owner in owners
        for each in await owner.recordings.list_async(limit=RECORDINGS_MAX)
        if each.status == status
    ]
