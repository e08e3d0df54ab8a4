"""Rings the phone of somebody who is to hear a notice, once for each id, and says what became of the call."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from telephony.errors import TelephonyError
from telephony.metrics import NOTICES
from telephony.notices.memory import Notice, NoticeMemory
from telephony.notices.rules import Outcome, outcome_of
from telephony.outbound.attempts import CallsMade, call_at_twilio, may_pass
from telephony.settings import Settings
from telephony.twilio.twiml import VoiceStyle

log = structlog.get_logger("telephony.notices")

RING_SECONDS = 30
"""Answering machines pick up after 20 to 25."""
UNKNOWN = timedelta(seconds=10)
"""A request that timed out may still arrive at Twilio; only after this long is "not there" an answer."""
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


class NoticeCalls:
    """Makes the calls. Twilio waits for the end of an answering machine's greeting before it asks what to say."""

    def __init__(
        self, client: Client, settings: Settings, style: VoiceStyle, made: CallsMade, memory: NoticeMemory
    ) -> None:
        self._client, self._number = client, settings.twilio_number
        self._style, self._made, self.memory = style, made, memory
        self._flights: dict[str, asyncio.Task[str]] = {}

    async def ring(self, message_id: str, to: str, notice: Notice) -> str:
        """Ring `to` (E.164) for this notice unless it was rung under this id; the call's SID.

        :raises TelephonyError: 422 Twilio will never ring it; 503 try again.
        """
        flight = self._flights.get(message_id)
        if flight is None:
            flight = asyncio.get_running_loop().create_task(self._safely(message_id, to, notice))
            self._flights[message_id] = flight
            flight.add_done_callback(lambda _: self._flights.pop(message_id, None))
        return await asyncio.shield(flight)

    async def _safely(self, message_id: str, to: str, notice: Notice) -> str:
        try:
            return await self._ring(message_id, to, notice)
        except TwilioException as problem:
            status, code = int(getattr(problem, "status", 500)), getattr(problem, "code", None)
            log.warning("twilio_refused", status=status, code=code, what="notice")
            if may_pass(problem):
                raise _unavailable() from None
            NOTICES.labels("refused").inc()
            raise TelephonyError(
                422, "refused_by_twilio", "Twilio will not ring this number.", provider_code=code
            ) from None
        except _BROKEN as problem:
            log.warning("twilio_unavailable", kind=type(problem).__name__, what="notice")
            raise _unavailable() from None

    async def _ring(self, message_id: str, to: str, notice: Notice) -> str:
        tried = await self._made.tried(message_id)
        if tried is not None:
            found = tried.call_sid or await call_at_twilio(self._client, to, tried.at)
            if found is not None:
                return found
            if datetime.now(UTC) - tried.at < UNKNOWN:
                raise _unavailable()
        await self.memory.keep(message_id, notice)
        await self._made.note(message_id)
        call = await self._client.calls.create_async(
            to=to,
            from_=self._number,
            url=self._style.url("/twilio/voice/notice", message_id=message_id),
            method="POST",
            status_callback=self._style.report_url("/twilio/voice/notice/status", message_id=message_id),
            status_callback_event=["completed"],
            status_callback_method="POST",
            timeout=RING_SECONDS,
            machine_detection="DetectMessageEnd",
        )
        await self._made.note_call(message_id, str(call.sid))
        NOTICES.labels("rung").inc()
        log.info("notice_rung", message_id=message_id, call_sid=call.sid)
        return str(call.sid)

    async def now(self, call_sid: str) -> Outcome | None:
        """What became of a call; None while it goes on.

        :raises TelephonyError: 404 there is no such call; 503 Twilio does not answer.
        """
        try:
            call = await self._client.calls(call_sid).fetch_async()
        except TwilioException as problem:
            if int(getattr(problem, "status", 500)) == 404:
                raise TelephonyError(404, "call_unknown", "Twilio has no call of this SID.") from None
            raise _unavailable() from None
        except _BROKEN:
            raise _unavailable() from None
        was_said = await self.memory.was_said(call_sid)
        return outcome_of(str(call.status), str(call.answered_by or ""), was_said=was_said)


def _unavailable() -> TelephonyError:
    NOTICES.labels("unavailable").inc()
    return TelephonyError(503, "twilio_unavailable", "Twilio did not take the call. Ask again in a moment.")
