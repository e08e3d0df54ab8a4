"""What nights leave to people: listed once, seen on the leads' work list until somebody says what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal
from backend.charges.reconciliation import Difference
from backend.conversations.service import masked
from backend.database import announce
from backend.errors import ConflictError, ForbiddenError, HeadgateError, NotFoundError
from backend.nightly import item_repository as repository
from backend.nightly.item_repository import NewItem
from backend.payments.rules import dollars

NOTE_LENGTH_MAX = 1_000


class ItemNotFoundError(NotFoundError):
    """404 `item_not_found`."""

    def __init__(self) -> None:
        super().__init__("item_not_found", "There is no such item. Check its id.")


class ItemDoneError(ConflictError):
    """409 `item_done`: somebody has seen to it."""

    def __init__(self) -> None:
        super().__init__("item_done", "Somebody has seen to this already.")


class NoteMissingError(HeadgateError):
    """422 `note_required`."""

    def __init__(self) -> None:
        super().__init__(422, "note_required", f"Say in up to {NOTE_LENGTH_MAX} characters what was done.")


@dataclass(frozen=True, slots=True)
class Item:
    """Something to see to. `kind` is one of `models.nightly.ITEM_KINDS`; `detail` says more."""

    id: UUID
    business_date: date
    kind: str
    account_id: UUID | None
    account_number: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What waits for people: how many of each kind there are now, and the items that no other list has."""

    counts: dict[str, int]
    items: tuple[Item, ...]


async def work(session: AsyncSession, staff: Principal) -> Work:
    """What waits for people at this moment, oldest first, at most 500 items.

    :raises ForbiddenError: `staff_only`.
    """
    _staff_id(staff)
    rows = await repository.open_items(session)
    return Work(await repository.to_do(session), tuple(Item(**row) for row in rows))


async def finish_item(session: AsyncSession, staff: Principal, item_id: UUID, *, note: str, now: datetime) -> None:
    """Somebody has seen to it; `note` says how.

    :raises ForbiddenError: `staff_only`. :raises NoteMissingError: no note, or too long a one.
    :raises ItemNotFoundError: no such item. :raises ItemDoneError: it was done before.
    """
    staff_id = _staff_id(staff)
    if not 0 < len(note.strip()) <= NOTE_LENGTH_MAX:
        raise NoteMissingError
    status = await repository.finish(session, item_id, masked(note.strip()), staff_id, now)
    if status is None:
        raise ItemNotFoundError
    if status != "open":
        raise ItemDoneError
    announce(session, "nightly_item", item_id=item_id)


async def add_broken_arrangements(
    session: AsyncSession, business_date: date, broken: Sequence[tuple[UUID, UUID]]
) -> None:
    """Each arrangement (with its account) that was broken tonight."""
    made = [NewItem("arrangement_broken", f"arrangement:{one}", account_id, {}) for one, account_id in broken]
    await repository.add(session, business_date, made)


async def add_refused_file(session: AsyncSession, business_date: date, counts: dict[str, Any]) -> None:
    """A file of which nothing was taken: its name, and what is wrong with it."""
    detail = {"file": counts["file"], "problems": counts["problems"]}
    cause = f"file:{business_date}:{counts['sha256'] or counts['file']}"
    await repository.add(session, business_date, [NewItem("file_refused", cause, None, detail)])


async def add_held_run(session: AsyncSession, business_date: date, cycle: int, period_end: date) -> None:
    """A cycle that was approved and yet cannot be billed: an exception of it is open again."""
    detail = {"cycle": cycle, "period_end": period_end.isoformat()}
    cause = f"run:{business_date}:{cycle}:{period_end}"
    await repository.add(session, business_date, [NewItem("run_held", cause, None, detail)])


async def add_differences(session: AsyncSession, business_date: date, found: Sequence[Difference]) -> None:
    """What the card processor and the ledger do not agree on, each once."""
    made = [
        NewItem(
            one.kind,
            f"{one.kind}:{one.reference}",
            one.account_id,
            {"reference": one.reference, "amount": dollars(one.amount_cents)}
            | ({"fee": dollars(one.fee_cents)} if one.fee_cents else {}),
        )
        for one in found
    ]
    await repository.add(session, business_date, made)


def _staff_id(staff: Principal) -> UUID:
    if staff.kind is not Kind.STAFF or staff.staff_id is None:
        raise ForbiddenError("staff_only", "Only a signed-in member of the staff sees this.")
    return staff.staff_id
