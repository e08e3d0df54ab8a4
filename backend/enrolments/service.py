"""Who pays by text: asked once by us, agreed to on the telephone itself (double opt-in), ended at any time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.accounts.rules import mask_phone
from backend.database import announce
from backend.district.service import District
from backend.enrolments import repository, wording
from backend.errors import ConflictError, NotFoundError
from backend.outbox import service as outbox

ASKED_TO_STOP, ENDED_BY_STAFF = "asked to stop", "ended by staff"


class NoPhoneToAskError(ConflictError):
    """409 `no_text_phone`: there is no telephone that takes texts."""

    def __init__(self) -> None:
        super().__init__("no_text_phone", "No phone on file takes texts. Text us from the phone that is to pay.")


class NothingToConfirmError(NotFoundError):
    """404 `nothing_to_confirm`: this telephone was not asked in the last week."""

    def __init__(self) -> None:
        super().__init__("nothing_to_confirm", "Nobody asked this phone to agree to anything lately.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: `confirmed` already, or `asked`, in these words. `texted`: in a text of its own."""

    status: str
    phone_masked: str
    words: str
    texted: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An account that the telephone may pay for from now on, by its last four digits, and what its owner is told."""

    account_id: UUID
    account: str
    words: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A telephone of an account: `asked` or `confirmed`, since when, and the words that were agreed to."""

    phone_masked: str
    language: str
    status: str
    asked_at: datetime
    confirmed_at: datetime | None
    terms: str


async def ask_in_conversation(
    session: AsyncSession, conversation_id: UUID, account_id: UUID, *, district: District, now: datetime
) -> Asked:
    """Ask whoever is in the conversation: right there in a text thread, else by a text to the phone on file.

    :raises NoPhoneToAskError: no phone on file takes texts.
    """
    where = await repository.conversation(session, conversation_id)
    if where is not None and where.channel == "sms" and where.party:
        asked = {"phone": where.party, "language": where.language, "conversation_id": conversation_id}
        return await _ask(session, account_id, asked, texted=False, district=district, now=now)
    facts = await accounts.account_facts(session, account_id)
    if facts.text_phone is None:
        raise NoPhoneToAskError
    language = where.language if where is not None else facts.language
    asked = {"phone": facts.text_phone, "language": language, "conversation_id": conversation_id}
    return await _ask(session, account_id, asked, texted=True, district=district, now=now)


async def ask_by_staff(
    session: AsyncSession, staff_id: UUID, account_id: UUID, *, district: District, now: datetime
) -> Asked:
    """The same by a text to the phone on file, because somebody asked a member of the staff for it.

    :raises NoPhoneToAskError: no phone on file takes texts.
    """
    facts = await accounts.account_facts(session, account_id)
    if facts.text_phone is None:
        raise NoPhoneToAskError
    asked = {"phone": facts.text_phone, "language": facts.language, "staff_id": staff_id}
    return await _ask(session, account_id, asked, texted=True, district=district, now=now)


async def _ask(
    session: AsyncSession,
    account_id: UUID,
    asked: Mapping[str, Any],
    *,
    texted: bool,
    district: District,
    now: datetime,
) -> Asked:
    account = (await accounts.account_facts(session, account_id)).number[-4:]
    phone, language = asked["phone"], asked["language"]
    words = wording.terms(language, district.settings.short_name, account)
    row = await repository.ask(session, {**asked, "account_id": account_id, "terms": words, "now": now})
    announce(session, "account", account_id=account_id)
    if row.status == "confirmed":
        return Asked(
            "confirmed",
            mask_phone(phone),
            wording.confirmed(language, district.settings.short_name, account),
            texted=False,
        )
    if texted:
        await _text(session, phone, words, language, now=now)
    return Asked("asked", mask_phone(phone), words, texted)


async def confirm(
    session: AsyncSession, conversation_id: UUID, *, district: District, now: datetime
) -> list[Confirmed]:
    """The owner of the telephone agrees, on it. Every other telephone of those accounts is told.

    :raises NothingToConfirmError: it was not asked in the last week, or this is no text thread.
    """
    where = await repository.conversation(session, conversation_id)
    if where is None or where.channel != "sms" or not where.party:
        raise NothingToConfirmError
    rows = await repository.confirm(session, where.party, now)
    if not rows:
        raise NothingToConfirmError
    return [await _confirmed(session, where.party, row, district=district, now=now) for row in rows]


async def _confirmed(
    session: AsyncSession, phone: str, row: Row[Any], *, district: District, now: datetime
) -> Confirmed:
    facts = await accounts.account_facts(session, row.account_id)
    account, settings = facts.number[-4:], district.settings
    others = {one.phone: one.language for one in await repository.of_account(session, row.account_id)}
    if facts.text_phone is not None:
        others.setdefault(facts.text_phone, facts.language)
    others.pop(phone, None)
    for other, language in others.items():
        words = wording.told_others(language, settings.short_name, account, phone=phone, call=settings.phone)
        await _text(session, other, words, language, now=now)
    announce(session, "account", account_id=row.account_id)
    return Confirmed(row.account_id, account, wording.confirmed(row.language, settings.short_name, account))


async def end_of_conversation(
    session: AsyncSession, conversation_id: UUID, account_id: UUID, *, district: District, now: datetime
) -> int:
    """The telephone of a text thread pays for this account no more, and hears so there; from elsewhere: none of its
    telephones do, and each is told."""
    where = await repository.conversation(session, conversation_id)
    phone = where.party if where is not None and where.channel == "sms" else None
    rows = await _end(session, account_id, phone, ASKED_TO_STOP, now)
    if phone is None:
        await _tell_ended(session, rows, district, now)
    return len(rows)


async def end_of_account(session: AsyncSession, account_id: UUID, *, district: District, now: datetime) -> int:
    """The staff ends it: no telephone pays for this account any more, and each is told; how many did."""
    rows = await _end(session, account_id, None, ENDED_BY_STAFF, now)
    await _tell_ended(session, rows, district, now)
    return len(rows)


async def end_of_phone(session: AsyncSession, phone: str, now: datetime) -> int:
    """Its owner wants no more texts, this one included: it pays for nothing any more."""
    return len(await _end(session, None, phone, ASKED_TO_STOP, now))


async def _end(
    session: AsyncSession, account_id: UUID | None, phone: str | None, reason: str, now: datetime
) -> Sequence[Row[Any]]:
    rows = await repository.end(session, account_id=account_id, phone=phone, reason=reason, now=now)
    for row in rows:
        announce(session, "account", account_id=row.account_id)
    return rows


async def _tell_ended(session: AsyncSession, rows: Sequence[Row[Any]], district: District, now: datetime) -> None:
    """Each telephone that could pay, so that nobody ends it unseen."""
    settings = district.settings
    for row in rows:
        if row.confirmed_at is not None:
            account = (await accounts.account_facts(session, row.account_id)).number[-4:]
            words = wording.ended(row.language, settings.short_name, account, call=settings.phone)
            await _text(session, row.phone, words, row.language, now=now)


async def enrolments_of(session: AsyncSession, account_id: UUID) -> Sequence[Enrolment]:
    """The telephones that pay for an account, or were asked to."""
    return [
        Enrolment(mask_phone(row.phone), row.language, row.status, row.asked_at, row.confirmed_at, row.terms)
        for row in await repository.of_account(session, account_id)
    ]


async def _text(session: AsyncSession, phone: str, words: str, language: str, *, now: datetime) -> None:
    await outbox.enqueue(
        session, channel="sms", recipient=phone, text=words, language=language, purpose="text_enrolment", now=now
    )
