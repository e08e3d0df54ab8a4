"""What the pages show: values only, made by `desk` from what the services answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.captures.view import CaptureSeen
from backend.queue.lines import Line as CallLine
from backend.recordings.service import Recorded
from backend.recordings.service import State as RecordingState


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One open case in the queue. `priority`: 0 emergency, 1 urgent, 2 and more normal."""

    id: UUID
    reference: str
    state: str
    priority: int
    reason: str
    department: str
    channel: str
    language: str
    customer_name: str | None
    verification_level: int
    created_at: datetime
    staff_id: UUID | None
    staff_name: str | None
    place: int = 0
    """The place in the queue, from 1; 0 for a case that somebody has."""
    why: tuple[tuple[str, int], ...] = ()
    """What makes up the place: names and minutes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that is held out to this person, until when."""

    item: QueueItem
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FloorSeen:
    """How this person has set themselves: available, away or after_call; the phone; how many at once; departments."""

    state: str
    phone: str | None
    voice_max: int
    sms_max: int
    chat_max: int
    departments: tuple[str, ...]
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class Call:
    """The call of a case; whom it may be passed on to: colleagues (id, name), departments (id, English, Spanish).

    `recording` None: it is not recorded.
    `capture` is the last card that was taken by keys; `fees` what paying so costs on top, by kind, in cents.
    """

    line: CallLine
    capture: CaptureSeen | None
    fees: tuple[tuple[str, int], ...]
    colleagues: tuple[tuple[UUID, str], ...]
    departments: tuple[tuple[str, str, str], ...]
    recording: RecordingState | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript; `sender` is customer, assistant, person or system."""

    seq: int
    sender: str
    name: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One event in the life of the case."""

    kind: str
    at: datetime
    staff_name: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing the assistant noted for the case; the label by language."""

    label: Mapping[str, str]
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class DatedAmount:
    amount_cents: int
    on: date


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known of the account; the level says what of it may be told."""

    account_id: UUID
    number: str
    service_address: str
    status: str
    balance_cents: int
    past_due_cents: int
    credit_cents: int
    due_date: date | None
    last_payment: DatedAmount | None
    installment: DatedAmount | None
    returned: DatedAmount | None
    autopay: bool
    medical_protection: bool
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A case with everything around it. `party` is the number that called or wrote, when it is known.

    `can_answer`: words can reach the customer, by chat or by text. `disposition` is how it was closed.
    """

    item: QueueItem
    mode: str
    party: str | None
    summary: str
    details: tuple[Detail, ...]
    assistant_continues: bool
    can_answer: bool
    disposition: str | None
    facts: AccountFacts | None
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    shut_off_on: date | None = None
    recordings: tuple[Recorded, ...] = ()
