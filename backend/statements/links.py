"""Links to statements that open without sign-in and expire. The token itself is kept nowhere: only its digest is.

Callers of `make_link` have checked who is asking; `open_link` asks for the token alone.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.accounts.rules import mask_phone
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.models.billing_option import StatementLink
from backend.outbox import service as outbox
from backend.statements import repository
from backend.statements.amounts import Wording
from backend.statements.documents import Print, statement_pdf
from backend.statements.service import BillNotFoundError

TOKEN_BYTES = 32
_TEXT = {
    "en": "{district}: here is your water bill. The link opens until {day}: {url}",
    "es": "{district}: aquí está su factura de agua. El enlace se abre hasta el {day}: {url}",
}


class LinkNotFoundError(NotFoundError):
    """404: nobody made this link, or it has expired; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("statement_link_not_found", "This link does not work any more. Please ask for a new one.")


class NoTextPhoneError(ConflictError):
    """409 `no_text_phone`: no number on file takes texts."""

    def __init__(self) -> None:
        super().__init__("no_text_phone", "No phone on file takes texts. Give the link in another way.")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was made; `sent_to` is the masked phone that it was texted to, if it was."""

    url: str
    bill_id: UUID
    language: str
    expires_at: datetime
    sent_to: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statement (None: the newest), in which language (None: the customer's), and whether to text the link."""

    bill_id: UUID | None = None
    language: str | None = None
    text: bool = False


async def make_link(
    session: AsyncSession, account_id: UUID, asked: Asked, *, public_url: str, now: datetime, district: District
) -> Link:
    """A link to a statement that opens without sign-in for the policy's days, texted to the phone on file if asked.

    :raises BillNotFoundError: the account has no such bill.
    :raises NoTextPhoneError: it should be texted, and no phone on file takes texts.
    """
    found = await repository.wanted_bill(session, account_id, asked.bill_id, district.today(now))
    if found is None:
        raise BillNotFoundError
    facts = await accounts.account_facts(session, account_id)
    if asked.text and facts.text_phone is None:
        raise NoTextPhoneError
    language = asked.language or facts.language
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + timedelta(days=district.policy.statements.link_days)
    link = StatementLink(
        token_digest=_digest(token), bill_id=found, language=language, made_at=now, expires_at=expires_at
    )
    await repository.add_link(session, link)
    url = f"{public_url.rstrip('/')}/statements/{token}"
    phone = facts.text_phone if asked.text else None
    if phone is not None:
        last_day = district.today(expires_at)
        await _text(session, phone, _words(language, district, url, last_day), language, now=now)
    return Link(url, found, language, expires_at, mask_phone(phone) if phone else None)


async def open_link(session: AsyncSession, made_with: Print, token: str, now: datetime) -> tuple[bytes, str]:
    """The statement behind a link, and its language.

    :raises LinkNotFoundError: a wrong token, or one that has expired.
    """
    link = await repository.live_link(session, _digest(token), now)
    account_id = None if link is None else await repository.bill_account(session, link.bill_id)
    if link is None or account_id is None:
        raise LinkNotFoundError
    pdf = await statement_pdf(session, made_with, account_id, link.bill_id, language=link.language, now=now)
    return pdf, link.language


def _words(language: str, district: District, url: str, last_day: date) -> str:
    return _TEXT[language].format(district=district.settings.name, day=Wording(language).day(last_day), url=url)


async def _text(session: AsyncSession, phone: str, words: str, language: str, *, now: datetime) -> None:
    # Whoever has the link can open it: the text is blanked once telephony has it, as a one-time code is.
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=phone,
        text=words,
        language=language,
        purpose="statement_link",
        now=now,
        secret=True,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
