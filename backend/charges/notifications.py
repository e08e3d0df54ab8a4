"""What a processor tells us by itself. It may come twice, late and in any order: not to be believed, a reason to ask.

An event is kept once. One about a charge or a page lets the workflow look at once; a refund or a dispute stays open
for whoever handles those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import checkout_repository, event_repository
from backend.database import Database, announce
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import Notification, NotificationKind
from backend.models.base import new_id
from backend.saved_methods.setups import SETUP_PREFIX, look_at_setup_now

_OF_CHARGES = frozenset(
    {NotificationKind.CHARGE_SUCCEEDED, NotificationKind.CHARGE_PENDING, NotificationKind.CHARGE_FAILED}
)
_OF_PAGES = frozenset({NotificationKind.CHECKOUT_COMPLETED, NotificationKind.SETUP_DONE, NotificationKind.PAGE_EXPIRED})
log = structlog.get_logger("backend.charges")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was done with a notification: `kept`, `duplicate` or `ignored`."""

    outcome: str


async def hear(
    database: Database, gateway: PaymentGateway, body: bytes, headers: Mapping[str, str], *, now: datetime
) -> Heard:
    """Take a webhook's raw body; what follows from it is done once it is kept.

    :raises ForgedNotificationError: it is not the processor's, or too old.
    """
    told = gateway.read_notification(body, headers)
    if told is None:
        return Heard("ignored")
    values = {**_values(told), "processor": gateway.name, "received_at": now}
    if told.kind in _OF_CHARGES:
        # One comes for every charge, so it is one statement.
        async with database.single_statement() as session:
            is_new = await _hear_of_charge(session, told, values)
    else:
        async with database.transaction() as session:
            is_new = await _hear_of_others(session, told, values)
    if is_new:
        log.info("processor_told", kind=told.kind.value, event_id=told.event_id)
    return Heard("kept" if is_new else "duplicate")


async def _hear_of_charge(session: AsyncSession, told: Notification, values: dict[str, Any]) -> bool:
    charge_id, succeeded = _uuid(told.reference), told.kind is NotificationKind.CHARGE_SUCCEEDED
    values |= {"handled_at": values["received_at"]}
    heard = await event_repository.hear_of_charge(session, values, charge_id, succeeded=succeeded)
    if heard.is_due:
        announce(session, "charge", charge_id=charge_id)
    return bool(heard.is_new)


async def _hear_of_others(session: AsyncSession, told: Notification, values: dict[str, Any]) -> bool:
    of_page = told.kind in _OF_PAGES
    values |= {"handled_at": values["received_at"] if of_page else None}
    is_new = await event_repository.keep(session, values)
    if is_new and of_page and told.reference:
        await _look_at_page(session, told.reference)
    return is_new


def _values(told: Notification) -> dict[str, Any]:
    charge, refund, dispute = told.charge, told.refund, told.dispute
    values: dict[str, Any] = {
        "id": new_id(),
        "event_id": told.event_id,
        "kind": told.kind.value,
        "reference": told.reference,
        "subject_id": told.page_id,
        "charge_id": None,
        "amount_cents": None,
        "state": None,
        "reason": None,
        "happened_at": told.created_at,
    }
    if charge is not None:
        reason = charge.decline.value if charge.decline else None
        values |= {"subject_id": charge.id, "charge_id": charge.id, "amount_cents": charge.amount_cents}
        values |= {"state": charge.state.value, "reason": reason}
    if refund is not None:
        values |= {"subject_id": refund.id, "charge_id": refund.charge_id, "amount_cents": refund.amount_cents}
        values |= {"state": refund.state.value}
    if dispute is not None:
        values |= {"subject_id": dispute.id, "charge_id": dispute.charge_id, "amount_cents": dispute.amount_cents}
        values |= {"state": dispute.state.value, "reason": dispute.reason}
    return values


def _uuid(reference: str | None) -> UUID | None:
    try:
        return UUID(reference or "")
    except ValueError:
        return None


async def _look_at_page(session: AsyncSession, reference: str) -> None:
    setup_id = _uuid(reference.removeprefix(SETUP_PREFIX)) if reference.startswith(SETUP_PREFIX) else None
    checkout_id = _uuid(reference)
    if setup_id is not None and await look_at_setup_now(session, setup_id):
        announce(session, "setup_page", setup_id=setup_id)
    elif checkout_id is not None and await checkout_repository.change_open(session, checkout_id, {}, timedelta(0)):
        announce(session, "checkout_page", checkout_id=checkout_id)
