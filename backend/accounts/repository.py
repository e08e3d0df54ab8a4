"""Queries on accounts, their customers and premises."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import row_of
from backend.models.account import Account
from backend.models.base import new_id
from backend.models.customer import CustomerEmail

# One round trip for everything a customer asks about money. The receivable has the account's own id,
# and its sums come from the covering index alone. The last bill is what it asked for, under a budget bill too.
_BALANCE = """
SELECT a.number, a.autopay, a.medical_protection, sums.balance_cents, sums.not_yet_due_cents,
       bill.amount_cents AS bill_cents, bill.issued_on AS bill_issued_on, bill.due_date AS bill_due_date,
       payment.amount_cents AS payment_cents, payment.received_on, payment.method,
       returned.amount_cents AS returned_cents, returned.returned_on,
       plan.installment_cents, plan.next_due_on, coalesce(plan.arranged_cents, 0)::bigint AS arranged_cents
  FROM accounts a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_cents), 0)::bigint AS balance_cents,
              coalesce(sum(amount_cents) FILTER (WHERE due_on >= %(today)s), 0)::bigint AS not_yet_due_cents
         FROM ledger_postings WHERE ledger_account_id = a.id AND effective_on <= %(today)s) sums
  LEFT JOIN LATERAL (
       SELECT (b.amount_cents - coalesce(level.deferred_cents, 0))::bigint AS amount_cents, issued_on, due_date
         FROM bills b LEFT JOIN budget_entries level ON level.bill_id = b.id AND level.kind = 'level'
        WHERE b.account_id = a.id AND b.issued_on <= %(today)s
          AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = b.entry_id)
        ORDER BY issued_on DESC, b.id DESC LIMIT 1) bill ON true
  LEFT JOIN LATERAL (
       SELECT amount_cents, received_on, method FROM payments p
        WHERE p.account_id = a.id AND p.received_on <= %(today)s
          AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = p.entry_id)
        ORDER BY received_on DESC, p.id DESC LIMIT 1) payment ON true
  LEFT JOIN LATERAL (
       SELECT amount_cents, returned_on FROM payment_returns x
        WHERE x.account_id = a.id AND x.returned_on BETWEEN %(returned_since)s AND %(today)s
        ORDER BY returned_on DESC, x.id DESC LIMIT 1) returned ON true
 CROSS JOIN LATERAL (
       SELECT (array_agg(i.amount_cents ORDER BY i.due_on))[1] AS installment_cents, min(i.due_on) AS next_due_on,
              sum(i.amount_cents) FILTER (WHERE i.due_on >= %(today)s) AS arranged_cents
         FROM arrangements g JOIN arrangement_installments i ON i.arrangement_id = g.id
        WHERE g.account_id = a.id AND g.status = 'active' AND (i.kept_on IS NULL OR i.kept_on > %(today)s)) plan
 WHERE a.id = %(account_id)s
"""

_FACTS = """
SELECT a.id, a.number, a.status, a.service_class, a.opened_on, a.closed_on, a.pin_digest, a.autopay, a.paperless,
       a.medical_protection, a.identity_locked, c.kind, c.name, c.first_name, c.language,
       place.street, place.unit, place.city, place.state, place.zip,
       (SELECT phone FROM customer_phones f WHERE f.customer_id = c.id ORDER BY rank LIMIT 1) AS phone,
       (SELECT phone FROM customer_phones f WHERE f.customer_id = c.id AND texts_allowed
           AND NOT EXISTS (SELECT FROM text_numbers n WHERE n.phone = f.phone
                              AND (n.unreachable IS NOT NULL OR n.stopped_by IN ('keyword', 'carrier')))
         ORDER BY rank LIMIT 1) AS text_phone,
       (SELECT email FROM customer_emails e WHERE e.customer_id = c.id ORDER BY rank LIMIT 1) AS email
  FROM accounts a JOIN customers c ON c.id = a.customer_id
  LEFT JOIN LATERAL (
       SELECT p.* FROM service_agreements s JOIN premises p ON p.id = s.premise_id
        WHERE s.account_id = a.id
        ORDER BY s.ended_on IS NOT NULL, s.started_on DESC, s.id LIMIT 1) place ON true
"""
_BY_ID = text(f"{_FACTS} WHERE a.id = :account_id")
_BY_NUMBER = text(f"{_FACTS} WHERE a.number = :number")
_BY_PHONE = text(
    f"{_FACTS} WHERE a.customer_id IN (SELECT customer_id FROM customer_phones WHERE phone = :phone)"
    " ORDER BY a.status, a.number LIMIT 20"
)


_RECORD = text("""
SELECT a.id AS account_id, a.number, a.status, a.service_class, a.opened_on, a.closed_on, a.billing_cycle,
       a.billing_hold, c.kind AS customer_kind, c.name, c.language, a.autopay, a.paperless, a.medical_protection,
       a.identity_locked,
       (SELECT phone FROM customer_phones f WHERE f.customer_id = c.id ORDER BY rank LIMIT 1) AS phone,
       (SELECT phone FROM customer_phones f WHERE f.customer_id = c.id AND texts_allowed
           AND NOT EXISTS (SELECT FROM text_numbers n WHERE n.phone = f.phone
                              AND (n.unreachable IS NOT NULL OR n.stopped_by IN ('keyword', 'carrier')))
         ORDER BY rank LIMIT 1) AS text_phone,
       (SELECT email FROM customer_emails e WHERE e.customer_id = c.id ORDER BY rank LIMIT 1) AS email,
       EXISTS (SELECT FROM low_income_declarations d WHERE d.account_id = a.id AND d.declared_on <= :today
                  AND d.expires_on > :today) AS low_income
  FROM accounts a JOIN customers c ON c.id = a.customer_id WHERE a.id = :account_id
""")

_SERVICES = text("""
SELECT g.id AS agreement_id, g.service_class, g.started_on, g.ended_on, g.persons, g.landscape_sqft, p.street, p.unit,
       p.city, p.zone, m.serial_number, m.size_inches, m.installed_on, m.removed_on
  FROM service_agreements g JOIN premises p ON p.id = g.premise_id
  LEFT JOIN meters m ON m.premise_id = g.premise_id AND (m.service_class IS NULL OR m.service_class = g.service_class)
       AND (m.removed_on IS NULL OR m.removed_on > g.started_on)
       AND (g.ended_on IS NULL OR m.installed_on <= g.ended_on)
 WHERE g.account_id = :account_id
 ORDER BY g.ended_on IS NOT NULL, g.started_on, g.id, m.installed_on, m.id
""")


async def balance_row(
    session: AsyncSession, account_id: UUID, today: date, returned_since: date
) -> Mapping[str, Any] | None:
    """Sums of the receivable and the latest bill, payment, return and installment as of `today`."""
    values = {"account_id": account_id, "today": today, "returned_since": returned_since}
    row = await row_of(session, _BALANCE, values)
    return row._asdict() if row else None


async def facts_by_id(session: AsyncSession, account_id: UUID) -> RowMapping | None:
    return (await session.execute(_BY_ID, {"account_id": account_id})).mappings().first()


async def facts_by_number(session: AsyncSession, number: str) -> Sequence[RowMapping]:
    return (await session.execute(_BY_NUMBER, {"number": number})).mappings().all()


async def facts_by_phone(session: AsyncSession, phone: str) -> Sequence[RowMapping]:
    return (await session.execute(_BY_PHONE, {"phone": phone})).mappings().all()


async def record_row(session: AsyncSession, account_id: UUID, today: date) -> RowMapping | None:
    """What the staff see of an account beside its services; `low_income` as of `today`."""
    return (await session.execute(_RECORD, {"account_id": account_id, "today": today})).mappings().first()


async def services(session: AsyncSession, account_id: UUID) -> Sequence[RowMapping]:
    """A row for each meter of each service agreement, those in force first; without meters, one with NULLs."""
    return (await session.execute(_SERVICES, {"account_id": account_id})).mappings().all()


async def replace_email(session: AsyncSession, account_id: UUID, email: str) -> None:
    """Make `email` the address that statements go to, for the customer of the account."""
    customer = select(Account.customer_id).where(Account.id == account_id).scalar_subquery()
    values: dict[str, Any] = {"id": new_id(), "customer_id": customer, "email": email, "rank": 0}
    query = insert(CustomerEmail).values(values)
    await session.execute(query.on_conflict_do_update(index_elements=["customer_id", "rank"], set_={"email": email}))
