"""Posting, reversing and reading balances, with repeats and with many writers at once."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.ledger import chart, rules, service
from backend.ledger.rules import Entry, Posting, UnsoundEntryError
from tests.backend.factories import make_account

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY, DUE = date(2026, 11, 23), date(2026, 12, 14)
WRITERS = 8


def adjustment(account_id: UUID, cents: int, key: str = "adjustment-1") -> Entry:
    postings = rules.transfer(account_id, chart.ADJUSTMENTS, cents)
    return Entry(key, "adjustment", "Correction", TODAY, postings)


async def add_bill(session: AsyncSession, account_id: UUID, cents: int = 8_250, key: str = "bill-1") -> UUID:
    bill = await service.post_bill(
        session,
        account_id=account_id,
        amount_cents=cents,
        usage_ccf=12,
        period=(date(2026, 10, 21), date(2026, 11, 20)),
        issued_on=TODAY,
        due_date=DUE,
        idempotency_key=key,
        now=NOW,
    )
    return bill.entry_id


class TestPostEntry:
    async def test_moves_the_balance(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        posted = await service.post_entry(session, adjustment(account_id, 1_234), NOW)
        await session.commit()
        assert posted.is_new
        assert await service.balance_cents(session, account_id) == 1_234

    async def test_twice_with_one_key_is_one_entry(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        first = await service.post_entry(session, adjustment(account_id, 1_234), NOW)
        await session.commit()
        second = await service.post_entry(session, adjustment(account_id, 1_234), NOW)
        await session.commit()
        assert second == service.Posted(first.entry_id, is_new=False)
        assert await service.balance_cents(session, account_id) == 1_234

    async def test_refuses_a_key_that_was_used_for_something_else(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        await service.post_entry(session, adjustment(account_id, 1_234), NOW)
        with pytest.raises(service.IdempotencyConflictError) as refused:
            await service.post_entry(session, adjustment(account_id, 1_235), NOW)
        assert (refused.value.status, refused.value.error) == (409, "idempotency_conflict")
        await session.commit()
        assert await service.balance_cents(session, account_id) == 1_234

    @pytest.mark.parametrize(
        ("postings", "why"),
        [
            ((), "two postings"),
            ((Posting(chart.CASH, 5),), "two postings"),
            ((Posting(chart.CASH, 5), Posting(chart.WATER_REVENUE, -4)), "out of balance by 1 "),
            ((Posting(chart.CASH, 0), Posting(chart.WATER_REVENUE, 0)), "zero"),
            ((Posting(chart.CASH, 10**20), Posting(chart.WATER_REVENUE, -(10**20))), "billion"),
        ],
    )
    async def test_refuses_an_unsound_entry_before_the_database_sees_it(
        self, session: AsyncSession, postings: tuple[Posting, ...], why: str
    ) -> None:
        with pytest.raises(UnsoundEntryError, match=why):
            await service.post_entry(session, Entry("key", "adjustment", "", TODAY, postings), NOW)

    async def test_by_eight_writers_with_one_key_is_one_entry(self, engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            account_id = await make_account(session)
            await session.commit()
        together = asyncio.Barrier(WRITERS)

        async def write() -> service.Posted:
            async with AsyncSession(engine) as session:
                await session.connection()
                await together.wait()
                posted = await service.post_entry(session, adjustment(account_id, 700), NOW)
                await session.commit()
                return posted

        posted = await asyncio.gather(*(write() for _ in range(WRITERS)))
        assert len({one.entry_id for one in posted}) == 1
        assert sum(one.is_new for one in posted) == 1
        async with AsyncSession(engine) as session:
            assert await service.balance_cents(session, account_id) == 700

    async def test_by_eight_writers_with_their_own_keys_is_eight_entries(self, engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            account_id = await make_account(session)
            await session.commit()

        async def write(number: int) -> None:
            async with AsyncSession(engine) as session:
                await service.post_entry(session, adjustment(account_id, 1 << number, f"key-{number}"), NOW)
                await session.commit()

        await asyncio.gather(*(write(number) for number in range(WRITERS)))
        async with AsyncSession(engine) as session:
            assert await service.balance_cents(session, account_id) == 255
            assert sum(line.balance_cents for line in await service.trial_balance(session)) == 0


class TestPostBill:
    async def test_charges_the_account_with_its_due_date(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        entry_id = await add_bill(session, account_id)
        await session.commit()
        rows = await session.execute(
            text("SELECT amount_cents, due_on FROM ledger_postings WHERE entry_id = :id ORDER BY line"),
            {"id": entry_id},
        )
        assert [tuple(row) for row in rows] == [(8_250, DUE), (-8_250, None)]

    async def test_twice_with_one_key_is_one_bill(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        assert await add_bill(session, account_id) == await add_bill(session, account_id)
        assert (await session.execute(text("SELECT count(*) FROM bills"))).scalar_one() == 1

    async def test_refuses_an_account_that_does_not_exist(self, session: AsyncSession) -> None:
        with pytest.raises(service.ReceivableNotFoundError):
            await add_bill(session, uuid4())


class TestReverseEntry:
    async def reverse(self, session: AsyncSession, entry_id: UUID, key: str = "undo-1") -> service.Posted:
        return await service.reverse_entry(
            session, entry_id, effective_on=TODAY, description="Posted in error", idempotency_key=key, now=NOW
        )

    async def test_leaves_nothing_owed(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        entry_id = await add_bill(session, account_id)
        await self.reverse(session, entry_id)
        await session.commit()
        assert await service.balance_cents(session, account_id) == 0

    async def test_twice_with_one_key_is_one_reversal(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        entry_id = await add_bill(session, account_id)
        first = await self.reverse(session, entry_id)
        second = await self.reverse(session, entry_id)
        assert (second.entry_id, second.is_new) == (first.entry_id, False)

    async def test_refuses_a_second_reversal(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        entry_id = await add_bill(session, account_id)
        await self.reverse(session, entry_id)
        with pytest.raises(service.NotReversibleError):
            await self.reverse(session, entry_id, "undo-2")

    async def test_refuses_to_reverse_a_reversal(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        reversal = await self.reverse(session, await add_bill(session, account_id))
        with pytest.raises(service.NotReversibleError):
            await self.reverse(session, reversal.entry_id, "undo-2")

    async def test_refuses_an_entry_that_does_not_exist(self, session: AsyncSession) -> None:
        with pytest.raises(service.EntryNotFoundError):
            await self.reverse(session, uuid4())


class TestBalanceCents:
    async def test_is_as_of_a_day(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id)
        assert await service.balance_cents(session, account_id, date(2026, 11, 22)) == 0
        assert await service.balance_cents(session, account_id, TODAY) == 8_250
