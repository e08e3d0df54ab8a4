"""What the account API answers about ways to pay and to get bills, as frozen values. Money is integer cents."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Recurring:
    """A payment of up to `amount_cents` each month; the next on `next_on`."""

    method_label: str
    amount_cents: int
    next_on: date

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(body["method_label"], body["amount_cents"], date.fromisoformat(body["next_on"]))


@dataclass(frozen=True, slots=True)
class Options:
    """The ways to pay and to get bills that are on; None or False: off. `autopay` is the label of the method.

    `on_file` is the newest card or bank account that the processor keeps, with its id: what can be drawn from.
    `recurring_cents_max` is the most that a payment each month may be.
    """

    autopay: str | None
    recurring: Recurring | None
    paperless: bool
    budget_cents: int | None
    recurring_cents_max: int
    on_file: tuple[str, str] | None = None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        autopay, recurring, budget = body["autopay"], body["recurring"], body["budget"]
        return cls(
            autopay=autopay["method_label"] if autopay else None,
            recurring=Recurring.from_json(recurring) if recurring else None,
            paperless=body["paperless"],
            budget_cents=budget["monthly_cents"] if budget else None,
            recurring_cents_max=body["recurring_cents_max"],
            on_file=next(((one["label"], one["method_id"]) for one in body["on_file"]), None),
        )


@dataclass(frozen=True, slots=True)
class BudgetFacts:
    """The budget bill in force (`is_on`), or what it would be a month and why there is none."""

    is_on: bool
    why_not: str | None
    monthly_cents: int | None
    deferred_cents: int
    bills: int
    bills_needed: int

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        budget = body["budget"]
        return cls(
            is_on=budget is not None,
            why_not=body["why_not"],
            monthly_cents=budget["monthly_cents"] if budget else body["monthly_cents"],
            deferred_cents=budget["deferred_cents"] if budget else 0,
            bills=len(body["history"]),
            bills_needed=body["bills_needed"],
        )
