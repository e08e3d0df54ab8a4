"""The notices on a statement: what the customer must know or do, and what the district says. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backend.accounts.rules import past_due_cents
from backend.district.schemas import StatementMessage, Statements
from backend.rates.rules import Rate
from backend.statements.history import Around, BillRow
from backend.statements.rules import Billed

Value = int | date | Decimal | str
"""Cents, a day, dollars a unit, or words as they are."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A box on the statement; `code` names its words in the template, `values` fill them."""

    code: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class OnIssue:
    """The bill as it was issued, and the account on that day (`notice_repository.facts_on`)."""

    row: BillRow
    bill: Billed
    around: Around
    facts: Mapping[str, Any]
    rate: Rate | None
    """The rate of the account's class on the day the bill was issued."""

    @property
    def past_due_cents(self) -> int:
        """What should have been paid before, without what a plan puts off."""
        around = self.around
        return past_due_cents(around.balance_cents, around.not_yet_due_cents, around.planned_cents)


def notices_of(issue: OnIssue) -> list[Notice]:
    """In the order of what a customer should read first."""
    if issue.row.is_cancelled:
        return []
    return [Notice(code, values) for code, values in _all(issue)]


def _all(issue: OnIssue) -> Iterator[tuple[str, Mapping[str, Value]]]:
    facts, bill, row = issue.facts, issue.bill, issue.row
    if issue.past_due_cents and facts["hold_kind"] is None:
        yield "past_due", {"amount": issue.past_due_cents}
    if facts["hold_kind"] is not None:
        yield f"hold_{facts['hold_kind']}", {}
    if facts["returned_cents"] is not None:
        yield "returned", {"amount": facts["returned_cents"], "day": facts["returned_received_on"]}
    if facts["installment_on"] is not None:
        yield "plan", {"amount": facts["installment_cents"], "day": facts["installment_on"]}
    yield from _paying(issue)
    if facts["recalculate_on"] is not None:
        yield "budget", _budget(issue)
    drought = issue.rate.drought if issue.rate else None
    if drought is not None and drought.surcharge_dollars_per_unit:
        yield "drought", {"stage": str(drought.stage), "price": drought.surcharge_dollars_per_unit}
    if row.is_estimated:
        yield "estimated", {}
    if row.kind in ("final", "rebill"):
        yield row.kind, {}
    if bill.due_cents < 0:
        yield ("credit_closed" if facts["status"] == "closed" else "credit"), {"amount": -bill.due_cents}
    if facts["paperless"]:
        yield "paperless", {}


def _paying(issue: OnIssue) -> Iterator[tuple[str, Mapping[str, Value]]]:
    facts, due = issue.facts, issue.bill.due_cents
    if due <= 0:
        return
    if facts["autopay_method"] is not None:
        yield "autopay", {"amount": due, "method": facts["autopay_method"], "day": issue.row.due_date}
    if facts["recurring_method"] is not None:
        yield (
            "recurring",
            {
                "amount": facts["recurring_cents"],
                "method": facts["recurring_method"],
                "day_of_month": str(facts["day_of_month"]),
            },
        )


def _budget(issue: OnIssue) -> Mapping[str, Value]:
    bill, put_off = issue.bill, issue.facts["deferred_cents"]
    return {
        "amount": bill.new_charges_cents + bill.levelled_cents,
        "charges": bill.new_charges_cents,
        "put_off": abs(put_off),
        "ahead": "yes" if put_off < 0 else "",
        "day": issue.facts["recalculate_on"],
    }


def messages_of(
    issue: OnIssue, policy: Statements, service_class: str, compared: Billed | None
) -> list[StatementMessage]:
    """What the district says on this statement; `compared` is the bill that high use is measured against."""
    if issue.row.kind == "final" or issue.row.is_cancelled:
        return []
    high = compared is not None and is_high(issue.bill, compared, policy.high_use_percent)
    return [
        one
        for one in policy.messages
        if (one.when == "always" or high)
        and (one.first_on is None or one.first_on <= issue.row.issued_on)
        and (one.last_on is None or issue.row.issued_on <= one.last_on)
        and (not one.classes or service_class in one.classes)
    ]


def is_high(bill: Billed, compared: Billed, percent: int) -> bool:
    """Whether the use a day is `percent` of that of the other bill, or more."""
    return bill.units * compared.days * 100 >= compared.units * bill.days * percent and bill.units > compared.units
