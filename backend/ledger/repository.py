"""Reading and appending ledger entries; nothing here can change one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    LargeBinary,
    RowMapping,
    SmallInteger,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import rules
from backend.models.base import new_id
from backend.models.bill import Bill
from backend.models.ledger import LedgerAccount, LedgerEntry, LedgerPosting

# The entry and its postings in one round trip; no row comes back when the key was there already.
_APPEND = text("""
WITH entry AS (
    INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at,
                                content_digest, reverses_id, posting_count)
    VALUES (:id, :idempotency_key, :kind, :description, :effective_on, :posted_at,
            :content_digest, :reverses_id, :posting_count)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id
), postings AS (
    INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on, due_on)
    SELECT entry.id, p.line, p.ledger_account_id, p.amount_cents, :effective_on, p.due_on
      FROM entry, unnest(:ledger_account_ids, :amounts_cents, :due_days)
                  WITH ORDINALITY AS p (ledger_account_id, amount_cents, due_on, line)
)
SELECT id FROM entry
""").bindparams(
    bindparam("id", type_=Uuid()),
    bindparam("reverses_id", type_=Uuid()),
    bindparam("effective_on", type_=Date()),
    bindparam("ledger_account_ids", type_=ARRAY(Uuid())),
    bindparam("amounts_cents", type_=ARRAY(BigInteger())),
    bindparam("due_days", type_=ARRAY(Date())),
)

# The same for many entries: `entry_of` says to which of them (from 1) each posting belongs.
_APPEND_ALL = text("""
WITH given AS (
    SELECT * FROM unnest(:ids, :keys, :kinds, :descriptions, :days, :digests, :reversed_ids, :posting_counts)
        AS g (id, idempotency_key, kind, description, effective_on, content_digest, reverses_id, posting_count)
), entry AS (
    INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at,
                                content_digest, reverses_id, posting_count)
    SELECT id, idempotency_key, kind, description, effective_on, :posted_at, content_digest, reverses_id, posting_count
      FROM given
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id, effective_on
), postings AS (
    INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on, due_on)
    SELECT entry.id, p.line, p.ledger_account_id, p.amount_cents, entry.effective_on, p.due_on
      FROM entry JOIN unnest(:entry_ids, :lines, :ledger_account_ids, :amounts_cents, :due_days)
                 AS p (entry_id, line, ledger_account_id, amount_cents, due_on) ON p.entry_id = entry.id
)
SELECT id FROM entry
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("keys", type_=ARRAY(Text())),
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("descriptions", type_=ARRAY(Text())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("digests", type_=ARRAY(LargeBinary())),
    bindparam("reversed_ids", type_=ARRAY(Uuid())),
    bindparam("posting_counts", type_=ARRAY(SmallInteger())),
    bindparam("entry_ids", type_=ARRAY(Uuid())),
    bindparam("lines", type_=ARRAY(SmallInteger())),
    bindparam("ledger_account_ids", type_=ARRAY(Uuid())),
    bindparam("amounts_cents", type_=ARRAY(BigInteger())),
    bindparam("due_days", type_=ARRAY(Date())),
)


async def append_all(session: AsyncSession, entries: Sequence[rules.Entry], now: datetime) -> dict[str, UUID]:
    """Add those entries whose keys are new, in one round trip; the ids of what was added, by key."""
    ids = [new_id() for _ in entries]
    sides = [
        (entry_id, line, posting)
        for entry_id, entry in zip(ids, entries, strict=True)
        for line, posting in enumerate(entry.postings, 1)
    ]
    values = {
        "ids": ids,
        "keys": [entry.idempotency_key for entry in entries],
        "kinds": [entry.kind for entry in entries],
        "descriptions": [entry.description for entry in entries],
        "days": [entry.effective_on for entry in entries],
        "posted_at": now,
        "digests": [rules.content_digest(entry) for entry in entries],
        "reversed_ids": [entry.reverses_id for entry in entries],
        "posting_counts": [len(entry.postings) for entry in entries],
        "entry_ids": [entry_id for entry_id, _, _ in sides],
        "lines": [line for _, line, _ in sides],
        "ledger_account_ids": [posting.ledger_account_id for _, _, posting in sides],
        "amounts_cents": [posting.amount_cents for _, _, posting in sides],
        "due_days": [posting.due_on for _, _, posting in sides],
    }
    added = set(await session.scalars(_APPEND_ALL, values))
    return {entry.idempotency_key: entry_id for entry_id, entry in zip(ids, entries, strict=True) if entry_id in added}


async def append(session: AsyncSession, entry: rules.Entry, now: datetime) -> UUID | None:
    """Add the entry; its id, or None when one with its key is there already."""
    values = {
        "id": new_id(),
        "idempotency_key": entry.idempotency_key,
        "kind": entry.kind,
        "description": entry.description,
        "effective_on": entry.effective_on,
        "posted_at": now,
        "content_digest": rules.content_digest(entry),
        "reverses_id": entry.reverses_id,
        "posting_count": len(entry.postings),
        "ledger_account_ids": [posting.ledger_account_id for posting in entry.postings],
        "amounts_cents": [posting.amount_cents for posting in entry.postings],
        "due_days": [posting.due_on for posting in entry.postings],
    }
    return (await session.execute(_APPEND, values)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Known:
    id: UUID
    content_digest: bytes


async def by_key(session: AsyncSession, idempotency_key: str) -> Known:
    """The entry of that key, which is there."""
    query = select(LedgerEntry.id, LedgerEntry.content_digest)
    row = (await session.execute(query.where(LedgerEntry.idempotency_key == idempotency_key))).one()
    return Known(row.id, row.content_digest)


async def by_keys(session: AsyncSession, idempotency_keys: Sequence[str]) -> dict[str, Known]:
    """The entries of those keys, by key."""
    query = select(LedgerEntry.idempotency_key, LedgerEntry.id, LedgerEntry.content_digest)
    rows = await session.execute(query.where(LedgerEntry.idempotency_key.in_(idempotency_keys)))
    return {row.idempotency_key: Known(row.id, row.content_digest) for row in rows}


async def locked_entry(session: AsyncSession, entry_id: UUID) -> LedgerEntry | None:
    """The entry, with its row locked until the transaction ends: one reversal at a time."""
    query = select(LedgerEntry).where(LedgerEntry.id == entry_id)
    return await session.scalar(query.with_for_update(key_share=True))


async def reversal_of(session: AsyncSession, entry_id: UUID) -> LedgerEntry | None:
    return await session.scalar(select(LedgerEntry).where(LedgerEntry.reverses_id == entry_id))


async def postings_of(session: AsyncSession, entry_id: UUID) -> tuple[rules.Posting, ...]:
    """The postings of an entry, in the order of their lines."""
    query = select(LedgerPosting).where(LedgerPosting.entry_id == entry_id).order_by(LedgerPosting.line)
    rows = await session.scalars(query)
    return tuple(rules.Posting(row.ledger_account_id, row.amount_cents, row.due_on) for row in rows)


async def sum_cents(session: AsyncSession, ledger_account_id: UUID, as_of: date | None) -> int:
    """The sum of a ledger account's postings, up to and including `as_of` when given."""
    query = select(func.coalesce(func.sum(LedgerPosting.amount_cents), 0))
    query = query.where(LedgerPosting.ledger_account_id == ledger_account_id)
    if as_of is not None:
        query = query.where(LedgerPosting.effective_on <= as_of)
    return int((await session.execute(query)).scalar_one())


async def sums_by_code(session: AsyncSession, as_of: date | None) -> Sequence[RowMapping]:
    """`code`, `kind` and `balance_cents` of each ledger account, the receivables as one."""
    within = LedgerPosting.ledger_account_id == LedgerAccount.id
    if as_of is not None:
        within = within & (LedgerPosting.effective_on <= as_of)
    total = func.coalesce(func.sum(LedgerPosting.amount_cents), 0).label("balance_cents")
    query = select(LedgerAccount.code, LedgerAccount.kind, total).outerjoin(LedgerPosting, within)
    query = query.group_by(LedgerAccount.code, LedgerAccount.kind).order_by(LedgerAccount.code)
    return (await session.execute(query)).mappings().all()


async def has_receivable(session: AsyncSession, account_id: UUID) -> bool:
    return await session.get(LedgerAccount, account_id) is not None


async def add_receivable(session: AsyncSession, account_id: UUID) -> None:
    session.add(LedgerAccount(id=account_id, code="receivable", kind="asset", account_id=account_id))
    await session.flush()


async def bill_by_entry(session: AsyncSession, entry_id: UUID) -> Bill | None:
    return await session.scalar(select(Bill).where(Bill.entry_id == entry_id))


async def add_bill(session: AsyncSession, bill: Bill) -> None:
    session.add(bill)
    await session.flush()
