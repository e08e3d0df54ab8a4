"""HTTP of the demonstration: its customers and its clock. Refused when the demonstration is off."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from backend.access import Kind, admits
from backend.clock import Clock, NowDep
from backend.database import SessionDep
from backend.demo import service
from backend.demo.schemas import ClockIn, ClockOut, DemoCustomerOut
from backend.district.service import DistrictDep
from backend.nightly import service as nightly
from backend.outbox import service as outbox
from backend.queue import presence


async def _demonstration(request: Request) -> None:
    if not request.app.state.settings.demo:
        raise service.DemonstrationOnlyError


async def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


ClockDep = Annotated[Clock, Depends(_clock)]

router = APIRouter(
    prefix="/v1/demo", tags=["demonstration"], dependencies=[admits(Kind.OPERATOR), Depends(_demonstration)]
)


@router.get("/customers", response_model=list[DemoCustomerOut])
async def get_customers(session: SessionDep, now: NowDep, district: DistrictDep) -> list[service.NamedCustomer]:
    """The named customers, one for each situation, with what is needed to be them."""
    today = now.astimezone(district.zone).date()
    return await service.named_customers(session, now, today)


@router.get("/clock")
async def get_clock(clock: ClockDep, district: DistrictDep) -> ClockOut:
    """What time it is in the demonstration."""
    return ClockOut(now=clock.now().astimezone(district.zone), real=clock.is_real)


@router.put("/clock")
async def put_clock(change: ClockIn, session: SessionDep, clock: ClockDep, district: DistrictDep) -> ClockOut:
    """Move the demonstration to another time, from which it runs on, or back to the real one."""
    if change.now is None:
        await clock.run_real(session)
    else:
        has_zone = change.now.tzinfo is not None
        await clock.move_to(session, change.now if has_zone else change.now.replace(tzinfo=district.zone))
    await nightly.clock_moved(session, district, clock.now())
    await outbox.clock_moved(session)
    await presence.clock_moved(session, clock.now())
    return ClockOut(now=clock.now().astimezone(district.zone), real=clock.is_real)
