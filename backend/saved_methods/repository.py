"""The statements of saved methods and of the pages on which they are saved. `look_at` is the database's own time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.saved_method import MethodSetup, ProcessorCustomer, SavedMethod, SavedMethodAccount
from backend.saved_methods.rules import FIRST_LOOK

_OF_ACCOUNT = text("""
SELECT m.* FROM saved_methods m JOIN saved_method_accounts a ON a.method_id = m.id
 WHERE a.account_id = :account_id AND a.ended_at IS NULL AND m.ended_at IS NULL ORDER BY m.saved_at DESC, m.id
""")
_FOR_ACCOUNT = text("""
SELECT m.*, c.token AS processor_customer
  FROM saved_methods m
  JOIN saved_method_accounts a ON a.method_id = m.id AND a.account_id = :account_id AND a.ended_at IS NULL
  JOIN processor_customers c ON c.customer_id = m.customer_id AND c.processor = m.processor
 WHERE m.id = :method_id AND m.ended_at IS NULL
""")
_CUSTOMERS_OF = text("SELECT DISTINCT customer_id FROM accounts WHERE id = ANY(:account_ids)").bindparams(
    bindparam("account_ids", type_=ARRAY(Uuid()))
)
_LINK = text("""
INSERT INTO saved_method_accounts (method_id, account_id, added_at)
SELECT :method_id, account_id, :now FROM unnest(:account_ids) AS account_id
ON CONFLICT (method_id, account_id) DO UPDATE SET ended_at = NULL
""").bindparams(bindparam("method_id", type_=Uuid()), bindparam("account_ids", type_=ARRAY(Uuid())))
_END = text("""
UPDATE saved_methods SET ended_at = :now, end_reason = :reason WHERE id = :method_id AND ended_at IS NULL RETURNING id
""")
_DUE = text("SELECT id FROM method_setups WHERE status = 'open' AND look_at <= now() ORDER BY look_at LIMIT 20")


async def customers_of(session: AsyncSession, account_ids: Sequence[UUID]) -> list[UUID]:
    """Whose accounts these are."""
    return list(await session.scalars(_CUSTOMERS_OF, {"account_ids": list(account_ids)}))


async def processor_customer(session: AsyncSession, customer_id: UUID, processor: str) -> str | None:
    """The customer's id at the processor, if they have one."""
    found = await session.get(ProcessorCustomer, (customer_id, processor))
    return found.token if found else None


async def keep_processor_customer(session: AsyncSession, customer_id: UUID, processor: str, token: str) -> None:
    """Remember it; a second one for the same customer is let go."""
    values = {"customer_id": customer_id, "processor": processor, "token": token}
    await session.execute(upsert(ProcessorCustomer).values(values).on_conflict_do_nothing())


async def of_account(session: AsyncSession, account_id: UUID) -> Sequence[Row[Any]]:
    """The live methods of an account, the newest first."""
    return (await session.execute(_OF_ACCOUNT, {"account_id": account_id})).all()


async def for_account(session: AsyncSession, method_id: UUID, account_id: UUID) -> Row[Any] | None:
    """A live method with its customer at the processor, if it may pay for this account."""
    values = {"method_id": method_id, "account_id": account_id}
    return (await session.execute(_FOR_ACCOUNT, values)).one_or_none()


async def method(session: AsyncSession, method_id: UUID) -> SavedMethod | None:
    """One method, live or ended."""
    return await session.get(SavedMethod, method_id)


async def add_method(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """Keep a method, once for its token; its id."""
    statement = upsert(SavedMethod).values(values).on_conflict_do_nothing().returning(SavedMethod.id)
    made: UUID | None = await session.scalar(statement)
    if made is None:
        same = (SavedMethod.processor == values["processor"]) & (SavedMethod.token == values["token"])
        made = (await session.scalars(select(SavedMethod.id).where(same))).one()
    return made


async def link(session: AsyncSession, method_id: UUID, account_ids: Sequence[UUID], now: datetime) -> None:
    """Let a method pay for these accounts."""
    await session.execute(_LINK, {"method_id": method_id, "account_ids": list(account_ids), "now": now})


async def unlink(session: AsyncSession, method_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Let it pay for this account no more; False when it did not."""
    mine = (
        (SavedMethodAccount.method_id == method_id)
        & (SavedMethodAccount.account_id == account_id)
        & SavedMethodAccount.ended_at.is_(None)
    )
    statement = update(SavedMethodAccount).where(mine).values(ended_at=now).returning(SavedMethodAccount.method_id)
    return await session.scalar(statement) is not None


async def end(session: AsyncSession, method_id: UUID, reason: str, now: datetime) -> bool:
    """It is charged no more; False when it had ended before."""
    values = {"method_id": method_id, "reason": reason, "now": now}
    return (await session.execute(_END, values)).one_or_none() is not None


async def add_setup(session: AsyncSession, values: dict[str, Any]) -> None:
    """A new open set-up, unless its key was used before."""
    statement = upsert(MethodSetup).values(**values, look_at=func.now() + FIRST_LOOK)
    await session.execute(statement.on_conflict_do_nothing())


async def setup_by_key(session: AsyncSession, key: str) -> MethodSetup | None:
    """The set-up of that key."""
    return await session.scalar(select(MethodSetup).where(MethodSetup.idempotency_key == key))


async def setup(session: AsyncSession, setup_id: UUID) -> MethodSetup | None:
    """One set-up."""
    return await session.get(MethodSetup, setup_id)


async def change_open_setup(
    session: AsyncSession, setup_id: UUID, values: dict[str, Any], pause: timedelta | None = None
) -> bool:
    """Change a set-up that is still open, and look at it again after `pause`; False when it is not open."""
    changes = values if pause is None else {**values, "look_at": func.now() + pause}
    still_open = (MethodSetup.id == setup_id) & (MethodSetup.status == "open")
    return (
        await session.scalar(update(MethodSetup).where(still_open).values(changes).returning(MethodSetup.id))
        is not None
    )


async def due(session: AsyncSession) -> list[UUID]:
    """The open set-ups that it is time to ask about."""
    return list(await session.scalars(_DUE))
