"""The shapes of calls that wait, of phones that are rung, and of voicemail."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.conversations.schemas import E164, Key, Words
from backend.hand_offs.schemas import HandOffIn, ShortName

Sid = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9a-f]{32}$")]


class CallIn(BaseModel):
    """A caller asks for a person. `department` counts only when the call has no case yet. `tried`: a department's
    phone was rung before and is `unanswered`, or the caller is `gone` by now. `rung`: so many phones were."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"call_sid": "CA" + "0" * 32, "party": "+15550001111", "department": "billing"}]
        }
    )

    call_sid: Key
    party: E164 | None = None
    department: ShortName | None = None
    tried: Literal["unanswered", "gone"] | None = None
    rung: Annotated[int, Field(ge=1, le=10)] = 1

    def as_hand_off(self) -> HandOffIn:
        """The case that is filed when there is none."""
        return HandOffIn(
            channel="voice",
            thread_key=self.call_sid,
            party=self.party,
            reason="asked_for_person",
            department=self.department,
            provider_message_id=f"{self.call_sid}:queue",
        )


class CallOut(BaseModel):
    """`wait` in line, `ring` the department's phone, or `closed`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "wait", "department": "billing", "number": "+19515550202", "opens_at": None}]
        }
    )

    outcome: Literal["wait", "ring", "closed"]
    department: str
    number: str
    opens_at: datetime | None


class PlaceOut(BaseModel):
    """Where a caller stands: `turn` says what to do, `minutes` the expected wait (null: nobody is at work)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"turn": "wait", "place": 3, "minutes": 5, "offer_callback": True, "phone": "+15550001111"}]
        }
    )

    turn: Literal["wait", "soon", "closed", "overflow", "gone"]
    place: int
    minutes: int | None
    offer_callback: bool
    phone: str | None


class CallbackIn(BaseModel):
    """The confirmed number to call back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"phone": "+15550001111"}]})

    phone: E164


class CallbackOut(BaseModel):
    """The first time that may be; the place in line stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"not_before": "2026-11-24T07:30:00-08:00"}]})

    not_before: datetime


class StepIn(BaseModel):
    """What the caller leaves the line for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "voicemail"}]})

    step: Literal["voicemail", "overflow"]


class LeftIn(BaseModel):
    """How the caller came out of the line, the conference, or a department's phone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"result": "person_left"}]})

    result: ShortName


class OnwardOut(BaseModel):
    """Where the call goes on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "department", "department": "billing", "number": "+19515550202"}]}
    )

    outcome: Literal["wait", "assistant", "department", "voicemail", "ask", "end"]
    department: str | None
    number: str | None


class WhisperOut(BaseModel):
    """What the person hears who picked up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "role": "lead",
                    "language": "es",
                    "words": "Llamada de Maria Lopez. Identidad verificada.",
                    "summary": "Why did the bill double?",
                }
            ]
        }
    )

    role: Literal["lead", "consult", "supervisor", "customer"]
    language: str
    words: str
    summary: str


class LegIn(BaseModel):
    """What became of a phone that was rung."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "failed", "provider_sid": "CA" + "0" * 32, "failure": "no-answer"}]}
    )

    state: Literal["ringing", "asked", "joined", "ended", "failed"]
    provider_sid: Sid | None = None
    failure: ShortName | None = None


class LegOut(BaseModel):
    """How it joins: the `conference`, `bring` (the caller to move there), `coach`, `stays`: they end nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "join",
                    "conference": "case-0193",
                    "bring": "CA" + "0" * 32,
                    "muted": False,
                    "coach": None,
                    "ends": True,
                    "stays": [],
                }
            ]
        }
    )

    outcome: Literal["join", "gone"]
    conference: str
    bring: str | None
    muted: bool
    coach: str | None
    ends: bool
    stays: list[str]


class VoicemailIn(BaseModel):
    """A message that was left."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"call_sid": "CA" + "0" * 32, "party": "+15550001111", "recording_sid": "RE" + "0" * 32, "seconds": 34}
            ]
        }
    )

    call_sid: Key
    party: E164 | None = None
    recording_sid: Sid
    seconds: Annotated[int, Field(ge=0, le=7_200)]


class VoicemailOut(BaseModel):
    """The case that has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hand_off_id": "01936f3e-5a00-7c00-8000-0000000000f1"}]})

    hand_off_id: UUID


class PieceIn(BaseModel):
    """One sentence of a message as it is heard; its beginning and its end (`is_last`) have no words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"transcription_sid": "GT" + "0" * 32, "number": 2, "text": "Hola.", "is_last": False}]
        }
    )

    transcription_sid: Sid
    number: Annotated[int, Field(ge=1, le=10_000)]
    text: Annotated[Words, StringConstraints(max_length=10_000)] = ""
    is_last: bool = False
