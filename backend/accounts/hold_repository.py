"""Queries on holds and on declarations of a low income."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account_hold import AccountHold, LowIncomeDeclaration

_LOCK = text("SELECT id FROM accounts WHERE id = :account_id FOR NO KEY UPDATE")

_HOLDS = text("""
SELECT h.id, h.kind, h.started_on, h.ended_on, h.note, h.placed_at, h.lifted_at, h.lift_note,
       placer.name AS placed_by, lifter.name AS lifted_by
  FROM account_holds h
  LEFT JOIN staff placer ON placer.id = h.placed_by
  LEFT JOIN staff lifter ON lifter.id = h.lifted_by
 WHERE h.account_id = :account_id ORDER BY h.started_on DESC, h.placed_at DESC, h.id LIMIT :limit
""")

_DECLARATIONS = text("""
SELECT d.id, d.basis, d.program, d.declared_on, d.expires_on, d.recorded_at, recorder.name AS recorded_by
  FROM low_income_declarations d LEFT JOIN staff recorder ON recorder.id = d.recorded_by
 WHERE d.account_id = :account_id ORDER BY d.declared_on DESC, d.recorded_at DESC, d.id LIMIT :limit
""")


async def lock_account(session: AsyncSession, account_id: UUID) -> bool:
    """Hold the account's row until the transaction ends. False: no such account."""
    return await session.scalar(_LOCK, {"account_id": account_id}) is not None


async def holds(session: AsyncSession, account_id: UUID, limit: int) -> Sequence[RowMapping]:
    """The account's holds with the names of who placed and lifted them, newest first."""
    return (await session.execute(_HOLDS, {"account_id": account_id, "limit": limit})).mappings().all()


async def live_hold(session: AsyncSession, account_id: UUID, kind: str, today: date) -> AccountHold | None:
    """The hold of that kind that covers `today`."""
    query = select(AccountHold).where(
        AccountHold.account_id == account_id,
        AccountHold.kind == kind,
        AccountHold.lifted_at.is_(None),
        (AccountHold.ended_on.is_(None)) | (AccountHold.ended_on >= today),
    )
    return await session.scalar(query.limit(1))


async def hold(session: AsyncSession, account_id: UUID, hold_id: UUID) -> AccountHold | None:
    """This hold of the account."""
    return await session.scalar(
        select(AccountHold).where(AccountHold.id == hold_id, AccountHold.account_id == account_id)
    )


async def declarations(session: AsyncSession, account_id: UUID, limit: int) -> Sequence[RowMapping]:
    """The account's declarations with the names of who recorded them, newest first."""
    return (await session.execute(_DECLARATIONS, {"account_id": account_id, "limit": limit})).mappings().all()


async def live_declarations(session: AsyncSession, account_id: UUID, day: date) -> Sequence[LowIncomeDeclaration]:
    """The declarations that hold on `day`."""
    query = select(LowIncomeDeclaration).where(
        LowIncomeDeclaration.account_id == account_id,
        LowIncomeDeclaration.declared_on <= day,
        LowIncomeDeclaration.expires_on > day,
    )
    return (await session.scalars(query)).all()


async def add(session: AsyncSession, row: AccountHold | LowIncomeDeclaration) -> None:
    session.add(row)
    await session.flush()
