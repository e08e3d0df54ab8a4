"""The district as its files say, bills on accounts, and staff who decide."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal, Role
from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.bill import Bill
from backend.models.staff import Staff

FOLDER = Path(__file__).parents[3] / "district"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""Monday, 10 in the morning in California."""
TODAY = date(2026, 11, 23)
_keys = itertools.count(1)

AddStaff = Callable[[Role], Awaitable[Principal]]


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)


@pytest.fixture
def add_staff(session: AsyncSession) -> AddStaff:
    """A new member of the staff with that role."""

    async def add(role: Role) -> Principal:
        number = next(_keys)
        one = Staff(
            user_name=f"person{number}",
            name=f"Person {number}",
            role=role,
            password_digest="none",
            languages=["en"],
            created_at=NOW,
            password_changed_at=NOW,
        )
        session.add(one)
        await session.flush()
        return Principal.of_staff(one.id, role)

    return add


async def add_bill(session: AsyncSession, account_id: UUID, *, cents: int = 8_250, due: date) -> Bill:
    """A bill that falls due on `due`."""
    issued_on = due - timedelta(days=21)
    return await ledger.post_bill(
        session,
        account_id=account_id,
        amount_cents=cents,
        usage_ccf=12,
        period=(issued_on - timedelta(days=30), issued_on - timedelta(days=1)),
        issued_on=issued_on,
        due_date=due,
        idempotency_key=f"test bill {next(_keys)}",
        now=NOW,
    )


async def pay(session: AsyncSession, account_id: UUID, cents: int, on: date = TODAY) -> None:
    """Money received, in the ledger."""
    await ledger.post_receipt(
        session,
        account_id=account_id,
        amount_cents=cents,
        description="Payment",
        received_on=on,
        idempotency_key=f"test payment {next(_keys)}",
        now=NOW,
    )
