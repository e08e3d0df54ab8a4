"""Statements, aging and the books of a day, read from the ledger by query."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.ledger import reports, service
from backend.ledger.aging import Aging
from backend.parts import EVERYTHING, account_parts
from backend.payments import returns
from backend.payments import service as payments
from tests.backend.factories import make_account
from tests.backend.fees.conftest import FOLDER, add_bill

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DISTRICT = District.load(FOLDER)


async def pay(session: AsyncSession, account_id: UUID, cents: int, on: date) -> UUID:
    payment = await payments.post_payment(
        session,
        account_id=account_id,
        amount_cents=cents,
        method="check",
        received_on=on,
        idempotency_key=f"paid {on} {cents}",
        now=NOW,
        district=DISTRICT,
    )
    return payment.id


@pytest.fixture
async def account_id(session: AsyncSession) -> UUID:
    """Bills of $80 and $60, due in August and December, and $100 paid in October."""
    made = await make_account(session)
    await add_bill(session, made, cents=8_000, due=date(2026, 8, 10))
    await add_bill(session, made, cents=6_000, due=date(2026, 12, 1))
    await pay(session, made, 10_000, date(2026, 11, 15))
    return made


class TestAging:
    async def test_of_an_account_now_and_then(self, session: AsyncSession, account_id: UUID) -> None:
        assert await reports.aging(session, account_id, TODAY) == Aging(current_cents=4_000)
        before = await reports.aging(session, account_id, date(2026, 11, 14))
        assert before == Aging(current_cents=6_000, days_over_90_cents=8_000)
        assert await reports.aging(session, account_id, date(2026, 8, 1)) == Aging(current_cents=8_000)
        assert await reports.aging(session, account_id, date(2020, 1, 1)) == Aging()

    async def test_a_returned_payment_makes_the_debt_as_old_as_it_was(
        self, session: AsyncSession, account_id: UUID
    ) -> None:
        payment_id = await pay(session, account_id, 4_000, date(2026, 11, 16))
        given = returns.Given(date(2026, 11, 20), "R10")  # not authorized: no fee
        await returns.return_payment(session, payment_id=payment_id, given=given, district=DISTRICT, now=NOW)
        assert (await reports.aging(session, account_id, date(2026, 11, 19))).owed_cents == 0
        assert await reports.aging(session, account_id, TODAY) == Aging(current_cents=4_000)

    async def test_nobody_owes_nothing(self, session: AsyncSession) -> None:
        with pytest.raises(service.ReceivableNotFoundError):
            await reports.aging(session, uuid4(), TODAY)

    async def test_of_all_accounts_is_the_sum_of_each(self, seeded_session: AsyncSession) -> None:
        ids = list(await seeded_session.scalars(text("SELECT id FROM accounts")))
        for day in (TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=40)):
            each = [await reports.aging(seeded_session, account_id, day) for account_id in ids]
            parts = await account_parts(seeded_session, 50)
            listed = [await reports.aging_of_part(seeded_session, part, day) for part in parts]
            for name in Aging.__dataclass_fields__:
                assert sum(getattr(one, name) for one in each) == sum(getattr(one, name) for one in listed), name
            balances = [await service.balance_cents(seeded_session, account_id, day) for account_id in ids]
            assert [one.balance_cents for one in each] == balances
        assert (await reports.aging_of_part(seeded_session, EVERYTHING, TODAY)).days_over_90_cents > 0


class TestStatement:
    async def test_has_the_balance_before_each_line_and_after(self, session: AsyncSession, account_id: UUID) -> None:
        found = await reports.statement(session, account_id, date(2026, 11, 1), TODAY)
        assert (found.opening_cents, found.closing_cents) == (8_000, 4_000)
        assert [(one.effective_on, one.kind, one.amount_cents, one.balance_cents) for one in found.entries] == [
            (date(2026, 11, 10), "bill", 6_000, 14_000),
            (date(2026, 11, 15), "payment", -10_000, 4_000),
        ]
        assert found.entries[0].due_on == date(2026, 12, 1) and found.entries[0].reverses_id is None

    async def test_periods_in_a_row_join(self, session: AsyncSession, account_id: UUID) -> None:
        days = [date(2026, 7, 1), date(2026, 7, 20), date(2026, 11, 9), date(2026, 11, 15), date(2026, 12, 31)]
        opening = 0
        for first, last in pairwise(days):
            found = await reports.statement(session, account_id, first + timedelta(days=1), last)
            assert found.opening_cents == opening
            opening = found.closing_cents
        assert opening == await service.balance_cents(session, account_id)

    async def test_a_reversal_points_to_what_it_takes_back(self, session: AsyncSession, account_id: UUID) -> None:
        found = await reports.statement(session, account_id, TODAY - timedelta(days=30), TODAY)
        entry_id = found.entries[0].entry_id
        await service.reverse_entry(
            session, entry_id, effective_on=TODAY, description="Wrong meter", idempotency_key="undo", now=NOW
        )
        last = (await reports.statement(session, account_id, TODAY, TODAY)).entries[-1]
        assert (last.kind, last.amount_cents, last.reverses_id) == ("reversal", -6_000, entry_id)

    @pytest.mark.parametrize(
        ("first", "last"),
        [(TODAY, TODAY - timedelta(days=1)), (date(2000, 1, 1), TODAY), (date.min, date.min)],
    )
    async def test_what_is_no_period_is_refused(
        self, session: AsyncSession, account_id: UUID, first: date, last: date
    ) -> None:
        with pytest.raises(reports.PeriodRefusedError):
            await reports.statement(session, account_id, first, last)


class TestTheBooksOfADay:
    async def test_tie(self, session: AsyncSession, account_id: UUID) -> None:
        books = {line.code: line for line in await reports.day_of_books(session, date(2026, 11, 15))}
        receivable, cash = books["receivable"], books["cash"]
        assert (receivable.opening_cents, receivable.debits_cents, receivable.credits_cents) == (14_000, 0, 10_000)
        assert (cash.opening_cents, cash.debits_cents, cash.closing_cents) == (0, 10_000, 10_000)
        assert receivable.closing_cents == await service.balance_cents(session, account_id)
        assert sum(line.closing_cents for line in books.values()) == 0
        codes = {line.code for line in await service.trial_balance(session)}
        assert set(books) == codes

    async def test_of_an_empty_district_are_all_zero(self, session: AsyncSession) -> None:
        books = await reports.day_of_books(session, TODAY)
        assert {line.closing_cents for line in books} == {0} and "cash" in {line.code for line in books}
