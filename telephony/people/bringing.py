"""Moves a caller out of the line to the person who took the call, however Twilio's interface feels today."""

import asyncio
from typing import Literal

import aiohttp
import structlog
from twilio.base.exceptions import TwilioException

from telephony.messages import Language
from telephony.people.client import Joining
from telephony.services import Services
from telephony.twilio.twiml import place_query

log = structlog.get_logger("telephony.legs")

Found = Literal["moved", "gone", "not_moved"]

NOT_IN_PROGRESS = 21220
GONE = 404
TRY_SECONDS = 2.5
PAUSES_SECONDS = (0.3, 1.0)
"""Three tries are over before Twilio gives our own answer up (15 s)."""


async def bring(services: Services, joins: Joining, language: Language) -> Found:
    """Move the caller into the conference: `moved`, `gone` (they have hung up), or `not_moved` (Twilio did not do it,
    so they are where they were)."""
    if joins.bring is None:
        return "moved"
    known = await services.places.find(joins.bring)
    where = {"language": known.language, **place_query(known.place)} if known else {"language": language}
    url = services.voice.url("/twilio/voice/line/join", conference=joins.conference, **where)
    for pause in (*PAUSES_SECONDS, None):
        found = await _move(services, joins.bring, url)
        if found != "not_moved" or pause is None:
            return found
        await asyncio.sleep(pause)
    raise AssertionError("unreachable: the last try returns")


async def _move(services: Services, call_sid: str, url: str) -> Found:
    try:
        async with asyncio.timeout(TRY_SECONDS):
            await services.twilio.calls(call_sid).update_async(url=url, method="POST")
    except TwilioException as problem:
        status, code = getattr(problem, "status", None), getattr(problem, "code", None)
        log.warning("caller_not_moved", status=status, code=code, call_sid=call_sid)
        return "gone" if status == GONE or code == NOT_IN_PROGRESS else "not_moved"
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
        log.warning("caller_not_moved", kind=type(problem).__name__, call_sid=call_sid)
        return "not_moved"
    return "moved"
