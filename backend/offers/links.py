"""Pages of the processor's for whoever is in a conversation: to pay on, to save a card or bank account on.

A caller cannot open a link by ear: it goes to their telephone as a text. In a thread it is said right there. A page
ends in the processor's time, whatever the demonstration's clock says.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.accounts.rules import mask_phone
from backend.accounts.service import AccountFacts
from backend.charges.checkouts import NewCheckout, begin_checkout, close_others
from backend.charges.service import check_charge_amount, on_its_way_cents
from backend.charges.tools import Tools
from backend.conversations.service import ConversationNotFoundError
from backend.doors import READ
from backend.enrolments.service import NoPhoneToAskError
from backend.errors import ForbiddenError, HeadgateError
from backend.gateway.values import AmountLimits
from backend.models.base import new_id
from backend.offers import repository
from backend.offers.coming import refuse_twice
from backend.offers.errors import MoreThanOwedError, NothingDueError, PaymentPendingError
from backend.offers.payers import payer_of
from backend.offers.rules import Owed, left_of, part_of
from backend.outbox import service as outbox
from backend.payments.rules import dollars
from backend.saved_methods.rules import PAGE_MINUTES
from backend.saved_methods.setups import NewSetup, begin_setup

LINK_MINUTES = 60
LEAST_CENTS, SUGGESTED_CENTS, MOST_CENTS = 100, 5_000, 500_000
"""What a stranger may choose, who is not told what is owed."""
WRONG_NUMBERS_MAX = 5
_PAGE = {"en": "Water bill, account ending in {account}", "es": "Factura de agua, cuenta que termina en {account}"}
_FEE = {
    "en": ". The amount includes a {fee} fee for paying here",
    "es": ". La cantidad incluye un cargo de {fee} por pagar aquí",
}
_TEXTS = {
    "pay": {
        "en": "{district}: pay your water bill here, once, within the hour: {url}",
        "es": "{district}: pague aquí su factura de agua, una vez, dentro de una hora: {url}",
    },
    "save": {
        "en": "{district}: save your card or bank account here within the hour: {url}",
        "es": "{district}: guarde aquí su tarjeta o cuenta bancaria dentro de una hora: {url}",
    },
}


class TooManyNumbersError(HeadgateError):
    """429 `too_many_numbers`: this conversation has named too many accounts that there are not."""

    def __init__(self) -> None:
        super().__init__(429, "too_many_numbers", "Too many account numbers were wrong. Let a person help.")


class NobodyNamedError(ForbiddenError):
    """403 `verification_required`: neither verified, nor an account number given."""

    def __init__(self) -> None:
        super().__init__("verification_required", "Verify the customer first, or give the account's number.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to pay on: for the verified account or the one of that number, that amount (None: typed there).

    `purpose` is the part of what is owed that the page suggests to whoever may know it.
    """

    account_number: str | None
    amount_cents: int | None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page, for which account (its last four digits), and where its link went, if it was texted."""

    url: str
    account: str
    amount_cents: int | None
    sent_to: str | None
    expires_at: datetime
    fee_cents: int = 0
    suggested_cents: int | None = None
    """What the page proposes for the part that was named."""


@dataclass(frozen=True, slots=True)
class Known:
    """The account to pay for, and whether whoever asks may see what it owes."""

    facts: AccountFacts
    verified: bool


async def payment_link(
    tools: Tools, conversation_id: UUID, wanted: Wanted, *, public_url: str, now: datetime
) -> PageLink | None:
    """A page to pay on, once, within the hour; None when there is no account of that number.

    :raises NobodyNamedError: neither verified nor a number. :raises TooManyNumbersError: too many wrong ones.
    :raises NothingDueError, MoreThanOwedError: of a verified account. :raises AmountRefusedError: not an amount.
    :raises PaymentPendingError: it is on its way already.
    :raises NoPhoneToAskError: a caller whose phone takes no texts. :raises GatewayError: there is no page just now.
    """
    async with tools.database.transaction() as session:
        where = await _conversation(session, conversation_id)
        known = await account_named(session, where, wanted.account_number, now=now)
        if known is None:
            return None
    recipient = _phone(where, known)
    heard = _heard_in(where)
    # What was paid on an earlier link of theirs counts before there is another.
    await close_others(tools, known.facts.account_id, heard["conversation_id"], heard["recipient"])
    async with tools.database.transaction() as session:
        amount = await _amount(session, known, wanted, tools=tools, now=now)
    fee = tools.district.policy.payments.convenience_fee_cents("card", "link")
    new = NewCheckout(
        idempotency_key=f"link:{new_id()}",
        account_id=known.facts.account_id,
        amount=amount,
        purpose="other_amount" if wanted.amount_cents is not None or not known.verified else "bill",
        channel=where.channel,
        language=where.language,
        description=_description(known, where.language, fee),
        return_url=_back(public_url, "paid"),
        expires_at=tools.real_now + timedelta(minutes=LINK_MINUTES),
        shows_balance=known.verified,
        fee_cents=fee,
        **heard,
    )
    made = await begin_checkout(tools.database, tools.gateway, new, district=tools.district, now=now)
    sent_to = await _text_link(tools, "pay", made.page.url, where.language, recipient, now=now)
    page = PageLink(made.page.url, known.facts.number[-4:], wanted.amount_cents, sent_to, new.expires_at, fee)
    if wanted.purpose is not None and known.verified and isinstance(amount, AmountLimits):
        return replace(page, suggested_cents=amount.suggested_cents)
    return page


def _heard_in(where: Row[Any]) -> dict[str, Any]:
    """Where the receipt goes: into the thread, or to the telephone of a caller."""
    is_call = where.channel == "voice"
    return {"conversation_id": None if is_call else where.id, "recipient": where.party if is_call else None}


async def setup_link(tools: Tools, conversation_id: UUID, *, public_url: str, now: datetime) -> PageLink:
    """A page to save a card or bank account on; whoever asked is told in the conversation when it is on file.

    :raises ForbiddenError: `verification_required`. :raises NoPhoneToAskError: a caller whose phone takes no texts.
    :raises GatewayError: there is no page just now.
    """
    async with tools.database.transaction() as session:
        where = await _conversation(session, conversation_id)
        payer = await payer_of(session, conversation_id, None, purpose="save_method", now=now)
        known = Known(await accounts.account_facts(session, payer.account_id), verified=True)
    recipient = _phone(where, known)
    new = NewSetup(
        idempotency_key=f"conversation:{conversation_id}:{new_id()}",
        account_ids=[payer.account_id],
        language=where.language,
        return_url=_back(public_url, "saved"),
        conversation_id=conversation_id if where.channel != "voice" else None,
    )
    made = await begin_setup(tools.database, tools.gateway, new, now=tools.real_now)
    sent_to = await _text_link(tools, "save", made.page.url, where.language, recipient, now=now)
    expires_at = tools.real_now + timedelta(minutes=PAGE_MINUTES)
    return PageLink(made.page.url, known.facts.number[-4:], None, sent_to, expires_at)


def _description(known: Known, language: str, fee_cents: int) -> str:
    """What the page says above the amount: for which account, and which fee is in it."""
    words = _PAGE[language].format(account=known.facts.number[-4:])
    return words + (_FEE[language].format(fee=dollars(fee_cents)) if fee_cents else "")


async def _conversation(session: AsyncSession, conversation_id: UUID) -> Row[Any]:
    found = await repository.conversation(session, conversation_id)
    if found is None:
        raise ConversationNotFoundError
    return found


async def account_named(session: AsyncSession, where: Row[Any], number: str | None, *, now: datetime) -> Known | None:
    """The account of that number, or the verified one; None (and it is counted) when nobody has the number.

    :raises NobodyNamedError: neither verified nor a number. :raises TooManyNumbersError: too many wrong ones.
    """
    if number is None:
        try:
            payer = await payer_of(session, where.id, None, purpose="payment_link", now=now)
        except ForbiddenError:
            raise NobodyNamedError from None
        return Known(await accounts.account_facts(session, payer.account_id), verified=True)
    if where.wrong_account_numbers >= WRONG_NUMBERS_MAX:
        raise TooManyNumbersError
    found = await accounts.candidates_by_account_number(session, number)
    if not found:
        await repository.count_wrong_number(session, where.id)
        return None
    return Known(found[0], verified=where.verification_level >= READ and where.account_id == found[0].account_id)


async def _amount(
    session: AsyncSession, known: Known, wanted: Wanted, *, tools: Tools, now: datetime
) -> int | AmountLimits:
    cents = wanted.amount_cents
    account_id, coming = known.facts.account_id, await on_its_way_cents(session, known.facts.account_id)
    if cents is not None:
        check_charge_amount(cents, tools.district)
    if not known.verified:
        least = LEAST_CENTS if cents is None else cents
        await refuse_twice(session, account_id, least, district=tools.district, now=now, told=False)
        return (
            cents
            if cents is not None
            else AmountLimits(least_cents=LEAST_CENTS, suggested_cents=SUGGESTED_CENTS, most_cents=MOST_CENTS)
        )
    balance = await accounts.balance(session, account_id, now, tools.district.today(now))
    if balance.balance_cents <= 0:
        raise NothingDueError(-balance.balance_cents)
    installment = balance.arrangement.installment_cents if balance.arrangement else None
    owed = left_of(Owed(balance.balance_cents, balance.past_due_cents, installment), coming)
    most = owed.balance_cents
    if most <= 0:
        raise PaymentPendingError(coming)
    if cents is not None and cents > most:
        raise MoreThanOwedError(most)
    suggested = part_of(owed, wanted.purpose) or most
    limits = AmountLimits(least_cents=min(LEAST_CENTS, most), suggested_cents=suggested, most_cents=most)
    return limits if cents is None else cents


def _phone(where: Row[Any], known: Known) -> str | None:
    """Where the link is texted to: to a caller's own number, to one on file when it was hidden; None in a thread."""
    if where.channel != "voice":
        return None
    phone: str | None = where.party or (known.facts.text_phone if known.verified else None)
    if phone is None:
        raise NoPhoneToAskError
    return phone


async def _text_link(
    tools: Tools, what: str, url: str, language: str, phone: str | None, *, now: datetime
) -> str | None:
    if phone is None:
        return None
    words = _TEXTS[what][language].format(district=tools.district.settings.short_name, url=url)
    async with tools.database.transaction() as session:
        await outbox.enqueue(
            session, channel="sms", recipient=phone, text=words, language=language, purpose=f"{what}_link", now=now
        )
    return mask_phone(phone)


def _back(public_url: str, what: str) -> str:
    """Where the page sends whoever is done: it says to go on in the conversation."""
    return f"{public_url.rstrip('/')}/payments/{what}"
