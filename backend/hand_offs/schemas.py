"""The shapes of a hand-off."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from backend.conversations.schemas import E164, ChannelName, Key, Words
from backend.hand_offs.rules import Reason

ShortName = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Detail(BaseModel):
    """One thing that was gathered for the case: what it is called, and what the customer said."""

    name: ShortName
    label: dict[Literal["en", "es"], ShortName]
    value: Annotated[Words, StringConstraints(max_length=1_000)]


class HandOffIn(BaseModel):
    """A customer needs a person. Without `conversation_id`, the conversation is found or made by its thread."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": None,
                    "channel": "sms",
                    "thread_key": "+15550001111|+15559990000",
                    "party": "+15550001111",
                    "reason": "asked_for_person",
                    "department": "customer_service",
                    "summary": "Asked for a person after a question about the balance.",
                    "topic": "balance",
                    "details": [
                        {"name": "start_on", "label": {"en": "Start date", "es": "Fecha"}, "value": "2026-12-01"}
                    ],
                }
            ]
        }
    )

    conversation_id: UUID | None = None
    channel: ChannelName | None = None
    thread_key: Key | None = None
    party: E164 | None = None
    provider_message_id: Key | None = None
    reason: Reason
    department: ShortName | None = None
    summary: Annotated[Words, StringConstraints(max_length=4_000)] = ""
    topic: ShortName | None = None
    asked_for: Annotated[Words, StringConstraints(max_length=1_000)] | None = None
    """In what words they asked for a person: whom of the directory these name is found here."""
    assistant_continues: bool = False
    details: Annotated[list[Detail], Field(max_length=40)] = []

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if self.conversation_id is None and (self.channel is None or self.thread_key is None):
            raise ValueError("give conversation_id, or channel and thread_key")
        return self


class HandOffOut(BaseModel):
    """The case, for the customer to hear about."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hand_off_id": "01936f3e-5a00-7c00-8000-0000000000f1",
                    "reference": "H-1042",
                    "open_now": True,
                    "opens_at": None,
                    "department": "customer_service",
                    "department_name": {"en": "Customer service", "es": "Servicio al cliente"},
                    "department_phone": "+19515550100",
                    "person": None,
                    "host": None,
                }
            ]
        }
    )

    hand_off_id: UUID
    reference: str
    open_now: bool
    opens_at: datetime | None
    department: str
    department_name: dict[str, Any]
    department_phone: str
    person: str | None
    """Whom they asked for by name."""
    host: str | None
    """Who was told of this visitor."""
