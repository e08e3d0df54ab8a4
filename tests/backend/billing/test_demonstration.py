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


async def test_what_a_bill_was_reckoned_from_is_kept_with_it(seeded_session: AsyncSession) -> None:
    """The restaurant has three services with four meters: what the book kept is what a draft of it would say."""
    query = (
        "SELECT b.* FROM bills b JOIN demo_customers d ON d.account_id = b.account_id AND d.situation = 'commercial'"
        " ORDER BY b.issued_on DESC LIMIT 1"
    )
    bill = (await seeded_session.execute(text(query))).one()
    terms = await facts.terms(seeded_session, TARIFF, bill.period_end)
    accounts = await repository.accounts_by_id(seeded_session, [bill.account_id])
    (known,) = await facts.gather(seeded_session, accounts, bill.period_end)
    draft = rules.draft_period(known, (bill.period_start, bill.period_end), terms)
    kept = (
        await seeded_session.execute(
            text("SELECT * FROM bill_services WHERE bill_id = :id ORDER BY number"), {"id": bill.id}
        )
    ).all()
    assert [one.service_class for one in kept] == ["commercial", "irrigation", "fire_line"]
    for one, service_of_draft in zip(kept, draft.services, strict=True):
        assert {
            "agreement_id": str(one.agreement_id),
            "service_class": one.service_class,
            "first": str(one.first_day),
            "last": str(one.last_day),
            "units": int(one.units),
            "persons": one.persons,
            "landscape_sqft": one.landscape_sqft,
            "is_estimated": one.is_estimated,
            "et_inches": [str(inches) for inches in one.et_inches],
        } == service_of_draft
    assert [meter for one in kept for meter in one.meters] == draft.meters
