"""WebSockets to the application, signed over the address as it stood in the TwiML."""

import asyncio
import contextlib
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from telephony.simulator.calls.facilities import Facilities
from telephony.simulator.requester import LOOPBACK

CONNECT_SECONDS_MAX = 5.0


class SocketFailed(Exception):
    """The application's socket could not be opened."""


async def open_socket(facilities: Facilities, url: str) -> "Socket":
    """Connect. Raises SocketFailed: no wss address (ws is taken on loopback), nobody there, refused."""
    parts = urlsplit(url)
    if parts.scheme != "wss" and not (parts.scheme == "ws" and parts.hostname in LOOPBACK):
        raise SocketFailed("not a wss address")
    session = facilities.requester.session()
    headers = {"User-Agent": "TwilioProxy/1.1", "X-Twilio-Signature": facilities.requester.signature_of(url)}
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            return Socket(session, await session.ws_connect(url, headers=headers, max_msg_size=1 << 20))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        await session.close()
        raise SocketFailed(type(error).__name__) from None


class Socket:
    """One open socket."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._socket = socket

    @property
    def closed(self) -> bool:
        return self._socket.closed

    async def send(self, message: dict[str, Any]) -> None:
        """Send one JSON text frame; a socket that is just closing takes none."""
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_json(message)

    async def receive(self) -> str | None:
        """The next text frame; None when the application has closed."""
        while True:
            frame = await self._socket.receive()
            if frame.type is aiohttp.WSMsgType.TEXT:
                return str(frame.data)
            if frame.type is not aiohttp.WSMsgType.BINARY:
                return None

    async def close(self, code: int = 1000, why: str = "") -> None:
        """Close, whatever state it is in."""
        with contextlib.suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(2):
                await self._socket.close(code=code, message=why.encode())
        await self._session.close()

    def drop(self) -> None:
        """Lose the connection, as a network does: no closing handshake."""
        transport = self._socket.get_extra_info("socket")
        if transport is not None and self._socket._response.connection is not None:
            connection = self._socket._response.connection.transport
            if connection is not None:
                connection.abort()
