"""Carries texts to phones: states in their order, and signed status callbacks."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from telephony.simulator.callbacks import Callback, Callbacks
from telephony.simulator.conditions import Pacer
from telephony.simulator.magic import MESSAGE_FATE
from telephony.simulator.messaging.hub import Hub
from telephony.simulator.messaging.segments import count_segments
from telephony.simulator.state.messages import Message, MessageTable, OptOuts
from telephony.simulator.values import API_VERSION, new_sid

BLOCKED = 21610
BLOCKED_WORDS = "Attempt to send to unsubscribed recipient"
TOO_MANY_REPLIES = 14107
REPLIES_MAX, REPLIES_SECONDS = 15, 30
SEGMENT_SECONDS = 1.0
"""A long code sends one segment a second, while the limits are on."""
ENDS = ("delivered", "failed", "undelivered", "canceled")


@dataclass
class Delivery:
    """The way from the district to phones."""

    callbacks: Callbacks
    messages: MessageTable
    opt_outs: OptOuts
    hub: Hub
    pacer: Pacer
    account_sid: str
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False)
    _replied: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict, init=False)

    def publish(self, message: Message) -> None:
        """Show a text to whoever follows the phone."""
        self.hub.publish(message)

    async def reply(
        self,
        to_message: Message,
        body: str,
        media: tuple[str, ...],
        callback: str,
        *,
        to: str | None = None,
        even_if_blocked: bool = False,
    ) -> Message:
        """Deliver an answer to an inbound text at once; its status callbacks follow in the background.

        To a phone that has opted out it fails with 21610; the sixteenth in half a minute fails with 14107.
        """
        now = self.callbacks.clock()
        recipient, sender = to or to_message.sender, to_message.recipient
        message = Message(
            new_sid("MM" if media else "SM"), "outbound-reply", sender, recipient, body, media,
            "queued", now, now, status_callback=callback or None,
        )  # fmt: skip
        self.messages.add(message)
        if self.opt_outs.blocked(recipient, sender) and not even_if_blocked:
            return self._refuse(message, BLOCKED, BLOCKED_WORDS)
        if self._too_many(sender, recipient, now):
            return self._refuse(message, TOO_MANY_REPLIES, "Too many replies between two numbers in 30 seconds")
        states = [self._advance(message, status) for status in _states(message)]
        self._spawn(self._call_back([state for state in states if state is not None]))
        return states[-1] or message

    def send(self, message: Message) -> None:
        """Deliver a stored message of the REST interface, in the background."""
        self._spawn(self._deliver(message))

    def blocked(self, message: Message) -> None:
        """A message of a messaging service to a phone that has opted out fails after it was accepted."""
        self._spawn(self._fail(message, BLOCKED, BLOCKED_WORDS))

    async def settled(self) -> None:
        """Wait until every text has arrived or failed and every callback was sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Stop delivering."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def call_back(self, message: Message) -> None:
        """Tell the sender's StatusCallback where a message stands."""
        if not message.status_callback:
            return
        parameters = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": message.status,
            "SmsStatus": message.status,
            "To": message.recipient,
            "From": message.sender,
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
        }
        if message.messaging_service_sid:
            parameters["MessagingServiceSid"] = message.messaging_service_sid
        if message.error_code:
            parameters |= {"ErrorCode": str(message.error_code), "ErrorMessage": message.error_message or ""}
        if message.status == "delivered":
            parameters["RawDlrDoneDate"] = message.updated_at.strftime("%y%m%d%H%M")
        await self.callbacks.tell(
            Callback(message.sid, message.status_callback, "POST", parameters, message.status in ENDS)
        )

    async def _deliver(self, message: Message) -> None:
        await self.pacer.turn(message.sender, SEGMENT_SECONDS * count_segments(message.body).count)
        for status in _states(message):
            state = self._advance(message, status)
            if state is None:
                return
            await self.call_back(state)

    async def _fail(self, message: Message, code: int, words: str) -> None:
        for status in ("queued", "failed"):
            changes = {"error_code": code, "error_message": words} if status == "failed" else {}
            state = self.messages.change(message.sid, self.callbacks.clock(), status=status, **changes)
            if state is not None:
                await self.call_back(state)

    async def _call_back(self, states: list[Message]) -> None:
        for state in states:
            await self.call_back(state)

    def _refuse(self, message: Message, code: int, words: str) -> Message:
        now = self.callbacks.clock()
        self.callbacks.alerts.add(now, code, message.sid, message.status_callback or "", words)
        failed = self.messages.change(message.sid, now, status="failed", error_code=code, error_message=words)
        return failed or message

    def _too_many(self, sender: str, recipient: str, now: datetime) -> bool:
        times = self._replied.setdefault((sender, recipient), deque(maxlen=REPLIES_MAX + 1))
        times.append(now)
        return len(times) > REPLIES_MAX and now - times[0] < timedelta(seconds=REPLIES_SECONDS)

    def _advance(self, message: Message, status: str) -> Message | None:
        now = self.callbacks.clock()
        changes: dict[str, Any] = {"status": status}
        if status == "sent":
            changes["sent_at"] = now
        if status in ("failed", "undelivered"):
            _, refusal = MESSAGE_FATE[message.recipient]
            changes |= {"error_code": refusal.code, "error_message": refusal.message}
        state = self.messages.change(message.sid, now, **changes)
        if state is not None and status in ENDS:
            self.publish(state)
        return state

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _states(message: Message) -> tuple[str, ...]:
    """The states a message goes through after it was made."""
    last, _ = MESSAGE_FATE.get(message.recipient, ("delivered", None))
    first = ("queued",) if message.status == "accepted" else ()
    if last == "failed":
        return (*first, "sending", "failed")
    return (*first, "sending", "sent", last)
