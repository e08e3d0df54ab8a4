"""Queries on fees and what decides them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account_hold import InterestWaiver
from backend.models.charge import IS_ON_THE_WAY
from backend.models.fee import FeeCharge
from backend.parts import WITHIN, Part

DUE_DAYS_MAX = 90
"""No bill falls due later than this after it was issued."""

# Two fees of one customer are charged one after the other: a count of returned payments is of the customer.
_LOCK_CUSTOMER = text("""
SELECT c.id FROM customers c JOIN accounts a ON a.customer_id = c.id WHERE a.id = :account_id
   FOR NO KEY UPDATE OF c
""")

_BY_KEY = text("""
SELECT f.id FROM fee_charges f JOIN ledger_entries e ON e.id = f.entry_id WHERE e.idempotency_key = :key
""")

_BY_CAUSE = text("SELECT id FROM fee_charges WHERE code = :code AND caused_by_entry_id = :entry_id")

_RETURNED_BEFORE = text("""
SELECT count(*) FROM fee_charges f JOIN accounts a ON a.id = f.account_id
 WHERE a.customer_id = :customer_id AND f.code = 'returned_payment' AND f.charged_on <= :charged_on
   AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = f.entry_id)
""")

_LOW_INCOME = text("""
SELECT EXISTS (SELECT FROM low_income_declarations
                WHERE account_id = :account_id AND declared_on <= :day AND expires_on > :day)
""")

_BILL_ENTRY = text("SELECT entry_id FROM bills WHERE id = :bill_id AND account_id = :account_id")

_OLDEST_UNPAID = text("""
SELECT b.entry_id FROM open_charges o JOIN bills b ON b.entry_id = o.entry_id
 WHERE o.account_id = :account_id AND b.due_date < :day ORDER BY b.due_date, b.id LIMIT 1
""")

_IS_HELD = text("""
SELECT EXISTS (SELECT FROM account_holds WHERE account_id = :account_id AND started_on <= :day
                  AND (ended_on IS NULL OR ended_on >= :day))
""")

# The bill does not make its account delinquent: it is closed; an older bill did so; or it has been delinquent without a
# break since it was charged for that, because what it was charged for was paid only when this bill was as old already.
_NO_NEW_DELINQUENCY = """
       a.status <> 'active'
    OR EXISTS (SELECT FROM open_charges o JOIN bills older ON older.entry_id = o.entry_id
                WHERE o.account_id = a.id AND o.left_cents >= :least_owed_cents
                  AND (older.due_date, older.id) < (bill.due_date, bill.id))
    OR EXISTS (SELECT FROM fee_charges f
                WHERE f.account_id = a.id AND f.code = :code
                  AND (f.caused_by_entry_id IS NULL AND f.charged_on > bill.due_date
                   OR EXISTS (SELECT FROM payment_allocations l
                                JOIN ledger_postings c ON c.entry_id = l.credit_entry_id AND c.line = l.credit_line
                               WHERE l.charge_entry_id = f.caused_by_entry_id AND l.undone_by_id IS NULL
                                 AND c.effective_on >= bill.due_date + CAST(:past_due_days AS integer))))"""

# What is open of a bill is what its own entry has in `open_charges`, with what leveled it up, less what leveled it down
# and did not pay it, as of `today`: what a credit from after `today` paid is open again, unless the customer gave that
# money by then. `money` has paid nothing yet: free credits, and charges on their way, which count from the day they
# were made. It goes to what is ahead of the bill first, by the order of `allocate_credits`. Account by account through
# the index of its bills; few bills are open, and only these are looked at closer.
_LATE = text(f"""
SELECT late.account_id, late.entry_id, late.waives_interest, late.left_cents, money.cents AS money_cents,
       coalesce(ahead.cents, 0)::bigint AS ahead_cents
  FROM (
SELECT a.id AS account_id, bill.entry_id, later.free_cents AS later_free_cents,
       greatest(0, own.cents + later.bill_cents - lowered.cents)::bigint AS left_cents,
       :charges_interest AND EXISTS (SELECT FROM low_income_declarations d WHERE d.account_id = a.id
           AND d.declared_on <= :today AND d.expires_on > :today)
           AND NOT EXISTS (SELECT FROM interest_waivers w WHERE w.account_id = a.id AND w.waived_on > :waived_since)
           AS waives_interest
  FROM accounts a
 CROSS JOIN LATERAL (
       SELECT id, entry_id, due_date FROM bills
        WHERE account_id = a.id AND issued_on >= :issued_since AND due_date BETWEEN :first_due AND :last_due
       OFFSET 0) bill
  LEFT JOIN LATERAL (
       SELECT entry_id, deferred_cents FROM budget_entries WHERE bill_id = bill.id AND kind = 'level' OFFSET 0
       ) level ON true
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(left_cents), 0) AS cents FROM open_charges
        WHERE account_id = a.id AND entry_id IN (bill.entry_id, level.entry_id)) own
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(paid.bill_cents), 0) AS bill_cents,
              coalesce(sum(-c.amount_cents - paid.cents), 0) AS free_cents
         FROM ledger_postings c JOIN ledger_entries e ON e.id = c.entry_id AND e.kind <> 'reversal'
         LEFT JOIN payments y ON y.entry_id = c.entry_id
        CROSS JOIN LATERAL (
              SELECT coalesce(sum(amount_cents), 0) AS cents, coalesce(sum(amount_cents) FILTER (
                     WHERE charge_entry_id IN (bill.entry_id, level.entry_id)), 0) AS bill_cents
                FROM payment_allocations
               WHERE credit_entry_id = c.entry_id AND credit_line = c.line AND undone_by_id IS NULL) paid
        WHERE c.ledger_account_id = a.id AND c.effective_on > :today AND c.amount_cents < 0
          AND coalesce(y.received_on > :today, true)
          AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = e.id)) later
 CROSS JOIN LATERAL (
       SELECT greatest(0, coalesce(level.deferred_cents, 0) - coalesce(sum(amount_cents), 0)) AS cents
         FROM payment_allocations WHERE credit_entry_id = level.entry_id AND charge_entry_id = bill.entry_id
          AND undone_by_id IS NULL) lowered
 WHERE {WITHIN.format("a.id")}
   AND own.cents + later.bill_cents - lowered.cents >= :least_owed_cents
   AND NOT (a.medical_protection AND :spares_medical_protection)
   AND NOT (:spares_zones AND EXISTS (
       SELECT FROM service_agreements s JOIN premises p ON p.id = s.premise_id
        WHERE s.account_id = a.id AND s.ended_on IS NULL AND p.zone = ANY(CAST(:spared_zones AS text[]))))
   AND NOT EXISTS (SELECT FROM fee_charges f WHERE f.code = :code AND f.caused_by_entry_id = bill.entry_id)
   AND NOT (:code = 'late' AND EXISTS (SELECT FROM interest_waivers w WHERE w.bill_entry_id = bill.entry_id))
   AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = bill.entry_id)
   AND NOT EXISTS (SELECT FROM account_holds h WHERE h.account_id = a.id AND h.started_on <= :today
                      AND (h.ended_on IS NULL OR h.ended_on >= :today))
   AND NOT (:spares_kept_arrangement AND EXISTS (
       SELECT FROM arrangements g WHERE g.account_id = a.id AND g.status = 'active'
          AND (:spares_any_arrangement OR NOT EXISTS (
               SELECT FROM arrangement_installments i WHERE i.arrangement_id = g.id
                  AND i.due_on < :today AND (i.kept_on IS NULL OR i.kept_on > :today)))))
   AND NOT (:once_a_delinquency AND ({_NO_NEW_DELINQUENCY}))
 ORDER BY a.id, bill.due_date
OFFSET 0) late
 CROSS JOIN LATERAL (
       SELECT greatest(0, (SELECT coalesce(sum(left_cents), 0) FROM open_charges WHERE account_id = late.account_id)
                - (SELECT coalesce(sum(amount_cents), 0) FROM ledger_postings WHERE ledger_account_id = late.account_id)
                - late.later_free_cents)::bigint
              + (SELECT coalesce(sum(amount_cents), 0) FROM charges
                  WHERE account_id = late.account_id AND received_on <= :today AND {IS_ON_THE_WAY}
                )::bigint AS cents) money
  LEFT JOIN LATERAL (
       SELECT min(ranked.ends - ranked.left_cents) AS cents
         FROM (SELECT o.entry_id, o.left_cents, sum(o.left_cents) OVER (
                      ORDER BY coalesce(o.charged_on <= plan.agreed_on, false),
                               CASE :order_first WHEN 'service_first' THEN o.is_fee
                                    WHEN 'fees_first' THEN NOT o.is_fee ELSE false END,
                               o.due_on, o.is_fee = (:order_within_date = 'service_first'), o.charged_on, o.entry_id,
                               o.line ROWS UNBOUNDED PRECEDING) AS ends
                 FROM open_charges o
                 LEFT JOIN arrangements plan ON plan.account_id = o.account_id AND plan.status = 'active'
                      AND :order_on_plan = 'current_bill_first'
                WHERE o.account_id = late.account_id AND o.charged_on <= :today) ranked
        WHERE ranked.entry_id = late.entry_id) ahead ON money.cents > 0
""")

_LIST = text("""
SELECT f.id, f.code, f.amount_cents, f.charged_on, r.status AS reversal, r.id AS reversal_id,
       undone.id IS NOT NULL AS is_reversed
  FROM fee_charges f
  LEFT JOIN fee_reversals r ON r.fee_id = f.id AND r.status <> 'declined'
  LEFT JOIN ledger_entries undone ON undone.reverses_id = f.entry_id
 WHERE f.account_id = :account_id ORDER BY f.charged_on DESC, f.id DESC LIMIT :limit
""")


async def lock_customer(session: AsyncSession, account_id: UUID) -> UUID | None:
    """The customer of the account, locked until the transaction ends."""
    found: UUID | None = await session.scalar(_LOCK_CUSTOMER, {"account_id": account_id})
    return found


async def fee_by_key(session: AsyncSession, key: str) -> FeeCharge | None:
    found = await session.scalar(_BY_KEY, {"key": key})
    return await session.get(FeeCharge, found) if found else None


async def fee_by_cause(session: AsyncSession, code: str, entry_id: UUID) -> FeeCharge | None:
    found = await session.scalar(_BY_CAUSE, {"code": code, "entry_id": entry_id})
    return await session.get(FeeCharge, found) if found else None


async def returned_before(session: AsyncSession, customer_id: UUID, charged_on: date) -> int:
    """How many returned payments the customer was charged for, on all accounts, those taken back left out."""
    values = {"customer_id": customer_id, "charged_on": charged_on}
    return int((await session.execute(_RETURNED_BEFORE, values)).scalar_one())


async def is_low_income(session: AsyncSession, account_id: UUID, day: date) -> bool:
    return bool(await session.scalar(_LOW_INCOME, {"account_id": account_id, "day": day}))


async def is_held(session: AsyncSession, account_id: UUID, day: date) -> bool:
    """Whether a hold covers the account on `day`."""
    return bool(await session.scalar(_IS_HELD, {"account_id": account_id, "day": day}))


async def bill_entry(session: AsyncSession, account_id: UUID, bill_id: UUID) -> UUID | None:
    """The entry of this bill of the account."""
    found: UUID | None = await session.scalar(_BILL_ENTRY, {"account_id": account_id, "bill_id": bill_id})
    return found


async def oldest_unpaid_bill(session: AsyncSession, account_id: UUID, day: date) -> UUID | None:
    """The entry of the account's oldest bill that is past due on `day` and not paid."""
    found: UUID | None = await session.scalar(_OLDEST_UNPAID, {"account_id": account_id, "day": day})
    return found


async def late_bills(
    session: AsyncSession, part: Part, today: date, due: tuple[date, date], conditions: Mapping[str, object]
) -> Sequence[RowMapping]:
    """Bills of the part, due in those days, without a fee of the code; `conditions` are `late.conditions`."""
    issued_since = due[0] - timedelta(days=DUE_DAYS_MAX)
    values = {"today": today, "first_due": due[0], "last_due": due[1], "issued_since": issued_since}
    return (await session.execute(_LATE, {**values, **conditions, **part.bounds})).mappings().all()


async def add_fees(session: AsyncSession, fees: Sequence[Mapping[str, object]]) -> None:
    """Many rows of `fee_charges` at once."""
    await session.execute(insert(FeeCharge), fees)


async def add_waivers(session: AsyncSession, waivers: Sequence[Mapping[str, object]]) -> None:
    """Many rows of `interest_waivers` at once."""
    await session.execute(insert(InterestWaiver), waivers)


async def add_fee(session: AsyncSession, fee: FeeCharge) -> None:
    session.add(fee)
    await session.flush()


async def fees_of(session: AsyncSession, account_id: UUID, limit: int) -> Sequence[RowMapping]:
    """The fees of an account, newest first, with what became of them."""
    return (await session.execute(_LIST, {"account_id": account_id, "limit": limit})).mappings().all()
