"""What telephony sends for a turn and gets back: docs/contracts.md, "telephony → engine"."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

Channel = Literal["voice", "sms", "chat"]
Kind = Literal["start", "message", "silence", "no_match"]

CHANNELS = ("voice", "sms", "chat")
KINDS = ("start", "message", "silence", "no_match")
LANGUAGES = ("en", "es")
TEXT_MAX = 10_000


class MalformedTurnError(ValueError):
    """The request is not a turn; the message says which field is wrong."""


@dataclass(frozen=True)
class Turn:
    """One thing a customer said or did. `text` is words and never a command; `payload` may be one."""

    conversation_id: str
    turn_id: str
    channel: Channel
    kind: Kind
    text: str = ""
    payload: str | None = None
    language: str = "en"
    is_new: bool = False
    verification_level: int = 0
    calling_number_on_file: bool = False
    after_hours: bool = False
    now: str | None = None
    """The demonstration's time, ISO 8601 with a zone; None is the real time."""

    @classmethod
    def parse(cls, body: Any) -> "Turn":
        """Check a decoded JSON body.

        :raises MalformedTurnError: a field is missing or has the wrong kind of value.
        """
        if not isinstance(body, dict):
            raise MalformedTurnError("the body must be a JSON object")
        text = _typed(body, "text", str, "")
        if len(text) > TEXT_MAX:
            raise MalformedTurnError(f"text is longer than {TEXT_MAX} characters")
        return cls(
            conversation_id=_named(body, "conversation_id"),
            turn_id=_named(body, "turn_id"),
            channel=cast(Channel, _one_of(body, "channel", CHANNELS, None)),
            kind=cast(Kind, _one_of(body, "kind", KINDS, "message")),
            text=text,
            payload=_typed(body, "payload", str, "") or None,
            language=_one_of(body, "language", LANGUAGES, "en"),
            is_new=_typed(body, "is_new", bool, False),
            verification_level=_typed(body, "verification_level", int, 0),
            calling_number_on_file=_typed(body, "calling_number_on_file", bool, False),
            after_hours=_typed(body, "after_hours", bool, False),
            now=_time(body),
        )


def _typed(body: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise MalformedTurnError(f"{name} must be of type {kind.__name__}")
    return value


def _named(body: dict[str, Any], name: str) -> str:
    value: str = _typed(body, name, str, "")
    if not 1 <= len(value) <= 200:
        raise MalformedTurnError(f"{name} is missing or longer than 200 characters")
    return value


def _one_of(body: dict[str, Any], name: str, allowed: tuple[str, ...], default: str | None) -> str:
    value = body.get(name) or default
    if value not in allowed:
        raise MalformedTurnError(f"{name} must be one of {', '.join(allowed)}")
    return cast(str, value)


def _time(body: dict[str, Any]) -> str | None:
    now = _typed(body, "now", str, "")
    if not now:
        return None
    try:
        known = datetime.fromisoformat(now.replace("Z", "+00:00"))
    except ValueError as error:
        raise MalformedTurnError("now must be ISO 8601") from error
    if known.tzinfo is None:
        raise MalformedTurnError("now needs a zone")
    return known.isoformat()


@dataclass
class Reply:
    """One thing to say, with what goes with it."""

    text: str = ""
    choices: list[dict[str, str]] = field(default_factory=list)
    attachments: list[dict[str, str]] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As in docs/contracts.md, "Shared shapes"."""
        return {
            "text": self.text,
            "choices": self.choices,
            "attachments": self.attachments,
            "commands": self.commands,
        }


@dataclass(frozen=True)
class Answer:
    """What the engine says to a turn. `action_failed`: nothing of it happened."""

    replies: list[Reply]
    language: str
    action_failed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The body of the response."""
        return {
            "replies": [reply.as_dict() for reply in self.replies],
            "language": self.language,
            "action_failed": self.action_failed,
        }
