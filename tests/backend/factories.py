"""Customers and accounts for tests, as small as the schema allows."""

import itertools
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.rules import account_number
from backend.ledger import service as ledger
from backend.models.account import Account
from backend.models.customer import Customer

_serials = itertools.count(1)


async def make_account(session: AsyncSession, *, opened_on: date = date(2020, 1, 1)) -> UUID:
    """An open account of a new customer, with nothing posted to it."""
    customer = Customer(kind="person", name="Rosa Aguilar", first_name="Rosa", language="en")
    session.add(customer)
    await session.flush()
    account = Account(
        number=account_number(next(_serials)),
        customer_id=customer.id,
        status="active",
        service_class="residential",
        opened_on=opened_on,
        closed_on=None,
        pin_digest=None,
        autopay=False,
        paperless=False,
        medical_protection=False,
        identity_locked=False,
    )
    session.add(account)
    await session.flush()
    await ledger.open_receivable(session, account.id)
    return account.id
