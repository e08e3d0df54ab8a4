"""Pay by link: a page of the processor's, once, until it expires. What is paid there is a charge like any other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import checkout_repository as repository
from backend.charges.service import add_charge, check_charge_amount
from backend.charges.tools import Tools
from backend.database import Database, announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.gateway.errors import GatewayError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import AmountLimits, CheckoutRequest, GatewayCharge, HostedPage, PageOutcome, PageState
from backend.ledger.service import IdempotencyConflictError
from backend.models.base import new_id
from backend.models.charge import Checkout
from backend.saved_methods import rules as page_rules


class CheckoutNotFoundError(NotFoundError):
    """404: there is no such payment link."""

    def __init__(self) -> None:
        super().__init__("checkout_not_found", "There is no such payment link.")


class CheckoutOverError(ConflictError):
    """409 `checkout_over`: the link was used or has expired; `state` says which."""

    def __init__(self, status: str) -> None:
        super().__init__("checkout_over", "This link was used or has expired. Ask for a new one.", state=status)


@dataclass(frozen=True, slots=True)
class NewCheckout:
    """A link to pay for an account. `description` is on the page, which anyone may see who has the link.

    `amount` pays what is owed; the page asks for `fee_cents` on top. The receipt goes to the conversation, else to
    `recipient`; `shows_balance` only for who may see the account.
    """

    idempotency_key: str
    account_id: UUID
    amount: int | AmountLimits
    purpose: str
    channel: str
    language: str
    description: str
    return_url: str
    expires_at: datetime
    conversation_id: UUID | None = None
    recipient: str | None = None
    shows_balance: bool = False
    fee_cents: int = 0


@dataclass(frozen=True, slots=True)
class CheckoutLink:
    """Where to send the payer; `checkout_id` is the id of the charge to be."""

    checkout_id: UUID
    page: HostedPage


async def begin_checkout(
    database: Database, gateway: PaymentGateway, new: NewCheckout, *, district: District, now: datetime
) -> CheckoutLink:
    """A page to pay on, the same one for the same key while it is open.

    :raises AmountRefusedError: no payment can be of these amounts.
    :raises CheckoutOverError: the key's page was used or has expired.
    :raises IdempotencyConflictError: the key was used before for another payment.
    :raises GatewayError: there is no page just now; the same key again is safe.
    """
    limits = new.amount if isinstance(new.amount, AmountLimits) else AmountLimits(new.amount, new.amount, new.amount)
    for cents in (limits.least_cents, limits.suggested_cents, limits.most_cents):
        check_charge_amount(cents, district)
    async with database.transaction() as session:
        await repository.add(session, _values(new, limits, gateway.name, now))
        checkout = await repository.by_key(session, new.idempotency_key)
    assert checkout is not None  # it was just added, or was there before
    if (checkout.account_id, checkout.least_cents, checkout.most_cents) != (
        new.account_id,
        limits.least_cents,
        limits.most_cents,
    ):
        raise IdempotencyConflictError(new.idempotency_key)
    if checkout.status != "open":
        raise CheckoutOverError(checkout.status)
    page = await gateway.open_checkout(_request(checkout))
    async with database.transaction() as session:
        await repository.change_open(session, checkout.id, {"page_id": page.id})
    return CheckoutLink(checkout.id, page)


def _values(new: NewCheckout, limits: AmountLimits, processor: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "idempotency_key": new.idempotency_key,
        "account_id": new.account_id,
        "least_cents": limits.least_cents,
        "most_cents": limits.most_cents,
        "suggested_cents": limits.suggested_cents,
        "fee_cents": new.fee_cents,
        "purpose": new.purpose,
        "channel": new.channel,
        "processor": processor,
        "description": new.description,
        "language": new.language,
        "return_url": new.return_url,
        "conversation_id": new.conversation_id,
        "recipient": new.recipient,
        "shows_balance": new.shows_balance,
        "status": "open",
        "made_at": now,
        "expires_at": new.expires_at,
    }


def _request(checkout: Checkout) -> CheckoutRequest:
    fixed = checkout.least_cents == checkout.most_cents
    fee = checkout.fee_cents
    limits = AmountLimits(checkout.least_cents + fee, checkout.most_cents + fee, checkout.suggested_cents + fee)
    return CheckoutRequest(
        reference=str(checkout.id),
        amount=limits.least_cents if fixed else limits,
        description=checkout.description,
        language=checkout.language,
        return_url=checkout.return_url,
        expires_at=checkout.expires_at,
    )


async def look_at_checkout(tools: Tools, checkout_id: UUID) -> str:
    """Ask what became of a page (or close it, if that is wanted) and act on it, once: `open`, `completed`, `expired`.

    Safe to call whenever there may be news: the payer is back, a notification came, it is time to look.

    :raises CheckoutNotFoundError: there is no such checkout. :raises GatewayError: the processor does not say.
    """
    async with tools.database.transaction() as session:
        checkout = await repository.by_id(session, checkout_id)
    if checkout is None:
        raise CheckoutNotFoundError
    if checkout.status != "open":
        return checkout.status
    if checkout.page_id is None:
        return await _leave(tools, checkout)
    ask = tools.gateway.close_page if checkout.closing else tools.gateway.page
    try:
        outcome = await ask(checkout.page_id)
    except GatewayError:
        await _leave(tools, checkout)
        raise
    return await _act_on(tools, checkout, outcome)


async def close_checkout(tools: Tools, checkout_id: UUID) -> str:
    """Let nobody pay on it any more; `completed` when somebody was faster, and then it counts.

    :raises CheckoutNotFoundError: there is no such checkout. :raises GatewayError: it may still be open.
    """
    async with tools.database.transaction() as session:
        checkout = await repository.by_id(session, checkout_id)
    if checkout is None:
        raise CheckoutNotFoundError
    if checkout.status != "open" or checkout.page_id is None:
        return checkout.status
    return await _act_on(tools, checkout, await tools.gateway.close_page(checkout.page_id))


async def close_others(tools: Tools, account_id: UUID, conversation_id: UUID | None, recipient: str | None) -> None:
    """Before there is another link for the same: nobody pays on two of them.

    :raises GatewayError: one may still be open.
    """
    async with tools.database.transaction() as session:
        known = await repository.open_of(session, account_id, conversation_id, recipient)
    for checkout_id in known:
        await close_checkout(tools, checkout_id)


async def close_paid(session: AsyncSession, account_id: UUID) -> None:
    """Something was paid: links that ask for more than is owed now are closed as soon as this is committed."""
    for checkout_id in await repository.close_paid(session, account_id):
        announce(session, "checkout_page", checkout_id=checkout_id)


async def _act_on(tools: Tools, checkout: Checkout, outcome: PageOutcome) -> str:
    if outcome.state is PageState.OPEN:
        return await _leave(tools, checkout)
    async with tools.database.transaction() as session:
        if outcome.state is PageState.COMPLETED and outcome.charge is not None:
            await _complete(session, tools, checkout, outcome.charge)
            return "completed"
        await repository.change_open(session, checkout.id, {"status": "expired"})
    return "expired"


async def _leave(tools: Tools, checkout: Checkout) -> str:
    """Nothing yet: look again later. A page that was never made is over when its time is."""
    now = tools.clock.now()
    over = checkout.page_id is None and now >= checkout.expires_at + timedelta(minutes=1)
    values: dict[str, Any] = {"status": "expired"} if over else {}
    async with tools.database.transaction() as session:
        pause = page_rules.next_look(now, checkout.expires_at) - now
        await repository.change_open(session, checkout.id, values, pause)
    return "expired" if over else "open"


async def _complete(session: AsyncSession, tools: Tools, checkout: Checkout, made: GatewayCharge) -> None:
    """The charge of a page, once: the workflow asks what became of it, posts and tells as with any other."""
    now = tools.clock.now()
    if not await repository.change_open(session, checkout.id, {"status": "completed", "completed_at": now}):
        return
    assert made.method is not None  # a page's charge says what was paid with
    values = {
        "id": checkout.id,
        "idempotency_key": f"checkout:{checkout.id}",
        "account_id": checkout.account_id,
        "amount_cents": made.amount_cents - checkout.fee_cents,
        "fee_cents": checkout.fee_cents,
        "purpose": checkout.purpose,
        "channel": checkout.channel,
        "processor": checkout.processor,
        "processor_charge_id": made.id,
        "method_token": made.method.token,
        "method_kind": made.method.kind.value,
        "method_label": page_rules.label(made.method.brand, made.method.last4, checkout.language),
        "description": checkout.description,
        "language": checkout.language,
        "conversation_id": checkout.conversation_id,
        "recipient": checkout.recipient,
        "shows_balance": checkout.shows_balance,
        "status": "submitted",
        "created_at": now,
        "received_on": now.astimezone(tools.district.zone).date(),
        "submitted_at": tools.real_now,
        "attempted_at": tools.real_now,
    }
    await add_charge(session, values)


async def due_checkouts(database: Database) -> list[UUID]:
    """The open checkouts that it is time to ask about: their notification may have got lost."""
    async with database.transaction() as session:
        return await repository.due(session)
