"""What was changed, by whom, when and why; each change once for its key."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.billing.facts import Tariff
from backend.database import announce
from backend.district.service import District
from backend.ledger.service import IdempotencyConflictError
from backend.models.base import new_id
from backend.models.service_change import ServiceChange
from backend.service_changes import repository
from backend.service_changes.errors import ServiceRefusedError
from backend.service_changes.rules import Days, Refusal, day_refused
from backend.staff.permissions import Permission, require

REASON_LENGTH_MAX = 2_000
LISTED_MAX = 50


@dataclass(frozen=True, slots=True)
class Asking:
    """Who changes it, when, why, and the key that makes it be done once; with the district's rates and policy."""

    by: Principal
    now: datetime
    today: date
    key: str
    reason: str
    district: District
    tariff: Tariff

    def permitted(self, permission: Permission) -> UUID:
        """The member of the staff who asks.

        :raises ForbiddenError: not a role that may. :raises ServiceRefusedError: `reason_needed`.
        """
        staff_id = require(self.by, permission)
        if not self.reason.strip():
            raise ServiceRefusedError("reason_needed", "Write down why, in a sentence, and send it again.")
        return staff_id

    def check_day(self, day: date, *, may_be_ahead: bool) -> None:
        """:raises ServiceRefusedError: the day is too far off."""
        policy = self.district.policy.service
        ahead = policy.ahead_days_max if may_be_ahead else 0
        refuse(day_refused(day, Days.about(self.today, back=policy.back_days_max, ahead=ahead)))


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was made; `is_new` False: its key was used before, and nothing was done now."""

    id: UUID
    kind: str
    account_id: UUID
    agreement_id: UUID | None
    meter_id: UUID | None
    effective_on: date
    detail: Mapping[str, Any]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A change in the account's history."""

    id: UUID
    kind: str
    effective_on: date
    detail: Mapping[str, Any]
    reason: str
    changed_by: str
    changed_at: datetime


def refuse(found: Refusal | None) -> None:
    """:raises ServiceRefusedError: there is something to refuse."""
    if found is not None:
        raise ServiceRefusedError(found.reason, found.detail, day=found.day)


async def changes_of(session: AsyncSession, account_id: UUID) -> list[ListedChange]:
    """The account's history, newest first."""
    return [ListedChange(**row) for row in await repository.changes(session, account_id, LISTED_MAX)]


async def made_before(session: AsyncSession, kind: str, asked: object, asking: Asking) -> Change | None:
    """What this key did before; None when it is new. Ask with the place or the account locked.

    :raises IdempotencyConflictError: it did something else.
    """
    known = await repository.change_by_key(session, asking.key)
    if known is None:
        return None
    if known.kind != kind or known.asked != as_kept(asked):
        raise IdempotencyConflictError(asking.key)
    return _shown(known, is_new=False)


async def keep(
    session: AsyncSession,
    kind: str,
    asked: object,
    asking: Asking,
    *,
    account_id: UUID,
    effective_on: date,
    detail: Mapping[str, Any],
    agreement_id: UUID | None = None,
    meter_id: UUID | None = None,
) -> Change:
    """Write the change down, for ever."""
    assert asking.by.staff_id is not None  # `permitted` has seen to it
    row = ServiceChange(
        id=new_id(),
        account_id=account_id,
        kind=kind,
        idempotency_key=asking.key,
        effective_on=effective_on,
        agreement_id=agreement_id,
        meter_id=meter_id,
        asked=as_kept(asked),
        detail=orjson.loads(orjson.dumps(detail, default=str)),
        reason=asking.reason.strip()[:REASON_LENGTH_MAX],
        changed_by=asking.by.staff_id,
        changed_at=asking.now,
    )
    await repository.add(session, row)
    announce(session, "account", account_id=account_id)
    return _shown(row, is_new=True)


def as_kept(asked: Any) -> dict[str, Any]:
    """What was asked for, as JSON keeps it."""
    kept: dict[str, Any] = orjson.loads(orjson.dumps(asdict(asked), default=str))
    return kept


def _shown(row: ServiceChange, *, is_new: bool) -> Change:
    return Change(
        row.id, row.kind, row.account_id, row.agreement_id, row.meter_id, row.effective_on, row.detail, is_new
    )


Reads = Sequence[tuple[UUID, int]]
"""(meter, what its register shows)."""
