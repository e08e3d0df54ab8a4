"""What the account API says of offers, payments and links, as the actions read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Offer:
    """An amount to agree to; `others` are what else could be paid, by purpose, in cents.

    `fee_cents` comes on top, for paying with something of this `kind`. `balance_cents` is None for whoever may not see
    it; `method` is empty for what is keyed in. `on_its_way_cents` of the balance were paid already.
    """

    id: UUID
    purpose: str
    amount_cents: int
    fee_cents: int
    balance_cents: int | None
    past_due_cents: int
    due_on: date | None
    account: str
    method: str
    kind: str
    autopay: bool
    others: Mapping[str, int]
    on_its_way_cents: int = 0

    @property
    def left_cents(self) -> int | None:
        """What is owed and not on its way already."""
        return None if self.balance_cents is None else self.balance_cents - self.on_its_way_cents

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Offer":
        return cls(
            id=UUID(raw["id"]),
            purpose=str(raw["purpose"]),
            amount_cents=int(raw["amount_cents"]),
            fee_cents=int(raw["fee_cents"]),
            balance_cents=raw["balance_cents"],
            past_due_cents=int(raw["past_due_cents"]),
            due_on=date.fromisoformat(raw["due_on"]) if raw["due_on"] else None,
            account=str(raw["account"]),
            method=str(raw["method"]),
            kind=str(raw["kind"]),
            autopay=bool(raw["autopay"]),
            others={str(name): int(cents) for name, cents in raw["others"].items()},
            on_its_way_cents=int(raw.get("on_its_way_cents") or 0),
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """How a payment goes. `failure` says why it was not made; `receipt_is_sent`, whether it comes by text or here."""

    amount_cents: int
    fee_cents: int
    is_pending: bool
    failure: str | None
    method: str
    confirmation_number: int | None
    receipt_is_sent: bool = True

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Charge":
        return cls(
            amount_cents=int(raw["amount_cents"]),
            fee_cents=int(raw["fee_cents"]),
            is_pending=bool(raw["is_pending"]),
            failure=raw["failure"],
            method=str(raw["method_label"]),
            confirmation_number=raw["confirmation_number"],
            receipt_is_sent=bool(raw.get("receipt_is_sent", True)),
        )

    @property
    def is_over(self) -> bool:
        """Whether it is known how it ended, and the ledger has it if it was made."""
        return self.failure is not None or self.confirmation_number is not None

    def told(self, response: str) -> str:
        """The name of a response, or of the one that promises no text to whom none can be sent."""
        return response if self.receipt_is_sent else f"{response}_unsent"


@dataclass(frozen=True, slots=True)
class Page:
    """A page to pay on or to save a card on; `sent_to` is the masked phone that its link was texted to, if it was.

    `fee_cents` is charged on top of what is paid there; `suggested_cents`: what it proposes for a part that was named.
    """

    url: str
    sent_to: str | None
    fee_cents: int
    suggested_cents: int | None = None

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Page":
        return cls(str(raw["url"]), raw["sent_to"], int(raw.get("fee_cents") or 0), raw.get("suggested_cents"))


def balance_from_json(raw: dict[str, Any]) -> int | None:
    """What is owed after a payment, for whoever may hear it."""
    cents: int | None = raw["balance_cents"]
    return cents


def status_from_json(raw: dict[str, Any]) -> str:
    """How an offer stands."""
    return str(raw["status"])


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
