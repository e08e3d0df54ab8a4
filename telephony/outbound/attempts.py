"""When a phone was tried for an order: Twilio has no idempotency for calls, so an unknown end is looked up first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis.asyncio as redis
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from telephony.kept import Kept

ATTEMPT_SECONDS = 3 * 24 * 3600
NO_ROOM = frozenset({10004, 22005})
"""Too many calls at once, or a day of calls in Twilio's line: nothing is wrong with the number."""
CLOCKS_DIFFER = timedelta(seconds=2)


def may_pass(problem: TwilioException) -> bool:
    """Whether a refusal is about our credentials, our pace or Twilio itself, so that asking again may help."""
    status = int(getattr(problem, "status", 500))
    return status >= 500 or status in (401, 403, 408, 429) or getattr(problem, "code", None) in NO_ROOM


async def call_at_twilio(client: Client, to: str, tried: datetime) -> str | None:
    """The call of an attempt whose end is unknown, if Twilio has it."""
    for call in await client.calls.list_async(to=to, limit=5):
        if call.date_created is None or call.date_created >= tried - CLOCKS_DIFFER:
            return str(call.sid)
    return None


@dataclass(frozen=True, slots=True)
class Tried:
    """When an order was tried first, and the call that came of it once that is known."""

    at: datetime
    call_sid: str | None = None


class CallsMade:
    """What is known of orders: in Redis, and in this process while Redis is away."""

    def __init__(self, store: "redis.Redis") -> None:
        self._kept = Kept(store, "call_order", local_max=5_000)

    async def tried(self, order_id: str) -> Tried | None:
        """What is known of this order's first try; None: there was none."""
        found = await self._kept.read(order_id)
        if found is None:
            return None
        at, _, call_sid = found.partition(" ")
        return Tried(datetime.fromisoformat(at), call_sid or None)

    async def note(self, order_id: str) -> None:
        """It is about to be tried; the first time counts."""
        await self._kept.write(order_id, datetime.now(UTC).isoformat(), ATTEMPT_SECONDS, only_first=True)

    async def note_call(self, order_id: str, call_sid: str) -> None:
        """The try made this call: nobody has to look for it."""
        await self._kept.write(order_id, f"{datetime.now(UTC).isoformat()} {call_sid}", ATTEMPT_SECONDS)
