"""Taking in files of payments and returns: whole or not at all, the same content once."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import HeadgateError
from backend.models.meter_read import FileImport
from backend.payments import bai2, import_repository, nacha, payment_csv, receipt_repository, unapplied
from backend.payments.authority import clerk_of
from backend.payments.files import Dates, FileReceipt, FileRefusedError, Problem, ReceiptFile, same_content
from backend.payments.import_repository import NewImport
from backend.payments.return_entries import take_returns
from backend.payments.service import new_payment, post_payments

PART_RECEIPTS = 500
LISTED_MAX = 100
LOCKBOX, PAYMENTS, RETURNS = "lockbox", "payments", "returns"
KINDS = (LOCKBOX, PAYMENTS, RETURNS)
LISTED_KINDS = (*KINDS, "weather")
"""The files of a bank, and those that come the same way."""
Parsed = TypeVar("Parsed", ReceiptFile, nacha.ReturnFile)


class ImportRefusedError(HeadgateError):
    """422: the file is wrong, so nothing of it was taken. `problems` have line, field and reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        listed = [{"line": one.line, "field": one.field, "reason": one.reason} for one in problems]
        detail = "Nothing of this file was taken. Correct what is listed and send the whole file again."
        super().__init__(422, "file_refused", detail, problems=listed)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came, and the business date it is taken in for."""

    name: str
    content: bytes
    business_date: date

    @property
    def sha256(self) -> bytes:
        """What the same content is known by, however its lines end."""
        return hashlib.sha256(same_content(self.content)).digest()


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file became. `is_new` False: the same content was taken before, and nothing was done now.

    `posted`: payments (or returns) on accounts; `set_aside`: unapplied receipts (or items for a person).
    """

    import_id: UUID
    kind: str
    is_new: bool
    line_count: int
    total_cents: int
    posted: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that was taken in."""

    import_id: UUID
    kind: str
    file_name: str
    business_date: date
    imported_at: datetime
    line_count: int
    total_cents: int
    posted: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file of which nothing was taken and that has not been taken since."""

    id: UUID
    kind: str
    file_name: str
    business_date: date
    refused_at: datetime
    problems: tuple[Problem, ...]


async def import_lockbox(session: AsyncSession, file: File, *, district: District, now: datetime) -> Imported:
    """Post the receipts of a BAI2 file.

    :raises ImportRefusedError: anything in it is wrong; nothing is posted.
    """
    return await _import_receipts(session, LOCKBOX, file, district, now)


async def import_payments(session: AsyncSession, file: File, *, district: District, now: datetime) -> Imported:
    """Post the payments of a plain CSV.

    :raises ImportRefusedError: anything in it is wrong; nothing is posted.
    """
    return await _import_receipts(session, PAYMENTS, file, district, now)


async def import_returns(session: AsyncSession, file: File, *, district: District, now: datetime) -> Imported:
    """Return the payments that a NACHA return file names; what no payment matches becomes an item for a person.

    :raises ImportRefusedError: anything in it is wrong; nothing is returned.
    """
    known = await known_import(session, RETURNS, file)
    if known is not None:
        return known
    parsed = await _parsed(nacha.parse, file, district)
    started = await start_import(
        session, RETURNS, file, line_count=parsed.line_count, total_cents=parsed.total_cents, now=now
    )
    if isinstance(started, Imported):
        return started
    done = await take_returns(
        session, parsed.returns, import_id=started, returned_on=file.business_date, district=district, now=now
    )
    await finish_import(session, started, done.returned, done.items)
    return Imported(started, RETURNS, True, parsed.line_count, parsed.total_cents, done.returned, done.items)


TAKERS = {LOCKBOX: import_lockbox, PAYMENTS: import_payments, RETURNS: import_returns}


async def import_file(
    session: AsyncSession, principal: Principal, kind: str, file: File, *, district: District, now: datetime
) -> Imported:
    """Take in a file that a person has sent; `kind` is one of `KINDS`.

    :raises AboveAuthorityError: the role may not. :raises ImportRefusedError: it is wrong; nothing is taken.
    """
    clerk_of(principal, district.policy.payments.roles.import_file)
    done = await TAKERS[kind](session, file, district=district, now=now)
    announce(session, "money", import_id=done.import_id)
    return done


async def note_refused(
    session: AsyncSession, kind: str, file: File, problems: Sequence[Problem], now: datetime
) -> None:
    """Keep what is wrong with a file for whoever has to correct it, in a transaction of its own."""
    values = {
        "kind": kind,
        "sha256": file.sha256,
        "file_name": file.name,
        "business_date": file.business_date,
        "refused_at": now,
        "problems": [{"line": one.line, "field": one.field, "reason": one.reason} for one in problems],
    }
    await import_repository.note_refused(session, values)
    announce(session, "money")


async def taken_files(session: AsyncSession, limit: int = LISTED_MAX) -> list[TakenFile]:
    """The files that were taken in but for reads, newest first."""
    rows = await import_repository.newest(session, LISTED_KINDS, min(limit, LISTED_MAX))
    return [
        TakenFile(
            row.id,
            row.kind,
            row.file_name,
            row.business_date,
            row.imported_at,
            row.line_count,
            row.total_cents,
            row.posted,
            row.set_aside,
        )
        for row in rows
    ]


async def refused_files(session: AsyncSession, limit: int = LISTED_MAX) -> list[RefusedFile]:
    """The files that were refused and not taken in since, newest first, with what is wrong in them."""
    rows = await import_repository.refused(session, min(limit, LISTED_MAX))
    return [
        RefusedFile(**{**row, "problems": tuple(Problem(**problem) for problem in row["problems"])}) for row in rows
    ]


async def known_import(session: AsyncSession, kind: str, file: File) -> Imported | None:
    """What the same content became before.

    :raises ImportRefusedError: it was taken as a file of another kind.
    """
    row = await import_repository.known(session, file.sha256)
    if row is not None and row.kind != kind:
        raise ImportRefusedError([Problem(1, "file", f"this was taken in before, as a file of {row.kind}")])
    return None if row is None else _again(row)


def _again(row: FileImport) -> Imported:
    return Imported(row.id, row.kind, False, row.line_count, row.total_cents, row.posted, row.set_aside)


async def start_import(
    session: AsyncSession, kind: str, file: File, *, line_count: int, total_cents: int, now: datetime
) -> UUID | Imported:
    """The id of a new import of a file that is sound, or what another made of the same content meanwhile."""
    new = NewImport(kind, file.name, file.sha256, file.business_date, line_count, total_cents)
    started = await import_repository.start(session, new, now)
    if started is not None:
        return started
    known = await known_import(session, kind, file)
    assert known is not None  # the other has committed, or it would still be waited for
    return known


async def finish_import(session: AsyncSession, import_id: UUID, posted: int, set_aside: int = 0) -> None:
    """Keep what became of its lines."""
    await import_repository.finish(session, import_id, posted, set_aside)


async def _parsed(parse: Callable[[bytes, Dates], Parsed], file: File, district: District) -> Parsed:
    """What is in the file, read on a thread: a large one takes a second, in which customers are not to wait.

    :raises ImportRefusedError: it is wrong.
    """
    dates = Dates(file.business_date, district.policy.payments.file_days_back_max)
    try:
        return await asyncio.to_thread(parse, file.content, dates)
    except FileRefusedError as refused:
        raise ImportRefusedError(refused.problems) from refused


async def _import_receipts(session: AsyncSession, kind: str, file: File, district: District, now: datetime) -> Imported:
    known = await known_import(session, kind, file)
    if known is not None:
        return known
    read = bai2.parse if kind == LOCKBOX else payment_csv.parse
    parsed = await _parsed(partial(read, largest_cents=district.policy.payments.largest_cents), file, district)
    started = await start_import(
        session, kind, file, line_count=parsed.line_count, total_cents=parsed.total_cents, now=now
    )
    if isinstance(started, Imported):
        return started
    open_accounts = await receipt_repository.open_accounts(session, [one.reference for one in parsed.receipts])
    # In the order of the accounts, so that two files at once hold them in the same order.
    applied = sorted(
        (one for one in parsed.receipts if one.reference in open_accounts),
        key=lambda one: (open_accounts[one.reference], one.line),
    )
    others = [one for one in parsed.receipts if one.reference not in open_accounts]
    prefix = f"{kind}:{file.sha256.hex()}"
    for part in _parts(applied):
        made = [
            new_payment(
                account_id=open_accounts[one.reference],
                amount_cents=one.amount_cents,
                method=one.method,
                received_on=one.received_on,
                idempotency_key=f"{prefix}:{one.line}",
                import_id=started,
                bank_reference=one.bank_reference,
            )
            for one in part
        ]
        await post_payments(session, made, district, now)
    for part in _parts(others):
        await unapplied.keep(session, [_unknown(one, prefix, started) for one in part], now)
    await finish_import(session, started, len(applied), len(others))
    return Imported(started, kind, True, parsed.line_count, parsed.total_cents, len(applied), len(others))


def _unknown(one: FileReceipt, prefix: str, import_id: UUID) -> unapplied.NewReceipt:
    return unapplied.NewReceipt(
        reference=one.reference,
        amount_cents=one.amount_cents,
        method=one.method,
        received_on=one.received_on,
        idempotency_key=f"{prefix}:{one.line}",
        import_id=import_id,
        bank_reference=one.bank_reference,
    )


def _parts(receipts: Sequence[FileReceipt]) -> list[Sequence[FileReceipt]]:
    return [receipts[start : start + PART_RECEIPTS] for start in range(0, len(receipts), PART_RECEIPTS)]
