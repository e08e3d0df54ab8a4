"""The conversation API's shapes; docs/contracts.md has the words."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

ChannelName = Literal["voice", "sms", "chat"]
Language = Literal["en", "es"]
Mode = Literal["assistant", "person", "closed"]
E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{3,14}$")]


def _without_nul(text: str) -> str:
    """PostgreSQL keeps every character but this one."""
    return text.replace("\x00", "")


Words = Annotated[str, AfterValidator(_without_nul)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TurnIn(BaseModel):
    """What a customer said or did."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "sms",
                    "provider_message_id": "SM0001",
                    "thread_key": "+15550001111|+15559990000",
                    "party": "+15550001111",
                    "kind": "message",
                    "text": "what's my balance",
                    "media_count": 0,
                }
            ]
        }
    )

    channel: ChannelName
    provider_message_id: Key
    thread_key: Key
    party: E164 | None = None
    kind: Literal["start", "message", "silence", "no_match"] = "message"
    text: Annotated[Words, StringConstraints(max_length=10_000)] = ""
    payload: Annotated[Words, StringConstraints(max_length=2_000)] | None = None
    media_count: Annotated[int, Field(ge=0, le=100)] = 0
    language: Language | None = None


class Choice(BaseModel):
    """Something the customer can pick."""

    model_config = ConfigDict(extra="allow")

    title: str
    payload: str


class Reply(BaseModel):
    """One reply of the engine, a person or telephony; unknown fields are kept as they are."""

    model_config = ConfigDict(extra="allow")

    text: Words = ""
    choices: list[Choice] = []
    attachments: list[dict[str, Any]] = []
    commands: list[dict[str, Any]] = []


class NoticeOut(BaseModel):
    """What everybody of a place is told now; `kind` is water or billing_down."""

    id: UUID
    kind: Literal["water", "billing_down"]
    text: dict[Language, str]


class TurnOut(BaseModel):
    """What to do about a turn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "turn_id": "01936f3e-5a00-7c00-8000-0000000000e2",
                    "conversation_id": "01936f3e-5a00-7c00-8000-0000000000e1",
                    "mode": "assistant",
                    "language": "en",
                    "is_new": True,
                    "duplicate": False,
                    "attempt": 1,
                    "text": "what's my balance",
                    "refused": None,
                    "replies": None,
                    "offered": [],
                    "verification_level": 0,
                    "calling_number_on_file": True,
                    "after_hours": False,
                    "now": "2026-11-23T10:00:00-08:00",
                    "notices": [],
                    "turned_away": None,
                }
            ]
        }
    )

    turn_id: UUID
    conversation_id: UUID
    mode: Mode
    language: Language
    is_new: bool
    duplicate: bool
    attempt: int
    text: str
    refused: Literal["card_number", "bank_number", "ssn"] | None
    replies: list[Reply] | None
    offered: list[Choice]
    verification_level: int
    calling_number_on_file: bool
    after_hours: bool
    now: datetime
    notices: list[NoticeOut] = []
    turned_away: Literal["blocked", "too_many"] | None = None


class RepliesIn(BaseModel):
    """The answer to a turn."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "replies": [
                        {"text": "You owe $63.44.", "choices": [{"title": "Pay my bill", "payload": "/pay_bill"}]}
                    ],
                    "language": "en",
                    "outcome": "answered",
                }
            ]
        }
    )

    replies: Annotated[list[Reply], Field(max_length=20)]
    language: Language | None = None
    outcome: Literal["answered", "engine_down", "engine_silent", "refused", "person"]


class RepliesOut(BaseModel):
    """The answer that stays, and the number of its last message."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"replies": [{"text": "You owe $63.44.", "choices": [], "attachments": [], "commands": []}], "seq": 12}
            ]
        }
    )

    replies: list[Reply]
    seq: int


class MessageOut(BaseModel):
    """One line of a transcript."""

    model_config = ConfigDict(populate_by_name=True)

    seq: int
    sender: Literal["customer", "assistant", "person", "system"] = Field(alias="from")
    text: str
    choices: list[Choice]
    at: datetime
    name: str | None


class MessagesOut(BaseModel):
    """The messages of a conversation, in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": "01936f3e-5a00-7c00-8000-0000000000e1",
                    "mode": "assistant",
                    "language": "en",
                    "messages": [
                        {
                            "seq": 11,
                            "from": "customer",
                            "text": "what's my balance",
                            "choices": [],
                            "at": "2026-11-23T18:00:00Z",
                            "name": None,
                        }
                    ],
                }
            ]
        }
    )

    conversation_id: UUID
    mode: Mode
    language: Language
    messages: list[MessageOut]


class ConversationOut(BaseModel):
    """An open conversation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"conversation_id": "01936f3e-5a00-7c00-8000-0000000000e1", "mode": "assistant", "language": "en"}
            ]
        }
    )

    conversation_id: UUID
    mode: Mode
    language: Language


class EndIn(BaseModel):
    """Why a conversation is over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "hung_up"}]})

    reason: Literal["hung_up", "left"]


class LanguageIn(BaseModel):
    """The language the customer wants."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "es"}]})

    language: Language


class EndOut(BaseModel):
    """What the conversation is now: a text or chat that a person has stays open."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"conversation_id": "01936f3e-5a00-7c00-8000-0000000000e1", "mode": "closed"}]}
    )

    conversation_id: UUID
    mode: Mode


class LanguageOut(BaseModel):
    """The language that counts from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"conversation_id": "01936f3e-5a00-7c00-8000-0000000000e1", "language": "es"}]}
    )

    conversation_id: UUID
    language: Language
