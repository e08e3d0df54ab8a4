"""A night with something to do in every step: over the small demonstration district, eleven days after its making."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from backend.access import Role
from backend.billing import review
from backend.billing import service as billing
from backend.billing.facts import Tariff
from backend.database import Database
from backend.district.service import District
from backend.models.arrangement import Arrangement, Installment
from backend.models.staff import Staff
from backend.options import budget
from backend.options import service as options
from backend.payments import service as payments
from backend.rates.service import RateBook
from backend.settings import Settings, driver_url
from tests.backend.living import settings_for
from tests.backend.nightly.conftest import FOLDER
from tests.backend.payments.bank_files import Deposit, Entry, Line, bai2, nacha, payment_csv

NIGHT = date(2026, 12, 4)
"""A Friday: autopay of the second cycle is due, the third has been read, the fourth was approved."""
BEFORE = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)

_PLAIN = text("""
SELECT a.id, a.number FROM accounts a JOIN ledger_postings p ON p.ledger_account_id = a.id
 WHERE a.status = 'active' AND a.service_class = 'residential' AND a.billing_cycle = :cycle AND NOT a.autopay
   AND NOT EXISTS (SELECT FROM demo_customers d WHERE d.account_id = a.id)
   AND NOT EXISTS (SELECT FROM billing_exceptions x WHERE x.account_id = a.id)
   AND (SELECT count(*) FROM bills b WHERE b.account_id = a.id) >= 12
 GROUP BY a.id HAVING sum(p.amount_cents) BETWEEN :least AND :most ORDER BY a.id LIMIT :count
""")
_NAMED = text(
    "SELECT a.id, a.number FROM demo_customers d JOIN accounts a ON a.id = d.account_id WHERE situation = :situation"
)
_DRAWN = text("""
SELECT a.number, p.amount_cents FROM payments p JOIN accounts a ON a.id = p.account_id
 WHERE p.method = 'bank_transfer' AND p.received_on >= DATE '2026-11-01'
 GROUP BY a.number, p.amount_cents, p.received_on HAVING count(*) = 1 ORDER BY a.number LIMIT :count
""")
_READ = text("""
INSERT INTO meter_reads (id, meter_id, read_on, kind, register_value)
SELECT gen_random_uuid(), r.meter_id, :day, 'actual', max(r.register_value) + 900
  FROM accounts a JOIN service_agreements g ON g.account_id = a.id JOIN meters m ON m.premise_id = g.premise_id
  JOIN meter_reads r ON r.meter_id = m.id WHERE a.billing_cycle = :cycle AND a.status = 'active' GROUP BY r.meter_id
""")
_RELEASE = text("""
UPDATE billing_exceptions SET status = 'released', reason = 'Looked at it', decided_by = :by, decided_at = :now
""")


async def _accounts(session: AsyncSession, cycle: int, count: int, least: int = 0, most: int = 0) -> Sequence[Any]:
    values = {"cycle": cycle, "count": count, "least": least, "most": most}
    found = (await session.execute(_PLAIN, values)).all()
    assert len(found) == count
    return found


async def make_busy(url: str) -> None:
    """Change a copy of the seeded district so that `NIGHT` has work in every step."""
    district, book = District.load(FOLDER), RateBook.load(FOLDER)
    tariff = Tariff(book, district.policy.billing)
    database = Database.from_settings(settings_for(url, "redis://unused"))
    async with database.transaction() as session:
        looked, approved = await _staff(session, "lead"), await _staff(session, "supervisor")
        (due,) = await billing.due_cycles(session, tariff, BEFORE.date())
    run_id = await billing.prepare_run(database, tariff, cycle=due.cycle, period_end=due.period_end, now=BEFORE)
    async with database.transaction() as session:
        await _ways_to_pay(session, due.cycle, district)
        await _broken_arrangement(session)
        await session.execute(_READ, {"cycle": 3, "day": NIGHT - timedelta(days=1)})
        await session.execute(_RELEASE, {"by": looked, "now": BEFORE})
        await review.approve_run(session, run_id, approved_by=approved, today=BEFORE.date(), now=BEFORE)
    await database.close()


async def _staff(session: AsyncSession, role: str) -> UUID:
    one = Staff(
        user_name=role,
        name=role.title(),
        role=Role(role),
        password_digest="none",
        languages=["en"],
        created_at=BEFORE,
        password_changed_at=BEFORE,
    )
    session.add(one)
    await session.flush()
    return one.id


async def _ways_to_pay(session: AsyncSession, cycle: int, district: District) -> None:
    even = await _accounts(session, cycle, 6)
    for account_id, _ in even[:2]:
        await budget.join_budget_bill(session, account_id, now=BEFORE, district=district)
    for account_id, _ in even[2:4]:
        await payments.post_payment(
            session,
            account_id=account_id,
            amount_cents=3_000,
            method="check",
            received_on=BEFORE.date(),
            idempotency_key=f"ahead:{account_id}",
            now=BEFORE,
            district=district,
        )
    for account_id, _ in await _accounts(session, 1, 2, 1, 99_999):
        await options.set_recurring(
            session,
            account_id,
            amount_cents=4_000,
            day_of_month=NIGHT.day,
            method_label="checking ending 4421",
            now=BEFORE,
            district=district,
        )


async def _broken_arrangement(session: AsyncSession) -> None:
    ((account_id, _),) = await _accounts(session, 2, 1, 1, 99_999)
    plan = Arrangement(account_id=account_id, agreed_on=date(2026, 11, 1), total_cents=6_000, status="active")
    session.add(plan)
    await session.flush()
    for number, due_on in enumerate((date(2026, 11, 10), date(2026, 12, 10)), 1):
        session.add(Installment(arrangement_id=plan.id, number=number, due_on=due_on, amount_cents=3_000))


async def fill_inbox(url: str, inbox: Path) -> None:
    """A lockbox file, payments, returns, and a file that must be refused."""
    inbox.mkdir(parents=True)  # noqa: ASYNC240
    engine = create_async_engine(driver_url(url))
    async with AsyncSession(engine) as session:
        owing = await _accounts(session, 3, 5, 1, 99_999)
        plan = (await session.execute(_NAMED, {"situation": "payment_plan"})).one()
        plan_cents = (await session.execute(_BILL_AND_INSTALLMENT, {"account_id": plan.id})).scalar_one()
        drawn = (await session.execute(_DRAWN, {"count": 2})).all()
    await engine.dispose()
    deposits = [Deposit(one.number, 2_500) for one in owing[:3]] + [Deposit("99999999", 7_700)]
    (inbox / "lockbox.bai").write_bytes(bai2(deposits, day="261203"))
    paid = [Line(plan.number, plan_cents, date(2026, 12, 2)), Line(owing[3].number, 1_500, date(2026, 12, 3))]
    (inbox / "payments.csv").write_bytes(payment_csv(paid))
    (inbox / "returns.ach").write_bytes(nacha([Entry("R01", cents, number) for number, cents in drawn]))
    (inbox / "wrong.csv").write_bytes(payment_csv(paid).replace(b"TOTAL,2", b"TOTAL,3"))


_BILL_AND_INSTALLMENT = text("""
SELECT i.amount_cents + b.amount_cents FROM arrangements g
  JOIN arrangement_installments i ON i.arrangement_id = g.id JOIN bills b ON b.account_id = g.account_id
 WHERE g.account_id = :account_id AND i.kept_on IS NULL ORDER BY i.number, b.due_date DESC LIMIT 1
""")


def settings_of(url: str, home: Path, part_accounts: int) -> Settings:
    """Settings of a process that makes the night."""
    return settings_for(url, "redis://unused", home=home, nightly_part_accounts=part_accounts)
