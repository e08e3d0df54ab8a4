"""Carries events to the merchant: signed, again until they are taken, and as badly as the operator wants."""

import asyncio
import hmac
import time
from dataclasses import dataclass, field
from hashlib import sha256

import aiohttp
import structlog

from processor.state.controls import Controls
from processor.state.events import Event, Events

SIGNATURE = "Processor-Signature"
GIVE_UP_ATTEMPTS = 900
PAUSE_SECONDS_MAX = 300.0
TIMEOUT_SECONDS = 10.0

log = structlog.get_logger("processor")


def signature(secret: str, body: bytes, moment: int) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over the time, a dot and the raw body."""
    seal = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={seal}"


def pause_seconds(attempt: int) -> float:
    """The pause after attempt number `attempt` (from 0): 1, 2, 4 … s, at most five minutes."""
    return min(2.0 ** min(attempt, 9), PAUSE_SECONDS_MAX)


@dataclass
class Messenger:
    """The way to the merchant's webhook address."""

    events: Events
    controls: Controls
    session: aiohttp.ClientSession
    url: str
    secret: str
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def wake(self) -> None:
        """There is something new to tell."""
        self._news.set()

    async def run(self) -> None:
        """Tell what is due, for ever."""
        while True:
            self._news.clear()
            due = [] if self.controls.faults.is_down else self.events.waiting(until=time.time())
            if due:
                await self.deliver(due, newest_first=self.controls.webhooks.newest_first)
                continue
            await self._pause()

    async def _pause(self) -> None:
        due = self.events.next_due()
        wait = 60.0 if due is None else min(max(due - time.time(), 0.05), 60.0)
        try:
            async with asyncio.timeout(wait if not self.controls.faults.is_down else 0.5):
                await self._news.wait()
        except TimeoutError:
            pass

    async def deliver(
        self, events: list[Event], *, newest_first: bool = False, copies: int | None = None, seconds_ago: int = 0
    ) -> list[int]:
        """Tell these now; the statuses that came back (0: no answer). Signed as of `seconds_ago`."""
        ordered = sorted(events, key=lambda event: event.number, reverse=newest_first)
        statuses = []
        for event in ordered:
            answers = [await self._send(event, seconds_ago) for _ in range(copies or event.copies)]
            statuses += answers
            if any(200 <= status < 300 for status in answers):
                self.events.told(event)
            elif event.attempts >= GIVE_UP_ATTEMPTS:
                self.events.told(event)
                log.warning("event_given_up", event_id=event.id)
            else:
                self.events.later(event, pause_seconds(event.attempts))
        return statuses

    async def _send(self, event: Event, seconds_ago: int) -> int:
        body = event.body.encode()
        headers = {
            SIGNATURE: signature(self.secret, body, int(time.time()) - seconds_ago),
            "Content-Type": "application/json",
        }
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, sock_connect=2)
        try:
            async with self.session.post(self.url, data=body, headers=headers, timeout=timeout) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
