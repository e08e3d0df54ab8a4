"""Making an offer and taking it. Callers have checked who asks (`payers`); a charge is `backend/charges`' own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.charges import service as charges
from backend.charges.service import BalanceChangedError, ChargeState, NewCharge
from backend.district.service import District
from backend.gateway.values import MethodKind
from backend.models.base import new_id
from backend.offers import repository, rules
from backend.offers.errors import (
    KeysNeedCallError,
    MoreThanOwedError,
    NoMethodError,
    NoSuchPartError,
    NothingDueError,
    OfferNotFoundError,
    OfferOverError,
    PaymentPendingError,
)
from backend.offers.payers import Payer, payer_of
from backend.saved_methods.service import ChargeableMethod, SavedMethod, saved_method


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to pay: a part (None: what is due), or an amount in cents; with which method, if they say.

    `pays_with` is `saved`, or what the caller will key in.
    """

    purpose: str | None = None
    amount_cents: int | None = None
    method_id: UUID | None = None
    pays_with: str = "saved"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as its payer hears it. `others` are the other amounts that could be paid, by purpose.

    `due_on` is the bill's day; with `autopay` it will be paid then anyway. `fee_cents` comes on top of the amount, for
    paying with something of this `kind`. `method` is empty for what is keyed in; `balance_cents` is None for whoever
    may not see it. `on_its_way_cents` of the balance were paid already and are not offered again.
    """

    id: UUID
    purpose: str
    amount_cents: int
    fee_cents: int
    balance_cents: int | None
    past_due_cents: int
    due_on: date | None
    account: str
    method: str
    kind: str
    autopay: bool
    others: Mapping[str, int]
    expires_at: datetime
    on_its_way_cents: int = 0


async def make_offer(
    session: AsyncSession, payer: Payer, wanted: Wanted, *, district: District, now: datetime
) -> Offer:
    """Offer what is wanted, in place of what this payer was offered before for this account.

    :raises AmountRefusedError: no payment can be of that amount. :raises HeadgateError: see `errors`.
    """
    today = district.today(now)
    balance = await accounts.balance(session, payer.account_id, now, today)
    installment = balance.arrangement.installment_cents if balance.arrangement else None
    means = await repository.means(session, payer.account_id)
    coming = means[0].on_its_way_cents
    whole = rules.Owed(balance.balance_cents, balance.past_due_cents, installment)
    owed = rules.left_of(whole, coming)
    purpose, cents = _amount(whole, owed, coming, wanted, district)
    on_file = [saved_method(row) for row in means if row.id is not None]
    method = _method(on_file, payer, wanted, today)
    if method is None and wanted.pays_with == "saved":
        raise NoMethodError(owed.balance_cents, cents)
    kind = rules.KEYED[wanted.pays_with] if method is None else method.kind.value
    fee = district.policy.payments.convenience_fee_cents(kind, payer.channel)
    values = open_offer(payer, wanted.pays_with, now) | {
        "purpose": purpose,
        "amount_cents": cents,
        "fee_cents": fee,
        "balance_cents": balance.balance_cents,
        "due_on": balance.due_date,
        "method_id": method.id if method else None,
    }
    await repository.place(session, values)
    others = {name: amount for name, amount in rules.amounts(owed).items() if amount != cents}
    return Offer(
        id=values["id"],
        purpose=purpose,
        amount_cents=cents,
        fee_cents=fee,
        balance_cents=balance.balance_cents,
        past_due_cents=balance.past_due_cents,
        due_on=balance.due_date,
        account=balance.number[-4:],
        method=method.label(payer.language) if method else "",
        kind=kind,
        autopay=balance.autopay,
        others=others,
        expires_at=values["expires_at"],
        on_its_way_cents=coming,
    )


def open_offer(payer: Payer, pays_with: str, now: datetime) -> dict[str, Any]:
    """The columns that every new offer has."""
    return {
        "id": new_id(),
        "account_id": payer.account_id,
        "payer": payer.key,
        "conversation_id": payer.conversation_id,
        "pays_with": pays_with,
        "status": "open",
        "made_at": now,
        "expires_at": now + rules.LIFE,
    }


def _amount(
    whole: rules.Owed, owed: rules.Owed, coming_cents: int, wanted: Wanted, district: District
) -> tuple[str, int]:
    """Of the `whole` that is owed, what is `owed` besides what is coming."""
    if whole.balance_cents <= 0:
        raise NothingDueError(-whole.balance_cents)
    if wanted.amount_cents is not None:
        charges.check_charge_amount(wanted.amount_cents, district)
    if owed.balance_cents <= 0:
        raise PaymentPendingError(coming_cents)
    if wanted.amount_cents is not None:
        if wanted.amount_cents > owed.balance_cents:
            raise MoreThanOwedError(owed.balance_cents)
        return rules.purpose_of(owed, wanted.amount_cents), wanted.amount_cents
    if wanted.purpose == "half":
        half = rules.half_of(owed)
        charges.check_charge_amount(half, district)
        return rules.purpose_of(owed, half), half
    purpose = wanted.purpose or rules.first_offer(owed)
    possible = rules.amounts(owed)
    if purpose == "past_due" and owed.past_due_cents == owed.balance_cents:
        purpose = "bill"
    if purpose not in possible and purpose in rules.amounts(whole):
        raise PaymentPendingError(coming_cents, owed.balance_cents)
    if purpose not in possible:
        raise NoSuchPartError(purpose, owed.balance_cents)
    charges.check_charge_amount(possible[purpose], district)
    return purpose, possible[purpose]


def _method(on_file: list[SavedMethod], payer: Payer, wanted: Wanted, today: date) -> SavedMethod | None:
    """What is on file to pay with; None when nothing good is, and for what the caller will key in."""
    if wanted.pays_with != "saved":
        if payer.channel != "voice":
            raise KeysNeedCallError
        return None
    return next((one for one in on_file if not one.has_expired(today) and wanted.method_id in (None, one.id)), None)


async def accept_offer(
    session: AsyncSession, conversation_id: UUID, offer_id: UUID, *, district: District, now: datetime
) -> ChargeState:
    """Agree to an offer: it is charged once, however often this is said.

    :raises OfferNotFoundError: no such offer in this conversation. :raises OfferOverError: it counts no more.
    :raises BalanceChangedError: other than it was. :raises PaymentInProgressError: another payment is at work.
    """
    offer = await repository.locked_with_method(session, offer_id, conversation_id)
    if offer is None:
        raise OfferNotFoundError
    if offer.method_id is None:
        raise OfferOverError("keyed")  # it is agreed to and then keyed in (`keyed`)
    payer = await payer_of(session, conversation_id, offer.account_id, purpose="pay", now=now)
    if offer.charge_id is not None:
        return await charges.charge_state(session, offer.charge_id)
    if offer.status != "open" or now >= offer.expires_at:
        raise OfferOverError("expired" if offer.status == "open" else offer.status)
    # Whoever else pays for the account has to wait, so what is owed is looked at after they have begun.
    charge = await charges.begin_charge(session, _charge(offer, payer), district=district, now=now)
    await repository.answer(session, offer.id, "accepted", now, charge.id)
    return charge


async def check_balance(session: AsyncSession, offer: Row[Any], *, district: District, now: datetime) -> None:
    """Hold the account, and look whether the offer is still of what is owed, and not on its way meanwhile.

    :raises BalanceChangedError: it is not.
    """
    # Whoever else pays for the account waits here, so that what is owed is looked at after they have begun.
    await charges.hold_account(session, offer.account_id)
    balance = await accounts.balance(session, offer.account_id, now, district.today(now))
    coming = await charges.on_its_way_cents(session, offer.account_id)
    if balance.balance_cents != offer.balance_cents or offer.amount_cents > balance.balance_cents - coming:
        raise BalanceChangedError


def _charge(offer: Row[Any], payer: Payer) -> NewCharge:
    # A caller hears it now and has the receipt as a text; in a thread it comes where it was agreed.
    is_call = payer.channel == "voice"
    return NewCharge(
        idempotency_key=f"offer:{offer.id}",
        account_id=offer.account_id,
        amount_cents=offer.amount_cents,
        fee_cents=offer.fee_cents,
        method=offer.method_id if offer.chargeable_id is None else _chargeable(offer),
        purpose=offer.purpose,
        channel=payer.channel,
        language=payer.language,
        conversation_id=None if is_call else payer.conversation_id,
        recipient=payer.phone if is_call else None,
        shows_balance=True,
        balance_cents=offer.balance_cents,
    )


def _chargeable(offer: Row[Any]) -> ChargeableMethod:
    return ChargeableMethod(
        id=offer.chargeable_id,
        processor=offer.processor,
        customer=offer.processor_customer,
        token=offer.token,
        kind=MethodKind(offer.kind),
        brand=offer.brand,
        last4=offer.last4,
    )


async def decline_offer(session: AsyncSession, conversation_id: UUID, offer_id: UUID, now: datetime) -> str:
    """No, thank you; how the offer stands after that.

    :raises OfferNotFoundError: there is no such offer in this conversation.
    """
    offer = await locked_offer(session, offer_id, conversation_id)
    if offer.status != "open":
        status: str = offer.status
        return status
    await repository.answer(session, offer.id, "declined", now)
    return "declined"


async def decline_of_phone(session: AsyncSession, phone: str, now: datetime) -> int:
    """Its owner wants no more texts: what it was offered in texts counts no more. How many offers those were."""
    return await repository.decline_texted(session, phone, now)


async def charge_of_offer(session: AsyncSession, conversation_id: UUID, offer_id: UUID) -> ChargeState:
    """How the payment of an accepted offer goes.

    :raises OfferNotFoundError: there is none, or it was not accepted.
    """
    charge_id = await repository.charge_of(session, offer_id, conversation_id)
    if charge_id is None:
        raise OfferNotFoundError
    return await charges.charge_state(session, charge_id)


async def locked_offer(session: AsyncSession, offer_id: UUID, conversation_id: UUID) -> Row[Any]:
    """The offer, held until the transaction ends, so that it is answered once.

    :raises OfferNotFoundError: there is none in this conversation.
    """
    offer = await repository.locked(session, offer_id, conversation_id)
    if offer is None:
        raise OfferNotFoundError
    return offer
