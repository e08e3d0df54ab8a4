"""Statements as PDF, and links to them that expire.

Callers of `statement_pdf` and `make_link` have checked who is asking; `open_link` asks for the token alone.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.district.service import District
from backend.errors import NotFoundError
from backend.models.billing_option import StatementLink
from backend.rates.service import RateBook
from backend.statements import repository
from backend.statements.letter import Notice, Statement, Use, letter
from backend.statements.service import BillHistory, BillNotFoundError, Explanation, explain_bill
from backend.statements.typesetting import typeset

TEMPLATE = Path("letters") / "statement.typ"
TOKEN_BYTES = 32
LANGUAGES = ("en", "es")


class LinkNotFoundError(NotFoundError):
    """404: nobody made this link, or it has expired; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("statement_link_not_found", "This link does not work any more. Please ask for a new one.")


@dataclass(frozen=True, slots=True)
class Print:
    """What a statement is made with: the district, its rates and folder, and whether this is the demonstration."""

    district: District
    book: RateBook
    folder: Path
    demo: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was made. The token is known to nobody afterwards: its digest is kept."""

    url: str
    bill_id: UUID
    language: str
    expires_at: datetime


async def statement_pdf(
    session: AsyncSession, made_with: Print, account_id: UUID, bill_id: UUID | None, *, language: str, now: datetime
) -> bytes:
    """The statement of a bill (None: the newest) in `en` or `es`, as it stood when the bill was issued.

    :raises BillNotFoundError: the account has no such bill.
    :raises LetterError: the district's template cannot be set.
    """
    today = now.astimezone(made_with.district.zone).date()
    explanation = await explain_bill(session, made_with.book, account_id, bill_id, now=now, today=today)
    statement = await _statement(session, explanation, account_id, now, today)
    data = letter(statement, language, made_with.district, made_with.book, demo=made_with.demo)
    # Typst works a good part of a tenth of a second: on a thread, so that nobody else waits for it.
    return await asyncio.to_thread(typeset, made_with.folder / TEMPLATE, data, explanation.as_of)


async def make_link(
    session: AsyncSession,
    account_id: UUID,
    bill_id: UUID | None,
    language: str,
    *,
    public_url: str,
    days: int,
    now: datetime,
    today: date,
) -> Link:
    """A link to a statement (None: of the newest bill) that opens without sign-in for `days`.

    :raises BillNotFoundError: the account has no such bill.
    """
    found = await repository.wanted_bill(session, account_id, bill_id, today)
    if found is None:
        raise BillNotFoundError
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + timedelta(days=days)
    link = StatementLink(
        token_digest=_digest(token), bill_id=found, language=language, made_at=now, expires_at=expires_at
    )
    await repository.add_link(session, link)
    return Link(f"{public_url.rstrip('/')}/statements/{token}", found, language, expires_at)


async def open_link(session: AsyncSession, made_with: Print, token: str, now: datetime) -> bytes:
    """The statement behind a link.

    :raises LinkNotFoundError: a wrong token, or one that has expired.
    """
    link = await repository.live_link(session, _digest(token), now)
    account_id = None if link is None else await repository.bill_account(session, link.bill_id)
    if link is None or account_id is None:
        raise LinkNotFoundError
    return await statement_pdf(session, made_with, account_id, link.bill_id, language=link.language, now=now)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def _statement(
    session: AsyncSession, explanation: Explanation, account_id: UUID, now: datetime, today: date
) -> Statement:
    history = explanation.history
    row, facts = history.wanted, await accounts.account_facts(session, account_id)
    city = " ".join(part for part in (f"{facts.city},", facts.state, facts.zip) if part)
    street = ", ".join(part for part in (facts.street, facts.unit) if part)
    return Statement(
        bill=history.bill,
        kind=row["kind"],
        due_date=row["due_date"],
        is_cancelled=row["is_cancelled"],
        previous_cents=history.last.due_cents if history.last else 0,
        payments_cents=history.payments_cents[row["id"]],
        account_number=facts.number,
        customer=facts.name,
        service_address=street or facts.service_address,
        mailing=(street, city) if facts.street else (),
        uses=_uses(history),
        notices=tuple(await _notices(session, history, facts, now)),
        told=tuple(found.told for found in explanation.against.values() if found),
    )


def _uses(history: BillHistory) -> tuple[Use, ...]:
    newest_first = [Use(row["period_end"], Decimal(row["usage_ccf"]), row["is_estimated"]) for row in history.rows]
    return tuple(reversed(newest_first))


async def _notices(
    session: AsyncSession, history: BillHistory, facts: accounts.AccountFacts, now: datetime
) -> list[Notice]:
    return []
