"""Posting many bills, and reading many balances, in a few statements each.

The same guarantees as one by one: a key posts once, the same key with other content is refused, and the database
checks each entry at commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, Integer, LargeBinary, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import chart, rules
from backend.ledger.service import IdempotencyConflictError, ReceivableNotFoundError
from backend.models.base import new_id


@dataclass(frozen=True, slots=True)
class BillToPost:
    """New charges of an account for a period (both days included)."""

    account_id: UUID
    amount_cents: int
    usage_ccf: int
    period: tuple[date, date]
    issued_on: date
    due_date: date
    idempotency_key: str
    run_id: UUID | None = None
    kind: str = "regular"
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class PostedBill:
    """A bill that is in the books, and whether this call put it there."""

    bill_id: UUID
    entry_id: UUID
    account_id: UUID
    is_new: bool


_WITHOUT_RECEIVABLE = text("""
SELECT count(*) FROM unnest(:ids) AS a (id)
 WHERE NOT EXISTS (SELECT FROM ledger_accounts l WHERE l.id = a.id AND l.code = 'receivable')
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

# The entry of a bill always has two postings: the receivable (line 1) and the revenue (line 2).
_APPEND = text("""
WITH given AS (
    SELECT * FROM unnest(:entry_ids, :keys, :descriptions, :days, :digests, :account_ids, :amounts, :due_days)
             AS g (id, key, description, effective_on, digest, account_id, amount_cents, due_on)
), entry AS (
    INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at, content_digest,
                                posting_count)
    SELECT id, key, 'bill', description, effective_on, :posted_at, digest, 2 FROM given
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id
), postings AS (
    INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on, due_on)
    SELECT g.id, 1, g.account_id, g.amount_cents, g.effective_on, g.due_on FROM given g JOIN entry USING (id)
    UNION ALL
    SELECT g.id, 2, :revenue, -g.amount_cents, g.effective_on, NULL FROM given g JOIN entry USING (id)
)
SELECT id FROM entry
""").bindparams(
    bindparam("entry_ids", type_=ARRAY(Uuid())),
    bindparam("keys", type_=ARRAY(Text())),
    bindparam("descriptions", type_=ARRAY(Text())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("digests", type_=ARRAY(LargeBinary())),
    bindparam("account_ids", type_=ARRAY(Uuid())),
    bindparam("amounts", type_=ARRAY(BigInteger())),
    bindparam("due_days", type_=ARRAY(Date())),
    bindparam("revenue", type_=Uuid()),
)

_ADD_BILLS = text("""
INSERT INTO bills (id, account_id, entry_id, period_start, period_end, issued_on, due_date, usage_ccf, amount_cents,
                   run_id, kind, is_estimated)
SELECT * FROM unnest(:ids, :account_ids, :entry_ids, :starts, :ends, :issued, :due, :usages, :amounts,
                     :run_ids, :kinds, :estimated)
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("account_ids", type_=ARRAY(Uuid())),
    bindparam("entry_ids", type_=ARRAY(Uuid())),
    *(bindparam(name, type_=ARRAY(Date())) for name in ("starts", "ends", "issued", "due")),
    bindparam("usages", type_=ARRAY(Integer())),
    bindparam("amounts", type_=ARRAY(BigInteger())),
    bindparam("run_ids", type_=ARRAY(Uuid())),
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("estimated", type_=ARRAY(Boolean())),
)

_KNOWN = text("""
SELECT e.idempotency_key, e.id, e.content_digest, b.id AS bill_id
  FROM ledger_entries e JOIN bills b ON b.entry_id = e.id WHERE e.idempotency_key = ANY(:keys)
""").bindparams(bindparam("keys", type_=ARRAY(Text())))

_BALANCES = text("""
SELECT ledger_account_id, sum(amount_cents)::bigint FROM ledger_postings
 WHERE ledger_account_id = ANY(:ids) GROUP BY ledger_account_id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))


async def post_bills(session: AsyncSession, bills: Sequence[BillToPost], now: datetime) -> list[PostedBill]:
    """Charge every bill once for its key; the answers are in the order of `bills`.

    :raises rules.UnsoundEntryError: an amount is zero or absurd.
    :raises ReceivableNotFoundError: an account does not exist.
    :raises IdempotencyConflictError: a key was used before, or twice here, for something else.
    """
    if not bills:
        return []
    entries = [_entry(bill) for bill in bills]
    content: dict[str, bytes] = {}
    for entry in entries:
        rules.check(entry)
        digest = rules.content_digest(entry)
        if content.setdefault(entry.idempotency_key, digest) != digest:
            raise IdempotencyConflictError(entry.idempotency_key)
    await _require_receivables(session, bills)
    ids = [new_id() for _ in bills]
    made = await _append(session, ids, bills, entries, now)
    posted = {
        bill.idempotency_key: PostedBill(new_id(), entry_id, bill.account_id, is_new=True)
        for bill, entry_id in zip(bills, ids, strict=True)
        if entry_id in made
    }
    await _add_bills(session, [bill for bill, entry_id in zip(bills, ids, strict=True) if entry_id in made], posted)
    if len(posted) < len(bills):
        posted |= await _known(session, bills, entries, posted)
    return [posted[bill.idempotency_key] for bill in bills]


async def balances_cents(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each account owes (negative: a credit); accounts without postings are left out."""
    rows = await session.execute(_BALANCES, {"ids": list(account_ids)})
    return {row[0]: row[1] for row in rows}


def _entry(bill: BillToPost) -> rules.Entry:
    postings = rules.transfer(bill.account_id, chart.WATER_REVENUE, bill.amount_cents, bill.due_date)
    description = f"Water service {bill.period[0]} to {bill.period[1]}, {bill.usage_ccf} CCF"
    return rules.Entry(bill.idempotency_key, "bill", description, bill.issued_on, postings)


async def _require_receivables(session: AsyncSession, bills: Sequence[BillToPost]) -> None:
    missing = await session.execute(_WITHOUT_RECEIVABLE, {"ids": list({bill.account_id for bill in bills})})
    if missing.scalar_one():
        raise ReceivableNotFoundError


async def _append(
    session: AsyncSession,
    ids: Sequence[UUID],
    bills: Sequence[BillToPost],
    entries: Sequence[rules.Entry],
    now: datetime,
) -> set[UUID]:
    values = {
        "entry_ids": list(ids),
        "keys": [entry.idempotency_key for entry in entries],
        "descriptions": [entry.description for entry in entries],
        "days": [entry.effective_on for entry in entries],
        "digests": [rules.content_digest(entry) for entry in entries],
        "account_ids": [bill.account_id for bill in bills],
        "amounts": [bill.amount_cents for bill in bills],
        "due_days": [bill.due_date for bill in bills],
        "posted_at": now,
        "revenue": chart.WATER_REVENUE,
    }
    return set((await session.execute(_APPEND, values)).scalars())


async def _add_bills(session: AsyncSession, bills: Sequence[BillToPost], posted: dict[str, PostedBill]) -> None:
    if not bills:
        return
    places = [posted[bill.idempotency_key] for bill in bills]
    values = {
        "ids": [place.bill_id for place in places],
        "account_ids": [bill.account_id for bill in bills],
        "entry_ids": [place.entry_id for place in places],
        "starts": [bill.period[0] for bill in bills],
        "ends": [bill.period[1] for bill in bills],
        "issued": [bill.issued_on for bill in bills],
        "due": [bill.due_date for bill in bills],
        "usages": [bill.usage_ccf for bill in bills],
        "amounts": [bill.amount_cents for bill in bills],
        "run_ids": [bill.run_id for bill in bills],
        "kinds": [bill.kind for bill in bills],
        "estimated": [bill.is_estimated for bill in bills],
    }
    await session.execute(_ADD_BILLS, values)


async def _known(
    session: AsyncSession,
    bills: Sequence[BillToPost],
    entries: Sequence[rules.Entry],
    posted: dict[str, PostedBill],
) -> dict[str, PostedBill]:
    """The bills whose keys were there already, if they are the same bills."""
    digests = {
        entry.idempotency_key: (rules.content_digest(entry), bill.account_id)
        for bill, entry in zip(bills, entries, strict=True)
        if entry.idempotency_key not in posted
    }
    rows = {row.idempotency_key: row for row in await session.execute(_KNOWN, {"keys": list(digests)})}
    found = {}
    for key, (digest, account_id) in digests.items():
        row = rows.get(key)
        if row is None or bytes(row.content_digest) != digest:
            raise IdempotencyConflictError(key)
        found[key] = PostedBill(row.bill_id, row.id, account_id, is_new=False)
    return found
