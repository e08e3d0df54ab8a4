"""A text from a phone: the webhook, and what its TwiML answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import structlog

from telephony.simulator.messaging.delivery import Delivery
from telephony.simulator.messaging.keywords import ANSWERS, Keyword, keyword_of
from telephony.simulator.messaging.segments import count_segments
from telephony.simulator.requester import Fetched, FetchFailed, Requester
from telephony.simulator.state.alerts import Alerts
from telephony.simulator.state.messages import INBOUND, Message, MessageTable, OptOuts
from telephony.simulator.state.numbers import PhoneNumber
from telephony.simulator.twiml import Document, parse_message
from telephony.simulator.values import API_VERSION, caller_geography, new_sid

log = structlog.get_logger("simulator.texts")

REDIRECTS_MAX = 10
REPLY_CHARACTERS_MAX = 1600


@dataclass(frozen=True)
class Answered:
    """What came of one text. `status` is the webhook's HTTP status, 0 when there was none."""

    message_sid: str
    status: int
    replies: list[Message]

    def as_dict(self) -> dict[str, Any]:
        """The answer of `POST /api/texts`."""
        replies = [{"sid": each.sid, "body": each.body, "media": list(each.media)} for each in self.replies]
        return {"message_sid": self.message_sid, "status": self.status, "replies": replies}


@dataclass
class Inbound:
    """Receives texts from phones for the account's numbers."""

    requester: Requester
    messages: MessageTable
    opt_outs: OptOuts
    alerts: Alerts
    delivery: Delivery
    account_sid: str
    clock: Callable[[], datetime]

    async def receive(
        self, number: PhoneNumber, phone: str, body: str, media: Sequence[str], sid: str | None = None
    ) -> Answered:
        """Send the webhook of one text to `number` and carry out what comes back.

        A repeated `sid` is the same text delivered again, as a retry of Twilio's would be.
        """
        sid = sid or new_sid("MM" if media else "SM")
        now = self.clock()
        message = Message(sid, INBOUND, phone, number.phone_number, body, tuple(media), "received", now, now, now)
        replies: list[Message] = []
        if self.messages.get(sid) is None:
            self.messages.add(message)
            self.delivery.publish(message)
            replies = [await self._answer_keyword(message, word) for word in self._keyword(message)]
        else:
            message = self.messages.get(sid) or message
        status, document = await self._webhook(number, message)
        if document is not None:
            replies += await self._carry_out(message, document)
        log.info("text_answered", message_sid=sid, status=status, replies=len(replies))
        return Answered(sid, status, replies)

    def _keyword(self, message: Message) -> list[Keyword]:
        """The opt-out word that Twilio itself answers, after acting on it."""
        word = keyword_of(message.body)
        if word == "STOP":
            self.opt_outs.block(message.sender, message.recipient)
        elif word == "START" and not self.opt_outs.unblock(message.sender, message.recipient):
            return []
        return [word] if word else []

    async def _answer_keyword(self, message: Message, word: Keyword) -> Message:
        return await self.delivery.reply(message, ANSWERS[word], (), "", even_if_blocked=True)

    async def _webhook(self, number: PhoneNumber, message: Message) -> tuple[int, Document | None]:
        jar = self.requester.cookies()
        failure: FetchFailed | None = None
        ways = ((number.sms_url, number.sms_method), (number.sms_fallback_url, number.sms_fallback_method))
        for url, method in ways:
            extra = {"ErrorCode": str(failure.code), "ErrorUrl": failure.url} if failure else {}
            if not url:
                continue
            try:
                return await self._fetch(url, method, {**self._parameters(message), **extra}, jar)
            except FetchFailed as error:
                failure = error
                self.alerts.add(self.clock(), error.code, message.sid, error.url, error.detail)
        return _status_of(failure), None

    async def _fetch(self, url: str, method: str, parameters: dict[str, str], jar: Any) -> tuple[int, Document | None]:
        for _ in range(REDIRECTS_MAX + 1):
            fetched = await self.requester.fetch(url, method, parameters, jar)
            document = _document(fetched)
            redirect = document.root.find("Redirect") if document is not None else None
            if redirect is None or document is None:
                return fetched.status, document
            url = urljoin(fetched.url, (redirect.text or "").strip())
        raise FetchFailed(11215, url, "more than 10 <Redirect>")

    def _parameters(self, message: Message) -> dict[str, str]:
        parameters = {
            "ToCountry": "US",
            "ToState": "CA",
            "ToCity": "",
            "ToZip": "",
            **caller_geography("From", message.sender),
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.account_sid,
            "SmsStatus": "received",
            "ApiVersion": API_VERSION,
            "From": message.sender,
            "To": message.recipient,
            "Body": message.body,
            "NumMedia": str(len(message.media)),
            "NumSegments": str(count_segments(message.body).count),
        }
        for index, url in enumerate(message.media):
            parameters[f"MediaUrl{index}"] = url
            parameters[f"MediaContentType{index}"] = "image/jpeg"
        return parameters

    async def _carry_out(self, message: Message, document: Document) -> list[Message]:
        replies = []
        for element in document.root:
            if element.tag not in ("Message", "Sms"):
                self._warn(12200, message, document, f"<{element.tag}> is no verb for messages")
                continue
            nested = [child.text or "" for child in element.findall("Body")]
            body = "".join(nested) if nested else (element.text or "").strip()
            media = tuple(urljoin(document.url, child.text.strip()) for child in element.findall("Media") if child.text)
            if not body and not media:
                self._warn(14103, message, document, "<Message> without body or media")
                continue
            if len(body) > REPLY_CHARACTERS_MAX:
                self._warn(21617, message, document, "over 1,600 characters")
                continue
            callback = element.get("statusCallback") or element.get("action") or ""
            callback = urljoin(document.url, callback) if callback else ""
            reply = await self.delivery.reply(message, body, media, callback, to=element.get("to"))
            if reply.status != "failed":
                replies.append(reply)
        return replies

    def _warn(self, code: int, message: Message, document: Document, detail: str) -> None:
        self.alerts.add(self.clock(), code, message.sid, document.url, detail)


def _document(fetched: Fetched) -> Document | None:
    """The TwiML of an answer; None for an answer without any (204, or an empty plain body)."""
    if fetched.status == 204 or (not fetched.body.strip() and not fetched.content_type):
        return None
    return parse_message(fetched, "POST")


def _status_of(failure: FetchFailed | None) -> int:
    """The HTTP status a failed webhook had, 0 when there was no answer."""
    if failure is None:
        return 0
    word, _, status = failure.detail.partition(" ")
    return int(status) if word == "status" and status.isdigit() else 0
