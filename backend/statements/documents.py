"""Statements as PDF. Callers have checked who is asking."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.accounts.opening import mailing_address
from backend.district.service import District
from backend.rates.rules import Rate
from backend.rates.service import RateBook
from backend.statements import notice_repository as repository
from backend.statements.letter import MeterUse, Statement, Use, letter
from backend.statements.notices import OnIssue, messages_of, notices_of
from backend.statements.service import BillHistory, Explanation, explain_bill
from backend.statements.typesetting import typeset

TEMPLATE = Path("letters") / "statement.typ"
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Print:
    """What a statement is made with: the district, its rates and folder, and whether this is the demonstration."""

    district: District
    book: RateBook
    folder: Path
    demo: bool


async def statement_pdf(
    session: AsyncSession, made_with: Print, account_id: UUID, bill_id: UUID | None, *, language: str, now: datetime
) -> bytes:
    """The statement of a bill (None: the newest) in `en` or `es`, as it stood when the bill was issued.

    :raises BillNotFoundError: the account has no such bill.
    :raises LetterError: the district's template cannot be set.
    """
    data, made_at = await statement_data(session, made_with, account_id, bill_id, language=language, now=now)
    # Typst works a good part of a tenth of a second: on a thread, so that nobody else waits for it.
    return await asyncio.to_thread(typeset, made_with.folder / TEMPLATE, data, made_at)


async def statement_data(
    session: AsyncSession, made_with: Print, account_id: UUID, bill_id: UUID | None, *, language: str, now: datetime
) -> tuple[dict[str, Any], datetime]:
    """What the template is filled with, and the moment it says it was made.

    :raises BillNotFoundError: the account has no such bill.
    """
    today = made_with.district.today(now)
    explanation = await explain_bill(session, made_with.book, account_id, bill_id, now=now, today=today)
    statement = await _statement(session, explanation, account_id, made_with)
    return letter(statement, language, made_with.district, made_with.book, demo=made_with.demo), explanation.as_of


async def _statement(session: AsyncSession, explanation: Explanation, account_id: UUID, made_with: Print) -> Statement:
    history, facts = explanation.history, await accounts.account_facts(session, account_id)
    row = history.wanted
    since = history.rows[1].issued_on if len(history.rows) > 1 else date.min
    on_day = await repository.facts_on(session, account_id, row.issued_on, since)
    rate = _rate_on(made_with.book, facts.service_class, row.issued_on)
    issue = OnIssue(row, history.bill, history.around, on_day, rate)
    compared = history.last_year or history.last
    city = " ".join(part for part in (f"{facts.city},", facts.state, facts.zip) if part)
    street = ", ".join(part for part in (facts.street, facts.unit) if part)
    return Statement(
        row=row,
        bill=history.bill,
        around=history.around,
        previous_cents=history.last.due_cents if history.last else 0,
        previous_planned_cents=history.last.planned_cents if history.last else 0,
        past_due_cents=issue.past_due_cents,
        account_number=facts.number,
        customer=facts.name,
        service_address=street or facts.service_address,
        mailing=await mailing_address(session, account_id) or ((street, city) if facts.street else ()),
        pays_itself=on_day["autopay_method"] is not None,
        uses=tuple(Use(one.period_end, Decimal(one.usage_ccf), one.is_estimated) for one in reversed(history.rows)),
        meters=await _meters(session, history),
        notices=tuple(notices_of(issue)),
        messages=tuple(messages_of(issue, made_with.district.policy.statements, facts.service_class, compared)),
        told=tuple(found.told for found in explanation.against.values() if found),
    )


def _rate_on(book: RateBook, service_class: str, day: date) -> Rate | None:
    rates = [rate for rate in book.rates_of(service_class) if rate.effective_from <= day]
    return rates[-1] if rates and (rates[-1].effective_to is None or rates[-1].effective_to >= day) else None


async def _meters(session: AsyncSession, history: BillHistory) -> tuple[tuple[MeterUse, ...], ...]:
    """What the meters of each service counted, as it was kept with the bill."""
    ids = {UUID(meter["meter_id"]) for meters in history.meters for meter in meters}
    known = await repository.meters(session, sorted(ids)) if ids else {}
    return tuple(
        tuple(_meter_use(meter, *known[UUID(meter["meter_id"])]) for meter in meters) for meters in history.meters
    )


def _meter_use(kept: dict[str, Any], serial_number: str, size_inches: str) -> MeterUse:
    closing = _read(kept["closing"])
    assert closing is not None  # a draft has a closing read for every meter
    each = Decimal(kept["units_per_count"])
    return MeterUse(serial_number, size_inches, each, _read(kept["opening"]), closing, int(kept["units"]))


def _read(kept: list[Any] | None) -> tuple[date, str, int] | None:
    return (date.fromisoformat(kept[0]), kept[1], int(kept[2])) if kept else None
