"""Queries on standing orders and what they drew."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Date, RowMapping, SmallInteger, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account import Account
from backend.models.billing_option import PaymentDraft, PaymentInstruction
from backend.models.charge import IS_ON_THE_WAY
from backend.parts import WITHIN, Part

DUE_DAYS_MAX = 90
"""No bill falls due later than this after it was issued."""
TRY_AGAIN = ("insufficient_funds", "limit_exceeded", "processing_error", "not_taken")
"""Why a charge failed that may succeed some days later; after any other reason the instruction ends."""
RETRY_DAYS = 3

# What is owed by now and what falls due later, from the ledger's covering index alone; and what is on its way already.
_SUMS = f"""
       SELECT coalesce(sum(amount_cents), 0)::bigint AS balance_cents,
              coalesce(sum(amount_cents) FILTER (WHERE due_on > :today), 0)::bigint AS due_later_cents,
              (SELECT coalesce(sum(c.amount_cents), 0) FROM charges c
                WHERE c.account_id = i.account_id AND c.{IS_ON_THE_WAY})::bigint AS on_its_way_cents
         FROM ledger_postings WHERE ledger_account_id = i.account_id AND effective_on <= :as_of
"""
# A charge that failed for lack of money is tried once more after some days; it counts as not drawn from then on.
_LAST = """SELECT max(d.draft_on) AS last_on FROM payment_drafts d LEFT JOIN charges c ON c.id = d.charge_id
            WHERE d.instruction_id = i.id AND NOT coalesce(
                  c.status = 'failed' AND c.decline_reason = ANY(:try_again) AND d.draft_on <= :retry_before, false)"""

# What is left open of the bills due, as payments were allocated. A budget's credit that has paid something else than
# its bill still lowers what the bill asks for; what it adds to a bill is a charge of its own.
_BILLS = """
       SELECT sum(greatest(open.left_cents - greatest(coalesce(level.deferred_cents, 0), 0) + level.paid_cents, 0)
                  + level.added_cents)::bigint AS left_cents
         FROM bills b
        CROSS JOIN LATERAL (
              SELECT coalesce(sum(o.left_cents), 0)::bigint AS left_cents FROM open_charges o
               WHERE o.account_id = b.account_id AND o.entry_id = b.entry_id) open
         LEFT JOIN budget_entries l ON l.bill_id = b.id AND l.kind = 'level'
        CROSS JOIN LATERAL (
              SELECT l.deferred_cents,
                     coalesce((SELECT sum(a.amount_cents) FROM payment_allocations a
                                WHERE a.charge_entry_id = b.entry_id AND a.credit_entry_id = l.entry_id
                                  AND a.undone_by_id IS NULL), 0)::bigint AS paid_cents,
                     coalesce((SELECT sum(o.left_cents) FROM open_charges o
                                WHERE o.account_id = b.account_id AND o.entry_id = l.entry_id), 0)::bigint
                     AS added_cents) level
        WHERE b.account_id = i.account_id AND b.issued_on >= :issued_since
          AND b.due_date BETWEEN greatest(CAST(:first AS date), i.started_on, drawn.last_on + 1) AND :today
          AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = b.entry_id)
"""
# On a plan that lets payments pay new charges first: what is due by now of those. NULL: of all, there is no such plan.
_NEW = """
       SELECT (SELECT coalesce(sum(o.left_cents), 0) FROM open_charges o
                WHERE o.account_id = i.account_id AND o.charged_on > plan.agreed_on
                  AND o.due_on <= :today)::bigint AS cents
         FROM arrangements plan
        WHERE plan.account_id = i.account_id AND plan.status = 'active' AND :on_plan = 'current_bill_first'
"""

_AUTOPAY = text(f"""
SELECT i.id AS instruction_id, i.account_id, i.method_id, bills.left_cents, sums.balance_cents, sums.on_its_way_cents,
       least(sums.balance_cents - sums.due_later_cents, new.cents) AS due_cents
  FROM payment_instructions i
 CROSS JOIN LATERAL ({_LAST}) drawn
 CROSS JOIN LATERAL ({_BILLS}) bills
 CROSS JOIN LATERAL ({_SUMS}) sums
  LEFT JOIN LATERAL ({_NEW}) new ON true
 WHERE {WITHIN.format("i.account_id")} AND i.kind = 'autopay' AND i.ended_on IS NULL AND i.started_on <= :today
   AND bills.left_cents > 0 AND sums.balance_cents > sums.due_later_cents
 ORDER BY i.account_id
""")

_RECURRING = text(f"""
SELECT i.id AS instruction_id, i.account_id, i.method_id, i.amount_cents, sums.balance_cents,
       sums.on_its_way_cents
  FROM payment_instructions i
  JOIN unnest(:days_of_month, :days) AS due (day_of_month, day) ON due.day_of_month = i.day_of_month
 CROSS JOIN LATERAL ({_LAST}) drawn
 CROSS JOIN LATERAL ({_SUMS}) sums
 WHERE {WITHIN.format("i.account_id")} AND i.kind = 'recurring' AND i.ended_on IS NULL
   AND due.day >= i.started_on AND (drawn.last_on IS NULL OR drawn.last_on < due.day)
   AND sums.balance_cents > 0
 ORDER BY i.account_id
""").bindparams(
    bindparam("days_of_month", type_=ARRAY(SmallInteger())),
    bindparam("days", type_=ARRAY(Date())),
)

# Not by the account's flag alone: an instruction goes with its own drafts, not with those of an earlier one.
_END_RETURNED = text(f"""
UPDATE payment_instructions i SET ended_on = :today, end_reason = 'returned_payments'
  FROM (SELECT d.instruction_id FROM payment_drafts d JOIN payment_returns r ON r.payment_id = d.payment_id
          JOIN payment_instructions o ON o.id = d.instruction_id
         WHERE {WITHIN.format("o.account_id")} AND o.ended_on IS NULL AND r.returned_on > :since
         GROUP BY d.instruction_id HAVING count(*) >= :returns_max) bad
 WHERE i.id = bad.instruction_id AND i.ended_on IS NULL
RETURNING i.account_id, i.kind, i.end_reason, i.method_label
""")

_END_REFUSED = text(f"""
UPDATE payment_instructions i SET ended_on = :today, end_reason = 'refused_payment'
  FROM payment_drafts d JOIN charges c ON c.id = d.charge_id
 WHERE d.instruction_id = i.id AND i.ended_on IS NULL AND {WITHIN.format("i.account_id")}
   AND c.status = 'failed' AND c.decline_reason <> ALL(:try_again)
RETURNING i.account_id, i.kind, i.end_reason, c.method_label
""")

_LOCK = text("SELECT id FROM accounts WHERE id = :account_id FOR NO KEY UPDATE")


async def lock_account(session: AsyncSession, account_id: UUID) -> bool:
    """Hold the account's row until the transaction ends: one change of its options at a time. False: no such."""
    return await session.scalar(_LOCK, {"account_id": account_id}) is not None


async def live(session: AsyncSession, account_id: UUID, kind: str) -> PaymentInstruction | None:
    """The instruction in force, if there is one."""
    query = select(PaymentInstruction).where(PaymentInstruction.account_id == account_id)
    return await session.scalar(query.where(PaymentInstruction.kind == kind, PaymentInstruction.ended_on.is_(None)))


async def add(session: AsyncSession, instruction: PaymentInstruction) -> None:
    session.add(instruction)
    await session.flush()


async def set_flags(session: AsyncSession, account_ids: Sequence[UUID], **flags: bool) -> None:
    """Set `autopay` or `paperless` of accounts."""
    await session.execute(update(Account).where(Account.id.in_(account_ids)).values(**flags))


async def autopay_due(
    session: AsyncSession, part: Part, today: date, first: date, *, as_of: date, on_plan: str
) -> Sequence[RowMapping]:
    """Autopay accounts of the part with bills due from `first` to `today` that were not drawn yet, and open.

    What is owed is as of `as_of`; `on_plan` is the district's order of paying while an arrangement is active.
    """
    values: dict[str, object] = {"today": today, "first": first, "issued_since": first - timedelta(days=DUE_DAYS_MAX)}
    values |= {"as_of": as_of, "on_plan": on_plan, **_retries(today), **part.bounds}
    return (await session.execute(_AUTOPAY, values)).mappings().all()


async def recurring_due(
    session: AsyncSession, part: Part, today: date, days: Mapping[int, date], *, as_of: date
) -> Sequence[RowMapping]:
    """Payments on a day, of accounts of the part, whose day is one of `days` and that were not drawn since."""
    values = {"today": today, "as_of": as_of, "days_of_month": list(days), "days": list(days.values())}
    values |= {**_retries(today), **part.bounds}
    return (await session.execute(_RECURRING, values)).mappings().all()


def _retries(today: date) -> dict[str, object]:
    return {"try_again": list(TRY_AGAIN), "retry_before": today - timedelta(days=RETRY_DAYS)}


async def end_refused(session: AsyncSession, part: Part, today: date) -> Sequence[RowMapping]:
    """End the instructions whose method was refused for good: `account_id`, `kind`, `end_reason`, `method_label`."""
    values = {"today": today, "try_again": list(TRY_AGAIN), **part.bounds}
    return (await session.execute(_END_REFUSED, values)).mappings().all()


async def add_drafts(session: AsyncSession, drafts: Sequence[Mapping[str, object]]) -> None:
    """Keep what was drawn; a draft that is there already stays."""
    await session.execute(insert(PaymentDraft).values(list(drafts)).on_conflict_do_nothing())


async def end_returned(
    session: AsyncSession, part: Part, *, today: date, since: date, returns_max: int
) -> Sequence[RowMapping]:
    """End the instructions whose drafts came back too often; of each what `end_refused` has."""
    values = {"today": today, "since": since, "returns_max": returns_max, **part.bounds}
    return (await session.execute(_END_RETURNED, values)).mappings().all()
