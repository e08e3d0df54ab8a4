"""What the tests are set in: a tiny application that answers webhooks, and the simulator, both on loopback."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from fastapi import Request, Response, WebSocket, WebSocketDisconnect
from twilio.request_validator import RequestValidator

from telephony.simulator.app import create_app
from telephony.simulator.calls.exchange import ScriptedCall
from telephony.simulator.calls.phones import Fate
from telephony.simulator.calls.steps import parse_step
from telephony.simulator.network import Network
from telephony.simulator.settings import Settings

ACCOUNT = "AC" + "a1" * 16
TOKEN = "the-auth-token-of-the-tests"
OPERATOR = "the-operator-token-of-the-tests"
DISTRICT = "+15550009999"
MARIA = "+15550001111"


@dataclass
class Hook:
    """One webhook as the application received it."""

    path: str
    url: str
    method: str
    form: dict[str, str]
    headers: dict[str, str]

    def signed(self) -> bool:
        """Whether Twilio's own validator accepts it."""
        return bool(RequestValidator(TOKEN).validate(self.url, self.form, self.headers.get("x-twilio-signature", "")))


Talk = Callable[["Socket"], Awaitable[None]]
"""What the application does on a socket; when it returns, the socket is closed."""


@dataclass
class Socket:
    """One WebSocket as the application sees it."""

    url: str
    headers: dict[str, str]
    _socket: WebSocket

    def signed(self) -> bool:
        """Whether Twilio's own validator accepts the handshake."""
        return bool(RequestValidator(TOKEN).validate(self.url, {}, self.headers.get("x-twilio-signature", "")))

    async def receive(self) -> Any:
        """The next message. Raises WebSocketDisconnect."""
        return await self._socket.receive_json()

    async def send(self, *messages: Any) -> None:
        for message in messages:
            await self._socket.send_text(message if isinstance(message, str) else json.dumps(message))

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code)


Answer = str | Response | Callable[[Hook], "str | Response"]


@dataclass
class Application:
    """Answers each path with what the test says; records every request."""

    base: str
    answers: dict[str, Answer] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)
    talks: dict[str, Talk] = field(default_factory=dict)
    sockets: list[Socket] = field(default_factory=list)

    def socket_url(self, path: str) -> str:
        """The address of a socket, as a document names it."""
        return "ws" + self.base.removeprefix("http") + path

    def twiml(self, path: str, markup: str) -> None:
        """Answer `path` with `<Response>markup</Response>`."""
        self.answers[path] = f"<Response>{markup}</Response>"

    def at(self, path: str) -> list[Hook]:
        """The requests to one path."""
        return [hook for hook in self.hooks if hook.path == path]

    async def talk(self, socket: WebSocket) -> None:
        """Serve one socket; a path without a talk refuses the handshake."""
        path = socket.url.path
        query = f"?{socket.url.query}" if socket.url.query else ""
        mine = Socket(self.socket_url(path) + query, dict(socket.headers), socket)
        self.sockets.append(mine)
        if path not in self.talks:
            await socket.close()
            return
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.talks[path](mine)
            await socket.close()

    async def respond(self, request: Request) -> Response:
        body = (await request.body()).decode()
        path, query = request.url.path, request.url.query
        hook = Hook(
            path,
            self.base + path + (f"?{query}" if query else ""),
            request.method,
            dict(parse_qsl(body, keep_blank_values=True)),
            dict(request.headers),
        )
        self.hooks.append(hook)
        answer = self.answers.get(path)
        if callable(answer) and not isinstance(answer, Response):
            answer = answer(hook)
        if answer is None:
            return Response("nothing here", 404)
        return answer if isinstance(answer, Response) else Response(answer, media_type="text/xml")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[str]:
    """Run an ASGI application on loopback until the block ends."""
    config = uvicorn.Config(
        app, port=port, log_level="error", access_log=False, timeout_graceful_shutdown=1, ws="websockets-sansio"
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # The parts of `serve()` without its loop, which notices a stop only ten times a second.
    await server.startup()
    assert server.started, "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.shutdown()


@dataclass
class Simulator:
    """The running simulator: its address, its insides, and a client with the operator's token."""

    url: str
    settings: Settings
    network: Network
    http: httpx.AsyncClient

    async def call(self, *steps: str, caller: str = MARIA) -> ScriptedCall:
        """A scripted call."""
        network = self.network
        return await network.exchange.call_with_script(caller, [parse_step(step) for step in steps], network.number)

    def prepare(self, phone: str, *steps: str, fate: Fate = "answered", after_seconds: float = 4.0) -> None:
        """What happens at the next call to a phone."""
        written = [parse_step(step) for step in steps]
        self.network.facilities.phones.prepare(phone, written, fate, after_seconds)

    async def told(self, phone: str) -> ScriptedCall:
        """What the prepared person at `phone` went through, once everything has settled."""
        await self.network.settled()
        calls, finished = self.network.calls, self.network.exchange.finished
        sids = [sid for sid in finished if (record := calls.get(sid)) is not None and record.called == phone]
        (sid,) = sids
        return finished[sid]

    async def conditions(self, **wanted: Any) -> None:
        """Make the network behave like this."""
        answer = await self.http.put("/api/conditions", json=wanted)
        assert answer.status_code == 200, answer.text


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Simulator]:
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {OPERATOR}"}
    async with (
        serving(app, settings.simulator_port) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as http,
    ):
        yield Simulator(url, settings, app.state.network, http)


async def reached(condition: Callable[[], Any]) -> None:
    """Returns when something that goes on in the background has come so far; ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # a state of the simulator, which nobody announces
            await asyncio.sleep(0.005)


def heard(call: ScriptedCall, kind: str = "say") -> list[str]:
    """The texts of the events of one kind."""
    return [event.text for event in call.events if event.kind == kind]


def codes(call: ScriptedCall) -> list[int]:
    """The error numbers of a call."""
    return [event.code for event in call.events if event.code is not None]
