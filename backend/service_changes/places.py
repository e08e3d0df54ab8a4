"""Where service can start: places by their address, whether they are free, and on which cycle they are read."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.service import address
from backend.models.premise import Meter
from backend.service_changes import repository
from backend.service_changes.errors import PremiseNotFoundError, ServiceRefusedError
from backend.service_changes.rules import taken_until


@dataclass(frozen=True, slots=True)
class Place:
    """A premise; `served`: the classes of service that somebody has there from today on."""

    premise_id: UUID
    service_address: str
    zip: str
    served: tuple[str, ...]
    is_exact: bool


async def find_places(session: AsyncSession, typed: str, day: date) -> list[Place]:
    """The places whose address is what was typed, or begins with it; six at most."""
    return [
        Place(
            row["premise_id"],
            address(row["street"], row["unit"], row["city"]),
            row["zip"],
            tuple(row["served"]),
            row["is_exact"],
        )
        for row in await repository.places(session, typed, day)
    ]


async def the_place(session: AsyncSession, typed: str, day: date) -> Place:
    """The one place with this address.

    :raises PremiseNotFoundError: none. :raises ServiceRefusedError: `place_ambiguous`, with the `places`.
    """
    found = await find_places(session, typed, day)
    exact = [place for place in found if place.is_exact]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if not found:
        raise PremiseNotFoundError
    listed = "; ".join(place.service_address for place in found)
    raise ServiceRefusedError("place_ambiguous", f"Several places fit: {listed}. Write the whole one.", places=listed)


async def free_meters(session: AsyncSession, premise_id: UUID, service_class: str, start_on: date) -> list[Meter]:
    """The meters that a new service would have; the place must be free for it from that day on.

    :raises ServiceRefusedError: `not_vacant` (with `until`, or None), `meter_shared`, `no_meter`.
    """
    others = await repository.at_premise(session, premise_id)
    meters = await repository.meters_for(session, premise_id, service_class, start_on)
    same = taken_until(
        start_on, [(one.started_on, one.ended_on) for one in others if one.service_class == service_class]
    )
    if same is not None:
        until = None if same == date.max else same
        detail = f"Somebody has this service there until {until}." if until else "Somebody has this service there."
        raise ServiceRefusedError("not_vacant", f"{detail} Stop that one first, or start later.", until=until)
    rest = [(one.started_on, one.ended_on) for one in others if one.service_class != service_class]
    if taken_until(start_on, rest) is not None and any(meter.service_class is None for meter in meters):
        detail = "The meter there measures another service already. Install one for this class first."
        raise ServiceRefusedError("meter_shared", detail)
    if not meters:
        raise ServiceRefusedError("no_meter", "There is no meter for this service. Install one first.")
    return list(meters)


async def cycle_of(session: AsyncSession, premise_id: UUID) -> int | None:
    """The cycle on which the place was read last; None where nobody was ever served."""
    others = await repository.at_premise(session, premise_id)
    return int(others[0].billing_cycle) if others else None
