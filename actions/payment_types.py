"""What the account API says of offers, payments and links, as the actions read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Offer:
    """An amount to agree to; `others` are what else could be paid, by purpose, in cents."""

    id: UUID
    purpose: str
    amount_cents: int
    balance_cents: int
    past_due_cents: int
    due_on: date | None
    account: str
    method: str
    autopay: bool
    others: Mapping[str, int]

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Offer":
        return cls(
            id=UUID(raw["id"]),
            purpose=str(raw["purpose"]),
            amount_cents=int(raw["amount_cents"]),
            balance_cents=int(raw["balance_cents"]),
            past_due_cents=int(raw["past_due_cents"]),
            due_on=date.fromisoformat(raw["due_on"]) if raw["due_on"] else None,
            account=str(raw["account"]),
            method=str(raw["method"]),
            autopay=bool(raw["autopay"]),
            others={str(name): int(cents) for name, cents in raw["others"].items()},
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """How a payment goes. `failure` says why it was not made."""

    amount_cents: int
    is_pending: bool
    failure: str | None
    method: str
    confirmation_number: int | None

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Charge":
        return cls(
            amount_cents=int(raw["amount_cents"]),
            is_pending=bool(raw["is_pending"]),
            failure=raw["failure"],
            method=str(raw["method_label"]),
            confirmation_number=raw["confirmation_number"],
        )

    @property
    def is_over(self) -> bool:
        """Whether it is known how it ended, and the ledger has it if it was made."""
        return self.failure is not None or self.confirmation_number is not None


@dataclass(frozen=True, slots=True)
class Page:
    """A page to pay on or to save a card on; `sent_to` is the masked phone that its link was texted to, if it was."""

    url: str
    sent_to: str | None

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Page":
        return cls(str(raw["url"]), raw["sent_to"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A phone was asked to agree, in these words; `texted`: in a text of its own."""

    status: str
    phone: str
    words: str
    texted: bool

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Asked":
        return cls(str(raw["status"]), str(raw["phone_masked"]), str(raw["words"]), bool(raw["texted"]))


def confirmed_from_json(raw: dict[str, Any]) -> tuple[str, ...]:
    """What the owner of a phone is told of each account that it pays for from now on."""
    return tuple(str(one["words"]) for one in raw["accounts"])


def ended_from_json(raw: dict[str, Any]) -> int:
    """How many phones pay by text no more."""
    return int(raw["ended"])
