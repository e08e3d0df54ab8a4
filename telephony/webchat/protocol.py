"""The chat socket's protocol: one JSON object a WebSocket text frame, at `/webchat/socket`.

From the browser (at most 64 KiB a frame):

- `{"type": "hello", "token": null | "…", "conversation_id": null | "…", "last_seq": 0, "language": "en" | "es"}`
  Always first. `token` is the session the server made earlier, or null for a new one (one the server does not know
  gets a new session too). `last_seq` is the highest `seq` the browser has of `conversation_id`. A session without a
  conversation gets one, with a greeting.
- `{"type": "say", "id": "…", "text": "…", "payload": null | "/…"}`
  `id` is the browser's own (8 to 64 of `A-Z a-z 0-9 _ -`), the same when it is sent again. A picked choice sends its
  title as `text` and its `payload`; a payload that was not offered is ignored and the title is read as words.
- `{"type": "ping"}` keeps proxies from closing the socket.

From the server:

- `{"type": "welcome", "token": "…", "conversation_id": "…" | null, "mode": "assistant" | "person" | "closed",
  "language": "en", "last_seq": 12, "messages": [Message…]}`
  The messages after the browser's `last_seq` (all of them when the conversation is another).
- `{"type": "messages", "conversation_id": "…", "mode": "…", "language": "…", "last_seq": 14, "messages": [Message…],
  "acks": ["id"]}`
  New messages in order, the customer's own included; `acks` are the `say` ids that are now recorded and answered.
  Show a message once, by `seq`; forget a sent message only when it is acked.
- `{"type": "notice", "id": "…" | null, "language": "…", "messages": [Message without seq]}`
  Words that are not part of the record (it is away). Show them until the next `messages`; keep `say` number `id` and
  send it again later with the same id.
- `{"type": "typing", "on": true}`
- `{"type": "error", "error": "too_long" | "too_fast" | "malformed" | "hello_first", "detail": "words to show",
  "id": "…" | null}`
  The `say` number `id` was not taken. `too_fast`: send again after a pause.
- `{"type": "pong"}`

`Message` = `{"seq": 13, "from": "customer" | "assistant" | "person" | "system", "text": "…",
"choices": [{"title", "payload"}], "at": "…", "name": null | "…"}`, in the frame's language.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from telephony.messages import Language

FRAME_BYTES_MAX = 65_536
TEXT_CHARACTERS_MAX = 10_000
_SAY_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CONVERSATION_ID = re.compile(r"[0-9a-fA-F-]{36}")

ErrorName = Literal["too_long", "too_fast", "malformed", "hello_first"]


class ProtocolError(Exception):
    """A frame that cannot be taken; `error` names why, `say_id` is the message it belonged to."""

    def __init__(self, error: ErrorName, say_id: str | None = None) -> None:
        super().__init__(error)
        self.error: ErrorName = error
        self.say_id = say_id


@dataclass(frozen=True, slots=True)
class Hello:
    """The browser introduces itself: which session, and how much of it it has."""

    token: str | None
    conversation_id: str | None
    last_seq: int
    language: Language


@dataclass(frozen=True, slots=True)
class Say:
    """Words or a picked choice, with the browser's own id."""

    id: str
    text: str
    payload: str | None


@dataclass(frozen=True, slots=True)
class Ping:
    """Nothing but a sign of life."""


Frame = Hello | Say | Ping


def parse_frame(raw: str) -> Frame:
    """Read one frame of the browser.

    :raises ProtocolError: malformed or too long.
    """
    if len(raw.encode("utf-8", "replace")) > FRAME_BYTES_MAX:
        raise ProtocolError("too_long")
    try:
        frame = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ProtocolError("malformed") from None
    if not isinstance(frame, dict):
        raise ProtocolError("malformed")
    match frame.get("type"):
        case "hello":
            return _hello(frame)
        case "say":
            return _say(frame)
        case "ping":
            return Ping()
        case _:
            raise ProtocolError("malformed")


def _hello(frame: dict[str, Any]) -> Hello:
    token, conversation, last_seq = frame.get("token"), frame.get("conversation_id"), frame.get("last_seq")
    if token is not None and not isinstance(token, str):
        raise ProtocolError("malformed")
    known = isinstance(conversation, str) and _CONVERSATION_ID.fullmatch(conversation) is not None
    seq = last_seq if type(last_seq) is int and 0 <= last_seq < 2**53 else 0
    language: Language = "es" if frame.get("language") == "es" else "en"
    return Hello(token or None, conversation if known else None, seq if known else 0, language)


def _say(frame: dict[str, Any]) -> Say:
    say_id, text, payload = frame.get("id"), frame.get("text"), frame.get("payload")
    if not isinstance(say_id, str) or not _SAY_ID.fullmatch(say_id):
        raise ProtocolError("malformed")
    if not isinstance(text, str) or not (payload is None or isinstance(payload, str)):
        raise ProtocolError("malformed", say_id)
    if len(text) > TEXT_CHARACTERS_MAX or len(payload or "") > 1_000:
        raise ProtocolError("too_long", say_id)
    return Say(say_id, text, payload)


def new_session_token(key: bytes) -> str:
    """An unguessable session token that `thread_of` accepts, made without storing anything."""
    nonce = secrets.token_urlsafe(24)
    return f"{nonce}.{_seal(key, nonce)}"


def thread_of(key: bytes, token: str) -> str | None:
    """The thread key of a session token this server made, else None.

    The thread key is a digest: who reads it (logs, the backend, Redis) cannot take over the session.
    """
    nonce, _, seal = token.partition(".")
    if not nonce or not hmac.compare_digest(seal.encode(), _seal(key, nonce).encode()):
        return None
    return "chat-" + hashlib.sha256(token.encode()).hexdigest()[:40]


def _seal(key: bytes, nonce: str) -> str:
    digest = hmac.digest(key, b"webchat-session:" + nonce.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()


def to_frame(kind: str, **fields: object) -> str:
    """One frame for the browser."""
    return orjson.dumps({"type": kind, **fields}).decode()
