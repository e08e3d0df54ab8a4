"""What is on file for an account, and taking it off. `setups` has how a method gets on file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database, announce
from backend.errors import NotFoundError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import MethodFacts, MethodKind
from backend.saved_methods import repository, rules


class MethodNotFoundError(NotFoundError):
    """404: there is no such way to pay for this account, or not any more."""

    def __init__(self) -> None:
        super().__init__("method_not_found", "There is no such card or bank account on file for this account.")


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A card or bank account on file, as its owner may see it."""

    id: UUID
    kind: MethodKind
    brand: str
    last4: str
    expires_on: date | None
    saved_at: datetime

    def label(self, language: str) -> str:
        """ "Visa ending in 4242"."""
        return rules.label(self.brand, self.last4, language)

    def has_expired(self, today: date) -> bool:
        """Whether the card's last day is over."""
        return self.expires_on is not None and self.expires_on < today


@dataclass(frozen=True, slots=True)
class ChargeableMethod:
    """What a charge needs of a saved method."""

    id: UUID
    processor: str
    customer: str
    token: str
    kind: MethodKind
    brand: str
    last4: str


async def methods_of(session: AsyncSession, account_id: UUID) -> list[SavedMethod]:
    """What is on file for an account, the newest first."""
    return [saved_method(row) for row in await repository.of_account(session, account_id)]


def saved_method(row: Row[Any]) -> SavedMethod:
    """A row of it, as its owner may see it."""
    return SavedMethod(row.id, MethodKind(row.kind), row.brand, row.last4, row.expires_on, row.saved_at)


async def find_chargeable(session: AsyncSession, method_id: UUID, account_id: UUID) -> ChargeableMethod | None:
    """A method to charge for this account; None when it is not on file for it."""
    row = await repository.for_account(session, method_id, account_id)
    if row is None:
        return None
    return ChargeableMethod(
        row.id, row.processor, row.processor_customer, row.token, MethodKind(row.kind), row.brand, row.last4
    )


async def save_method(
    session: AsyncSession,
    customer_id: UUID,
    account_ids: list[UUID],
    facts: MethodFacts,
    *,
    processor: str,
    now: datetime,
) -> UUID:
    """Put a method that the processor keeps on file for these accounts; its id. Again: the same."""
    values = {
        "customer_id": customer_id,
        "processor": processor,
        "token": facts.token,
        "kind": facts.kind.value,
        "brand": facts.brand,
        "last4": facts.last4,
        "expires_on": rules.expires_on(facts.expires),
        "label": rules.label(facts.brand, facts.last4),
        "saved_at": now,
    }
    method_id = await repository.add_method(session, values)
    await repository.link(session, method_id, account_ids, now)
    for account_id in account_ids:
        announce(session, "money", account_id=account_id)
    return method_id


async def also_for(session: AsyncSession, method_id: UUID, account_id: UUID, now: datetime) -> None:
    """Let a method on file pay for another account as well.

    :raises MethodNotFoundError: no such method, or it has ended.
    """
    found = await repository.method(session, method_id)
    if found is None or found.ended_at is not None:
        raise MethodNotFoundError
    await repository.link(session, method_id, [account_id], now)


async def not_for(session: AsyncSession, method_id: UUID, account_id: UUID, now: datetime) -> None:
    """Let it pay for this account no more; for others it stays.

    :raises MethodNotFoundError: it did not.
    """
    if not await repository.unlink(session, method_id, account_id, now):
        raise MethodNotFoundError


async def mark_gone(session: AsyncSession, method_id: UUID, now: datetime) -> None:
    """The processor has it no more, so it is not offered again."""
    await repository.end(session, method_id, "gone at the processor", now)


async def remove_method(
    database: Database, gateway: PaymentGateway, method_id: UUID, *, reason: str, now: datetime
) -> None:
    """Take a method off file everywhere, here first: what the processor forgets later is charged no more already.

    :raises MethodNotFoundError: no such method. :raises GatewayError: the processor has not forgotten it yet; again.
    """
    async with database.transaction() as session:
        found = await repository.method(session, method_id)
        if found is None:
            raise MethodNotFoundError
        token = found.token
        await repository.end(session, method_id, reason, now)
    await gateway.forget_method(token)
