"""Texts through Twilio's REST, each sent once.

Twilio has no idempotency key. So what is sent is written down before and after; when an attempt's end is unknown,
Twilio is asked whether it has the text before anything is sent again.
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import orjson
import redis.asyncio as redis
import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from telephony.errors import TelephonyError
from telephony.kept import Kept
from telephony.metrics import TEXTS
from telephony.outbound.attempts import may_pass
from telephony.settings import Settings
from telephony.twilio.segments import MESSAGE_CHARACTERS_MAX, split_message
from telephony.twilio.speech import xml_safe

log = structlog.get_logger("telephony.texts")

RECORD_SECONDS = 3 * 24 * 3600
# A request that timed out may still arrive at Twilio; only after this long is "not there" an answer.
UNKNOWN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of one text: when it was tried first, and Twilio's SID and status once they are known."""

    at: str
    sid: str | None = None
    status: str = "queued"


@dataclass(frozen=True, slots=True)
class TextNow:
    """Twilio's own status of a text, and the error it failed with."""

    status: str
    error_code: str | None


class TextSender:
    """Sends texts; remembers them in Redis, and in this process when Redis is away."""

    def __init__(self, client: Client, settings: Settings, store: "redis.Redis") -> None:
        self._client = client
        self._number = settings.twilio_number
        self._status_url = f"{settings.public_url}/twilio/sms/status"
        self._kept = Kept(store, "text")
        self._flights: dict[str, asyncio.Task[Attempt]] = {}

    async def send(self, message_id: str, to: str, text: str) -> Attempt:
        """Send `text` to `to` (E.164) unless it has been sent under this id; words past 1,600 characters follow.

        :raises TelephonyError: 422 Twilio will never take it; 503 try again.
        """
        flight = self._flights.get(message_id)
        if flight is None:
            flight = asyncio.get_running_loop().create_task(self._send_parts(message_id, to, text))
            self._flights[message_id] = flight
            flight.add_done_callback(lambda _: self._flights.pop(message_id, None))
        return await asyncio.shield(flight)

    async def _send_parts(self, message_id: str, to: str, text: str) -> Attempt:
        parts = split_message(xml_safe(text), MESSAGE_CHARACTERS_MAX)
        if not parts:
            raise TelephonyError(422, "no_words", "A text needs words.")
        for place, part in enumerate(parts[:-1]):
            await self._send_once(f"{message_id}.{place}", to, part, None)
        return await self._send_once(message_id, to, parts[-1], f"{self._status_url}?message_id={message_id}")

    async def _send_once(self, name: str, to: str, body: str, callback: str | None) -> Attempt:
        now = datetime.now(UTC)
        known = await self._recall(name)
        if known is not None and known.sid is not None:
            return known
        if known is not None:
            found = await self._find_at_twilio(known, to, body, now)
            if found is not None:
                await self._remember(name, found)
                return found
        attempt = known or Attempt(now.isoformat())
        await self._remember(name, attempt)
        done = await self._create(name, attempt, to, body, callback)
        await self._remember(name, done)
        TEXTS.labels("sent").inc()
        return done

    async def _create(self, name: str, attempt: Attempt, to: str, body: str, callback: str | None) -> Attempt:
        try:
            extra = {"status_callback": callback} if callback else {}
            message = await self._client.messages.create_async(to=to, from_=self._number, body=body, **extra)
        except TwilioException as problem:
            await self._forget_refused(name, problem)
            raise _refusal(problem) from None
        except (aiohttp.ClientConnectorError, ConnectionRefusedError):
            await self._kept.forget(name)
            raise _unavailable() from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise _unavailable() from None
        return Attempt(attempt.at, str(message.sid), "sent" if message.status == "sent" else "queued")

    async def _find_at_twilio(self, known: Attempt, to: str, body: str, now: datetime) -> Attempt | None:
        """The text of an attempt whose end is unknown, if Twilio has it.

        :raises TelephonyError: 503 when Twilio cannot say (yet).
        """
        first = datetime.fromisoformat(known.at)
        try:
            listed = await self._client.messages.list_async(to=to, date_sent_after=first - timedelta(days=1), limit=200)
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise _unavailable() from None
        for message in listed:
            made = message.date_created
            if message.body == body and (made is None or made >= first - timedelta(seconds=2)):
                return Attempt(known.at, str(message.sid), "queued")
        if (now - first).total_seconds() < UNKNOWN_SECONDS:
            raise _unavailable()
        return None

    async def now(self, sid: str) -> "TextNow":
        """What Twilio says of a text now.

        :raises TelephonyError: 404 it has no such text; 503 it does not answer.
        """
        try:
            message = await self._client.messages(sid).fetch_async()
        except TwilioException as problem:
            if int(getattr(problem, "status", 500)) == 404:
                raise TelephonyError(404, "text_unknown", "Twilio has no text of this SID.") from None
            raise _unavailable() from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise _unavailable() from None
        return TextNow(str(message.status), str(message.error_code) if message.error_code else None)

    async def _recall(self, name: str) -> Attempt | None:
        raw = await self._kept.read(name)
        return Attempt(**orjson.loads(raw)) if raw else None

    async def _remember(self, name: str, attempt: Attempt) -> None:
        await self._kept.write(name, orjson.dumps(asdict(attempt)).decode(), RECORD_SECONDS)

    async def _forget_refused(self, name: str, problem: TwilioException) -> None:
        if 400 <= int(getattr(problem, "status", 500)) < 500:
            await self._kept.forget(name)


def _unavailable() -> TelephonyError:
    TEXTS.labels("unavailable").inc()
    return TelephonyError(503, "twilio_unavailable", "Twilio did not take the text. Send it again in a moment.")


def _refusal(problem: TwilioException) -> TelephonyError:
    """A refusal of Twilio in our words: final, or worth another try. Its own words may quote the text."""
    status, code = int(getattr(problem, "status", 500)), getattr(problem, "code", None)
    log.warning("twilio_refused", status=status, code=code)
    if may_pass(problem):
        return _unavailable()
    TEXTS.labels("refused").inc()
    return TelephonyError(
        422, "refused_by_twilio", "Twilio will not send this text to this number.", provider_code=code
    )
