"""One message over the real web chat socket, as a browser would send it (the protocol: telephony/webchat)."""

import asyncio
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from ops.api import CommandError, running_system
from ops.home import Home, write_private
from ops.settings import Settings

ANSWER_SECONDS_MAX = 30.0


@dataclass
class Visitor:
    """What a browser keeps of its session."""

    token: str | None = None
    conversation_id: str | None = None
    last_seq: int = 0


@dataclass
class Heard:
    """What came over the socket in answer to one message."""

    visitor: Visitor
    mode: str = "assistant"
    language: str = "en"
    earlier: list[dict[str, Any]] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)


def visitor_file(home: Home, name: str) -> Path:
    """Where the session of a visitor is kept; any name will do, also one that is no file name."""
    return home.path / "chat" / (hashlib.sha256(name.encode()).hexdigest()[:24] + ".json")


def load_visitor(path: Path) -> Visitor:
    try:
        return Visitor(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return Visitor()


async def say_in_chat(settings: Settings, name: str, words: str) -> dict[str, Any]:
    """Sends `words` as visitor `name`; empty words only look for news.

    Gives `{"conversation_id", "mode", "language", "earlier": [Message], "replies": [Message]}`: `earlier` is what
    came since the last time (a person's answer, a greeting), `replies` what came on these words.

    :raises CommandError: the chat does not answer, or refuses the message.
    """
    system = running_system(settings, demo=False)
    path = visitor_file(Home(settings.home), name)
    address = system.telephony_url.replace("http", "ws", 1) + "/webchat/socket"
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX), connect(address, proxy=None) as socket:
            heard = await _converse(socket, load_visitor(path), words)
    except TimeoutError as error:
        raise CommandError(f"The web chat did not answer within {ANSWER_SECONDS_MAX:.0f} s.") from error
    except (OSError, WebSocketException) as error:
        raise CommandError(f"The web chat at {system.telephony_url} does not answer. See: headgate status") from error
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, json.dumps(asdict(heard.visitor)))
    return {
        "conversation_id": heard.visitor.conversation_id,
        "mode": heard.mode,
        "language": heard.language,
        "earlier": heard.earlier,
        "replies": heard.replies,
    }


async def _converse(socket: ClientConnection, visitor: Visitor, words: str) -> Heard:
    await _send(socket, {"type": "hello", **asdict(visitor), "language": "en"})
    heard = Heard(visitor)
    welcome = await _next(socket, "welcome")
    visitor.token = welcome["token"]
    _take(heard, welcome, heard.earlier)
    if not words.strip():
        return heard
    say_id = secrets.token_urlsafe(12)
    await _send(socket, {"type": "say", "id": say_id, "text": words, "payload": None})
    while True:
        frame = await _next(socket, "messages", "notice")
        _take(heard, frame, heard.replies)
        if say_id in frame.get("acks", ()) or (frame["type"] == "notice" and frame.get("id") == say_id):
            return heard


async def _send(socket: ClientConnection, frame: dict[str, Any]) -> None:
    await socket.send(json.dumps(frame))


async def _next(socket: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next frame of one of `kinds`.

    :raises CommandError: an error frame came.
    """
    while True:
        frame: dict[str, Any] = json.loads(await socket.recv())
        if frame["type"] == "error":
            raise CommandError(str(frame.get("detail") or frame.get("error")))
        if frame["type"] in kinds:
            return frame


def _take(heard: Heard, frame: dict[str, Any], into: list[dict[str, Any]]) -> None:
    """Keeps the messages of others, each once, and how far we are."""
    visitor = heard.visitor
    heard.mode, heard.language = frame.get("mode", heard.mode), frame.get("language", heard.language)
    conversation = frame.get("conversation_id")
    if conversation and conversation != visitor.conversation_id:
        visitor.conversation_id, visitor.last_seq = conversation, 0
    for message in frame.get("messages", ()):
        seq = message.get("seq")
        if seq is not None and seq <= visitor.last_seq:
            continue
        visitor.last_seq = max(visitor.last_seq, seq or 0)
        if message["from"] != "customer":
            into.append(message)
