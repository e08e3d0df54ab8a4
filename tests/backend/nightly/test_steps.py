"""What a night does, step by step; and that a second time it does nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from backend.accounts.service import account_facts
from backend.billing import cancellations
from backend.models.arrangement import Arrangement, Installment
from backend.nightly import running, service
from backend.payments import service as payments
from backend.settings import Settings, driver_url
from tests.backend.factories import make_account
from tests.backend.fees.conftest import add_bill
from tests.backend.living import settings_for
from tests.backend.nightly.busy import NIGHT, fill_inbox, make_busy
from tests.backend.nightly.comparing import rows_of
from tests.backend.nightly.conftest import TODAY
from tests.backend.payments.bank_files import Deposit, bai2

Result = TypeVar("Result")
Work = Callable[[AsyncSession], Awaitable[Result]]
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def in_database(url: str, work: Work[Result]) -> Result:
    """Do `work` in one transaction."""

    async def run() -> Result:
        engine = create_async_engine(driver_url(url))
        async with AsyncSession(engine, expire_on_commit=False) as session:
            found = await work(session)
            await session.commit()
        await engine.dispose()
        return found

    return asyncio.run(run())


def make(settings: Settings, night: date) -> dict[str, Any]:
    """The whole night; its summary."""
    asyncio.run(running.run_nightly(settings, night))
    found = in_database(settings.database_url.get_secret_value(), lambda session: service.summary(session, night))
    assert found is not None
    return found


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Settings:
    """Settings over a district without accounts."""
    return settings_for(database_url, "redis://unused", home=tmp_path)


class TestABusyNight:
    def test_comes_to_the_same_the_second_time(self, seeded_url: str, settings: Settings) -> None:
        asyncio.run(make_busy(seeded_url))
        asyncio.run(fill_inbox(seeded_url, settings.home / "inbox"))
        first = make(settings, NIGHT)
        rows = rows_of(seeded_url)
        assert make(settings, NIGHT) == first
        assert rows_of(seeded_url) == rows
        self._books_tie(seeded_url, first)

    @staticmethod
    def _books_tie(url: str, summary: dict[str, Any]) -> None:
        """Beginning receivables, what was charged and what was paid come to the end; and the ages to the same."""
        assert summary["trial_balance_cents"] == 0
        books = {line["code"]: line for line in summary["books"]}
        receivable, ages = books["receivable"], summary["aging"]
        assert sum(line["opening_cents"] for line in books.values()) == 0
        assert (
            receivable["opening_cents"] + receivable["debits_cents"] - receivable["credits_cents"]
            == (receivable["closing_cents"])
        )
        owed = sum(cents for name, cents in ages.items() if name != "credit_cents")
        assert owed - ages["credit_cents"] == receivable["closing_cents"]
        query = text(
            "SELECT sum(amount_cents) FROM ledger_postings WHERE ledger_account_id IN (SELECT id FROM accounts)"
        )
        assert in_database(url, lambda session: session.scalar(query)) == receivable["closing_cents"]
        drawn = summary["drafts"]["autopay_cents"] + summary["drafts"]["recurring_cents"]
        assert books["cash"]["debits_cents"] >= drawn > 0
        assert books["fee_revenue"]["credits_cents"] >= summary["late_fees"]["late_fee_cents"] > 0
        assert books["water_revenue"]["credits_cents"] == summary["bills"]["bills_cents"] > 0


async def plan(session: AsyncSession, account_id: UUID, agreed_on: date, *installments: tuple[date, int]) -> None:
    made = Arrangement(
        account_id=account_id, agreed_on=agreed_on, total_cents=sum(cents for _, cents in installments), status="active"
    )
    session.add(made)
    await session.flush()
    for number, (due_on, cents) in enumerate(installments, 1):
        session.add(Installment(arrangement_id=made.id, number=number, due_on=due_on, amount_cents=cents))


class TestMoneyComesFirst:
    async def _promised(self, session: AsyncSession) -> UUID:
        """A bill that is late, put off: half of it was due three days ago."""
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=6_000, due=date(2026, 11, 15))
        await plan(session, account_id, date(2026, 11, 18), (date(2026, 11, 20), 3_000), (date(2026, 12, 20), 3_000))
        return account_id

    def test_an_installment_in_tonights_file_keeps_the_plan_and_spares_the_late_fee(
        self, database_url: str, empty: Settings
    ) -> None:
        async def prepare(session: AsyncSession) -> str:
            return (await account_facts(session, await self._promised(session))).number

        number = in_database(database_url, prepare)
        (empty.home / "inbox").mkdir()
        (empty.home / "inbox/lockbox.bai").write_bytes(bai2([Deposit(number, 3_000)]))
        summary = make(empty, TODAY)
        assert summary["arrangements"] == {"installments_kept": 1}
        assert "late_fees" not in summary

    def test_without_it_the_bill_is_late(self, database_url: str, empty: Settings) -> None:
        in_database(database_url, self._promised)
        summary = make(empty, TODAY)
        assert summary["late_fees"] == {"late_fees": 1, "late_fee_cents": 1_000}


def test_a_broken_arrangement_is_listed_for_a_person_once(database_url: str, empty: Settings) -> None:
    async def prepare(session: AsyncSession) -> UUID:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=6_000, due=date(2026, 9, 15))
        await plan(session, account_id, date(2026, 11, 1), (date(2026, 11, 10), 6_000))
        return account_id

    account_id = in_database(database_url, prepare)
    summary = make(empty, TODAY)
    assert summary["arrangements"] == {"arrangements_broken": 1}
    assert summary["exceptions"]["nightly_items"] == 1
    make(empty, date(2026, 11, 24))
    query = text("SELECT kind, account_id, business_date, status FROM nightly_items")
    items = in_database(database_url, lambda session: session.execute(query)).all()
    assert [tuple(item) for item in items] == [("arrangement_broken", account_id, TODAY, "open")]


def test_a_credit_that_was_freed_pays_what_is_owed(database_url: str, empty: Settings) -> None:
    """A bill that was paid is taken back: its payment pays the next one, without anybody asking for it."""

    async def prepare(session: AsyncSession) -> None:
        account_id = await make_account(session)
        wrong = await add_bill(session, account_id, cents=4_000, due=date(2026, 12, 1))
        await payments.post_payment(
            session,
            account_id=account_id,
            amount_cents=4_000,
            method="check",
            received_on=TODAY,
            idempotency_key="paid",
            now=NOW,
        )
        await add_bill(session, account_id, cents=3_000, due=date(2026, 12, 14))
        await cancellations.cancel_bill(
            session, wrong.id, reason="Wrong meter", cancelled_by=None, today=TODAY, now=NOW
        )

    in_database(database_url, prepare)
    summary = make(empty, TODAY)
    assert summary["credits"] == {"allocations": 1}
    assert summary["aging"] == {"credit_cents": 1_000}
    assert "credits" not in make(empty, date(2026, 11, 24))


def test_an_approved_cycle_with_an_open_exception_is_held_and_told(seeded_url: str, settings: Settings) -> None:
    asyncio.run(make_busy(seeded_url))
    reopen = text(
        "UPDATE billing_exceptions SET status = 'open', reason = NULL, decided_by = NULL, decided_at = NULL"
        " WHERE id = (SELECT id FROM billing_exceptions ORDER BY id LIMIT 1)"
    )
    in_database(seeded_url, lambda session: session.execute(reopen))
    summary = make(settings, NIGHT)
    assert summary["bills"] == {"runs_held": 1}
    query = text("SELECT kind, detail FROM nightly_items WHERE kind = 'run_held'")
    ((kind, detail),) = in_database(seeded_url, lambda session: session.execute(query)).all()
    assert (kind, set(detail)) == ("run_held", {"cycle", "period_end"})


@pytest.mark.parametrize(
    "night",
    [
        date(2028, 2, 29),  # the leap day
        date(2027, 12, 31),
        date(2027, 3, 14),  # 23 hours long
        date(2027, 11, 7),  # 25 hours long
    ],
)
def test_no_day_is_too_odd(database_url: str, empty: Settings, night: date) -> None:
    """A bill due the day before is late, whatever day it is; a payment on the 31st falls on a month's last day."""

    async def prepare(session: AsyncSession) -> None:
        await add_bill(session, await make_account(session), cents=5_000, due=night.replace(day=night.day - 1))

    in_database(database_url, prepare)
    summary = make(empty, night)
    assert summary["late_fees"] == {"late_fees": 1, "late_fee_cents": 1_000}
    assert summary["aging"]["days_1_30_cents"] == 5_000
