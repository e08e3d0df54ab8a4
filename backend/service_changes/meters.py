"""Exchanging a meter for another, and putting one in where none was."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import redrafting
from backend.models.base import new_id
from backend.models.meter_read import MeterRead
from backend.models.premise import Meter
from backend.reads.fitting import enter_fitting_read
from backend.reads.keyed import account_of_meter, enter_read
from backend.reads.limits import limits_of
from backend.service_changes import repository
from backend.service_changes.errors import AgreementNotFoundError, PremiseNotFoundError, ServiceRefusedError
from backend.service_changes.history import Asking, Change, keep, made_before
from backend.staff.permissions import Permission


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter as it is put in: what is printed on it, its register, and what that shows on the first day."""

    serial_number: str
    size_inches: str
    digits: int
    units_per_count: Decimal
    first_value: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """The meter that goes, the day, what it showed last, and the one in its place."""

    meter_id: UUID
    exchanged_on: date
    last_value: int
    new: NewMeter


@dataclass(frozen=True, slots=True)
class Installation:
    """A meter for a service of a place that has none for it, on a route."""

    premise_id: UUID
    service_class: str | None
    installed_on: date
    new: NewMeter
    route: str = "1"
    route_sequence: int = 0


async def exchange_meter(session: AsyncSession, exchange: Exchange, asking: Asking) -> Change:
    """Take a meter out and put another in, on one day; the next bill has the use of both.

    :raises MeterNotFoundError: no such meter. :raises ForbiddenError: not a role that may.
    :raises ServiceRefusedError: it cannot be so. :raises ReadRefusedError: a read cannot be true.
    :raises AccountInApprovedRunError: its bill is about to go out. :raises IdempotencyConflictError: a used key.
    """
    by = asking.permitted(Permission.EXCHANGE_METER)
    standing = await redrafting.lock_account(session, await account_of_meter(session, exchange.meter_id))
    account = standing.account
    meter = await session.scalar(
        select(Meter).where(Meter.id == exchange.meter_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    assert meter is not None  # its account was found
    await repository.lock_premises(session, [meter.premise_id])
    if (known := await made_before(session, "meter_exchange", exchange, asking)) is not None:
        return known
    await _check_exchange(session, account.id, meter, exchange, asking)
    await redrafting.refuse_if_approved(session, standing, exchange.exchanged_on)
    service_class = await _served_by(session, account.id, meter)
    await _check_new(session, exchange.new, service_class, exchange.exchanged_on, asking)
    placed = await _take_out(session, meter, exchange, service_class, asking)
    put_in = await _put_in(session, placed, "exchange_in", asking)
    change = await keep(
        session,
        "meter_exchange",
        exchange,
        asking,
        account_id=account.id,
        effective_on=exchange.exchanged_on,
        meter_id=put_in.id,
        detail={
            "removed_serial": meter.serial_number,
            "last_value": exchange.last_value,
            "serial": exchange.new.serial_number,
            "size_inches": exchange.new.size_inches,
            "first_value": exchange.new.first_value,
        },
    )
    await redrafting.draft_again(session, asking.tariff, standing, by=by, now=asking.now)
    return change


async def install_meter(session: AsyncSession, account_id: UUID, installation: Installation, asking: Asking) -> Change:
    """Put a meter in where the class has none; kept with the account that asked for it.

    :raises AccountNotFoundError, PremiseNotFoundError: no such thing. :raises ServiceRefusedError: it cannot be so.
    :raises ForbiddenError: not a role that may. :raises IdempotencyConflictError: a used key.
    """
    by = asking.permitted(Permission.EXCHANGE_METER)
    standing = await redrafting.lock_account(session, account_id)
    account = standing.account
    if not await repository.lock_premises(session, [installation.premise_id]):
        raise PremiseNotFoundError
    if (known := await made_before(session, "meter_install", installation, asking)) is not None:
        return known
    asking.check_day(installation.installed_on, may_be_ahead=False)
    service_class = installation.service_class or account.service_class
    there = await repository.meters_for(session, installation.premise_id, service_class, installation.installed_on)
    if there:
        detail = f"Meter {there[0].serial_number} measures this service. Exchange it instead."
        raise ServiceRefusedError("meter_there", detail, serial=there[0].serial_number)
    await redrafting.refuse_if_approved(session, standing, installation.installed_on)
    await _check_new(session, installation.new, service_class, installation.installed_on, asking)
    put_in = await _put_in(session, installation, "actual", asking)
    change = await keep(
        session,
        "meter_install",
        installation,
        asking,
        account_id=account_id,
        effective_on=installation.installed_on,
        meter_id=put_in.id,
        detail={"serial": put_in.serial_number, "size_inches": put_in.size_inches},
    )
    await redrafting.draft_again(session, asking.tariff, standing, by=by, now=asking.now)
    return change


async def _served_by(session: AsyncSession, account_id: UUID, meter: Meter) -> str:
    """The class of the account's service that this meter measures.

    :raises AgreementNotFoundError: none.
    """
    for one in await repository.agreements(session, account_id):
        if one.premise_id == meter.premise_id and meter.service_class in (None, one.service_class):
            return one.service_class
    raise AgreementNotFoundError


async def _check_exchange(
    session: AsyncSession, account_id: UUID, meter: Meter, exchange: Exchange, asking: Asking
) -> None:
    day = exchange.exchanged_on
    asking.check_day(day, may_be_ahead=False)
    if meter.removed_on is not None:
        detail = f"This meter was taken out on {meter.removed_on}. Choose the one that is there."
        raise ServiceRefusedError("meter_removed", detail, day=meter.removed_on)
    if day <= meter.installed_on:
        detail = f"This meter was put in on {meter.installed_on}. Choose a later day."
        raise ServiceRefusedError("before_installation", detail, day=meter.installed_on)
    billed = await repository.billed_through(session, account_id)
    if billed is not None and day <= billed:
        detail = f"It is billed through {billed}. Choose a later day, or cancel the bill first."
        raise ServiceRefusedError("already_billed", detail, day=billed)
    later = await session.scalar(
        select(MeterRead.read_on).where(MeterRead.meter_id == meter.id, MeterRead.read_on > day)
    )
    if later is not None:
        detail = f"This meter was read on {later}, after that day. Strike that read, or choose a later day."
        raise ServiceRefusedError("later_read", detail, day=later)


async def _check_new(session: AsyncSession, new: NewMeter, service_class: str, day: date, asking: Asking) -> None:
    used = await repository.meter_with_serial(session, new.serial_number)
    if used is not None:
        detail = "Another meter has this serial number. Read it from the meter again."
        raise ServiceRefusedError("serial_in_use", detail, serial=new.serial_number)
    rates = [rate for rate in asking.tariff.book.rates_of(service_class) if rate.effective_from <= day]
    sizes = list(rates[-1].fixed_dollars) if rates else []
    if new.size_inches not in sizes:
        detail = f"The rates have no charge for a {new.size_inches} inch meter. They have {', '.join(sizes)}."
        raise ServiceRefusedError("size_unknown", detail, sizes=", ".join(sizes))


async def _take_out(
    session: AsyncSession, meter: Meter, exchange: Exchange, service_class: str, asking: Asking
) -> Installation:
    """The old meter leaves with its last read; what is put in its place."""
    day = exchange.exchanged_on
    await enter_fitting_read(
        session,
        meter.id,
        read_on=day,
        value=exchange.last_value,
        kind="exchange_out",
        limits=limits_of(asking.tariff.policy)[service_class],
        reason=asking.reason,
        by=asking.by.staff_id,
        now=asking.now,
    )
    meter.removed_on = day
    return Installation(meter.premise_id, meter.service_class, day, exchange.new, meter.route, meter.route_sequence)


async def _put_in(session: AsyncSession, placed: Installation, kind: str, asking: Asking) -> Meter:
    """The meter in its place, and its first read of this kind."""
    new = placed.new
    meter = Meter(
        id=new_id(),
        premise_id=placed.premise_id,
        serial_number=new.serial_number,
        size_inches=new.size_inches,
        installed_on=placed.installed_on,
        removed_on=None,
        service_class=placed.service_class,
        digits=new.digits,
        units_per_count=new.units_per_count,
        route=placed.route,
        route_sequence=placed.route_sequence,
    )
    await repository.add(session, meter)
    await enter_read(
        session,
        meter.id,
        read_on=placed.installed_on,
        value=new.first_value,
        kind=kind,
        reason=asking.reason,
        by=asking.by.staff_id,
        now=asking.now,
    )
    return meter
