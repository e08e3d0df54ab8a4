"""The REST interface on a bad day: 429, 500, silence, a cut connection, work done and never confirmed."""

import asyncio

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telephony.simulator.conditions import Conditions
from telephony.simulator.errors import TwilioError

PREFIXES = ("/2010-04-01/", "/v2/")


class Faults:
    """ASGI middleware around the whole application; only the REST interface is struck."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIXES):
            await self._app(scope, receive, send)
            return
        conditions: Conditions = scope["app"].state.network.conditions
        fault = conditions.rest.strike(scope["method"], scope["path"])
        match fault:
            case "none":
                await self._app(scope, receive, send)
            case "too_many_requests":
                await _refuse(send, TwilioError(429, 20429, "Too Many Requests"), [(b"retry-after", b"1")])
            case "server_error":
                await _refuse(send, TwilioError(500, 20500, "An internal server error has occurred"), [])
            case "silence":
                await asyncio.sleep(conditions.rest.silence_seconds)
                await _cut(send)
            case "cut":
                await _cut(send)
            case "done_then_cut":
                await self._app(scope, receive, _swallow)
                await _cut(send)


async def _refuse(send: Send, error: TwilioError, headers: list[tuple[bytes, bytes]]) -> None:
    body = orjson.dumps(error.body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """A response that begins and never comes: the server closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})


async def _swallow(message: Message) -> None:
    """Nobody hears of it."""
