"""Phone calls to Headgate as Twilio delivers them: signed voice webhooks, and ConversationRelay sockets."""

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import aiohttp
from twilio.request_validator import RequestValidator

from bench.system import System

_numbers = itertools.count(1)
ANSWER_SECONDS_MAX = 15.0


def new_call() -> str:
    """A CallSid that nobody has used."""
    return "CA" + secrets.token_hex(16)


class Line:
    """Speaks Twilio's end of calls to one system."""

    def __init__(self, system: System, session: aiohttp.ClientSession) -> None:
        variables = system.variables("telephony")
        self._session = session
        self._address = system.url("telephony")
        self._public = variables["HEADGATE_PUBLIC_URL"]
        self._account_sid = variables["HEADGATE_TWILIO_ACCOUNT_SID"]
        self._district = variables["HEADGATE_TWILIO_NUMBER"]
        self._validator = RequestValidator(variables["HEADGATE_TWILIO_AUTH_TOKEN"])

    async def webhook(self, path: str, call: "WebhookCall", **more: str) -> str:
        """One signed webhook of a call; gives the TwiML.

        :raises RuntimeError: it was not answered with TwiML.
        """
        form = {"CallSid": call.sid, "AccountSid": self._account_sid, "From": call.phone, "To": self._district}
        form |= {"CallStatus": "in-progress", "Direction": "inbound", "ApiVersion": "2010-04-01", **more}
        headers = {"X-Twilio-Signature": self._validator.compute_signature(self._public + path, form)}
        async with self._session.post(self._address + path, data=form, headers=headers) as response:
            twiml = await response.text()
        if response.status != 200 or "<Response" not in twiml:
            raise RuntimeError(f"{path} was answered {response.status} {twiml[:300]}")
        return twiml

    @asynccontextmanager
    async def relay(self) -> AsyncIterator["RelayCall"]:
        """A ConversationRelay session that has been greeted."""
        path = "/twilio/voice/relay"
        signature = self._validator.compute_signature("ws" + self._public.removeprefix("http") + path, {})
        headers = {"X-Twilio-Signature": signature}
        async with self._session.ws_connect(self._address + path, headers=headers) as socket:
            call = RelayCall(socket, f"+1714557{next(_numbers):04d}")
            await call.begin()
            yield call


class WebhookCall:
    """A call over webhooks: remembers where its next turn goes."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.sid, self.phone = new_call(), f"+1714556{next(_numbers):04d}"
        self._next = "/twilio/voice?mode=webhook"
        self.speaking = asyncio.Lock()

    async def turn(self, **heard: str) -> str:
        """One turn; the words that are said. A caller who is asked to hold on does so.

        :raises RuntimeError: the call was ended or sent elsewhere.
        """
        twiml = await self._line.webhook(self._next, self, **heard)
        while (redirect := ElementTree.fromstring(twiml).find("Redirect")) is not None:
            twiml = await self._line.webhook(_path(redirect.text or ""), self)
        gather = ElementTree.fromstring(twiml).find("Gather")
        if gather is None:
            raise RuntimeError(f"the call was ended: {twiml[:300]}")
        self._next = _path(gather.attrib["action"])
        return " ".join(say.text or "" for say in gather.iter("Say"))


class RelayCall:
    """A call over ConversationRelay."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, phone: str) -> None:
        self._socket = socket
        self._phone = phone

    async def begin(self) -> None:
        """Send the setup and hear the greeting."""
        setup = {"type": "setup", "sessionId": "VX" + secrets.token_hex(16), "callSid": new_call()}
        await self._socket.send_json(setup | {"from": self._phone, "to": "+1", "customParameters": {}})
        await self._hear()

    async def say(self, words: str) -> tuple[float, str]:
        """Say something; seconds to the first token, and the whole answer.

        :raises TimeoutError, RuntimeError: no answer.
        """
        started = time.perf_counter()
        await self._socket.send_json({"type": "prompt", "voicePrompt": words, "lang": "en-US", "last": True})
        return await self._hear(started)

    async def _hear(self, started: float = 0.0) -> tuple[float, str]:
        first, words = 0.0, ""
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while True:
                frame = await self._socket.receive()
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    raise RuntimeError(f"the socket ended: {frame.type}")
                message: dict[str, Any] = frame.json()
                if message["type"] != "text":
                    continue
                first = first or time.perf_counter() - started
                words += message["token"]
                if message["last"]:
                    return first, words


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def verified_call(line: Line, customer: dict[str, Any]) -> WebhookCall:
    """A call in which `customer` has shown who they are, by keys.

    :raises RuntimeError: the balance was not said.
    """
    call = WebhookCall(line)
    await call.turn()
    await call.turn(SpeechResult="what is my balance", Confidence="0.92")
    await call.turn(Digits=customer["account_number"])
    said = await call.turn(Digits=customer["pin"])
    if "dollar" not in said:
        raise RuntimeError(f"no balance after account number and PIN: {said[:300]}")
    return call
