"""Taking fees back: at once within the asker's authority, above it when somebody with the authority agrees.

The authority is the district's (`[authority]` of policy.toml). Each reversal of a customer's fees waits for
the one before it, so that two cannot both be the first in twelve months.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, ForbiddenError, NotFoundError
from backend.fees import notices, repository, reversal_repository, rules
from backend.fees.rules import Verdict
from backend.fees.service import FeeNotFoundError
from backend.ledger import service as ledger
from backend.models.fee import FeeCharge, FeeReversal

NOTE_LENGTH_MAX = 2_000


class ReversalNotFoundError(NotFoundError):
    """404: there is no such request."""

    def __init__(self) -> None:
        super().__init__("reversal_not_found", "There is no such request. Check its id.")


class AlreadyDecidedError(ConflictError):
    """409: another person decided this before."""

    def __init__(self, status: str) -> None:
        super().__init__("already_decided", "This request was decided before. Look at it again.", decided=status)


class NoteNeededError(ConflictError):
    """409: say why; the words are kept with the decision."""

    def __init__(self) -> None:
        super().__init__("note_needed", "Write down why, in a sentence, and send it again.")


@dataclass(frozen=True, slots=True)
class Reversal:
    """What became of a request. `status`: posted, pending or declined; `why_pending` names what is in the way."""

    id: UUID
    fee_id: UUID
    code: str
    amount_cents: int
    status: str
    why_pending: str | None


def role_of(principal: Principal) -> str:
    """The role that grants are for: `assistant`, or a role of the staff.

    :raises ForbiddenError: `staff_only`.
    """
    if principal.kind is Kind.STAFF and principal.role is not None:
        return principal.role.value
    if principal.kind is Kind.ACTIONS:
        return "assistant"
    raise ForbiddenError("staff_only", "Only the staff and the assistant may ask for this.")


def grants_of(district: District) -> tuple[rules.Grant, ...]:
    """The district's grants for the rules."""
    return tuple(
        rules.Grant(
            one.role,
            frozenset(one.fees),
            frozenset(one.reasons),
            one.cents_max,
            one.count_max,
            one.needs_note,
            one.second_person,
        )
        for one in district.policy.authority.fee_reversals
    )


async def request_reversal(
    session: AsyncSession,
    principal: Principal,
    fee_id: UUID,
    *,
    reason: str,
    note: str,
    now: datetime,
    district: District,
    conversation_id: UUID | None = None,
) -> Reversal:
    """Ask for a fee to be taken back: posted at once within the asker's authority, otherwise pending.

    A fee has one live request: asking again answers with the one there is.

    :raises FeeNotFoundError: no such fee. :raises NoteNeededError: this role must say why.
    :raises ledger.NotReversibleError: the fee was taken back in another way.
    """
    role, note = role_of(principal), note.strip()[:NOTE_LENGTH_MAX]
    fee = await _locked_fee(session, fee_id)
    known = await reversal_repository.live_reversal(session, fee_id)
    if known is not None:
        return _shown(fee, known, None)
    found = rules.verdict(
        grants_of(district), await _asked(session, fee, role, reason, has_note=bool(note), now=now, district=district)
    )
    if found is Verdict.NOTE:
        raise NoteNeededError
    reversal = FeeReversal(
        fee_id=fee.id,
        status="pending",
        reason_code=reason,
        note=note,
        requested_role=role,
        requested_by=principal.staff_id,
        requested_at=now,
        conversation_id=conversation_id,
    )
    if found is Verdict.ALLOWED:
        reversal.decided_by, reversal.decided_at = principal.staff_id, now
        await _post(session, fee, reversal, now, district)
    await reversal_repository.add(session, reversal)
    announce(session, "money", reversal_id=reversal.id)
    return _shown(fee, reversal, None if found is Verdict.ALLOWED else found)


async def decide_reversal(
    session: AsyncSession,
    principal: Principal,
    reversal_id: UUID,
    *,
    approve: bool,
    note: str,
    now: datetime,
    district: District,
) -> Reversal:
    """Agree to a pending request, which posts the reversal, or decline it; `note` says why and is kept.

    :raises ReversalNotFoundError: no such request. :raises AlreadyDecidedError: it is not pending any more.
    :raises NoteNeededError: no reason was given.
    :raises ForbiddenError: `same_person` who asked; `above_authority` of the role (with `verdict`).
    """
    pending = await reversal_repository.by_id(session, reversal_id)
    if pending is None:
        raise ReversalNotFoundError
    fee = await _locked_fee(session, pending.fee_id)
    reversal = await reversal_repository.locked(session, reversal_id)
    if reversal.status != "pending":
        raise AlreadyDecidedError(reversal.status)
    await _require_authority(session, principal, fee, reversal, approve=approve, now=now, district=district)
    if not note.strip():
        raise NoteNeededError
    reversal.decided_by, reversal.decided_at = principal.staff_id, now
    reversal.decision_note = note.strip()[:NOTE_LENGTH_MAX]
    if approve:
        await _post(session, fee, reversal, now, district)
    else:
        reversal.status = "declined"
    await session.flush()
    await notices.tell_decision(session, fee, reversal, now)
    announce(session, "money", reversal_id=reversal.id)
    return _shown(fee, reversal, None)


async def _require_authority(
    session: AsyncSession,
    principal: Principal,
    fee: FeeCharge,
    reversal: FeeReversal,
    *,
    approve: bool,
    now: datetime,
    district: District,
) -> None:
    if principal.kind is not Kind.STAFF or principal.staff_id is None:
        raise ForbiddenError("staff_only", "Only a member of the staff decides.")
    if reversal.requested_by == principal.staff_id:
        raise ForbiddenError("same_person", "Whoever asked cannot decide. Another person has to.")
    role = role_of(principal)
    asked = await _asked(session, fee, role, reversal.reason_code, has_note=True, now=now, district=district)
    found = rules.may_approve(grants_of(district), asked)
    # To decline moves no money: it is enough to have a say in such fees at all.
    if found is Verdict.FEE or (approve and found is not Verdict.ALLOWED):
        raise ForbiddenError("above_authority", "This is above your authority. Ask a supervisor.", verdict=found.value)


async def _asked(
    session: AsyncSession,
    fee: FeeCharge,
    role: str,
    reason: str,
    *,
    has_note: bool,
    now: datetime,
    district: District,
) -> rules.Asked:
    since = rules.months_before(district.today(now), district.policy.authority.rolling_months)
    before = await reversal_repository.codes_reversed(session, fee.account_id, since, district.zone.key)
    return rules.Asked(role, fee.code, fee.amount_cents, reason, has_note, before)


async def _locked_fee(session: AsyncSession, fee_id: UUID) -> FeeCharge:
    fee = await session.get(FeeCharge, fee_id)
    if fee is None:
        raise FeeNotFoundError
    await repository.lock_customer(session, fee.account_id)
    return fee


async def _post(
    session: AsyncSession, fee: FeeCharge, reversal: FeeReversal, now: datetime, district: District
) -> None:
    posted = await ledger.reverse_entry(
        session,
        fee.entry_id,
        effective_on=district.today(now),
        description="Fee reversed",
        idempotency_key=f"fee_reversal:{fee.id}",
        now=now,
    )
    reversal.status, reversal.entry_id = "posted", posted.entry_id


def _shown(fee: FeeCharge, reversal: FeeReversal, why: Verdict | None) -> Reversal:
    waiting = why.value if why and reversal.status == "pending" else None
    return Reversal(reversal.id, fee.id, fee.code, fee.amount_cents, reversal.status, waiting)
