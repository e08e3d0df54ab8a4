"""How a card or bank account gets on file: its owner types it on the processor's page, and we ask what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.errors import ConflictError, NotFoundError
from backend.gateway.errors import GatewayError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import HostedPage, PageOutcome, PageState, SetupRequest
from backend.models.base import new_id
from backend.models.saved_method import MethodSetup
from backend.saved_methods import repository, rules
from backend.saved_methods.service import save_method
from backend.saved_methods.telling import tell_saved

SETUP_PREFIX = "setup:"
"""What our reference of a set-up's page begins with; the id follows."""


class SetupNotFoundError(NotFoundError):
    """404: there is no such set-up."""

    def __init__(self) -> None:
        super().__init__("setup_not_found", "There is no such set-up. Begin a new one.")


class SetupOverError(ConflictError):
    """409 `setup_over`: the page was used or has expired; `state` says which."""

    def __init__(self, status: str) -> None:
        super().__init__("setup_over", "This link was used or has expired. Ask for a new one.", state=status)


class OneCustomerError(ConflictError):
    """409 `one_customer`: a method is saved for one customer of record."""

    def __init__(self) -> None:
        super().__init__("one_customer", "Save a way to pay for the accounts of one customer at a time.")


@dataclass(frozen=True, slots=True)
class NewSetup:
    """Who is to save a method, for which accounts. `return_url` is where the page sends them afterwards.

    In `conversation_id` they are told that it is on file.
    """

    idempotency_key: str
    account_ids: Sequence[UUID]
    language: str
    return_url: str
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SetupLink:
    """The page to send the owner to, and our id of the set-up."""

    setup_id: UUID
    page: HostedPage


async def begin_setup(database: Database, gateway: PaymentGateway, new: NewSetup, *, now: datetime) -> SetupLink:
    """A page to save a method on, the same one for the same key while it is open.

    :raises OneCustomerError: the accounts are of several customers. :raises SetupOverError: the key's page is over.
    :raises GatewayError: there is no page just now.
    """
    async with database.transaction() as session:
        customers = await repository.customers_of(session, new.account_ids)
        if len(customers) != 1:
            raise OneCustomerError
        await repository.add_setup(session, _values(gateway.name, customers[0], new, now=now))
        setup = await repository.setup_by_key(session, new.idempotency_key)
        assert setup is not None  # it was just added, or was there before
        customer = await repository.processor_customer(session, setup.customer_id, gateway.name)
    if setup.status != "open":
        raise SetupOverError(setup.status)
    if customer is None:
        customer = await gateway.create_customer(f"customer:{setup.customer_id}")
        async with database.transaction() as session:
            await repository.keep_processor_customer(session, setup.customer_id, gateway.name, customer)
    page = await gateway.open_setup(_request(setup, customer))
    async with database.transaction() as session:
        await repository.change_open_setup(session, setup.id, {"page_id": page.id})
    return SetupLink(setup.id, page)


def _values(processor: str, customer_id: UUID, new: NewSetup, *, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "idempotency_key": new.idempotency_key,
        "customer_id": customer_id,
        "account_ids": list(new.account_ids),
        "processor": processor,
        "language": new.language,
        "return_url": new.return_url,
        "conversation_id": new.conversation_id,
        "status": "open",
        "made_at": now,
        "expires_at": now + timedelta(minutes=rules.PAGE_MINUTES),
    }


def _request(setup: MethodSetup, customer: str) -> SetupRequest:
    return SetupRequest(
        reference=f"{SETUP_PREFIX}{setup.id}",
        customer=customer,
        language=setup.language,
        return_url=setup.return_url,
        expires_at=setup.expires_at,
    )


async def look_at_setup(database: Database, gateway: PaymentGateway, setup_id: UUID, *, now: datetime) -> UUID | None:
    """Ask what became of a page and act on it, once; the saved method's id, or None while there is none.

    :raises SetupNotFoundError: there is no such set-up. :raises GatewayError: the processor does not say.
    """
    async with database.transaction() as session:
        setup = await repository.setup(session, setup_id)
    if setup is None:
        raise SetupNotFoundError
    if setup.status != "open":
        return setup.method_id
    if setup.page_id is None:
        await _leave(database, setup, now=now)
        return None
    try:
        outcome = await gateway.page(setup.page_id)
    except GatewayError:
        await _leave(database, setup, now=now)
        raise
    if outcome.state is PageState.OPEN:
        await _leave(database, setup, now=now)
        return None
    return await _finish(database, setup, outcome, now)


async def _leave(database: Database, setup: MethodSetup, *, now: datetime) -> None:
    """Nothing yet: look again later. A page that was never made is over when its time is."""
    over = setup.page_id is None and now >= setup.expires_at
    values: dict[str, Any] = {"status": "expired"} if over else {}
    async with database.transaction() as session:
        pause = rules.next_look(now, setup.expires_at) - now
        await repository.change_open_setup(session, setup.id, values, pause)


async def _finish(database: Database, setup: MethodSetup, outcome: PageOutcome, now: datetime) -> UUID | None:
    async with database.transaction() as session:
        if outcome.method is None:
            await repository.change_open_setup(session, setup.id, {"status": "expired"})
            return None
        method_id = await save_method(
            session, setup.customer_id, setup.account_ids, outcome.method, processor=setup.processor, now=now
        )
        done = {"status": "completed", "completed_at": now, "method_id": method_id}
        changed = await repository.change_open_setup(session, setup.id, done)
        if changed and setup.conversation_id is not None:
            await tell_saved(session, setup.conversation_id, outcome.method, setup.language, now)
    return method_id


async def look_at_setup_now(session: AsyncSession, setup_id: UUID) -> bool:
    """There is news of a page: let it be looked at; False when it is not open."""
    return await repository.change_open_setup(session, setup_id, {}, timedelta(0))


async def due_setups(database: Database) -> list[UUID]:
    """The open set-ups that it is time to ask about: their notification may have got lost."""
    async with database.transaction() as session:
        return await repository.due(session)
