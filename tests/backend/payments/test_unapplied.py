"""Unapplied money: kept until a person says whose it is, then as if it had come there."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Principal
from backend.district.service import District
from backend.ledger import service as ledger
from backend.payments import service, unapplied
from backend.payments.authority import AboveAuthorityError
from backend.payments.unapplied import NewReceipt
from tests.backend.payments.conftest import NOW, TODAY, books, close, count, owing_account

CAME_ON = TODAY - timedelta(days=10)
MONEY = NewReceipt("99999999", 10_000, "lockbox", CAME_ON, "unapplied-1", bank_reference="0042")


async def keep(session: AsyncSession, *receipts: NewReceipt) -> list[UUID]:
    return [one.id for one in await unapplied.keep(session, receipts or [MONEY], NOW)]


async def apply(session: AsyncSession, who: Principal, receipt_id: UUID, account_id: UUID, district: District) -> UUID:
    payment = await unapplied.apply_receipt(
        session, who, receipt_id, account_id=account_id, note="Has a copy of the check", district=district, now=NOW
    )
    return payment.id


class TestKept:
    async def test_as_a_liability_once_for_its_key(self, session: AsyncSession) -> None:
        first = await keep(session)
        assert await keep(session) == first
        assert await books(session) == {"cash": 10_000, "unapplied": -10_000}

    async def test_a_key_means_one_thing(self, session: AsyncSession) -> None:
        await keep(session)
        with pytest.raises(ledger.IdempotencyConflictError):
            await keep(session, NewReceipt("99999999", 10_001, "lockbox", CAME_ON, "unapplied-1"))

    async def test_the_oldest_waits_at_the_head(self, session: AsyncSession) -> None:
        later = NewReceipt("", 500, "check", TODAY, "unapplied-2")
        ids = await keep(session, later, MONEY)
        assert [row.id for row in await unapplied.open_receipts(session)] == [ids[1], ids[0]]


class TestApplied:
    async def test_pays_the_account_as_of_the_day_it_came(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        account_id = await owing_account(session)
        (receipt_id,) = await keep(session)
        payment_id = await apply(session, lead, receipt_id, account_id, district)
        await session.commit()
        receipt = await service.receipt(session, payment_id, NOW)
        assert (receipt.received_on, receipt.method, receipt.left_as_credit_cents) == (CAME_ON, "lockbox", 1_750)
        assert [line.amount_cents for line in receipt.paid] == [8_250]
        assert await books(session) == {"cash": 10_000, "receivable": -1_750, "water_revenue": -8_250}
        assert await unapplied.open_receipts(session) == []

    async def test_a_closed_account_pays_its_last_bill_so(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        account_id = await owing_account(session)
        await close(session, account_id)
        (receipt_id,) = await keep(session)
        await apply(session, lead, receipt_id, account_id, district)
        assert await ledger.balance_cents(session, account_id) == -1_750

    async def test_again_for_the_same_account_is_once_and_for_another_refused(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        account_id, other_id = await owing_account(session), await owing_account(session)
        (receipt_id,) = await keep(session)
        first = await apply(session, lead, receipt_id, account_id, district)
        assert await apply(session, lead, receipt_id, account_id, district) == first
        with pytest.raises(unapplied.ReceiptDecidedError):
            await apply(session, lead, receipt_id, other_id, district)

    async def test_two_at_once_for_two_accounts_are_one(
        self, session: AsyncSession, engine: AsyncEngine, lead: Principal, district: District
    ) -> None:
        accounts = [await owing_account(session), await owing_account(session)]
        (receipt_id,) = await keep(session)
        await session.commit()

        async def one(account_id: UUID) -> bool:
            async with AsyncSession(engine) as own:
                try:
                    await apply(own, lead, receipt_id, account_id, district)
                except unapplied.ReceiptDecidedError:
                    return False
                await own.commit()
                return True

        assert sorted(await asyncio.gather(*map(one, accounts))) == [False, True]
        assert await count(session, "payments") == 1

    async def test_is_for_the_roles_that_the_district_names(
        self, session: AsyncSession, clerk: Principal, district: District
    ) -> None:
        (receipt_id,) = await keep(session)
        with pytest.raises(AboveAuthorityError):
            await apply(session, clerk, receipt_id, await owing_account(session), district)

    async def test_there_must_be_such_money_and_such_an_account(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        with pytest.raises(unapplied.ReceiptNotFoundError):
            await apply(session, lead, UUID(int=1), await owing_account(session), district)
        (receipt_id,) = await keep(session)
        with pytest.raises(ledger.ReceivableNotFoundError):
            await apply(session, lead, receipt_id, UUID(int=1), district)

    async def test_money_of_a_leap_day(self, session: AsyncSession, lead: Principal, district: District) -> None:
        leap = date(2024, 2, 29)
        (receipt_id,) = await keep(session, NewReceipt("x", 100, "check", leap, "leap"))
        payment_id = await apply(session, lead, receipt_id, await owing_account(session), district)
        assert (await service.receipt(session, payment_id, NOW)).received_on == leap
