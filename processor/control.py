"""The operator's interface: faults, webhooks, settlements, disputes, the clock. Same order in, same outcome out."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from processor.access import operator_only
from processor.cards import METHODS
from processor.errors import ProcessorError, not_found
from processor.shop import Shop, ShopDep
from processor.state.controls import Faults, Webhooks
from processor.state.database import stored

router = APIRouter(prefix="/v1/control", dependencies=[Depends(operator_only)], tags=["operator"])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeliverIn(_Strict):
    """Tell everything that waits, now: so often, in this order, signed as of so many seconds ago."""

    copies: Annotated[int, Field(ge=1, le=10)] | None = None
    newest_first: bool = False
    signed_seconds_ago: Annotated[int, Field(ge=0)] = 0


class SettleIn(_Strict):
    """The bank's answer to a pending debit; `decline`: why not."""

    decline: str | None = None


class DisputeIn(_Strict):
    """Why the customer's bank takes a charge back."""

    reason: str = "fraudulent"


class CloseIn(_Strict):
    """How the bank decides."""

    state: Literal["won", "lost"]


class MethodIn(_Strict):
    """A method of a name in processor/cards.py, saved without a page."""

    name: str
    customer: str | None = None


class ClockIn(_Strict):
    """A moment to make it now, or nothing for the real time."""

    now: AwareDatetime | None = None


def _state(shop: Shop) -> dict[str, Any]:
    till = shop.till
    return {
        "now": stored(till.controls.now()),
        "faults": till.controls.faults.model_dump(),
        "webhooks": till.controls.webhooks.model_dump(),
        "events": till.events.counts(),
    }


@router.get("")
async def state(shop: ShopDep) -> dict[str, Any]:
    """How it is set, and how many events wait."""
    return _state(shop)


@router.put("/faults")
async def set_faults(body: Faults, shop: ShopDep) -> dict[str, Any]:
    """Misbehave like this from now on; what is left out goes back to normal."""
    shop.till.controls.set_faults(body)
    shop.messenger.wake()
    return _state(shop)


@router.put("/webhooks")
async def set_webhooks(body: Webhooks, shop: ShopDep) -> dict[str, Any]:
    """Send notifications like this from now on; what is left out goes back to normal."""
    shop.till.controls.set_webhooks(body)
    return _state(shop)


@router.get("/events")
async def events(shop: ShopDep) -> dict[str, Any]:
    """The latest events as they are sent, oldest first, and whether each was taken."""
    return {"events": shop.till.events.latest()}


@router.post("/webhooks/deliver")
async def deliver(body: DeliverIn, shop: ShopDep) -> dict[str, Any]:
    """Tell everything that waits and come back when it was tried: the statuses that the merchant answered."""
    waiting = shop.till.events.waiting()
    statuses = await shop.messenger.deliver(
        waiting, newest_first=body.newest_first, copies=body.copies, seconds_ago=body.signed_seconds_ago
    )
    return {"events": len(waiting), "statuses": statuses}


@router.post("/charges/{charge_id}/settle")
async def settle(charge_id: str, body: SettleIn, shop: ShopDep) -> dict[str, Any]:
    """The bank answers a pending debit now."""
    charge = shop.till.charges.get(charge_id)
    if charge.state != "pending":
        raise ProcessorError(409, "not_pending", "This charge is not pending.")
    return shop.till.shown(shop.till.settle(charge, body.decline))


@router.post("/charges/{charge_id}/dispute", status_code=201)
async def dispute(charge_id: str, body: DisputeIn, shop: ShopDep) -> dict[str, Any]:
    """The customer's bank takes a charge back."""
    return shop.till.dispute(shop.till.charges.get(charge_id), body.reason)


@router.post("/disputes/{dispute_id}/close")
async def close_dispute(dispute_id: str, body: CloseIn, shop: ShopDep) -> dict[str, Any]:
    """The bank has decided."""
    return shop.till.close_dispute(dispute_id, body.state)


@router.post("/methods", status_code=201)
async def add_method(body: MethodIn, shop: ShopDep) -> dict[str, Any]:
    """Save a method without a page."""
    if body.name not in METHODS:
        raise not_found("method")
    till = shop.till
    if body.customer is not None:
        till.people.require_customer(body.customer)
    now = till.controls.now()
    return till.people.shown(till.people.add_method(METHODS[body.name], body.customer, now), now.date())


@router.put("/clock")
async def set_clock(body: ClockIn, shop: ShopDep) -> dict[str, Any]:
    """Move the processor's time: pages expire and debits settle by it."""
    shop.till.controls.move_clock(body.now)
    shop.till.pass_time()
    return _state(shop)
