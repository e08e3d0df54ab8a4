"""Holds: while one covers an account, no late fee is charged and nothing is shut off for non-payment.

An appeal and a dispute stop a shut-off by law, and so does an extension that was granted (HSC 116908(b), Gov. Code
60372(b)). Whoever answers the customer may place one; lifting it takes a lead, and a reason.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.accounts import hold_repository as repository
from backend.accounts.service import AccountNotFoundError
from backend.database import announce
from backend.errors import ConflictError, NotFoundError
from backend.models.account_hold import HOLD_KINDS, AccountHold
from backend.staff.permissions import Permission, require

NOTE_LENGTH_MAX = 2_000
LISTED_MAX = 50


class HoldNotFoundError(NotFoundError):
    """404: the account has no such hold."""

    def __init__(self) -> None:
        super().__init__("hold_not_found", "This account has no such hold. Look at its list of holds.")


class HoldRefusedError(ConflictError):
    """409 `hold_refused`; `reason`: `exists`, `over`, `in_the_past`, `end_needed` or `note_needed`."""

    def __init__(self, reason: str, detail: str, **extra: object) -> None:
        super().__init__("hold_refused", detail, reason=reason, **extra)


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold. `ended_on` is its last day, None while nobody has set one; names are of members of the staff."""

    id: UUID
    kind: str
    started_on: date
    ended_on: date | None
    note: str
    placed_by: str | None
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lift_note: str | None
    is_live: bool


async def holds_of(session: AsyncSession, account_id: UUID, today: date) -> list[Hold]:
    """The account's holds, newest first; `is_live` as of `today`."""
    return [_shown(row, today) for row in await repository.holds(session, account_id, LISTED_MAX)]


async def place_hold(
    session: AsyncSession,
    principal: Principal,
    account_id: UUID,
    *,
    kind: str,
    note: str,
    until: date | None,
    today: date,
    now: datetime,
) -> Hold:
    """Put a hold of `kind` (`HOLD_KINDS`) on the account from today, through `until` (None: until it is lifted).

    The same again answers with the one there is.

    :raises ValueError: no such kind.
    :raises AccountNotFoundError: no such account. :raises ForbiddenError: not a role that may.
    :raises HoldRefusedError: `exists` (with `hold_id`) with another end, `in_the_past`, `note_needed`, or an extension
        without an end (`end_needed`).
    """
    require(principal, Permission.PLACE_HOLD)
    if kind not in HOLD_KINDS:
        raise ValueError(f"no hold is called {kind}")
    _check_terms(kind, note, until, today)
    if not await repository.lock_account(session, account_id):
        raise AccountNotFoundError
    known = await repository.live_hold(session, account_id, kind, today)
    if known is None:
        known = AccountHold(
            account_id=account_id,
            kind=kind,
            started_on=today,
            ended_on=until,
            note=note.strip()[:NOTE_LENGTH_MAX],
            placed_by=principal.staff_id,
            placed_at=now,
        )
        await repository.add(session, known)
        announce(session, "account", account_id=account_id)
    elif known.ended_on != until:
        detail = "There is such a hold with another end. Lift it first, then place the new one."
        raise HoldRefusedError("exists", detail, hold_id=str(known.id))
    return await _one(session, account_id, known.id, today)


async def lift_hold(
    session: AsyncSession,
    principal: Principal,
    account_id: UUID,
    hold_id: UUID,
    *,
    note: str,
    today: date,
    now: datetime,
) -> Hold:
    """End the hold with today, which it still covers; `note` says why and is kept. Lifted before: as it is.

    :raises HoldNotFoundError: the account has no such hold. :raises ForbiddenError: not a role that may.
    :raises HoldRefusedError: `over` by itself, or `note_needed`.
    """
    require(principal, Permission.LIFT_HOLD)
    if not note.strip():
        raise HoldRefusedError("note_needed", "Write down why, in a sentence, and send it again.")
    await repository.lock_account(session, account_id)
    found = await repository.hold(session, account_id, hold_id)
    if found is None:
        raise HoldNotFoundError
    if found.lifted_at is None:
        if found.ended_on is not None and found.ended_on < today:
            raise HoldRefusedError("over", "This hold has ended by itself. There is nothing to lift.")
        found.ended_on, found.lifted_by, found.lifted_at = today, principal.staff_id, now
        found.lift_note = note.strip()[:NOTE_LENGTH_MAX]
        await session.flush()
        announce(session, "account", account_id=account_id)
    return await _one(session, account_id, hold_id, today)


def _check_terms(kind: str, note: str, until: date | None, today: date) -> None:
    if not note.strip():
        raise HoldRefusedError("note_needed", "Write down why, in a sentence, and send it again.")
    if until is not None and until < today:
        raise HoldRefusedError("in_the_past", "A hold ends today at the earliest.")
    if kind == "extension" and until is None:
        raise HoldRefusedError("end_needed", "An extension is until a day. Name it.")


async def _one(session: AsyncSession, account_id: UUID, hold_id: UUID, today: date) -> Hold:
    return next(one for one in await holds_of(session, account_id, today) if one.id == hold_id)


def _shown(row: RowMapping, today: date) -> Hold:
    is_live = row["lifted_at"] is None and (row["ended_on"] is None or row["ended_on"] >= today)
    return Hold(**row, is_live=is_live)
