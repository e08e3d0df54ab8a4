"""Starting service for a new or a known customer, and moving a customer's service from one place to another."""

from dataclasses import dataclass, replace
from datetime import date
from typing import get_args
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.opening import NewCustomer, add_customer, customer_of, open_account
from backend.billing import redrafting
from backend.billing.redrafting import Standing
from backend.district.schemas import ServiceClass
from backend.models.account import Account, ServiceAgreement
from backend.models.base import new_id
from backend.models.billing import BillingRun
from backend.service_changes import places, repository
from backend.service_changes.errors import PremiseNotFoundError, ServiceRefusedError
from backend.service_changes.history import Asking, Change, Reads, keep, made_before
from backend.service_changes.stops import Stop, choose, close_if_ended, end_agreement, enter_reads
from backend.staff.permissions import Permission

HOUSEHOLD_MAX = 200
AREA_MAX = 20_000_000


@dataclass(frozen=True, slots=True)
class Start:
    """A service that begins with a day, and what its meters showed then. `billing_cycle` None: the place's own."""

    premise_id: UUID
    service_class: str
    start_on: date
    persons: int = 3
    landscape_sqft: int = 0
    reads: Reads = ()
    billing_cycle: int | None = None


@dataclass(frozen=True, slots=True)
class _AskedStart:
    start: Start
    new_customer: NewCustomer | None
    customer_of: UUID | None


@dataclass(frozen=True, slots=True)
class _AskedTransfer:
    account_id: UUID
    stop: Stop
    start: Start


async def start_service(
    session: AsyncSession,
    start: Start,
    asking: Asking,
    *,
    new_customer: NewCustomer | None = None,
    known_by: UUID | None = None,
) -> Change:
    """Open an account at a free place, for a new customer or for the customer of the account `known_by`.

    The first bill is prorated from `start_on`. `detail` has `account_number` and `service_class`.

    :raises PremiseNotFoundError, AccountNotFoundError: no such thing. :raises ForbiddenError: not a role that may.
    :raises ServiceRefusedError: it cannot start so. :raises ReadRefusedError: a read cannot be true.
    :raises IdempotencyConflictError: the key was used for something else.
    """
    if (new_customer is None) == (known_by is None):
        raise ServiceRefusedError("customer_needed", "Name a new customer, or an account of a known one, and not both.")
    by = asking.permitted(Permission.CHANGE_SERVICE)
    runs = await _lock_place(session, start)
    asked = _AskedStart(start, new_customer, known_by)
    if (known := await made_before(session, "start", asked, asking)) is not None:
        return known
    await _check(session, start, asking)
    cycle = await _cycle(session, start, asking)
    customer_id = await _customer(session, new_customer, known_by)
    opened = await open_account(
        session, customer_id, service_class=start.service_class, opened_on=start.start_on, billing_cycle=cycle
    )
    agreement = await _begin(session, opened.id, start, asking)
    change = await keep(
        session,
        "start",
        asked,
        asking,
        account_id=opened.id,
        effective_on=start.start_on,
        agreement_id=agreement.id,
        detail={"account_number": opened.number, "service_class": start.service_class, "billing_cycle": cycle},
    )
    opened_account = await session.get_one(Account, opened.id)
    await redrafting.draft_again(
        session,
        asking.tariff,
        Standing(opened_account, tuple(run for run in runs if run.cycle == cycle)),
        by=by,
        now=asking.now,
    )
    return change


async def _lock_place(session: AsyncSession, start: Start) -> tuple[BillingRun, ...]:
    """The place, and the unbilled runs of its cycle; runs first, in the order in which a stop has them.

    :raises PremiseNotFoundError: no such place.
    """
    likely = start.billing_cycle or await places.cycle_of(session, start.premise_id) or 0
    runs = await redrafting.lock_runs(session, likely)
    if not await repository.lock_premises(session, [start.premise_id]):
        raise PremiseNotFoundError
    return runs


async def _customer(session: AsyncSession, new_customer: NewCustomer | None, known_by: UUID | None) -> UUID:
    if new_customer is not None:
        return await add_customer(session, new_customer)
    assert known_by is not None  # one of the two is there
    return await customer_of(session, known_by)


async def transfer_service(session: AsyncSession, account_id: UUID, stop: Stop, start: Start, asking: Asking) -> Change:
    """Stop here and start there, as one: the account, its number, its balance and its options go with the customer.

    The next bill has both places, each for its own days. Where nothing else goes on at the account, it is read on the
    cycle of the new place from now on.

    :raises PremiseNotFoundError, AccountNotFoundError, AgreementNotFoundError: no such thing.
    :raises ServiceRefusedError, ReadRefusedError, AccountInApprovedRunError, ForbiddenError,
        IdempotencyConflictError: as `end_service` and `start_service`.
    """
    by = asking.permitted(Permission.CHANGE_SERVICE)
    standing = await redrafting.lock_account(session, account_id)
    account = standing.account
    asked = _AskedTransfer(account_id, stop, start)
    if (known := await made_before(session, "transfer", asked, asking)) is not None:
        return known
    agreement = await choose(session, account, stop.agreement_id)
    start = replace(start, service_class=start.service_class or agreement.service_class)
    if start.premise_id == agreement.premise_id:
        raise ServiceRefusedError("same_place", "This is the place where the service is. Choose another one.")
    there = await repository.lock_premises(session, [agreement.premise_id, start.premise_id])
    if start.premise_id not in there:
        raise PremiseNotFoundError
    if agreement.ended_on is not None:
        detail = f"This service stops on {agreement.ended_on} already. Start one at the new place instead."
        raise ServiceRefusedError("already_ended", detail, day=agreement.ended_on)
    await _check(session, start, asking)
    cycle = await _cycle(session, start, asking)
    await redrafting.refuse_if_approved(session, standing, min(stop.stop_on, start.start_on))
    ended = await end_agreement(session, standing, agreement, stop, asking)
    goes_on = any(one.ended_on is None for one in await repository.agreements(session, account_id))
    begun = await _begin(session, account_id, start, asking)
    await close_if_ended(session, account, asking.today)
    account.service_class = account.service_class if goes_on else start.service_class
    if cycle != account.billing_cycle and not goes_on:
        await _change_cycle(session, standing, cycle)
        standing = Standing(account, await redrafting.lock_runs(session, cycle))
    change = await keep(
        session,
        "transfer",
        asked,
        asking,
        account_id=account_id,
        effective_on=start.start_on,
        agreement_id=begun.id,
        detail=ended | {"from_agreement": agreement.id, "started_on": start.start_on, "billing_cycle": cycle},
    )
    await redrafting.draft_again(session, asking.tariff, standing, by=by, now=asking.now)
    return change


async def _check(session: AsyncSession, start: Start, asking: Asking) -> None:
    if start.service_class not in get_args(ServiceClass):
        classes = ", ".join(get_args(ServiceClass))
        raise ServiceRefusedError("class_unknown", f"Choose one of the classes: {classes}.")
    check_household(start.persons, start.landscape_sqft)
    asking.check_day(start.start_on, may_be_ahead=True)
    await places.free_meters(session, start.premise_id, start.service_class, start.start_on)


def check_household(persons: int, landscape_sqft: int) -> None:
    """:raises ServiceRefusedError: `household_absurd`."""
    if not 0 <= persons <= HOUSEHOLD_MAX or not 0 <= landscape_sqft <= AREA_MAX:
        detail = f"A household has up to {HOUSEHOLD_MAX} persons, an irrigated area up to {AREA_MAX} square feet."
        raise ServiceRefusedError("household_absurd", detail)


async def _cycle(session: AsyncSession, start: Start, asking: Asking) -> int:
    cycle = start.billing_cycle or await places.cycle_of(session, start.premise_id)
    if cycle is None or cycle not in asking.tariff.policy.cycles:
        known = ", ".join(str(one) for one in sorted(asking.tariff.policy.cycles))
        raise ServiceRefusedError("cycle_needed", f"Nobody was served there before. Say the billing cycle: {known}.")
    return cycle


async def _begin(session: AsyncSession, account_id: UUID, start: Start, asking: Asking) -> ServiceAgreement:
    agreement = ServiceAgreement(
        id=new_id(),
        premise_id=start.premise_id,
        account_id=account_id,
        service_class=start.service_class,
        started_on=start.start_on,
        ended_on=None,
        persons=start.persons,
        landscape_sqft=start.landscape_sqft,
    )
    await repository.add(session, agreement)
    await enter_reads(session, agreement, start.start_on, start.reads, asking)
    return agreement


async def _change_cycle(session: AsyncSession, standing: Standing, cycle: int) -> None:
    """The account is read with its new place. A run that holds its draft comes first.

    :raises ServiceRefusedError: `in_run`.
    """
    if drafted := await redrafting.drafted_in(session, standing):
        end = drafted[0].period_end
        detail = f"Its bill through {end} is in preparation, and the new place has another cycle. Bill it first."
        raise ServiceRefusedError("in_run", detail, day=end)
    for run in standing.runs:
        run.accounts_not_due -= run.id in standing.not_due
    standing.account.billing_cycle = cycle
    await session.flush()
