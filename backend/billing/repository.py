"""What bill runs read and write, a part of some hundred accounts in one statement each."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Date, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing.calendar import ReadSoFar
from backend.models.billing import BillDraft

_ACCOUNT = "SELECT id, status, service_class, opened_on, closed_on, billing_hold FROM accounts"
_NEXT = text(f"""{_ACCOUNT}
 WHERE billing_cycle = :cycle AND opened_on <= :latest AND id > :after ORDER BY id LIMIT :count
""").bindparams(bindparam("after", type_=Uuid()))
_BY_ID = text(f"{_ACCOUNT} WHERE id = ANY(:ids)").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

_LAST_PERIODS = text("SELECT cycle, max(period_end) FROM billing_runs GROUP BY cycle")

_READ_SO_FAR = text("""
SELECT count(*) AS meters, count(r.last_on) AS read, max(r.last_on) AS last_read_on
  FROM accounts a
  JOIN service_agreements g ON g.account_id = a.id AND g.ended_on IS NULL
  JOIN meters m ON m.premise_id = g.premise_id AND m.removed_on IS NULL
       AND (m.service_class IS NULL OR m.service_class = g.service_class)
  LEFT JOIN LATERAL (SELECT max(e.read_on) AS last_on FROM meter_reads e
                      WHERE e.meter_id = m.id AND e.read_on BETWEEN :first AND :until
                        AND e.kind IN ('actual', 'customer', 'estimated')) r ON true
 WHERE a.billing_cycle = :cycle AND a.status = 'active'
""")

# A household is that of the last day: a change counts for the whole of the bill in whose days it falls.
_SERVICES = text("""
SELECT g.account_id, g.id AS agreement_id, g.service_class, g.started_on, g.ended_on,
       coalesce(h.persons, g.persons) AS persons, coalesce(h.landscape_sqft, g.landscape_sqft) AS landscape_sqft,
       p.zone, m.id AS meter_id, m.size_inches, m.digits, m.units_per_count, m.installed_on, m.removed_on,
       g.ended_on IS NOT NULL AND NOT EXISTS (
           SELECT FROM service_agreements o WHERE o.premise_id = g.premise_id AND o.service_class = g.service_class
              AND o.id <> g.id AND o.started_on >= g.ended_on) AS vacant
  FROM service_agreements g JOIN premises p ON p.id = g.premise_id
  LEFT JOIN meters m ON m.premise_id = g.premise_id AND (m.service_class IS NULL OR m.service_class = g.service_class)
       AND (m.removed_on IS NULL OR m.removed_on > g.started_on)
       AND (g.ended_on IS NULL OR m.installed_on <= g.ended_on)
  LEFT JOIN LATERAL (SELECT c.persons, c.landscape_sqft FROM agreement_households c
                      WHERE c.agreement_id = g.id AND c.effective_on <= :latest
                      ORDER BY c.effective_on DESC, c.id DESC LIMIT 1) h ON true
 WHERE g.account_id = ANY(:ids) ORDER BY g.account_id, g.started_on, g.id, m.installed_on, m.id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

_BILLED = text("""
SELECT account_id, max(period_end) FROM bills b
 WHERE account_id = ANY(:ids) AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)
 GROUP BY account_id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

_CLOSE = text("""
UPDATE accounts a SET status = 'closed', closed_on = ended.on_day
  FROM (SELECT account_id, max(ended_on) AS on_day FROM service_agreements
         WHERE account_id = ANY(:ids) GROUP BY account_id HAVING bool_and(ended_on IS NOT NULL)) ended
 WHERE a.id = ended.account_id AND a.status = 'active'
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

_FEES_TWICE = text("""
SELECT f.account_id, f.code FROM unnest(:ids, :since) AS asked (account_id, since)
  JOIN fee_charges f ON f.account_id = asked.account_id AND f.charged_on > asked.since
 WHERE NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = f.entry_id)
 GROUP BY f.account_id, f.code HAVING count(*) > 1 ORDER BY f.account_id, f.code
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("since", type_=ARRAY(Date())))

_BASIS_BEFORE = text("""
SELECT d.account_id, d.basis FROM bill_drafts d
 WHERE d.account_id = ANY(:ids) AND d.run_id = (
       SELECT id FROM billing_runs WHERE cycle = :cycle AND period_end < :latest ORDER BY period_end DESC LIMIT 1)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

_WEATHER = text("SELECT zone, day, inches FROM evapotranspiration WHERE day BETWEEN :since AND :until")

# The drafts come as one document: an array of documents would have every quote in them escaped.
_ADD_DRAFTS = text("""
INSERT INTO bill_drafts (run_id, account_id, period_start, period_end, usage_units, amount_cents, is_estimated, lines,
                         service_class, basis, kind)
SELECT :run_id, d.account_id, d.period_start, d.period_end, d.units, d.amount_cents, d.is_estimated, d.lines,
       d.service_class, d.basis, d.kind
  FROM jsonb_to_recordset(CAST(:drafts AS jsonb))
       AS d (account_id uuid, period_start date, period_end date, units numeric, amount_cents bigint,
             is_estimated boolean, lines jsonb, service_class text, basis jsonb, kind text)
""").bindparams(bindparam("run_id", type_=Uuid()), bindparam("drafts", type_=Text()))

# What was decided stands while the facts are the same; else it is kept in `earlier`, and the exception is open again.
_EARLIER = """CASE WHEN x.status = 'open' THEN x.earlier ELSE x.earlier || jsonb_build_object('status', x.status,
                     'reason', x.reason, 'decided_by', x.decided_by, 'decided_at', x.decided_at) END"""

_ADD_EXCEPTIONS = text(f"""
INSERT INTO billing_exceptions AS x (id, run_id, account_id, meter_id, code, detail, status)
SELECT f.id, :run_id, f.account_id, f.meter_id, f.code, f.detail::jsonb, 'open'
  FROM unnest(:ids, :account_ids, :meter_ids, :codes, :details) AS f (id, account_id, meter_id, code, detail)
ON CONFLICT (run_id, account_id, code, meter_id) DO UPDATE SET detail = excluded.detail, earlier = {_EARLIER},
       status = 'open', reason = NULL, decided_by = NULL, decided_at = NULL
 WHERE x.status = 'resolved' OR x.detail <> excluded.detail
""").bindparams(
    bindparam("run_id", type_=Uuid()),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "account_ids", "meter_ids")),
    *(bindparam(name, type_=ARRAY(Text())) for name in ("codes", "details")),
)

_DECIDE_GONE = text(f"""
UPDATE billing_exceptions x
   SET earlier = {_EARLIER}, status = :status, reason = :reason, decided_by = :decided_by, decided_at = :decided_at
 WHERE x.run_id = :run_id AND x.account_id = ANY(:of_accounts) AND x.status <> 'resolved' AND NOT EXISTS (
       SELECT FROM unnest(:account_ids, :meter_ids, :codes) AS f (account_id, meter_id, code)
        WHERE f.account_id = x.account_id AND f.code = x.code AND f.meter_id IS NOT DISTINCT FROM x.meter_id)
""").bindparams(
    *(bindparam(name, type_=Uuid()) for name in ("run_id", "decided_by")),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("of_accounts", "account_ids", "meter_ids")),
    bindparam("codes", type_=ARRAY(Text())),
)

_DROP_DRAFTS = text("""
DELETE FROM bill_drafts WHERE run_id = :run_id AND (account_id = ANY(:ids) OR CAST(:ids AS uuid[]) IS NULL)
""").bindparams(bindparam("run_id", type_=Uuid()), bindparam("ids", type_=ARRAY(Uuid())))

_DRAFTED = """SELECT d.account_id FROM bill_drafts d
        WHERE d.run_id = :run_id AND d.account_id > :after ORDER BY d.account_id LIMIT :count"""

# Whoever bills outside the run locks the account too, so that no day is billed twice.
_LOCK = text(f"SELECT a.id FROM accounts a WHERE a.id IN ({_DRAFTED}) ORDER BY a.id FOR NO KEY UPDATE").bindparams(
    bindparam("run_id", type_=Uuid()), bindparam("after", type_=Uuid())
)

_HOLD_OVERTAKEN = text(f"""
INSERT INTO billing_exceptions AS x (id, run_id, account_id, code, detail, status, reason, decided_at)
SELECT gen_random_uuid(), d.run_id, d.account_id, 'HOLD', jsonb_build_object('billed_through', max(b.period_end)),
       'held', :reason, :now
  FROM bill_drafts d JOIN bills b ON b.account_id = d.account_id
   AND b.period_start <= d.period_end AND b.period_end >= d.period_start
 WHERE d.run_id = :run_id AND d.account_id IN ({_DRAFTED})
   AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)
 GROUP BY d.run_id, d.account_id
ON CONFLICT (run_id, account_id, code, meter_id) DO UPDATE SET detail = x.detail || excluded.detail,
       earlier = {_EARLIER}, status = 'held', reason = excluded.reason, decided_by = NULL, decided_at = :now
""").bindparams(bindparam("run_id", type_=Uuid()), bindparam("after", type_=Uuid()))

# An account that a person holds back is left out of the run.
_TO_BILL = text("""
SELECT d.account_id, d.period_start, d.period_end, d.usage_units, d.amount_cents, d.is_estimated, d.kind,
       CASE WHEN d.is_estimated THEN d.basis END AS basis,
       d.amount_cents > 0 AND NOT EXISTS (
           SELECT FROM billing_exceptions x
            WHERE x.run_id = d.run_id AND x.account_id = d.account_id AND x.status = 'held'
       ) AS to_bill
  FROM bill_drafts d WHERE d.run_id = :run_id AND d.account_id > :after ORDER BY d.account_id LIMIT :count
""").bindparams(bindparam("run_id", type_=Uuid()), bindparam("after", type_=Uuid()))

_ADD_DRAFT_LINES = text("""
INSERT INTO bill_lines (bill_id, line, code, detail, quantity, dollars_each, amount_cents, agreement_id, service_class)
SELECT b.bill_id, l.line, l.value->>'code', l.value->>'detail', (l.value->>'quantity')::numeric,
       (l.value->>'dollars_each')::numeric, (l.value->>'amount_cents')::bigint, (l.value->>'agreement_id')::uuid,
       l.value->>'service_class'
  FROM unnest(:bill_ids, :account_ids) AS b (bill_id, account_id)
  JOIN bill_drafts d ON d.run_id = :run_id AND d.account_id = b.account_id
 CROSS JOIN LATERAL jsonb_array_elements(d.lines) WITH ORDINALITY AS l (value, line)
ON CONFLICT DO NOTHING
""").bindparams(
    bindparam("run_id", type_=Uuid()),
    bindparam("bill_ids", type_=ARRAY(Uuid())),
    bindparam("account_ids", type_=ARRAY(Uuid())),
)

_ADD_ESTIMATES = text("""
INSERT INTO meter_reads (id, meter_id, read_on, kind, register_value)
SELECT r.id, r.meter_id, r.read_on, 'estimated', r.value
  FROM unnest(:ids, :meter_ids, :days, :values) AS r (id, meter_id, read_on, value) ON CONFLICT DO NOTHING
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("meter_ids", type_=ARRAY(Uuid())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("values", type_=ARRAY(BigInteger())),
)


async def next_accounts(session: AsyncSession, cycle: int, latest: date, after: UUID, count: int) -> Sequence[Any]:
    """The next accounts of a cycle in the order of their ids."""
    values = {"cycle": cycle, "latest": latest, "after": after, "count": count}
    return (await session.execute(_NEXT, values)).all()


async def last_period_ends(session: AsyncSession) -> dict[int, date]:
    """Billing cycle → the end of its newest run's period."""
    return {row[0]: row[1] for row in await session.execute(_LAST_PERIODS)}


async def read_so_far(session: AsyncSession, cycle: int, days: tuple[date, date]) -> ReadSoFar:
    """How many meters of a cycle's active accounts have been read in these days (both included)."""
    values = {"cycle": cycle, "first": days[0], "until": days[1]}
    return ReadSoFar(*(await session.execute(_READ_SO_FAR, values)).one())


async def accounts_by_id(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Any]:
    return (await session.execute(_BY_ID, {"ids": list(ids)})).all()


async def services(session: AsyncSession, ids: Sequence[UUID], latest: date) -> Sequence[Any]:
    """A row for each meter of each agreement, with its household of that day; without meters, `meter_id` is None."""
    return (await session.execute(_SERVICES, {"ids": list(ids), "latest": latest})).all()


async def billed_through(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, date]:
    return {row[0]: row[1] for row in await session.execute(_BILLED, {"ids": list(ids)})}


async def close_accounts(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Close those of the accounts whose agreements have all ended, as of the last of these days."""
    await session.execute(_CLOSE, {"ids": list(ids)})


async def fees_twice(session: AsyncSession, since: Mapping[UUID, date]) -> Sequence[Any]:
    """(account, code) of fees that were charged more than once since a day, each account's own."""
    values = {"ids": list(since), "since": list(since.values())}
    return (await session.execute(_FEES_TWICE, values)).all()


async def basis_before(session: AsyncSession, ids: Sequence[UUID], cycle: int, latest: date) -> dict[UUID, Any]:
    values = {"ids": list(ids), "cycle": cycle, "latest": latest}
    return {row[0]: row[1] for row in await session.execute(_BASIS_BEFORE, values)}


async def weather(session: AsyncSession, since: date, until: date) -> Sequence[Any]:
    return (await session.execute(_WEATHER, {"since": since, "until": until})).all()


async def add_drafts(session: AsyncSession, run_id: UUID, drafts: str) -> None:
    """`drafts` is a JSON array of objects, named as the columns of the statement."""
    await session.execute(_ADD_DRAFTS, {"run_id": run_id, "drafts": drafts})


async def add_exceptions(session: AsyncSession, values: dict[str, Any]) -> None:
    """Add what was found; what was found before with the same facts keeps its decision."""
    await session.execute(_ADD_EXCEPTIONS, values)


async def decide_gone(
    session: AsyncSession,
    found: dict[str, Any],
    of_accounts: Sequence[UUID],
    decision: tuple[str, str, UUID | None, datetime],
) -> None:
    """Decide those exceptions of the accounts that are not among `found` (the values of `add_exceptions`)."""
    names = ("run_id", "account_ids", "meter_ids", "codes")
    decided = dict(zip(("status", "reason", "decided_by", "decided_at"), decision, strict=True))
    values = {**{name: found[name] for name in names}, "of_accounts": list(of_accounts), **decided}
    await session.execute(_DECIDE_GONE, values)


async def drop_drafts(session: AsyncSession, run_id: UUID, ids: Sequence[UUID] | None = None) -> None:
    """Take the drafts of these accounts away; of all accounts without `ids`."""
    await session.execute(_DROP_DRAFTS, {"run_id": run_id, "ids": None if ids is None else list(ids)})


async def has_draft(session: AsyncSession, run_id: UUID, account_id: UUID) -> bool:
    return await session.get(BillDraft, (run_id, account_id), populate_existing=True) is not None


async def lock_accounts(session: AsyncSession, run_id: UUID, after: UUID, count: int) -> None:
    """Let nobody else bill the accounts of the next drafts until this transaction ends."""
    await session.execute(_LOCK, {"run_id": run_id, "after": after, "count": count})


async def hold_overtaken(session: AsyncSession, asked: tuple[UUID, UUID, int], reason: str, now: datetime) -> None:
    """Hold those of the next drafts back whose days another bill has taken in since they were made."""
    run_id, after, count = asked
    values = {"run_id": run_id, "after": after, "count": count, "reason": reason, "now": now}
    await session.execute(_HOLD_OVERTAKEN, values)


async def next_drafts(session: AsyncSession, run_id: UUID, after: UUID, count: int) -> Sequence[Any]:
    return (await session.execute(_TO_BILL, {"run_id": run_id, "after": after, "count": count})).all()


async def add_draft_lines(
    session: AsyncSession, run_id: UUID, bill_ids: Sequence[UUID], account_ids: Sequence[UUID]
) -> None:
    """The lines of the drafts become the lines of their bills."""
    values = {"run_id": run_id, "bill_ids": list(bill_ids), "account_ids": list(account_ids)}
    await session.execute(_ADD_DRAFT_LINES, values)


async def add_estimates(session: AsyncSession, rows: Sequence[tuple[UUID, UUID, date, int]]) -> None:
    """Estimates that were billed become reads: (id, meter, day, value)."""
    ids, meters, days, values = zip(*rows, strict=True)
    listed = {"ids": list(ids), "meter_ids": list(meters), "days": list(days), "values": list(values)}
    await session.execute(_ADD_ESTIMATES, listed)
