"""A drawer's day: one for each clerk, counted once, with what is over or short in the books."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Principal
from backend.district.service import District
from backend.payments import batches, counter, voids
from backend.payments.authority import AboveAuthorityError
from backend.payments.batches import BatchReport
from tests.backend.payments.conftest import NOW, TODAY, books, count, number_of, owing_account


@pytest.fixture
async def drawer(session: AsyncSession, clerk: Principal, district: District) -> BatchReport:
    return await batches.open_batch(session, clerk, float_cents=10_000, district=district, now=NOW)


async def fill(session: AsyncSession, clerk: Principal, district: District) -> list[UUID]:
    """$80.50 in cash, a check of $40.00, a card payment of $25.00, and $5.00 in cash for nobody."""
    number = await number_of(session, await owing_account(session, 100_000))
    taken = []
    for place, (account, cents, method) in enumerate(
        [(number, 8_050, "cash"), (number, 4_000, "check"), (number, 2_500, "card"), ("404", 500, "cash")]
    ):
        given = counter.Given(account, cents, method, f"fill-{number}-{place}", reference=f"no {place}")
        one = await counter.take_payment(session, clerk, given, district=district, now=NOW)
        taken += [one.payment_id] if one.payment_id else []
    return taken


async def count_it(
    session: AsyncSession, who: Principal, batch_id: UUID, cash: int, checks: int, *, district: District
) -> BatchReport:
    return await batches.close_batch(
        session, who, batch_id, counted_cash_cents=cash, counted_checks_cents=checks, district=district, now=NOW
    )


class TestOpening:
    async def test_is_for_today_with_a_float(self, drawer: BatchReport, clerk: Principal) -> None:
        assert (drawer.business_date, drawer.opened_by, drawer.float_cents) == (TODAY, clerk.staff_id, 10_000)
        assert (drawer.expected_cash_cents, drawer.tenders, drawer.closed_at) == (10_000, (), None)

    async def test_again_with_the_same_float_is_the_same_drawer(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport
    ) -> None:
        again = await batches.open_batch(session, clerk, float_cents=10_000, district=district, now=NOW)
        assert again.batch_id == drawer.batch_id

    @pytest.mark.parametrize(("cents", "days"), [(9_999, 0), (10_000, 1)])
    async def test_another_needs_the_first_to_be_closed(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport, *, cents: int, days: int
    ) -> None:
        with pytest.raises(batches.BatchOpenError) as refused:
            await batches.open_batch(
                session, clerk, float_cents=cents, district=district, now=NOW + timedelta(days=days)
            )
        assert refused.value.extra["batch_id"] == drawer.batch_id

    async def test_each_clerk_has_a_drawer_of_their_own(
        self, session: AsyncSession, lead: Principal, district: District, drawer: BatchReport
    ) -> None:
        other = await batches.open_batch(session, lead, float_cents=10_000, district=district, now=NOW)
        assert other.batch_id != drawer.batch_id

    async def test_two_at_once_are_one(
        self, session: AsyncSession, engine: AsyncEngine, clerk: Principal, district: District
    ) -> None:
        await session.commit()

        async def one() -> UUID:
            async with AsyncSession(engine) as own:
                made = await batches.open_batch(own, clerk, float_cents=5_000, district=district, now=NOW)
                await own.commit()
                return made.batch_id

        assert len(set(await asyncio.gather(*(one() for _ in range(4))))) == 1


class TestClosing:
    async def test_a_drawer_that_is_right_posts_nothing(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport
    ) -> None:
        await fill(session, clerk, district)
        before = await books(session)
        closed = await count_it(session, clerk, drawer.batch_id, 18_550, 4_000, district=district)
        assert (closed.cash_difference_cents, closed.checks_difference_cents) == (0, 0)
        assert closed.deposit_cents == 8_550 + 4_000
        assert {one.method: (one.count, one.cents) for one in closed.tenders} == {
            "card": (1, 2_500),
            "cash": (2, 8_550),
            "check": (1, 4_000),
        }
        assert await books(session) == before

    @pytest.mark.parametrize(
        ("cash", "checks", "over_and_short"),
        [(18_560, 4_000, -10), (18_500, 4_000, 50), (18_550, 3_000, 1_000), (18_600, 3_900, 50)],
    )
    async def test_what_is_over_or_short_is_posted(
        self,
        *,
        session: AsyncSession,
        clerk: Principal,
        district: District,
        drawer: BatchReport,
        cash: int,
        checks: int,
        over_and_short: int,
    ) -> None:
        await fill(session, clerk, district)
        before = await books(session)
        closed = await count_it(session, clerk, drawer.batch_id, cash, checks, district=district)
        assert (closed.cash_difference_cents, closed.checks_difference_cents) == (cash - 18_550, checks - 4_000)
        after = await books(session)
        assert after["over_and_short"] == over_and_short
        assert after["cash"] == before["cash"] - over_and_short

    async def test_a_lack_of_checks_is_not_hidden_by_as_much_cash_too_much(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport
    ) -> None:
        await fill(session, clerk, district)
        closed = await count_it(session, clerk, drawer.batch_id, 18_650, 3_900, district=district)
        assert (closed.cash_difference_cents, closed.checks_difference_cents) == (100, -100)
        query = text("""
            SELECT p.amount_cents FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id
              JOIN ledger_accounts a ON a.id = p.ledger_account_id
             WHERE e.idempotency_key = :key AND a.code = 'over_and_short' ORDER BY p.line
        """)
        posted = await session.scalars(query, {"key": f"batch:{drawer.batch_id}"})
        assert list(posted) == [-100, 100]

    async def test_again_with_the_same_count_is_once_and_with_another_refused(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport
    ) -> None:
        first = await count_it(session, clerk, drawer.batch_id, 9_000, 0, district=district)
        assert await count_it(session, clerk, drawer.batch_id, 9_000, 0, district=district) == first
        assert await books(session) == {"cash": -1_000, "over_and_short": 1_000}
        with pytest.raises(batches.BatchClosedError):
            await count_it(session, clerk, drawer.batch_id, 9_001, 0, district=district)

    async def test_another_s_drawer_is_closed_by_whom_the_district_lets(
        self, session: AsyncSession, lead: Principal, clerk: Principal, district: District
    ) -> None:
        theirs = await batches.open_batch(session, lead, float_cents=0, district=district, now=NOW)
        with pytest.raises(AboveAuthorityError):
            await count_it(session, clerk, theirs.batch_id, 0, 0, district=district)
        mine = await batches.open_batch(session, clerk, float_cents=0, district=district, now=NOW)
        closed = await count_it(session, lead, mine.batch_id, 0, 0, district=district)
        assert closed.closed_by_name is not None

    async def test_waits_for_the_voids_that_nobody_has_decided(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District, drawer: BatchReport
    ) -> None:
        (cash, *_) = await fill(session, clerk, district)
        asked = await voids.request_void(session, clerk, cash, reason="Wrong account", district=district, now=NOW)
        with pytest.raises(batches.VoidsWaitError):
            await count_it(session, clerk, drawer.batch_id, 18_550, 4_000, district=district)
        await voids.decide_void(session, lead, asked.id, approve=True, note="Yes", district=district, now=NOW)
        closed = await count_it(session, clerk, drawer.batch_id, 10_500, 4_000, district=district)
        assert closed.cash_difference_cents == 0
        (tender,) = (one for one in closed.tenders if one.method == "cash")
        assert (tender.count, tender.cents, tender.voided_count, tender.voided_cents) == (1, 500, 1, 8_050)

    async def test_there_must_be_one(self, session: AsyncSession, clerk: Principal, district: District) -> None:
        with pytest.raises(batches.BatchNotFoundError):
            await count_it(session, clerk, UUID(int=1), 0, 0, district=district)


class TestAfterClosing:
    async def test_the_clerk_has_no_drawer_until_the_next_is_opened(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport
    ) -> None:
        await count_it(session, clerk, drawer.batch_id, 10_000, 0, district=district)
        assert await batches.current_batch(session, clerk) is None
        given = counter.Given("404", 100, "cash", "after-closing")
        with pytest.raises(batches.NoOpenBatchError):
            await counter.take_payment(session, clerk, given, district=district, now=NOW)
        second = await batches.open_batch(session, clerk, float_cents=10_000, district=district, now=NOW)
        assert second.batch_id != drawer.batch_id

    @pytest.mark.parametrize("table", ["payments", "unapplied_receipts"])
    async def test_the_database_lets_nothing_into_it(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport, table: str
    ) -> None:
        await fill(session, clerk, district)
        await count_it(session, clerk, drawer.batch_id, 18_550, 4_000, district=district)
        await session.commit()
        copy = {
            "payments": "(id, account_id, entry_id, method, amount_cents, received_on, batch_id)"
            " SELECT gen_random_uuid(), account_id, entry_id, method, 1, received_on, batch_id FROM payments",
            "unapplied_receipts": "(id, entry_id, batch_id, given_reference, method, amount_cents, received_on, status)"
            " SELECT gen_random_uuid(), entry_id, batch_id, '', method, 1, received_on, 'open' FROM unapplied_receipts",
        }
        with pytest.raises(IntegrityError, match="is closed"):
            await session.execute(text(f"INSERT INTO {table} {copy[table]} LIMIT 1"))

    @pytest.mark.parametrize(
        "change", ["counted_cents = 1", "closed_at = NULL, counted_cents = NULL", "float_cents = 0"]
    )
    async def test_the_database_keeps_its_count(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: BatchReport, change: str
    ) -> None:
        await count_it(session, clerk, drawer.batch_id, 10_000, 0, district=district)
        with pytest.raises(IntegrityError, match="it was counted"):
            await session.execute(text(f"UPDATE cash_batches SET {change}"))

    async def test_a_payment_and_the_count_at_once_never_miss_each_other(
        self, session: AsyncSession, engine: AsyncEngine, clerk: Principal, district: District, drawer: BatchReport
    ) -> None:
        number = await number_of(session, await owing_account(session))
        await session.commit()

        async def take() -> bool:
            async with AsyncSession(engine) as own:
                given = counter.Given(number, 700, "cash", "racing-payment")
                try:
                    await counter.take_payment(own, clerk, given, district=district, now=NOW)
                except batches.NoOpenBatchError:
                    return False
                await own.commit()
                return True

        async def close() -> BatchReport:
            async with AsyncSession(engine) as own:
                done = await count_it(own, clerk, drawer.batch_id, 10_000, 0, district=district)
                await own.commit()
                return done

        was_taken, closed = await asyncio.gather(take(), close())
        assert closed.cash_difference_cents == (-700 if was_taken else 0)
        assert await count(session, "payments") == was_taken


async def test_a_day_s_drawers_with_those_left_open_before(
    session: AsyncSession, clerk: Principal, lead: Principal, district: District, drawer: BatchReport
) -> None:
    tomorrow = NOW + timedelta(days=1)
    second = await batches.open_batch(session, lead, float_cents=0, district=district, now=tomorrow)
    listed = await batches.batches_of(session, TODAY + timedelta(days=1))
    assert [one.batch_id for one in listed] == [drawer.batch_id, second.batch_id]
    await count_it(session, clerk, drawer.batch_id, 10_000, 0, district=district)
    assert [one.batch_id for one in await batches.batches_of(session, TODAY)] == [drawer.batch_id]
    assert [one.batch_id for one in await batches.batches_of(session, TODAY + timedelta(days=1))] == [second.batch_id]
