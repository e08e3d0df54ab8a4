"""Opening an account: its number, its customer, its place in the ledger."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.rules import account_number
from backend.accounts.service import AccountNotFoundError
from backend.ledger import service as ledger
from backend.models.account import Account
from backend.models.base import new_id
from backend.models.customer import Customer, CustomerEmail, CustomerPhone

# One at a time, so that no number is given twice; seven digits stand before the check digit.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('account numbers'))")
_LAST_SERIAL = text("SELECT coalesce(max(left(number, 7)::int) - 1000000, 0) FROM accounts")


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Somebody who was no customer before; phone E.164. Texts are sent only after they agreed to them."""

    kind: str
    name: str
    first_name: str | None
    language: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """An account that was opened just now."""

    id: UUID
    number: str


async def customer_of(session: AsyncSession, account_id: UUID) -> UUID:
    """Whose account it is.

    :raises AccountNotFoundError: no such account.
    """
    found = await session.scalar(select(Account.customer_id).where(Account.id == account_id))
    if found is None:
        raise AccountNotFoundError
    return found


async def mailing_address(session: AsyncSession, account_id: UUID) -> tuple[str, ...]:
    """The lines of where paper goes; none where it goes to the service address."""
    found = await session.scalar(select(Account.mailing_address).where(Account.id == account_id))
    return tuple(line.strip() for line in (found or "").splitlines() if line.strip())


async def add_customer(session: AsyncSession, new: NewCustomer) -> UUID:
    """A new customer of record with how to reach them."""
    customer = Customer(id=new_id(), kind=new.kind, name=new.name, first_name=new.first_name, language=new.language)
    session.add(customer)
    await session.flush()
    if new.phone is not None:
        session.add(CustomerPhone(customer_id=customer.id, phone=new.phone, rank=0, texts_allowed=False))
    if new.email is not None:
        session.add(CustomerEmail(customer_id=customer.id, email=new.email, rank=0))
    await session.flush()
    return customer.id


async def open_account(
    session: AsyncSession, customer_id: UUID, *, service_class: str, opened_on: date, billing_cycle: int
) -> OpenedAccount:
    """An active account without PIN, autopay or services, under the next free number."""
    await session.execute(_LOCK)
    serial = (await session.execute(_LAST_SERIAL)).scalar_one() + 1
    account = Account(
        id=new_id(),
        number=account_number(serial),
        customer_id=customer_id,
        status="active",
        service_class=service_class,
        opened_on=opened_on,
        closed_on=None,
        pin_digest=None,
        autopay=False,
        paperless=False,
        medical_protection=False,
        identity_locked=False,
        billing_cycle=billing_cycle,
    )
    session.add(account)
    await session.flush()
    await ledger.open_receivable(session, account.id)
    return OpenedAccount(account.id, account.number)
