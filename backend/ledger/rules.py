"""What makes a ledger entry sound, and when two are the same. Debits are positive, credits negative."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

POSTINGS_MIN = 2
AMOUNT_CENTS_MAX = 100_000_000_000
"""A billion dollars: more in one posting is a slip of the keyboard."""


class UnsoundEntryError(ValueError):
    """An entry that no ledger may hold; the message says which rule it breaks."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry, in cents; `due_on` on a receivable says when a charge falls due."""

    ledger_account_id: UUID
    amount_cents: int
    due_on: date | None = None

    def undone(self) -> "Posting":
        """The posting that takes this one back, with the same due date."""
        return Posting(self.ledger_account_id, -self.amount_cents, self.due_on)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be posted, once for each `idempotency_key`."""

    idempotency_key: str
    kind: str
    description: str
    effective_on: date
    postings: tuple[Posting, ...]
    reverses_id: UUID | None = None


def transfer(debit: UUID, credit: UUID, amount_cents: int, due_on: date | None = None) -> tuple[Posting, ...]:
    """The two postings that move `amount_cents`; the debit (a charge) falls due on `due_on`."""
    return Posting(debit, amount_cents, due_on), Posting(credit, -amount_cents)


def check(entry: Entry) -> None:
    """Refuse what the database would refuse at commit, with a clearer message and at once.

    :raises UnsoundEntryError: no key, too few postings, a zero or absurd amount, or out of balance.
    """
    if not entry.idempotency_key:
        raise UnsoundEntryError("an entry needs an idempotency key")
    if len(entry.postings) < POSTINGS_MIN:
        raise UnsoundEntryError("an entry needs two postings or more")
    if any(posting.amount_cents == 0 for posting in entry.postings):
        raise UnsoundEntryError("a posting of zero says nothing")
    if any(abs(posting.amount_cents) > AMOUNT_CENTS_MAX for posting in entry.postings):
        raise UnsoundEntryError("a posting of more than a billion dollars is refused")
    off_cents = balance(entry.postings)
    if off_cents:
        raise UnsoundEntryError(f"the postings are out of balance by {off_cents} cents")


def balance(postings: Sequence[Posting]) -> int:
    """The sum of debits less credits; zero for a sound entry."""
    return sum(posting.amount_cents for posting in postings)


def content_digest(entry: Entry) -> bytes:
    """32 bytes that are equal for entries with equal content, whatever their keys."""
    parts = [entry.kind, entry.description, entry.effective_on.isoformat(), str(entry.reverses_id)]
    for posting in entry.postings:
        parts += [str(posting.ledger_account_id), str(posting.amount_cents), str(posting.due_on)]
    return hashlib.sha256("\x1f".join(parts).encode()).digest()
