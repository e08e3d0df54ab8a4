"""Stopping service: the agreement ends, its meters are read, and the account closes with its last agreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import redrafting
from backend.billing.redrafting import Standing
from backend.models.account import Account, ServiceAgreement
from backend.reads.fitting import enter_fitting_read
from backend.reads.limits import limits_of
from backend.service_changes import repository
from backend.service_changes.errors import AgreementNotFoundError, ServiceRefusedError
from backend.service_changes.history import Asking, Change, Reads, keep, made_before, refuse
from backend.service_changes.rules import stop_refused
from backend.staff.permissions import Permission


@dataclass(frozen=True, slots=True)
class Stop:
    """Which service stops (None: the only one that goes on), its last day, what its meters show at its end.

    Without `reads` they are keyed in later, or the final bill is estimated. `forwarding_address`: where paper goes.
    """

    agreement_id: UUID | None
    stop_on: date
    reads: Reads = ()
    forwarding_address: str | None = None


async def end_service(session: AsyncSession, account_id: UUID, stop: Stop, asking: Asking) -> Change:
    """Stop a service with the end of a day; the final bill is drafted by the next run of the cycle.

    Until it is billed it can be asked for again: another day moves the stop, a read or an address is added to it.

    :raises AccountNotFoundError, AgreementNotFoundError: no such thing. :raises ForbiddenError: not a role that may.
    :raises ServiceRefusedError: it cannot stop so. :raises ReadRefusedError: a read cannot be true.
    :raises AccountInApprovedRunError: its bill is about to go out. :raises IdempotencyConflictError: a used key.
    """
    by = asking.permitted(Permission.CHANGE_SERVICE)
    standing = await redrafting.lock_account(session, account_id)
    account = standing.account
    asked = _Asked(account_id, stop)
    if (known := await made_before(session, "stop", asked, asking)) is not None:
        return known
    agreement = await choose(session, account, stop.agreement_id)
    await _refuse_taken(session, agreement, stop.stop_on)
    detail = await end_agreement(session, standing, agreement, stop, asking)
    await close_if_ended(session, account, asking.today)
    change = await keep(
        session,
        "stop",
        asked,
        asking,
        account_id=account_id,
        effective_on=stop.stop_on,
        agreement_id=agreement.id,
        detail=detail | {"account_closed": account.status == "closed"},
    )
    await redrafting.draft_again(session, asking.tariff, standing, by=by, now=asking.now)
    return change


@dataclass(frozen=True, slots=True)
class _Asked:
    account_id: UUID
    stop: Stop


async def choose(session: AsyncSession, account: Account, agreement_id: UUID | None) -> ServiceAgreement:
    """The agreement that is meant; without an id the only one that goes on.

    :raises AgreementNotFoundError: not one of the account. :raises ServiceRefusedError: `service_needed`, `none_open`.
    """
    there = await repository.agreements(session, account.id)
    if agreement_id is not None:
        found = next((one for one in there if one.id == agreement_id), None)
        if found is None:
            raise AgreementNotFoundError
        return found
    open_ones = [one for one in there if one.ended_on is None]
    if not open_ones:
        raise ServiceRefusedError("none_open", "This account has no service that goes on.")
    if len(open_ones) > 1:
        raise ServiceRefusedError("service_needed", "This account has several services. Say which one is meant.")
    return open_ones[0]


async def end_agreement(
    session: AsyncSession, standing: Standing, agreement: ServiceAgreement, stop: Stop, asking: Asking
) -> dict[str, object]:
    """End it on the day, with its reads; what the history keeps of it.

    :raises ServiceRefusedError, ReadRefusedError, AccountInApprovedRunError: as `end_service`.
    """
    account = standing.account
    asking.check_day(stop.stop_on, may_be_ahead=True)
    billed = await repository.billed_through(session, account.id)
    refuse(stop_refused(stop.stop_on, agreement.started_on, billed))
    if agreement.ended_on == stop.stop_on and not stop.reads and not stop.forwarding_address:
        raise ServiceRefusedError("already_ended", f"This service stops on {stop.stop_on} already.", day=stop.stop_on)
    if billed is not None and agreement.ended_on is not None and agreement.ended_on <= billed:
        detail = f"This service stopped on {agreement.ended_on} and is billed. Cancel its final bill first."
        raise ServiceRefusedError("final_billed", detail, day=agreement.ended_on)
    moved_from, first_changed = agreement.ended_on, min(stop.stop_on, agreement.ended_on or stop.stop_on)
    await redrafting.refuse_if_approved(session, standing, first_changed)
    await enter_reads(session, agreement, stop.stop_on, stop.reads, asking)
    agreement.ended_on = stop.stop_on
    if stop.forwarding_address:
        account.mailing_address = stop.forwarding_address
    await session.flush()
    return {
        "service_class": agreement.service_class,
        "stopped_on": stop.stop_on,
        "moved_from": moved_from,
        "reads": len(stop.reads),
        "forwarding_address": stop.forwarding_address,
    }


async def enter_reads(
    session: AsyncSession, agreement: ServiceAgreement, day: date, reads: Reads, asking: Asking
) -> None:
    """Key in what the meters of a service showed at the end of a day.

    :raises ServiceRefusedError: `other_meter`, `read_in_future`. :raises ReadRefusedError: it cannot be true.
    """
    if reads and day > asking.today:
        raise ServiceRefusedError("read_in_future", "That day has not come. Key the read in when it is taken.")
    meters = await repository.meters_for(session, agreement.premise_id, agreement.service_class, agreement.started_on)
    limits = limits_of(asking.tariff.policy)[agreement.service_class]
    for meter_id, value in reads:
        if all(meter.id != meter_id for meter in meters):
            raise ServiceRefusedError("other_meter", "This meter does not measure that service. Choose one of its own.")
        await enter_fitting_read(
            session,
            meter_id,
            read_on=day,
            value=value,
            kind="actual",
            limits=limits,
            reason=asking.reason,
            by=asking.by.staff_id,
            now=asking.now,
        )


async def close_if_ended(session: AsyncSession, account: Account, today: date) -> None:
    """Close the account when its last agreement has ended; one that ends later is closed by its final bill."""
    ends: Sequence[date | None] = [one.ended_on for one in await repository.agreements(session, account.id)]
    last = max((day for day in ends if day is not None), default=None)
    has_ended = last is not None and None not in ends and last <= today
    account.status, account.closed_on = ("closed", last) if has_ended else ("active", None)
    await session.flush()


async def _refuse_taken(session: AsyncSession, agreement: ServiceAgreement, stop_on: date) -> None:
    """A stop cannot move past the day on which the next customer of the place began."""
    await repository.lock_premises(session, [agreement.premise_id])
    for other in await repository.at_premise(session, agreement.premise_id):
        is_next = other.id != agreement.id and other.service_class == agreement.service_class
        if is_next and agreement.started_on <= other.started_on <= stop_on:
            detail = f"The next customer there began on {other.started_on}. Choose a day before."
            raise ServiceRefusedError("not_vacant", detail, until=None)
