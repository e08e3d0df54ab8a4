"""What the account API answers, as frozen values. Money is integer cents, times have zones."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """One of several accounts that the two factors fit; the hint is part of an address."""

    account: UUID
    address_hint: str


@dataclass(frozen=True, slots=True)
class Verification:
    """`status`: verified, failed, locked, choose_account or need_account_number."""

    status: str
    verification_level: int
    attempts_left: int | None
    first_name: str | None
    choices: tuple[AccountChoice, ...]

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        choices = tuple(
            AccountChoice(UUID(choice["account"]), choice["address_hint"]) for choice in body.get("choices") or ()
        )
        return cls(
            status=body.get("status", "verified"),
            verification_level=body.get("verification_level", 0),
            attempts_left=body.get("attempts_left"),
            first_name=body.get("first_name"),
            choices=choices,
        )


@dataclass(frozen=True, slots=True)
class CodeSent:
    """`status`: sent, no_contact, locked or verification_required; `sent_to` is masked."""

    status: str
    sent_to: str | None
    minutes: int | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(body["status"], body.get("sent_to"), body.get("minutes"))


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """`status`: verified, failed, expired or locked."""

    status: str
    verification_level: int
    attempts_left: int | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(body["status"], body.get("verification_level", 0), body.get("attempts_left"))


@dataclass(frozen=True, slots=True)
class Account:
    """The verified customer's account as it may be shown."""

    account_number_masked: str
    first_name: str
    service_address: str | None
    status: str
    email_masked: str | None
    phone_masked: str | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(
            account_number_masked=body["account_number_masked"],
            first_name=body["first_name"],
            service_address=body.get("service_address"),
            status=body["status"],
            email_masked=body.get("email_masked"),
            phone_masked=body.get("phone_masked"),
        )


@dataclass(frozen=True, slots=True)
class DatedAmount:
    """An amount in cents and the day it belongs to."""

    amount_cents: int
    on: date


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account owes. Positive `balance_cents` is owed; `credit_cents` is the customer's."""

    balance_cents: int
    past_due_cents: int
    credit_cents: int
    due_date: date | None
    last_payment: DatedAmount | None
    autopay: bool
    arrangement: DatedAmount | None
    returned_payment: DatedAmount | None
    medical_protection: bool
    as_of: datetime | None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        due_date = body.get("due_date")
        return cls(
            balance_cents=body["balance_cents"],
            past_due_cents=body["past_due_cents"],
            credit_cents=body["credit_cents"],
            due_date=date.fromisoformat(due_date) if due_date else None,
            last_payment=_dated(body.get("last_payment"), "amount_cents", "received_on"),
            autopay=body["autopay"],
            arrangement=_dated(body.get("arrangement"), "installment_cents", "next_due_on"),
            returned_payment=_dated(body.get("returned_payment"), "amount_cents", "returned_on"),
            medical_protection=body["medical_protection"],
            as_of=moment(body.get("as_of")),
        )


def _dated(body: dict[str, Any] | None, amount: str, day: str) -> DatedAmount | None:
    if not body or not body.get(day):
        return None
    return DatedAmount(body[amount], date.fromisoformat(body[day][:10]))


def moment(value: str | None) -> datetime | None:
    """An ISO 8601 time with its zone, or None."""
    return datetime.fromisoformat(value) if value else None


@dataclass(frozen=True, slots=True)
class HandOffRequest:
    """A customer needs a person. `summary` is for the person who takes the case, in English."""

    conversation_id: str
    channel: str
    reason: str
    summary: str
    topic: str | None
    department: str = "customer_service"
    assistant_continues: bool = False
    details: tuple[dict[str, Any], ...] = ()
    asked_for: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The body of `POST /v1/hand-offs`; the conversation is known, so the thread is not needed."""
        return {**asdict(self), "thread_key": None, "party": None, "provider_message_id": None}


@dataclass(frozen=True, slots=True)
class HandOff:
    """A case in the queue of the people; the department's name by language. `person`: whom they asked for by name;
    `host`: who was told of this visitor."""

    hand_off_id: str
    reference: str
    open_now: bool
    opens_at: datetime | None
    department: str
    department_name: dict[str, str]
    department_phone: str | None
    person: str | None = None
    host: str | None = None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(
            hand_off_id=body["hand_off_id"],
            reference=body["reference"],
            open_now=body["open_now"],
            opens_at=moment(body.get("opens_at")),
            department=body["department"],
            department_name=body.get("department_name") or {},
            department_phone=body.get("department_phone"),
            person=body.get("person"),
            host=body.get("host"),
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that an answer names; `kind` is phone, money (cents), number, address or words."""

    kind: str
    value: int | str


@dataclass(frozen=True, slots=True)
class Article:
    """An answer of the district in both languages; `{name}` in `text` is one of `facts`.

    `offers` is what may be offered after it, such as `sign_in`; `notices`: those that are on are told before it.
    """

    slug: str
    text: dict[str, str]
    link: dict[str, str | None]
    facts: dict[str, Fact]
    offers: str | None
    notices: bool

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        facts = {name: Fact(fact["kind"], fact["value"]) for name, fact in body["facts"].items()}
        return cls(body["slug"], body["text"], body["link"], facts, body.get("offers"), bool(body.get("notices")))
