"""Posting to the ledger and reading balances from it.

Every posting carries the caller's idempotency key: the same key with the same content is the same
entry however often it comes, the same key with other content is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import ConflictError, NotFoundError
from backend.ledger import chart, repository, rules
from backend.models.bill import Bill


class IdempotencyConflictError(ConflictError):
    """409: the key was used before, for something else."""

    def __init__(self, idempotency_key: str) -> None:
        detail = "This idempotency key was used before with other content. Use a new key for a new posting."
        super().__init__("idempotency_conflict", detail, idempotency_key=idempotency_key)


class EntryNotFoundError(NotFoundError):
    """404: there is no such entry."""

    def __init__(self) -> None:
        super().__init__("entry_not_found", "There is no such ledger entry. Check its id.")


class NotReversibleError(ConflictError):
    """409: the entry was reversed before, or is itself a reversal."""

    def __init__(self) -> None:
        detail = "This entry was reversed before or is a reversal itself. Post a new entry instead."
        super().__init__("not_reversible", detail)


class ReceivableNotFoundError(NotFoundError):
    """404: nothing can be charged to or paid on an account that does not exist."""

    def __init__(self) -> None:
        super().__init__("account_not_found", "There is no such account. Check the account's id.")


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry's id, and whether this call made it (False: it was there already)."""

    entry_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class TrialBalanceLine:
    """The balance of one ledger account, debit positive; customers' receivables are one line."""

    code: str
    kind: str
    balance_cents: int


async def post_entry(session: AsyncSession, entry: rules.Entry, now: datetime) -> Posted:
    """Append the entry once.

    :raises rules.UnsoundEntryError: it is not balanced, or has fewer than two postings.
    :raises IdempotencyConflictError: its key was used before for something else.
    """
    rules.check(entry)
    entry_id = await repository.append(session, entry, now)
    if entry_id is not None:
        return Posted(entry_id, is_new=True)
    known = await repository.by_key(session, entry.idempotency_key)
    if known.content_digest != rules.content_digest(entry):
        raise IdempotencyConflictError(entry.idempotency_key)
    return Posted(known.id, is_new=False)


async def post_entries(session: AsyncSession, entries: Sequence[rules.Entry], now: datetime) -> list[Posted]:
    """Append many entries, each once, in one round trip; what became of each, in their order.

    :raises rules.UnsoundEntryError: one is not balanced, or has fewer than two postings; nothing is appended.
    :raises IdempotencyConflictError: a key was used before for something else.
    :raises ValueError: two of the entries have the same key.
    """
    for entry in entries:
        rules.check(entry)
    keys = [entry.idempotency_key for entry in entries]
    if len(set(keys)) < len(keys):
        raise ValueError("two entries with one key are not two entries")
    added = await repository.append_all(session, entries, now) if entries else {}
    old = [key for key in keys if key not in added]
    known = await repository.by_keys(session, old) if old else {}
    for entry in entries:
        there = known.get(entry.idempotency_key)
        if there is not None and there.content_digest != rules.content_digest(entry):
            raise IdempotencyConflictError(entry.idempotency_key)
    return [Posted(added[key], is_new=True) if key in added else Posted(known[key].id, is_new=False) for key in keys]


async def reverse_entry(
    session: AsyncSession,
    entry_id: UUID,
    *,
    effective_on: date,
    description: str,
    idempotency_key: str,
    now: datetime,
) -> Posted:
    """Undo an entry to the cent by a new one that points to it.

    :raises EntryNotFoundError: no such entry.
    :raises NotReversibleError: it was reversed before under another key, or is a reversal.
    :raises IdempotencyConflictError: the key was used before for something else.
    """
    original = await repository.locked_entry(session, entry_id)
    if original is None:
        raise EntryNotFoundError
    earlier = await repository.reversal_of(session, entry_id)
    if original.kind == "reversal" or (earlier and earlier.idempotency_key != idempotency_key):
        raise NotReversibleError
    postings = tuple(posting.undone() for posting in await repository.postings_of(session, entry_id))
    reversal = rules.Entry(idempotency_key, "reversal", description, effective_on, postings, entry_id)
    return await post_entry(session, reversal, now)


async def post_bill(
    session: AsyncSession,
    *,
    account_id: UUID,
    amount_cents: int,
    usage_ccf: int,
    period: tuple[date, date],
    issued_on: date,
    due_date: date,
    idempotency_key: str,
    now: datetime,
) -> Bill:
    """Charge the account for a period (first and last day).

    :raises ReceivableNotFoundError: no such account.
    :raises IdempotencyConflictError: the key was used before for something else.
    """
    await _require_receivable(session, account_id)
    postings = rules.transfer(account_id, chart.WATER_REVENUE, amount_cents, due_date)
    description = f"Water service {period[0]} to {period[1]}, {usage_ccf} CCF"
    entry = rules.Entry(idempotency_key, "bill", description, issued_on, postings)
    posted = await post_entry(session, entry, now)
    known = None if posted.is_new else await repository.bill_by_entry(session, posted.entry_id)
    if known is not None:
        return known
    bill = Bill(
        account_id=account_id,
        entry_id=posted.entry_id,
        period_start=period[0],
        period_end=period[1],
        issued_on=issued_on,
        due_date=due_date,
        usage_ccf=usage_ccf,
        amount_cents=amount_cents,
    )
    await repository.add_bill(session, bill)
    return bill


async def post_fee(
    session: AsyncSession,
    *,
    account_id: UUID,
    amount_cents: int,
    description: str,
    effective_on: date,
    due_on: date,
    idempotency_key: str,
    now: datetime,
) -> Posted:
    """Charge a fee that falls due on `due_on`.

    :raises ReceivableNotFoundError: no such account.
    :raises IdempotencyConflictError: the key was used before for something else.
    """
    await _require_receivable(session, account_id)
    postings = rules.transfer(account_id, chart.FEE_REVENUE, amount_cents, due_on)
    entry = rules.Entry(idempotency_key, "fee", description, effective_on, postings)
    return await post_entry(session, entry, now)


async def post_receipt(
    session: AsyncSession,
    *,
    account_id: UUID,
    amount_cents: int,
    description: str,
    received_on: date,
    idempotency_key: str,
    now: datetime,
) -> Posted:
    """Record money received for the account: cash up, receivable down.

    :raises ReceivableNotFoundError: no such account.
    :raises IdempotencyConflictError: the key was used before for something else.
    """
    await _require_receivable(session, account_id)
    postings = rules.transfer(chart.CASH, account_id, amount_cents)
    entry = rules.Entry(idempotency_key, "payment", description, received_on, postings)
    return await post_entry(session, entry, now)


async def open_receivable(session: AsyncSession, account_id: UUID) -> None:
    """Give a new customer account its place in the ledger; without it nothing can be posted to it."""
    await repository.add_receivable(session, account_id)


async def balance_cents(session: AsyncSession, account_id: UUID, as_of: date | None = None) -> int:
    """What the account owes (negative: a credit), from postings up to and including `as_of`."""
    return await repository.sum_cents(session, account_id, as_of)


async def trial_balance(session: AsyncSession, as_of: date | None = None) -> list[TrialBalanceLine]:
    """Every ledger account's balance; the lines sum to zero, always."""
    rows = await repository.sums_by_code(session, as_of)
    return [TrialBalanceLine(row["code"], row["kind"], int(row["balance_cents"])) for row in rows]


async def _require_receivable(session: AsyncSession, account_id: UUID) -> None:
    if not await repository.has_receivable(session, account_id):
        raise ReceivableNotFoundError
