"""The district as its files say, staff of every role, accounts with bills and customers who can be texted."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.district.service import District
from backend.ledger import service as ledger
from tests.backend.factories import make_account
from tests.backend.fees.conftest import FOLDER, AddStaff, add_bill, add_staff

__all__ = ["add_staff"]
NOW, TODAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), date(2026, 11, 23)
"""Monday, 10 in the morning in California."""


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)


@pytest.fixture
async def clerk(add_staff: AddStaff) -> Principal:
    return await add_staff(Role.CSR)


@pytest.fixture
async def lead(add_staff: AddStaff) -> Principal:
    return await add_staff(Role.LEAD)


@pytest.fixture
async def supervisor(add_staff: AddStaff) -> Principal:
    return await add_staff(Role.SUPERVISOR)


async def number_of(session: AsyncSession, account_id: UUID) -> str:
    """The account's number."""
    query = text("SELECT number FROM accounts WHERE id = :id")
    found: str = (await session.execute(query, {"id": account_id})).scalar_one()
    return found


async def close(session: AsyncSession, account_id: UUID) -> None:
    """Close an account as of yesterday."""
    query = text("UPDATE accounts SET status = 'closed', closed_on = '2026-11-22' WHERE id = :id")
    await session.execute(query, {"id": account_id})


async def owing_account(session: AsyncSession, cents: int = 8_250, due: date = date(2026, 11, 20)) -> UUID:
    """An account with one bill."""
    account_id = await make_account(session)
    await add_bill(session, account_id, cents=cents, due=due)
    return account_id


async def books(session: AsyncSession) -> dict[str, int]:
    """The balance of every ledger account that has one, debit positive; they sum to zero."""
    lines = await ledger.trial_balance(session)
    assert sum(line.balance_cents for line in lines) == 0
    return {line.code: line.balance_cents for line in lines if line.balance_cents}


async def count(session: AsyncSession, table: str) -> int:
    """How many rows a table has."""
    return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())
