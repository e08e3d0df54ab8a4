"""What a bill is reckoned with beside reads: the household of a service, and whether bills go out at all."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import redrafting
from backend.models.account import ServiceAgreement
from backend.models.base import new_id
from backend.models.service_change import AgreementHousehold
from backend.service_changes import repository
from backend.service_changes.errors import ServiceRefusedError
from backend.service_changes.history import Asking, Change, keep, made_before
from backend.service_changes.starts import check_household
from backend.service_changes.stops import choose
from backend.staff.permissions import Permission


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives with a service and how much they water, from a day on."""

    agreement_id: UUID | None
    effective_on: date
    persons: int
    landscape_sqft: int


@dataclass(frozen=True, slots=True)
class _Asked:
    account_id: UUID
    household: Household | None = None


async def change_household(session: AsyncSession, account_id: UUID, household: Household, asking: Asking) -> Change:
    """Let bills reckon with another household: that in whose days `effective_on` falls is the first, as a whole.

    :raises AccountNotFoundError, AgreementNotFoundError: no such thing. :raises ForbiddenError: not a role that may.
    :raises ServiceRefusedError: it cannot be so. :raises AccountInApprovedRunError: its bill is about to go out.
    :raises IdempotencyConflictError: the key was used for something else.
    """
    by = asking.permitted(Permission.CHANGE_SERVICE)
    standing = await redrafting.lock_account(session, account_id)
    asked = _Asked(account_id, household)
    if (known := await made_before(session, "household", asked, asking)) is not None:
        return known
    agreement = await choose(session, standing.account, household.agreement_id)
    day, old = household.effective_on, (agreement.persons, agreement.landscape_sqft)
    await _check_change(session, agreement, household, asking)
    await redrafting.refuse_if_approved(session, standing, day)
    if await _newest(session, agreement.id) is None:
        # What stood until now stays right for the bills of before.
        await _add(session, agreement.id, agreement.started_on - timedelta(days=1), *old)
    await _add(session, agreement.id, day, household.persons, household.landscape_sqft)
    agreement.persons, agreement.landscape_sqft = household.persons, household.landscape_sqft
    await session.flush()
    change = await keep(
        session,
        "household",
        asked,
        asking,
        account_id=account_id,
        effective_on=day,
        agreement_id=agreement.id,
        detail={
            "persons": household.persons,
            "persons_was": old[0],
            "landscape_sqft": household.landscape_sqft,
            "landscape_sqft_was": old[1],
        },
    )
    await redrafting.draft_again(session, asking.tariff, standing, by=by, now=asking.now)
    return change


async def _check_change(
    session: AsyncSession, agreement: ServiceAgreement, household: Household, asking: Asking
) -> None:
    day = household.effective_on
    check_household(household.persons, household.landscape_sqft)
    asking.check_day(day, may_be_ahead=False)
    if day < agreement.started_on:
        detail = f"This service started on {agreement.started_on}. Choose that day or a later one."
        raise ServiceRefusedError("stop_before_start", detail, day=agreement.started_on)
    billed = await repository.billed_through(session, agreement.account_id)
    if billed is not None and day <= billed:
        detail = f"It is billed through {billed}. Choose a later day, or cancel the bill first."
        raise ServiceRefusedError("already_billed", detail, day=billed)
    newest = await _newest(session, agreement.id)
    if newest is not None and day < newest:
        detail = f"The household changed on {newest}, after that day. Choose that day or a later one."
        raise ServiceRefusedError("household_later", detail, day=newest)
    if (agreement.persons, agreement.landscape_sqft) == (household.persons, household.landscape_sqft):
        raise ServiceRefusedError("household_unchanged", "That is the household we have. Nothing was changed.")


async def _newest(session: AsyncSession, agreement_id: UUID) -> date | None:
    """The day of the last change of a household; None where it never changed."""
    found: date | None = await session.scalar(
        select(func.max(AgreementHousehold.effective_on)).where(AgreementHousehold.agreement_id == agreement_id)
    )
    return found


async def _add(session: AsyncSession, agreement_id: UUID, day: date, persons: int, landscape_sqft: int) -> None:
    row = AgreementHousehold(
        id=new_id(), agreement_id=agreement_id, effective_on=day, persons=persons, landscape_sqft=landscape_sqft
    )
    await repository.add(session, row)


async def hold_billing(session: AsyncSession, account_id: UUID, asking: Asking) -> Change:
    """Let no bill of the account go out without somebody looking: each run has it as `HOLD`, with the reason.

    :raises AccountNotFoundError: no such account. :raises ForbiddenError: not a role that may.
    :raises ServiceRefusedError: `held_already` or `reason_needed`. :raises IdempotencyConflictError: a used key.
    """
    return await _set_hold(session, account_id, asking, kind="billing_hold")


async def release_billing(session: AsyncSession, account_id: UUID, asking: Asking) -> Change:
    """Let the account's bills go out again.

    :raises ServiceRefusedError: `not_held`; the others as `hold_billing`.
    """
    return await _set_hold(session, account_id, asking, kind="billing_release")


async def _set_hold(session: AsyncSession, account_id: UUID, asking: Asking, *, kind: str) -> Change:
    by = asking.permitted(Permission.HOLD_BILLING)
    standing = await redrafting.lock_account(session, account_id)
    account = standing.account
    asked = _Asked(account_id)
    if (known := await made_before(session, kind, asked, asking)) is not None:
        return known
    was, holds = account.billing_hold, kind == "billing_hold"
    if holds and was is not None:
        raise ServiceRefusedError("held_already", f"Billing is held already: {was}. Release it first.", was=was)
    if not holds and was is None:
        raise ServiceRefusedError("not_held", "Billing of this account is not held. There is nothing to release.")
    account.billing_hold = asking.reason.strip() if holds else None
    await session.flush()
    change = await keep(
        session, kind, asked, asking, account_id=account_id, effective_on=asking.today, detail={"was": was}
    )
    await redrafting.draft_again(session, asking.tariff, standing, by=by, now=asking.now)
    return change
