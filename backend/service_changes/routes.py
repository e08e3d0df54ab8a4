"""HTTP of services, for the staff: starting, stopping, transferring, meters, households, billing holds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from backend.access import Principal, reach_account_as_staff
from backend.accounts.opening import NewCustomer
from backend.billing.facts import Tariff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.reads.keyed import account_of_meter
from backend.service_changes import history, meters, places, services, starts, stops, terms
from backend.service_changes.history import Asking
from backend.service_changes.schemas import (
    BillingHoldIn,
    ExchangeIn,
    HouseholdIn,
    InstallIn,
    MeterReadIn,
    NewMeterIn,
    StartIn,
    StartsIn,
    StopIn,
    TransferIn,
)
from backend.service_changes.shown_schemas import ChangeOut, PlaceOut, ServicesOut
from backend.service_changes.starts import Start
from backend.service_changes.stops import Stop
from backend.staff.bearer import ADMITS_STAFF
from backend.staff.permissions import Permission, require

router = APIRouter(tags=["service"])
StaffDep = Annotated[Principal, ADMITS_STAFF]


async def _asking(request: Request, staff: StaffDep, now: NowDep, district: DistrictDep) -> Asking:
    tariff = Tariff(request.app.state.rate_book, district.policy.billing)
    return Asking(staff, now, district.today(now), "", "", district, tariff)


AskingDep = Annotated[Asking, Depends(_asking)]


@router.get("/v1/premises")
async def get_premises(
    staff: StaffDep,
    session: SessionDep,
    asking: AskingDep,
    address: Annotated[str, Query(min_length=3, max_length=200)],
) -> list[PlaceOut]:
    """Places whose address is, or begins with, what is asked for, and what is served there; six at most."""
    require(staff, Permission.SEE_ACCOUNTS)
    return [PlaceOut.model_validate(one) for one in await places.find_places(session, address, asking.today)]


@router.get("/v1/accounts/{account_id}/services")
async def get_services(account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep) -> ServicesOut:
    """The services of an account with their meters, and what was changed about them."""
    await reach_account_as_staff(session, staff, account_id, purpose="services", now=now)
    there = await services.services_of(session, account_id)
    changes = await history.changes_of(session, account_id)
    return ServicesOut.model_validate({"services": there, "history": changes, "as_of": now})


@router.post("/v1/accounts/{account_id}/service-stop")
async def post_stop(
    account_id: UUID, asked: StopIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Stop a service; the final bill comes with the next run of the cycle. Once for each key."""
    await reach_account_as_staff(session, staff, account_id, purpose="stop_service", now=asking.now)
    made = await stops.end_service(session, account_id, _stop(asked), _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/service-starts")
async def post_start(asked: StartIn, staff: StaffDep, session: SessionDep, asking: AskingDep) -> ChangeOut:
    """Open an account at a free place, for a new or a known customer. Once for each key."""
    if asked.of_account is not None:
        await reach_account_as_staff(session, staff, asked.of_account, purpose="start_service", now=asking.now)
    new = NewCustomer(**asked.new_customer.model_dump()) if asked.new_customer else None
    made = await starts.start_service(
        session, _start(asked), _why(asking, asked), new_customer=new, known_by=asked.of_account
    )
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/accounts/{account_id}/service-transfer")
async def post_transfer(
    account_id: UUID, asked: TransferIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Stop here and start there, as one; the account goes with the customer. Once for each key."""
    await reach_account_as_staff(session, staff, account_id, purpose="transfer_service", now=asking.now)
    made = await starts.transfer_service(session, account_id, _stop(asked), _start(asked.start), _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/meters/{meter_id}/exchange")
async def post_exchange(
    meter_id: UUID, asked: ExchangeIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Put another meter in the place of one; the next bill has the use of both. Once for each key."""
    account_id = await account_of_meter(session, meter_id)
    await reach_account_as_staff(session, staff, account_id, purpose="exchange_meter", now=asking.now)
    exchange = meters.Exchange(meter_id, asked.exchanged_on, asked.last_value, _new_meter(asked.new))
    made = await meters.exchange_meter(session, exchange, _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/accounts/{account_id}/meters")
async def post_meter(
    account_id: UUID, asked: InstallIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Put a meter in where a class of service has none. Once for each key."""
    await reach_account_as_staff(session, staff, account_id, purpose="install_meter", now=asking.now)
    installation = meters.Installation(
        asked.premise_id,
        asked.service_class,
        asked.installed_on,
        _new_meter(asked.new),
        asked.route,
        asked.route_sequence,
    )
    made = await meters.install_meter(session, account_id, installation, _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/accounts/{account_id}/household")
async def post_household(
    account_id: UUID, asked: HouseholdIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Let bills reckon with another household from a day on. Once for each key."""
    await reach_account_as_staff(session, staff, account_id, purpose="change_household", now=asking.now)
    household = terms.Household(asked.agreement_id, asked.effective_on, asked.persons, asked.landscape_sqft)
    made = await terms.change_household(session, account_id, household, _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/accounts/{account_id}/billing-hold")
async def post_billing_hold(
    account_id: UUID, asked: BillingHoldIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Let no bill of the account go out without somebody looking; for leads and supervisors."""
    await reach_account_as_staff(session, staff, account_id, purpose="hold_billing", now=asking.now)
    made = await terms.hold_billing(session, account_id, _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


@router.post("/v1/accounts/{account_id}/billing-release")
async def post_billing_release(
    account_id: UUID, asked: BillingHoldIn, staff: StaffDep, session: SessionDep, asking: AskingDep
) -> ChangeOut:
    """Let the account's bills go out again; for leads and supervisors."""
    await reach_account_as_staff(session, staff, account_id, purpose="release_billing", now=asking.now)
    made = await terms.release_billing(session, account_id, _why(asking, asked))
    return ChangeOut.model_validate(made, from_attributes=True)


def _why(
    asking: Asking, asked: StopIn | StartIn | TransferIn | ExchangeIn | InstallIn | HouseholdIn | BillingHoldIn
) -> Asking:
    return replace(asking, key=asked.idempotency_key, reason=asked.reason)


def _reads(given: Sequence[MeterReadIn]) -> tuple[tuple[UUID, int], ...]:
    return tuple((one.meter_id, one.value) for one in given)


def _stop(asked: StopIn | TransferIn) -> Stop:
    return Stop(asked.agreement_id, asked.stop_on, _reads(asked.reads), asked.forwarding_address)


def _start(asked: StartsIn) -> Start:
    return Start(
        asked.premise_id,
        asked.service_class,
        asked.start_on,
        asked.persons,
        asked.landscape_sqft,
        _reads(asked.reads),
        asked.billing_cycle,
    )


def _new_meter(asked: NewMeterIn) -> meters.NewMeter:
    return meters.NewMeter(
        asked.serial_number, asked.size_inches, asked.digits, asked.units_per_count, asked.first_value
    )
