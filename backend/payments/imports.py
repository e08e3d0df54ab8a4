"""Taking in files of payments and returns: whole or not at all, the same content once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.errors import HeadgateError
from backend.payments import bai2, import_repository, nacha, payment_csv, receipt_repository, returns, unapplied
from backend.payments.files import Dates, FileReceipt, FileRefusedError, ReceiptFile
from backend.payments.import_repository import NewImport
from backend.payments.service import new_payment, post_payments

PART_RECEIPTS = 500
LOCKBOX, PAYMENTS, RETURNS = "lockbox", "payments", "returns"


class ImportRefusedError(HeadgateError):
    """422: the file is wrong, so nothing of it was taken. `problems` have line, field and reason."""

    def __init__(self, refused: FileRefusedError) -> None:
        problems = [{"line": p.line, "field": p.field, "reason": p.reason} for p in refused.problems]
        detail = "Nothing of this file was taken. Correct what is listed and send the whole file again."
        super().__init__(422, "file_refused", detail, problems=problems)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came, and the business date it is taken in for."""

    name: str
    content: bytes
    business_date: date

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()


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
    known = await import_repository.known(session, file.sha256)
    if known is not None:
        return Imported(**known, is_new=False)
    try:
        parsed = nacha.parse(file.content)
    except FileRefusedError as refused:
        raise ImportRefusedError(refused) from refused
    started = await _start(session, NewImport(RETURNS, file.name, parsed.line_count, parsed.total_cents), file, now)
    if started is None:
        return Imported(**await import_repository.by_digest(session, file.sha256), is_new=False)
    done = await returns.take_returns(
        session, parsed.returns, import_id=started, returned_on=file.business_date, district=district, now=now
    )
    return Imported(started, RETURNS, True, parsed.line_count, parsed.total_cents, done.returned, done.items)


async def _start(session: AsyncSession, new: NewImport, file: File, now: datetime) -> UUID | None:
    return await import_repository.start(session, new, file.sha256, file.business_date, now)


def _parse(kind: str, file: File, district: District) -> ReceiptFile:
    policy = district.policy.payments
    dates = Dates(file.business_date, policy.file_days_back_max)
    parse = bai2.parse if kind == LOCKBOX else payment_csv.parse
    try:
        return parse(file.content, dates, policy.largest_cents)
    except FileRefusedError as refused:
        raise ImportRefusedError(refused) from refused


async def _import_receipts(session: AsyncSession, kind: str, file: File, district: District, now: datetime) -> Imported:
    known = await import_repository.known(session, file.sha256)
    if known is not None:
        return Imported(**known, is_new=False)
    parsed = _parse(kind, file, district)
    new = NewImport(kind, file.name, parsed.line_count, parsed.total_cents)
    started = await _start(session, new, file, now)
    if started is None:
        return Imported(**await import_repository.by_digest(session, file.sha256), is_new=False)
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
