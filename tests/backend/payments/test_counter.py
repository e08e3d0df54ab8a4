"""Money handed over at the counter: into the clerk's own drawer, once, and never lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Kind, Principal
from backend.district.service import District
from backend.errors import ForbiddenError, HeadgateError
from backend.ledger import service as ledger
from backend.payments import batches, counter, service, unapplied
from backend.payments.counter import Given, Taken
from tests.backend.payments.conftest import NOW, TODAY, books, close, count, number_of, owing_account

CASH = Given("10000018", 5_000, "cash", "counter-key-1")


@pytest.fixture
async def drawer(session: AsyncSession, clerk: Principal, district: District) -> UUID:
    """The clerk's open drawer, with a float of $100."""
    made = await batches.open_batch(session, clerk, float_cents=10_000, district=district, now=NOW)
    return made.batch_id


async def take(session: AsyncSession, clerk: Principal, given: Given, district: District) -> Taken:
    return await counter.take_payment(session, clerk, given, district=district, now=NOW)


class TestOnAnOpenAccount:
    async def test_it_pays_what_is_owed_and_lies_in_the_drawer(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        account_id = await owing_account(session)
        given = replace(CASH, account_number=await number_of(session, account_id))
        taken = await take(session, clerk, given, district)
        assert taken.is_new and taken.payment_id and taken.receipt_id is None
        receipt = await service.receipt(session, taken.payment_id, NOW)
        assert (receipt.account_id, receipt.balance_cents, receipt.received_on) == (account_id, 3_250, TODAY)
        (tender,) = (await batches.report(session, drawer)).tenders
        assert (tender.method, tender.count, tender.cents) == ("cash", 1, 5_000)

    async def test_an_account_number_is_known_with_blanks_and_dashes(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        number = await number_of(session, await owing_account(session))
        taken = await take(session, clerk, replace(CASH, account_number=f" {number[:4]}-{number[4:]} "), district)
        assert taken.payment_id is not None

    async def test_the_same_key_is_one_payment_whatever_has_changed_since(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        account_id = await owing_account(session)
        given = replace(CASH, account_number=await number_of(session, account_id))
        first = await take(session, clerk, given, district)
        await batches.close_batch(
            session, clerk, drawer, counted_cash_cents=15_000, counted_checks_cents=0, district=district, now=NOW
        )
        await close(session, account_id)
        tomorrow = NOW + timedelta(days=1)
        again = await counter.take_payment(session, clerk, given, district=district, now=tomorrow)
        assert (again.payment_id, again.is_new) == (first.payment_id, False)
        assert await count(session, "payments") == 1

    @pytest.mark.parametrize("change", [{"amount_cents": 5_001}, {"method": "card", "reference": "ref 1"}])
    async def test_the_same_key_for_something_else_is_refused(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID, change: dict[str, object]
    ) -> None:
        given = replace(CASH, account_number=await number_of(session, await owing_account(session)))
        await take(session, clerk, given, district)
        with pytest.raises(ledger.IdempotencyConflictError):
            await take(session, clerk, replace(given, **change), district)  # type: ignore[arg-type]
        other = await number_of(session, await owing_account(session))
        with pytest.raises(ledger.IdempotencyConflictError):
            await take(session, clerk, replace(given, account_number=other), district)

    async def test_a_button_pressed_by_an_impatient_hand_is_one_payment(
        self, session: AsyncSession, engine: AsyncEngine, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        given = replace(CASH, account_number=await number_of(session, await owing_account(session)))
        await session.commit()

        async def press() -> UUID | None:
            async with AsyncSession(engine) as own:
                taken = await take(own, clerk, given, district)
                await own.commit()
                return taken.payment_id

        found = await asyncio.gather(*(press() for _ in range(5)))
        assert len(set(found)) == 1
        assert await count(session, "payments") == 1


class TestOnNoOpenAccount:
    async def test_money_for_an_unknown_number_is_kept_unapplied(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        taken = await take(session, clerk, replace(CASH, account_number="99999999"), district)
        assert taken.payment_id is None
        (row,) = await unapplied.open_receipts(session)
        assert (row.id, row.given_reference, row.amount_cents, row.account_id) == (
            taken.receipt_id,
            "99999999",
            5_000,
            None,
        )
        assert await books(session) == {"cash": 5_000, "unapplied": -5_000}
        assert (await batches.report(session, drawer)).expected_cash_cents == 15_000

    async def test_money_for_a_closed_account_too_and_the_row_says_whose_it_was(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        account_id = await owing_account(session)
        await close(session, account_id)
        given = replace(CASH, account_number=await number_of(session, account_id))
        first = await take(session, clerk, given, district)
        again = await take(session, clerk, given, district)
        assert (first.receipt_id, again.is_new) == (again.receipt_id, False)
        (row,) = await unapplied.open_receipts(session)
        assert (row.account_id, row.account_status, row.customer_name) == (account_id, "closed", "Rosa Aguilar")
        assert await ledger.balance_cents(session, account_id) == 8_250


class TestRefused:
    @pytest.mark.parametrize("cents", [0, -5_000, 25_000_001, 10**20])
    async def test_amounts(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID, cents: int
    ) -> None:
        with pytest.raises(service.AmountRefusedError):
            await take(session, clerk, replace(CASH, amount_cents=cents), district)

    @pytest.mark.parametrize(
        ("method", "reference", "error"),
        [
            ("card", "4111 1111 1111 1111", "reference_refused"),
            ("card", "auth 5500005555555559", "reference_refused"),
            ("check", "123-45-6789", "reference_refused"),
            ("card", None, "reference_needed"),
            ("check", "  ", "reference_needed"),
        ],
    )
    async def test_references(
        self,
        *,
        session: AsyncSession,
        clerk: Principal,
        district: District,
        drawer: UUID,
        method: str,
        reference: str | None,
        error: str,
    ) -> None:
        with pytest.raises(HeadgateError) as refused:
            await take(session, clerk, replace(CASH, method=method, reference=reference), district)
        assert (refused.value.status, refused.value.error) == (422, error)
        assert await count(session, "ledger_entries") == 0

    async def test_without_a_drawer(self, session: AsyncSession, clerk: Principal, district: District) -> None:
        with pytest.raises(batches.NoOpenBatchError):
            await take(session, clerk, CASH, district)

    async def test_with_yesterday_s_drawer(
        self, session: AsyncSession, clerk: Principal, district: District, drawer: UUID
    ) -> None:
        with pytest.raises(batches.BatchOfAnotherDayError) as refused:
            await counter.take_payment(session, clerk, CASH, district=district, now=NOW + timedelta(days=1))
        assert refused.value.extra["batch_id"] == drawer

    @pytest.mark.parametrize("kind", [Kind.ACTIONS, Kind.OPERATOR, Kind.TELEPHONY, Kind.STAFF])
    async def test_whoever_is_not_signed_in(self, session: AsyncSession, district: District, kind: Kind) -> None:
        with pytest.raises(ForbiddenError, match="staff_only"):
            await take(session, Principal(kind), CASH, district)
