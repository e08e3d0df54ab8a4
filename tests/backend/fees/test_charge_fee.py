"""Fees by the district's policy: amounts, caps, once for each key and each cause."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.district.service import District
from backend.fees import service
from backend.ledger import service as ledger
from backend.models.account_hold import AccountHold, LowIncomeDeclaration
from backend.models.fee import FeeCharge
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, add_bill, pay

EVENING = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


async def charge(
    session: AsyncSession, district: District, account_id: UUID, code: str, key: str = "fee-1", **given: object
) -> FeeCharge:
    return await service.charge_fee(
        session,
        account_id=account_id,
        code=code,
        charged_on=TODAY,
        due_on=TODAY + timedelta(days=15),
        caused_by_entry_id=given.get("cause"),  # type: ignore[arg-type]
        idempotency_key=key,
        now=given.get("now", NOW),  # type: ignore[arg-type]
        district=district,
        worked_at=given.get("worked_at"),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("code", "cents"), [("tag", 1_500), ("delinquent_processing", 2_500), ("reconnection", 6_500)])
async def test_flat_fees_are_the_policys(session: AsyncSession, district: District, code: str, cents: int) -> None:
    account_id = await make_account(session)
    await add_bill(session, account_id, due=TODAY - timedelta(days=62))
    fee = await charge(session, district, account_id, code)
    again = await charge(session, district, account_id, code)
    await session.commit()
    assert (fee.amount_cents, again.id) == (cents, fee.id)
    assert await ledger.balance_cents(session, account_id) == 8_250 + cents


@pytest.mark.parametrize("code", ["tag", "delinquent_processing"])
async def test_nothing_of_the_way_to_a_shut_off_without_a_delinquency_or_on_hold(
    session: AsyncSession, district: District, code: str
) -> None:
    nothing_due, disputed = await make_account(session), await make_account(session)
    await add_bill(session, nothing_due, due=TODAY)
    await add_bill(session, disputed, due=TODAY - timedelta(days=62))
    session.add(AccountHold(account_id=disputed, kind="appeal", started_on=TODAY, note="Appeal 12", placed_at=NOW))
    await session.flush()
    for account_id in (nothing_due, disputed):
        with pytest.raises(service.FeeNotDueError):
            await charge(session, district, account_id, code, f"{code}:{account_id}")


async def test_a_reconnection_costs_what_its_hour_costs(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)
    fee = await charge(session, district, account_id, "reconnection", worked_at=EVENING - timedelta(days=1))
    assert fee.amount_cents == 17_500


async def test_reconnection_after_hours_and_for_a_low_income_household(
    session: AsyncSession, district: District
) -> None:
    account_id = await make_account(session)
    assert (await charge(session, district, account_id, "reconnection", "a", now=EVENING)).amount_cents == 17_500
    year = timedelta(days=365)
    declared = LowIncomeDeclaration(
        account_id=account_id,
        basis="declaration",
        declared_on=TODAY - timedelta(days=9),
        expires_on=TODAY + year,
        recorded_at=NOW,
    )
    session.add(declared)
    await session.flush()
    assert (await charge(session, district, account_id, "reconnection", "b", now=EVENING)).amount_cents == 15_000
    assert (await charge(session, district, account_id, "reconnection", "c")).amount_cents == 5_000
    declared.expires_on = TODAY
    await session.flush()
    assert (await charge(session, district, account_id, "reconnection", "d")).amount_cents == 6_500


async def test_the_second_returned_payment_of_a_customer_costs_more_on_any_account(
    session: AsyncSession, district: District
) -> None:
    one, other, stranger = [await make_account(session) for _ in range(3)]
    await session.execute(
        text("UPDATE accounts SET customer_id = (SELECT customer_id FROM accounts WHERE id = :one) WHERE id = :other"),
        {"one": one, "other": other},
    )
    first = await charge(session, district, one, "returned_payment", "a")
    second = await charge(session, district, other, "returned_payment", "b")
    assert (first.amount_cents, second.amount_cents) == (2_500, 3_500)
    assert (await charge(session, district, one, "returned_payment", "a")).amount_cents == 2_500
    assert (await charge(session, district, stranger, "returned_payment", "c")).amount_cents == 2_500
    for fee in (first, second):
        await ledger.reverse_entry(
            session,
            fee.entry_id,
            effective_on=TODAY,
            description="Fee reversed",
            idempotency_key=f"back {fee.id}",
            now=NOW,
        )
    assert (await charge(session, district, other, "returned_payment", "d")).amount_cents == 2_500


class TestLateFee:
    async def test_is_charged_once_a_bill(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=TODAY - timedelta(days=1))
        fee = await charge(session, district, account_id, "late", cause=bill.entry_id)
        assert fee.amount_cents == 1_000
        with pytest.raises(service.FeeAlreadyChargedError):
            await charge(session, district, account_id, "late", "fee-2", cause=bill.entry_id)
        assert await ledger.balance_cents(session, account_id) == 9_250

    async def test_not_on_the_due_date_itself(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=TODAY)
        with pytest.raises(service.FeeNotDueError):
            await charge(session, district, account_id, "late", cause=bill.entry_id)

    async def test_not_for_a_rest_that_is_small(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=date(2026, 11, 1))
        await add_bill(session, account_id, due=date(2026, 12, 1))
        await pay(session, account_id, 7_251)
        with pytest.raises(service.FeeNotDueError):
            await charge(session, district, account_id, "late", cause=bill.entry_id)

    async def test_not_for_a_bill_that_was_taken_back(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=date(2026, 11, 1))
        await ledger.reverse_entry(
            session, bill.entry_id, effective_on=TODAY, description="Cancelled", idempotency_key="back", now=NOW
        )
        with pytest.raises(service.FeeNotDueError):
            await charge(session, district, account_id, "late", cause=bill.entry_id)

    async def test_not_while_the_account_is_on_hold(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=TODAY - timedelta(days=1))
        session.add(AccountHold(account_id=account_id, kind="dispute", started_on=TODAY, note="Read", placed_at=NOW))
        await session.flush()
        with pytest.raises(service.FeeNotDueError):
            await charge(session, district, account_id, "late", cause=bill.entry_id)


async def test_a_key_used_for_another_fee_is_refused(session: AsyncSession, district: District) -> None:
    one, other = await make_account(session), await make_account(session)
    for account_id in (one, other):
        await add_bill(session, account_id, due=TODAY - timedelta(days=62))
    await charge(session, district, one, "tag")
    with pytest.raises(ledger.IdempotencyConflictError):
        await charge(session, district, one, "reconnection")
    with pytest.raises(ledger.IdempotencyConflictError):
        await charge(session, district, other, "tag")


async def test_eight_at_once_with_one_key_are_one_fee(
    session: AsyncSession, engine: AsyncEngine, district: District
) -> None:
    account_id = await make_account(session)
    await session.commit()

    async def one() -> UUID:
        async with AsyncSession(engine) as own, own.begin():
            return (await charge(own, district, account_id, "returned_payment")).id

    made = await asyncio.gather(*(one() for _ in range(8)))
    assert len(set(made)) == 1
    assert await session.scalar(select(func.count()).select_from(FeeCharge)) == 1
    assert await ledger.balance_cents(session, account_id) == 2_500
