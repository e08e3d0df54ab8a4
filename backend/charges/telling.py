"""Sends what there is to tell about a charge to where it was agreed: the thread, else the phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.charges import wording
from backend.conversations import service as conversations
from backend.district.service import District
from backend.ledger import service as ledger
from backend.outbox import service as outbox


async def tell_outcome(session: AsyncSession, charge: Row[Any], district: District, now: datetime) -> None:
    """The receipt of a charge that is in the ledger, or why it was not made. The caller has marked it as told."""
    told = await _told(session, charge, district)
    if charge.payment_id is None:
        words = wording.failed(told, charge.decline_reason, charge.language)
        await _send(session, charge, words, "payment_failed", now)
        return
    words = wording.receipt(told, charge.confirmation_number, charge.language)
    await _send(session, charge, words, "payment_receipt", now)


async def tell_receipt(
    session: AsyncSession, charge: Row[Any], settled: Row[Any], district: District, now: datetime
) -> None:
    """The receipt of a charge that was put into the ledger just now (`repository.settle`), and marked as told."""
    balance_cents = settled.balance_cents if charge.shows_balance else None
    told = _of_account(charge, settled.account_number, balance_cents, district)
    words = wording.receipt(told, settled.confirmation_number, charge.language)
    await _send(session, charge, words, "payment_receipt", now)


async def tell_pending(session: AsyncSession, charge: Row[Any], district: District, now: datetime) -> None:
    """That it is pending. The caller has marked it as told."""
    told = await _told(session, charge, district)
    words = wording.pending(told, charge.language, by_bank=charge.status == "pending")
    await _send(session, charge, words, "payment_pending", now)


async def tell_won(session: AsyncSession, charge: Row[Any], district: District, now: datetime) -> bool:
    """That a bank has given back what it took; to the phone on file. False: there is none."""
    facts = await accounts.account_facts(session, charge.account_id)
    if facts.text_phone is None:
        return False
    told = _of_account(charge, facts.number, await ledger.balance_cents(session, charge.account_id), district)
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=facts.text_phone,
        text=wording.won(told, facts.language),
        language=facts.language,
        purpose="dispute_won",
        now=now,
        account_id=charge.account_id,
    )
    return True


async def _told(session: AsyncSession, charge: Row[Any], district: District) -> wording.Told:
    facts = await accounts.account_facts(session, charge.account_id)
    balance_cents = await ledger.balance_cents(session, charge.account_id) if charge.shows_balance else None
    return _of_account(charge, facts.number, balance_cents, district)


def _of_account(charge: Row[Any], number: str, balance_cents: int | None, district: District) -> wording.Told:
    return wording.Told(
        district=district.settings.short_name,
        phone=district.settings.phone,
        amount_cents=charge.amount_cents,
        method=charge.method_label,
        account=number[-4:],
        balance_cents=balance_cents,
        fee_cents=charge.fee_cents,
        kind=charge.method_kind,
    )


async def _send(session: AsyncSession, charge: Row[Any], words: str, purpose: str, now: datetime) -> None:
    if charge.conversation_id is not None:
        line = await conversations.say(session, charge.conversation_id, "system", words, now=now)
        if line.channel != "chat" and line.party is None:
            return
        await outbox.enqueue(
            session,
            channel=line.channel,
            recipient=line.party,
            text=words,
            language=charge.language,
            purpose=purpose,
            now=now,
            conversation_id=line.conversation_id,
            thread_key=line.thread_key,
            seq=line.seq,
        )
    elif charge.recipient is not None:
        await outbox.enqueue(
            session,
            channel="sms",
            recipient=charge.recipient,
            text=words,
            language=charge.language,
            purpose=purpose,
            now=now,
            # Nobody waits for the receipt of a draft that was made at night.
            kind="notice" if charge.channel == "nightly" else "reply",
        )
