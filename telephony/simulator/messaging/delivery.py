"""Carries texts to phones: states in their order, and signed status callbacks."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telephony.simulator.magic import MESSAGE_FATE
from telephony.simulator.messaging.hub import Hub
from telephony.simulator.requester import FetchFailed, Requester
from telephony.simulator.state.calls import Alerts
from telephony.simulator.state.messages import Message, MessageTable, OptOuts
from telephony.simulator.values import API_VERSION, new_sid

BLOCKED = 21610
BLOCKED_WORDS = "Attempt to send to unsubscribed recipient"


@dataclass
class Delivery:
    """The way from the district to phones."""

    requester: Requester
    messages: MessageTable
    opt_outs: OptOuts
    alerts: Alerts
    hub: Hub
    account_sid: str
    clock: Callable[[], datetime]
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)

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

        To a phone that has opted out it fails with 21610.
        """
        now = self.clock()
        recipient, sender = to or to_message.sender, to_message.recipient
        message = Message(
            new_sid("MM" if media else "SM"), "outbound-reply", sender, recipient, body, media,
            "queued", now, now, status_callback=callback or None,
        )  # fmt: skip
        self.messages.add(message)
        if self.opt_outs.blocked(recipient, sender) and not even_if_blocked:
            self.alerts.add(now, BLOCKED, message.sid, callback, BLOCKED_WORDS)
            failed = self.messages.change(
                message.sid, now, status="failed", error_code=BLOCKED, error_message=BLOCKED_WORDS
            )
            return failed or message
        states = [self._advance(message, status) for status in _states(message)]
        self._spawn(self._call_back([state for state in states if state is not None]))
        return states[-1] or message

    def send(self, message: Message) -> None:
        """Deliver a stored message of the REST interface, in the background."""
        self._spawn(self._deliver(message))

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
        try:
            await self.requester.fetch(message.status_callback, "POST", parameters, self.requester.cookies())
        except FetchFailed as failure:
            self.alerts.add(self.clock(), failure.code, message.sid, failure.url, failure.detail)

    async def _deliver(self, message: Message) -> None:
        for status in _states(message):
            state = self._advance(message, status)
            if state is None:
                return
            await self.call_back(state)

    async def _call_back(self, states: list[Message]) -> None:
        for state in states:
            await self.call_back(state)

    def _advance(self, message: Message, status: str) -> Message | None:
        now = self.clock()
        changes: dict[str, Any] = {"status": status}
        if status == "sent":
            changes["sent_at"] = now
        if status in ("failed", "undelivered"):
            _, refusal = MESSAGE_FATE[message.recipient]
            changes |= {"error_code": refusal.code, "error_message": refusal.message}
        state = self.messages.change(message.sid, now, **changes)
        if state is not None and status in ("delivered", "failed", "undelivered"):
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
