"""Queries on payments, what they paid, and their returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Date, RowMapping, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger.chart import CONVENIENCE_FEES
from backend.ledger.rules import Entry, content_digest
from backend.models.base import new_id
from backend.models.ledger import LedgerEntry
from backend.models.payment import Payment
from backend.payments.rules import Order

# Straight to the driver: with so many values, SQLAlchemy's own binding costs as much as half of the posting.
_POST = """
SELECT is_new, entry_id, content_digest, payment_id, confirmation_number
  FROM post_payment(%s, %s, %s, %s, %s::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

_ALLOCATE = text("SELECT allocate_credits(:account_ids, :first, :within_date, :on_plan)").bindparams(
    bindparam("account_ids", type_=ARRAY(Uuid())),
    *(bindparam(name, type_=Text()) for name in ("first", "within_date", "on_plan")),
)

_ADD_ALL = text("""
INSERT INTO payments (id, account_id, entry_id, method, amount_cents, received_on, import_id, bank_reference)
SELECT id, account_id, entry_id, method, amount_cents, received_on, :import_id, bank_reference
  FROM unnest(:ids, :account_ids, :entry_ids, :methods, :amounts, :days, :references)
       AS p (id, account_id, entry_id, method, amount_cents, received_on, bank_reference)
""").bindparams(
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "account_ids", "entry_ids")),
    *(bindparam(name, type_=ARRAY(Text())) for name in ("methods", "references")),
    bindparam("amounts", type_=ARRAY(BigInteger())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("import_id", type_=Uuid()),
)

_RECEIPT = text(f"""
SELECT p.confirmation_number, p.account_id, p.method, p.amount_cents, p.received_on,
       (SELECT coalesce(-sum(fee.amount_cents), 0) FROM ledger_postings fee
         WHERE fee.entry_id = p.entry_id AND fee.ledger_account_id = '{CONVENIENCE_FEES}')::bigint AS fee_cents,
       CASE WHEN undone.id IS NULL THEN 'posted'
            WHEN EXISTS (SELECT FROM payment_voids v WHERE v.reversal_entry_id = undone.id) THEN 'voided'
            ELSE 'returned' END AS status
  FROM payments p LEFT JOIN ledger_entries undone ON undone.reverses_id = p.entry_id WHERE p.id = :payment_id
""")

_PAID = text("""
SELECT a.amount_cents, charged.description, charged.kind, p.due_on
  FROM payments y JOIN payment_allocations a ON a.credit_entry_id = y.entry_id
  JOIN ledger_entries charged ON charged.id = a.charge_entry_id
  JOIN ledger_postings p ON p.entry_id = a.charge_entry_id AND p.line = a.charge_line
 WHERE y.id = :payment_id AND a.undone_by_id IS NULL ORDER BY a.id
""")

_UNPAID = text("""
SELECT o.entry_id, o.line, p.due_on, o.due_on AS falls_due_on, o.charged_on, o.is_fee, e.kind, e.description,
       o.left_cents
  FROM open_charges o
  JOIN ledger_entries e ON e.id = o.entry_id
  JOIN ledger_postings p ON p.entry_id = o.entry_id AND p.line = o.line
 WHERE o.account_id = :account_id
""")

_TAKEN = text("""
SELECT p.id AS payment_id, r.id AS receipt_id, coalesce(a.number, r.given_reference) AS number,
       coalesce(p.amount_cents, r.amount_cents) AS amount_cents, coalesce(p.method, r.method) AS method
  FROM ledger_entries e
  LEFT JOIN payments p ON p.entry_id = e.id LEFT JOIN accounts a ON a.id = p.account_id
  LEFT JOIN unapplied_receipts r ON r.entry_id = e.id
 WHERE e.idempotency_key = :key
""")

_PLAN = text("SELECT agreed_on FROM arrangements WHERE account_id = :account_id AND status = 'active'")


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment to be, with the entry that posts it; `fee_cents` came with it and pays nothing of the account."""

    account_id: UUID
    debit: UUID
    amount_cents: int
    method: str
    received_on: date
    entry: Entry
    batch_id: UUID | None = None
    import_id: UUID | None = None
    bank_reference: str | None = None
    fee_cents: int = 0


@dataclass(frozen=True, slots=True)
class PostedPayment:
    """What a key made: now (`is_new`), or before, with the digest of what it was for (no payment: something else)."""

    is_new: bool
    entry_id: UUID
    content_digest: bytes
    payment_id: UUID | None
    confirmation_number: int | None


def _order(order: Order) -> dict[str, str]:
    return {"first": order.first, "within_date": order.within_date, "on_plan": order.on_plan}


def posting(new: NewPayment, order: Order, now: datetime) -> tuple[Any, ...]:
    """What `post_payment` is called with."""
    return (
        new_id(),
        new_id(),
        new.account_id,
        new.debit,
        new.amount_cents,
        new.entry.idempotency_key,
        new.entry.description,
        content_digest(new.entry),
        new.entry.effective_on,
        now,
        new.method,
        new.received_on,
        new.batch_id,
        new.import_id,
        new.bank_reference,
        order.first,
        order.within_date,
        order.on_plan,
        CONVENIENCE_FEES,
        new.fee_cents,
    )


async def post(session: AsyncSession, new: NewPayment, order: Order, now: datetime) -> PostedPayment | None:
    """Entry, payment and allocations in one round trip; None when the account has no receivable."""
    values = posting(new, order, now)
    row = (await (await session.connection()).exec_driver_sql(_POST, values)).one()
    return None if row.is_new is None else PostedPayment(**row._mapping)


async def add_payments(
    session: AsyncSession, payments: Sequence[tuple[UUID, NewPayment]], import_id: UUID | None
) -> list[UUID]:
    """Add many payments, each with the entry that posted it, in one round trip; their ids."""
    ids = [new_id() for _ in payments]
    values = {
        "ids": ids,
        "account_ids": [new.account_id for _, new in payments],
        "entry_ids": [entry_id for entry_id, _ in payments],
        "methods": [new.method for _, new in payments],
        "amounts": [new.amount_cents for _, new in payments],
        "days": [new.received_on for _, new in payments],
        "references": [new.bank_reference for _, new in payments],
        "import_id": import_id,
    }
    await session.execute(_ADD_ALL, values)
    return ids


async def allocate(session: AsyncSession, account_ids: Sequence[UUID], order: Order) -> int:
    """Let free credits of these accounts pay their unpaid charges; how many rows were made."""
    values = {"account_ids": list(account_ids), **_order(order)}
    return int((await session.execute(_ALLOCATE, values)).scalar_one())


async def receipt_row(session: AsyncSession, payment_id: UUID) -> RowMapping | None:
    return (await session.execute(_RECEIPT, {"payment_id": payment_id})).mappings().one_or_none()


async def paid_by(session: AsyncSession, payment_id: UUID) -> Sequence[RowMapping]:
    """What the payment pays now: `amount_cents`, `description`, `kind`, `due_on` of each charge."""
    return (await session.execute(_PAID, {"payment_id": payment_id})).mappings().all()


async def unpaid_charges(session: AsyncSession, account_id: UUID) -> Sequence[RowMapping]:
    """Every charge of which something is unpaid."""
    return (await session.execute(_UNPAID, {"account_id": account_id})).mappings().all()


async def plan_agreed_on(session: AsyncSession, account_id: UUID) -> date | None:
    """The day the account's active arrangement was agreed on."""
    agreed_on: date | None = (await session.execute(_PLAN, {"account_id": account_id})).scalar_one_or_none()
    return agreed_on


async def payment_by_id(session: AsyncSession, payment_id: UUID) -> Payment | None:
    return await session.get(Payment, payment_id)


async def entry_day(session: AsyncSession, entry_id: UUID) -> date:
    """The day that an entry, which is there, was posted for."""
    query = select(LedgerEntry.effective_on).where(LedgerEntry.id == entry_id)
    return (await session.execute(query)).scalar_one()


async def account_of(session: AsyncSession, payment_id: UUID) -> UUID | None:
    """The account that a payment is on."""
    return await session.scalar(select(Payment.account_id).where(Payment.id == payment_id))


async def taken_by_key(session: AsyncSession, idempotency_key: str) -> RowMapping | None:
    """The payment or the unapplied receipt that this key made, with the account number that was given."""
    return (await session.execute(_TAKEN, {"key": idempotency_key})).mappings().one_or_none()


async def payments_by_entries(session: AsyncSession, entry_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The payments that those entries posted, by entry."""
    rows = await session.execute(select(Payment.entry_id, Payment.id).where(Payment.entry_id.in_(entry_ids)))
    return {row.entry_id: row.id for row in rows}
