"""`/webchat/socket`, `/webchat.js` and the demonstration page."""

import asyncio
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request, Response, WebSocket
from fastapi.responses import RedirectResponse
from starlette.websockets import WebSocketDisconnect

from telephony.errors import TelephonyError
from telephony.messages import Language
from telephony.metrics import CHATS
from telephony.phrases import say
from telephony.services import services_of
from telephony.webchat.page import render_page, static_file
from telephony.webchat.protocol import Hello, Ping, ProtocolError, Say, parse_frame, to_frame
from telephony.webchat.session import ChatSession

log = structlog.get_logger("telephony.webchat")

router = APIRouter()

HELLO_SECONDS = 15.0
IDLE_SECONDS = 120.0


@router.websocket("/webchat/socket")
async def chat_socket(socket: WebSocket) -> None:
    """One browser's chat; the protocol is in telephony/webchat/protocol.py."""
    if not _may_embed(socket):
        await socket.close(4403)
        return
    if services_of(socket).chats.is_full:
        await socket.close(1013)
        return
    await socket.accept()
    try:
        session = await _introduced(socket)
        try:
            await _converse(socket, session)
        finally:
            session.close()
    except (WebSocketDisconnect, TimeoutError, RuntimeError, KeyError):
        # Gone, silent for too long, or sent bytes: nothing to answer. A RuntimeError is a send after the close.
        log.debug("chat_closed")


def _may_embed(socket: WebSocket) -> bool:
    """Browsers name the page's origin; another site must not open a visitor's chat. Other programs name none."""
    origin = socket.headers.get("origin")
    if origin is None or origin in services_of(socket).settings.allowed_origins:
        return True
    return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == socket.headers.get("host")


async def _introduced(socket: WebSocket) -> ChatSession:
    """The session that the browser's hello names; whatever comes before the hello is refused."""
    async with asyncio.timeout(HELLO_SECONDS):
        while True:
            try:
                frame = parse_frame(await socket.receive_text())
            except ProtocolError as problem:
                await _refuse(socket, problem, "en")
                continue
            if isinstance(frame, Hello):
                return ChatSession(socket, services_of(socket), frame)
            await _refuse(socket, ProtocolError("hello_first"), "en")


async def _refuse(socket: WebSocket, problem: ProtocolError, language: Language) -> None:
    name = "chat_too_long" if problem.error == "too_long" else "chat_malformed"
    await socket.send_text(to_frame("error", error=problem.error, detail=say(name, language), id=problem.say_id))


async def _converse(socket: WebSocket, session: ChatSession) -> None:
    """Read frames while answers and news go out; ends when the socket or any part does."""
    await session.welcome()
    parts = [
        asyncio.ensure_future(part)
        for part in (_read_frames(socket, session), session.answer_messages(), session.follow_news())
    ]
    try:
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)


async def _read_frames(socket: WebSocket, session: ChatSession) -> None:
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            raw = await socket.receive_text()
        try:
            frame = parse_frame(raw)
        except ProtocolError as problem:
            CHATS.labels("refused").inc()
            await _refuse(socket, problem, session.language)
            continue
        if isinstance(frame, Say):
            CHATS.labels("say").inc()
            await session.take(frame)
        elif isinstance(frame, Ping):
            await session.pong()


@router.get("/", include_in_schema=False)
async def english_page(request: Request) -> Response:
    """The district's page with the chat, in English."""
    return _page(request, "en")


@router.get("/es", include_in_schema=False)
async def spanish_page(request: Request) -> Response:
    """The same page in Spanish."""
    return _page(request, "es")


def _page(request: Request, language: Language) -> Response:
    services = services_of(request)
    html = render_page(language, services.directory.current, services.settings)
    return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.get("/webchat.js", include_in_schema=False)
async def widget() -> Response:
    """The custom element `<headgate-chat>`; any site may load it, `HEADGATE_CHAT_ORIGINS` says which may use it."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return Response(static_file("webchat.js"), media_type="text/javascript; charset=utf-8", headers=headers)


@router.get("/webchat/{name}", include_in_schema=False)
async def page_part(name: str) -> Response:
    """Style and picture of the page."""
    kinds = {"page.css": "text/css; charset=utf-8", "mark.svg": "image/svg+xml"}
    if name not in kinds:
        raise TelephonyError(404, "not_found", "There is no such file.")
    return Response(static_file(name), media_type=kinds[name], headers={"Cache-Control": "public, max-age=300"})


@router.get("/simulator", include_in_schema=False)
async def simulator(request: Request) -> Response:
    """The phone simulator is a process of the demonstration; otherwise there is none."""
    settings = services_of(request).settings
    if not settings.demo:
        raise TelephonyError(404, "not_found", "The simulator is part of the demonstration only.")
    return RedirectResponse(f"{settings.simulator_url}/simulator", status_code=307)
