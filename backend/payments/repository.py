"""Queries on payments, what they paid, and their returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Date, RowMapping, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger.rules import Entry, content_digest
from backend.models.base import new_id
from backend.models.payment import Payment
from backend.payments.rules import Order

_POST = text("""
SELECT * FROM post_payment(:entry_id, :payment_id, :account_id, :debit, :cents, :key, :description, :digest,
    :effective_on, :now, :method, :received_on, :batch_id, :import_id, :bank_reference,
    :first, :within_date, :on_plan)
""").bindparams(
    *(bindparam(name, type_=Uuid()) for name in ("entry_id", "payment_id", "account_id", "debit")),
    *(bindparam(name, type_=Uuid()) for name in ("batch_id", "import_id")),
    bindparam("cents", type_=BigInteger()),
    bindparam("effective_on", type_=Date()),
    bindparam("received_on", type_=Date()),
    *(bindparam(name, type_=Text()) for name in ("key", "description", "method", "bank_reference")),
    *(bindparam(name, type_=Text()) for name in ("first", "within_date", "on_plan")),
)

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

_RECEIPT = text("""
SELECT p.confirmation_number, p.account_id, p.method, p.amount_cents, p.received_on,
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
SELECT p.entry_id, p.line, p.due_on, p.effective_on, e.kind, e.description,
       p.amount_cents - coalesce((SELECT sum(a.amount_cents) FROM payment_allocations a
                                   WHERE a.charge_entry_id = p.entry_id AND a.charge_line = p.line
                                     AND a.undone_by_id IS NULL), 0)::bigint AS unpaid_cents
  FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
 WHERE p.ledger_account_id = :account_id AND p.amount_cents > 0 AND e.kind <> 'reversal'
   AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = p.entry_id)
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
    """A payment to be, with the entry that posts it."""

    account_id: UUID
    debit: UUID
    amount_cents: int
    method: str
    received_on: date
    entry: Entry
    batch_id: UUID | None = None
    import_id: UUID | None = None
    bank_reference: str | None = None


def _order(order: Order) -> dict[str, str]:
    return {"first": order.first, "within_date": order.within_date, "on_plan": order.on_plan}


async def post(session: AsyncSession, new: NewPayment, order: Order, now: datetime) -> RowMapping | None:
    """Entry, payment and allocations in one round trip; None when the account has no receivable."""
    values: dict[str, Any] = {
        "entry_id": new_id(),
        "payment_id": new_id(),
        "account_id": new.account_id,
        "debit": new.debit,
        "cents": new.amount_cents,
        "key": new.entry.idempotency_key,
        "description": new.entry.description,
        "digest": content_digest(new.entry),
        "effective_on": new.entry.effective_on,
        "now": now,
        "method": new.method,
        "received_on": new.received_on,
        "batch_id": new.batch_id,
        "import_id": new.import_id,
        "bank_reference": new.bank_reference,
    }
    return (await session.execute(_POST, values | _order(order))).mappings().one_or_none()


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
    """Every charge that stands, with what is unpaid of it."""
    return (await session.execute(_UNPAID, {"account_id": account_id})).mappings().all()


async def plan_agreed_on(session: AsyncSession, account_id: UUID) -> date | None:
    """The day the account's active arrangement was agreed on."""
    agreed_on: date | None = (await session.execute(_PLAN, {"account_id": account_id})).scalar_one_or_none()
    return agreed_on


async def payment_by_id(session: AsyncSession, payment_id: UUID) -> Payment | None:
    return await session.get(Payment, payment_id)


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
