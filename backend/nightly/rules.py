"""The steps of a night in their order, and what their parts came to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TITLES = {
    "files": "Files from the inbox",
    "drafts": "Autopay and recurring payments",
    "arrangements": "Payment arrangements",
    "late_fees": "Late fees",
    "prepare": "Preliminary billing ledger",
    "bills": "Bills of approved cycles",
    "budgets": "Budget bills",
    "credits": "Credits to what is owed",
    "bill_texts": "Texts about bills",
    "reconciliation": "The card processor's day",
    "aging": "Aging of receivables",
    "exceptions": "Left for people",
    "summary": "Summary and trial balance",
}
"""Step → what it is called. Money that comes in is posted before anybody is charged for not having paid; arrangements
are looked at before late fees, which spare those who keep to one."""
STEPS = tuple(TITLES)
WHOLE = 0
"""The part number of the row that says a whole step is done."""
BILLED_OF_A_PART = 4
"""Most steps change few accounts of a part. Billing changes every one, and whoever pays on one of them waits for the
end of the transaction: so its parts have a quarter of the accounts."""
BY_ACCOUNTS = frozenset({"drafts", "arrangements", "late_fees", "budgets", "credits", "bill_texts", "aging"})

# What a step's counts say: how many of what (None: only an amount), and the count that holds their cents.
_LINES: Mapping[str, Sequence[tuple[str | None, str, str | None]]] = {
    "files": (
        ("files_taken", "files taken in", None),
        ("lockbox", "lockbox payments", "lockbox_cents"),
        ("payments", "payments from files", "payments_cents"),
        ("returns", "returned payments", "returns_cents"),
        ("reads", "meter reads", None),
        ("reads_set_aside", "meter reads set aside for a person", None),
        ("not_read", "meters that were not read", None),
        ("weather", "days of weather", None),
        ("set_aside", "receipts and returns set aside for a person", None),
        ("files_known", "files that were taken before", None),
        ("files_refused", "files refused", None),
    ),
    "drafts": (
        ("autopay", "autopay drafts", "autopay_cents"),
        ("recurring", "recurring payments", "recurring_cents"),
        ("autopay_ended", "standing payments ended after returns", None),
    ),
    "arrangements": (
        ("installments_kept", "installments kept", None),
        ("arrangements_completed", "arrangements completed", None),
        ("arrangements_broken", "arrangements broken", None),
    ),
    "late_fees": (
        ("late_fees", "late fees", "late_fee_cents"),
        ("delinquent_charges", "delinquent processing charges", "delinquent_charge_cents"),
    ),
    "prepare": (
        ("runs", "cycles whose meters have been read", None),
        ("drafts", "bills drafted for review", None),
        ("cycles_unscheduled", "cycles without a read day in the policy", None),
    ),
    "bills": (("bills", "bills", "bills_cents"), ("runs_held", "cycles held up by open exceptions", None)),
    "budgets": (
        ("budget_leveled", "bills leveled", None),
        ("budget_cancelled", "levelings taken back", None),
        ("budget_ended", "budget bills ended", None),
        ("budget_renewed", "budget bills renewed", None),
    ),
    "credits": (("allocations", "charges paid from credits", None),),
    "bill_texts": (
        ("bill_texts", "texts about new bills", None),
        ("bill_reminders", "texts about bills due soon", None),
    ),
    "reconciliation": (
        ("processor_charges", "charges at the processor", "processor_charges_cents"),
        ("differences", "differences to the ledger", None),
    ),
    "aging": (
        (None, "not yet due", "current_cents"),
        (None, "1 to 30 days late", "days_1_30_cents"),
        (None, "31 to 60 days late", "days_31_60_cents"),
        (None, "61 to 90 days late", "days_61_90_cents"),
        (None, "more than 90 days late", "days_over_90_cents"),
        (None, "credits not used yet", "credit_cents"),
    ),
    "exceptions": (
        ("billing_exceptions", "billing exceptions open", None),
        ("runs_to_approve", "cycles to approve", None),
        ("unapplied_receipts", "receipts without an account", None),
        ("return_items", "returns to look into", None),
        ("read_items", "meter reads to look into", None),
        ("fee_reversals", "fee reversals to decide", None),
        ("refunds", "refunds to decide", None),
        ("voids", "voids to decide", None),
        ("nightly_items", "broken arrangements, refused files, held cycles", None),
    ),
    "summary": ((None, "trial balance", "trial_balance_cents"),),
}
_ALWAYS = frozenset({"trial_balance_cents"})


def billed_at_once(part_accounts: int) -> int:
    """Accounts a part of the steps that draft and bill, in a night whose parts have so many."""
    return -(-part_accounts // BILLED_OF_A_PART)


@dataclass(frozen=True, slots=True)
class PartRow:
    """A row of `nightly_steps`."""

    step: str
    part: int
    counts: Mapping[str, Any]
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Something a step did: how many (None: it is an amount alone), of what, and their cents (None: not money)."""

    count: int | None
    what: str
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class StepState:
    """How far a step is: `parts_done` of `parts` (None: not known beforehand), with the sums of their counts."""

    step: str
    title: str
    status: str
    parts_done: int
    parts: int | None
    counts: Mapping[str, int]
    lines: tuple[Line, ...]
    done_at: datetime | None


def sums(rows: Iterable[PartRow]) -> dict[str, int]:
    """Every whole number that the parts counted, added up by name."""
    found: dict[str, int] = {}
    for row in rows:
        for name, value in row.counts.items():
            if isinstance(value, int) and not isinstance(value, bool):
                found[name] = found.get(name, 0) + value
    return found


def lines(step: str, counts: Mapping[str, int]) -> tuple[Line, ...]:
    """What a step did, for people to read; what it did not do is left out."""
    found = []
    for name, what, cents_name in _LINES[step]:
        count = counts.get(name, 0) if name else None
        cents = counts.get(cents_name, 0) if cents_name else None
        if count or cents or cents_name in _ALWAYS & counts.keys():
            found.append(Line(count, what, cents))
    return tuple(found)


def states(rows: Sequence[PartRow], account_parts: int) -> list[StepState]:
    """Every step in order: done, running (the first that is not done) or waiting."""
    listed, reached = [], False
    for step, title in TITLES.items():
        mine = [row for row in rows if row.step == step]
        whole = next((row for row in mine if row.part == WHOLE), None)
        parts_done = sum(row.part != WHOLE for row in mine)
        status = "done" if whole else "waiting" if reached else "running"
        reached = reached or whole is None
        parts = parts_done if whole else max(account_parts, parts_done) if step in BY_ACCOUNTS else None
        counts = sums(mine)
        done_at = whole.done_at if whole else None
        listed.append(StepState(step, title, status, parts_done, parts, counts, lines(step, counts), done_at))
    return listed


def totals(rows: Sequence[PartRow]) -> dict[str, dict[str, int]]:
    """The sums of every step that counted something other than nothing."""
    found = {step: sums(row for row in rows if row.step == step) for step in STEPS}
    kept = {step: {name: value for name, value in counts.items() if value} for step, counts in found.items()}
    return {step: counts for step, counts in kept.items() if counts}
