"""Paying on a telephone call with a card or bank account that the caller keys in, without anything on file.

The caller agrees to an offer, keys the numbers in at Twilio's `<Pay>`, and what comes to us is the processor's token.
Then it is a charge like any other. Anyone may pay so by an account's number alone; they name the
amount and hear nothing of what is owed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import service as charges
from backend.charges.service import Captured, ChargeState, NewCharge
from backend.charges.tools import Tools
from backend.conversations.service import ConversationNotFoundError
from backend.district.service import District
from backend.gateway.values import MethodFacts, MethodKind
from backend.ledger import service as ledger
from backend.offers import repository, rules
from backend.offers.coming import refuse_twice
from backend.offers.errors import AmountWantedError, KeysNeedCallError, OfferNotFoundError, OfferOverError
from backend.offers.links import MOST_CENTS, account_named
from backend.offers.payers import Payer, payer_of
from backend.offers.service import Offer, Wanted, check_balance, locked_offer, make_offer, open_offer
from backend.payments.rules import dollars
from backend.payments.service import AmountRefusedError


@dataclass(frozen=True, slots=True)
class Keyed:
    """What was keyed in, as Twilio shows it: the processor's token and what may be said of it."""

    token: str
    kind: MethodKind
    brand: str
    last4: str


@dataclass(frozen=True, slots=True)
class OfferReceipt:
    """What a caller hears at the end. `balance_cents` None: not theirs to hear, or not known yet."""

    amount_cents: int
    fee_cents: int
    confirmation_number: int | None
    balance_cents: int | None


async def offer_by_number(
    session: AsyncSession, conversation_id: UUID, number: str, wanted: Wanted, *, district: District, now: datetime
) -> Offer | None:
    """Offer to pay for the account of that number by keys; None (and it is counted) when nobody has it.

    :raises TooManyNumbersError: too many wrong ones. :raises AmountWantedError: no amount from whoever is not known.
    :raises AmountRefusedError: no payment can be of that amount. :raises KeysNeedCallError: this is no phone call.
    :raises PaymentPendingError: it is on its way already.
    """
    where = await repository.conversation(session, conversation_id)
    if where is None:
        raise ConversationNotFoundError
    if where.channel != "voice" or wanted.pays_with not in rules.KEYED:
        raise KeysNeedCallError
    known = await account_named(session, where, number, now=now)
    if known is None:
        return None
    payer = Payer(known.facts.account_id, conversation_id, where.channel, where.language, where.party)
    if known.verified:
        return await make_offer(session, payer, wanted, district=district, now=now)
    if wanted.amount_cents is None:
        raise AmountWantedError
    charges.check_charge_amount(wanted.amount_cents, district)
    if wanted.amount_cents > MOST_CENTS:
        raise AmountRefusedError(f"without seeing the account at most {dollars(MOST_CENTS)} can be paid")
    await refuse_twice(session, payer.account_id, wanted.amount_cents, district=district, now=now, told=False)
    return await _offer_to_anyone(session, payer, known.facts.number[-4:], wanted, district=district, now=now)


async def _offer_to_anyone(
    session: AsyncSession, payer: Payer, account: str, wanted: Wanted, *, district: District, now: datetime
) -> Offer:
    assert wanted.amount_cents is not None
    kind = rules.KEYED[wanted.pays_with]
    fee = district.policy.payments.convenience_fee_cents(kind, payer.channel)
    values = open_offer(payer, wanted.pays_with, now)
    values |= {"purpose": "other_amount", "amount_cents": wanted.amount_cents, "fee_cents": fee}
    await repository.place(session, values)
    return Offer(
        id=values["id"],
        purpose="other_amount",
        amount_cents=wanted.amount_cents,
        fee_cents=fee,
        balance_cents=None,
        past_due_cents=0,
        due_on=None,
        account=account,
        method="",
        kind=kind,
        autopay=False,
        others={},
        expires_at=values["expires_at"],
    )


async def agree(
    session: AsyncSession, conversation_id: UUID, offer_id: UUID, *, district: District, now: datetime
) -> str:
    """The caller says yes: from now on, for a while, what they key in is charged. How the offer stands.

    :raises OfferNotFoundError: no such offer in this conversation. :raises OfferOverError: it counts no more.
    :raises BalanceChangedError: something else is owed now. :raises PaymentInProgressError: another payment is at work.
    """
    offer = await locked_offer(session, offer_id, conversation_id)
    _check_open(offer, now)
    if offer.balance_cents is not None:
        await payer_of(session, conversation_id, offer.account_id, purpose="pay", now=now)
        await check_balance(session, offer, district=district, now=now)
    await charges.refuse_while_another(session, offer.account_id)
    await repository.agree(session, offer.id, now, now + rules.KEYING)
    status: str = offer.status
    return status


def _check_open(offer: Row[Any], now: datetime) -> None:
    if offer.status != "open" or offer.pays_with not in rules.KEYED:
        raise OfferOverError(offer.status)
    if now >= offer.expires_at:
        raise OfferOverError("expired")


async def capture(
    session: AsyncSession, tools: Tools, conversation_id: UUID, offer_id: UUID, keyed: Keyed, *, now: datetime
) -> ChargeState:
    """Charge what was keyed in after a yes, once, however often this is told.

    :raises OfferNotFoundError: no such offer in this conversation. :raises OfferOverError: it counts no more, or nobody
        has agreed. :raises BalanceChangedError: something else is owed now. :raises PaymentInProgressError: another
        payment is at work. In each of these nothing is charged.
    """
    offer = await locked_offer(session, offer_id, conversation_id)
    if offer.charge_id is not None:
        return await charges.charge_state(session, offer.charge_id)
    _check_open(offer, now)
    if offer.agreed_at is None or rules.KEYED[offer.pays_with] != keyed.kind:
        raise OfferOverError("not_agreed")
    where = await repository.place_of(session, conversation_id)
    new = _charge(offer, where, tools.gateway.name, keyed)
    charge = await charges.begin_charge(session, new, district=tools.district, now=now)
    await repository.answer(session, offer.id, "accepted", now, charge.id)
    return charge


def _charge(offer: Row[Any], where: Row[Any], processor: str, keyed: Keyed) -> NewCharge:
    return NewCharge(
        idempotency_key=f"offer:{offer.id}",
        account_id=offer.account_id,
        amount_cents=offer.amount_cents,
        fee_cents=offer.fee_cents,
        method=Captured(processor, facts_of(keyed, where.language)),
        purpose=offer.purpose,
        channel=where.channel,
        language=where.language,
        recipient=where.party,
        shows_balance=offer.balance_cents is not None,
        balance_cents=offer.balance_cents,
    )


def facts_of(keyed: Keyed, language: str) -> MethodFacts:
    """What is charged. A brand that Twilio does not name is called what it is."""
    brand = keyed.brand or rules.UNNAMED[language][keyed.kind.value]
    return MethodFacts(token=keyed.token, kind=keyed.kind, brand=brand, last4=keyed.last4)


async def receipt_of(session: AsyncSession, conversation_id: UUID, offer_id: UUID) -> OfferReceipt:
    """The confirmation number and the new balance of a payment.

    :raises OfferNotFoundError: no such offer in this conversation, or it was not paid.
    """
    offer = await locked_offer(session, offer_id, conversation_id)
    if offer.charge_id is None:
        raise OfferNotFoundError
    charge = await charges.charge_state(session, offer.charge_id)
    sees = offer.balance_cents is not None and charge.confirmation_number is not None
    balance = await ledger.balance_cents(session, offer.account_id) if sees else None
    return OfferReceipt(charge.amount_cents, charge.fee_cents, charge.confirmation_number, balance)
