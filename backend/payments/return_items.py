"""What a person must look at in returns: no payment matches, or what the bank says needs care."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.models.cash import ReturnItem
from backend.payments import return_repository, return_rules
from backend.payments.authority import clerk_of
from backend.payments.return_rules import NextStep


class Cause(StrEnum):
    """Why an item waits, beside the steps of `return_rules.NextStep` that need a person."""

    UNMATCHED = "unmatched"
    RETURNED_BEFORE = "returned_before"
    CREDIT_RETURNED = "credit_returned"
    CORRECT_BANK_DETAILS = "correct_bank_details"
    WRITE_TO_CUSTOMER = "write_to_customer"


class ReturnItemNotFoundError(NotFoundError):
    """404: there is no such item."""

    def __init__(self) -> None:
        super().__init__("return_item_not_found", "There is no such item. Check its id.")


class ReturnItemDoneError(ConflictError):
    """409: somebody has dealt with it."""

    def __init__(self) -> None:
        super().__init__("return_item_done", "Somebody has dealt with this already.")


@dataclass(frozen=True, slots=True)
class Given:
    """How a return came to us: by a file (with its line), or by hand (neither)."""

    returned_on: date
    reason_code: str
    import_id: UUID | None = None
    line: int | None = None
    trace_number: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item that waits. `cause` is a `Cause` or a `NextStep`; `meaning` is what the bank's reason says."""

    id: UUID
    cause: str
    reason_code: str
    meaning: str
    trace_number: str
    given_reference: str
    amount_cents: int
    returned_on: date
    payment_id: UUID | None
    confirmation_number: int | None
    account_id: UUID | None
    account_number: str | None
    file_name: str | None
    line: int | None


async def add_item(
    session: AsyncSession, given: Given, amount_cents: int, cause: Cause | NextStep, payment_id: UUID | None = None
) -> None:
    """Leave something for a person."""
    item = ReturnItem(
        import_id=given.import_id,
        line=given.line,
        cause=cause.value,
        reason_code=given.reason_code,
        trace_number=given.trace_number,
        given_reference=given.reference,
        amount_cents=amount_cents,
        returned_on=given.returned_on,
        payment_id=payment_id,
        status="open",
    )
    await return_repository.add_item(session, item)
    announce(session, "money")


async def open_items(session: AsyncSession) -> list[ItemRow]:
    """What a person must look at, oldest first, at most 500."""
    return [
        ItemRow(**row, meaning=return_rules.rule_of(row["reason_code"]).meaning)
        for row in await return_repository.open_items(session)
    ]


async def finish_item(
    session: AsyncSession, principal: Principal, item_id: UUID, *, note: str, district: District, now: datetime
) -> None:
    """Somebody has dealt with it; `note` says how.

    :raises AboveAuthorityError: the role may not.
    :raises ReturnItemNotFoundError: no such item. :raises ReturnItemDoneError: it was done before.
    """
    clerk = clerk_of(principal, district.policy.payments.roles.return_payment)
    values: dict[str, Any] = {"note": note, "decided_by": clerk.id, "decided_at": now, "status": "done"}
    status = await return_repository.finish_item(session, item_id, values)
    if status is None:
        raise ReturnItemNotFoundError
    if status != "open":
        raise ReturnItemDoneError
    announce(session, "money")
