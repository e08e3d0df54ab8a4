"""Twilio's end of a ConversationRelay socket, for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.telephony.conftest import AUTH_TOKEN, CUSTOMER, World, sign

CALL = "CA" + "1" * 32
RELAY = [{"voice_mode": "relay"}]


def replies(text: str, *commands: dict[str, Any], language: str = "en", **more: Any) -> dict[str, Any]:
    return {"replies": [{"text": text, "commands": list(commands), **more}], "language": language}


class Line:
    """Twilio's end of one socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.got: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        await self._socket.send_json(message)

    async def setup(self, session: str = "VX" + "1" * 32, caller: str = CUSTOMER, **parameters: str) -> None:
        await self.send(
            type="setup",
            sessionId=session,
            callSid=CALL,
            accountSid="AC1",
            customParameters=parameters,
            **{"from": caller, "to": "+1"},
        )

    async def say(self, words: str, *, last: bool = True) -> None:
        await self.send(type="prompt", voicePrompt=words, lang="en-US", last=last)

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.send(type="dtmf", digit=key)

    async def next(self) -> dict[str, Any]:
        message: dict[str, Any] = await asyncio.wait_for(self._socket.receive_json(), 10)
        self.got.append(message)
        return message

    async def answer(self) -> str:
        """Everything until the end of one answer, as it is heard."""
        words = ""
        while True:
            message = await self.next()
            if message["type"] == "end":
                return words
            if message["type"] == "text":
                words += message["token"]
                if message["last"]:
                    return words.strip()

    async def closed(self) -> bool:
        frame = await asyncio.wait_for(self._socket.receive(), 10)
        return frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)

    async def hang_up(self) -> None:
        await self._socket.close()


@asynccontextmanager
async def line(world: World, token: str = AUTH_TOKEN) -> AsyncIterator[Line]:
    """A socket with a signed handshake."""
    signed = "ws" + world.settings.public_url.removeprefix("http") + "/twilio/voice/relay"
    headers = {"X-Twilio-Signature": sign(signed, [], token)}
    async with world.http.ws_connect(f"{world.url}/twilio/voice/relay", headers=headers) as socket:
        yield Line(socket)
