"""Verify: one-time codes that Twilio makes, sends and checks. In memory, as they live ten minutes at most."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telephony.simulator.errors import TwilioError
from telephony.simulator.messaging.delivery import Delivery
from telephony.simulator.state.messages import Message
from telephony.simulator.state.numbers import NumberTable
from telephony.simulator.values import new_sid

LIFE = timedelta(minutes=10)
CHECKS_MAX = SENDS_MAX = 5
SENDER = "+15005559999"
"""The short code that Verify's own texts come from; they are no messages of the account."""


@dataclass
class Service:
    """A verification service."""

    sid: str
    friendly_name: str
    created_at: datetime
    updated_at: datetime
    code_length: int = 6
    custom_codes: bool = False


@dataclass
class Verification:
    """One code on its way. `status` as Twilio names it."""

    sid: str
    service_sid: str
    to: str
    channel: str
    code: str
    created_at: datetime
    updated_at: datetime
    status: str = "pending"
    checks: int = 0
    sends: list[tuple[datetime, str]] = field(default_factory=list)


class Verifications:
    """All services and their verifications."""

    def __init__(self, delivery: Delivery, numbers: NumberTable, clock: Callable[[], datetime]) -> None:
        self._delivery, self._numbers, self._clock = delivery, numbers, clock
        self.services: dict[str, Service] = {}
        self._verifications: dict[str, Verification] = {}

    def create_service(self, name: str, code_length: int, *, custom_codes: bool) -> Service:
        """A new service."""
        now = self._clock()
        service = Service(new_sid("VA"), name, now, now, code_length, custom_codes)
        self.services[service.sid] = service
        return service

    async def send(self, service: Service, to: str, channel: str, custom_code: str) -> Verification:
        """Send a code; again to the same address it is the same code. Raises 429/60203 after five."""
        now = self._clock()
        found = self.pending(service, to)
        if found is None:
            length = service.code_length
            code = custom_code or "".join(secrets.choice("0123456789") for _ in range(length))
            found = Verification(new_sid("VE"), service.sid, to, channel, code, now, now)
            self._verifications[found.sid] = found
        if len(found.sends) >= SENDS_MAX:
            raise TwilioError(429, 60203, "Max send attempts reached")
        found.channel, found.updated_at = channel, now
        found.sends.append((now, new_sid("VL")))
        if channel in ("sms", "whatsapp"):
            await self._text(service, found, now)
        return found

    def get(self, service: Service, sid: str) -> Verification | None:
        """A verification by SID, or the pending one of an address."""
        found = self._verifications.get(sid)
        if found is not None and found.service_sid == service.sid:
            self._expire(found)
            return found
        return self.pending(service, sid)

    def pending(self, service: Service, to: str) -> Verification | None:
        """The code that an address may still enter."""
        for found in self._verifications.values():
            self._expire(found)
            if (found.service_sid, found.to, found.status) == (service.sid, to, "pending"):
                return found
        return None

    def check(self, found: Verification, code: str) -> Verification:
        """Compare a code. Raises 429/60202 after five wrong ones."""
        found.checks += 1
        found.updated_at = self._clock()
        if found.checks > CHECKS_MAX:
            found.status = "max_attempts_reached"
            raise TwilioError(429, 60202, "Max check attempts reached")
        if secrets.compare_digest(found.code.encode(), code.encode()):
            found.status = "approved"
        return found

    def _expire(self, found: Verification) -> None:
        if found.status == "pending" and self._clock() - found.created_at > LIFE:
            found.status = "expired"

    async def _text(self, service: Service, found: Verification, now: datetime) -> None:
        words = f"Your {service.friendly_name} verification code is: {found.code}"
        message = Message(new_sid("SM"), "verify", SENDER, found.to, words, (), "delivered", now, now, sent_at=now)
        self._delivery.messages.add(message)
        self._delivery.publish(message)
