"""The demonstration's bills are what its reads and the district's rates say; its current cycle is ready."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.billing import facts, repository, rules, service
from backend.billing.facts import Tariff
from backend.database import Database
from backend.demo.history import next_read_day
from backend.district.service import District
from backend.rates.service import RateBook
from tests.backend.conftest import SEEDED_AT

FOLDER = Path(__file__).parents[3] / "district"
TODAY = date(2026, 11, 23)
TARIFF = Tariff(RateBook.load(FOLDER), District.load(FOLDER).policy.billing)


def lines_of(url: str) -> dict[UUID, list[tuple[Any, ...]]]:
    found: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    with psycopg.connect(url) as connection:
        query = (
            "SELECT bill_id, code, detail, quantity, dollars_each, amount_cents FROM bill_lines ORDER BY bill_id, line"
        )
        for row in connection.execute(query):
            found[row[0]].append(row[1:])
    return found


async def test_every_bill_can_be_reckoned_from_its_reads(seeded_session: AsyncSession, seeded_url: str) -> None:
    lines = lines_of(seeded_url)
    bills = (await seeded_session.execute(text("SELECT * FROM bills ORDER BY period_end, id"))).all()
    by_day: dict[date, list[Any]] = defaultdict(list)
    for bill in bills:
        by_day[bill.period_end].append(bill)
    assert len(bills) > 2_000
    for day, together in by_day.items():
        terms = await facts.terms(seeded_session, TARIFF, day)
        accounts = await repository.accounts_by_id(seeded_session, [bill.account_id for bill in together])
        known = {one.account_id: one for one in await facts.gather(seeded_session, accounts, day)}
        for bill in together:
            draft = rules.draft_period(known[bill.account_id], (bill.period_start, day), terms)
            assert (draft.units, draft.amount_cents) == (bill.usage_ccf, bill.amount_cents)
            drafted = [each.line for each in draft.lines]
            reckoned = [(x.code, x.detail, x.quantity, x.dollars_each, x.amount_cents) for x in drafted]
            assert reckoned == lines[bill.id]


async def test_the_current_cycle_has_a_few_telling_exceptions(
    seeded_engine: AsyncEngine, seeded_session: AsyncSession
) -> None:
    due = await service.due_cycles(seeded_session, TARIFF, TODAY)
    assert [(one.cycle, one.period_end) for one in due] == [(4, next_read_day(TODAY))]
    database = Database(seeded_engine)
    run_id = await service.prepare_run(database, TARIFF, cycle=4, period_end=due[0].period_end, now=SEEDED_AT)
    rows = await seeded_session.execute(
        text("SELECT code, count(*) FROM billing_exceptions WHERE run_id = :run GROUP BY code"), {"run": run_id}
    )
    found = {row[0]: row[1] for row in rows}
    telling = {"NO_READ", "HIGH", "ZERO_USE", "ROLLOVER", "NEGATIVE", "EXCHANGE", "DUP_READ", "HOLD", "INACTIVE_USE"}
    assert found.keys() >= telling
    assert sum(found.values()) < 20
