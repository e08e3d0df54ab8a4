"""A capture as the console shows it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.captures import repository, rules
from backend.captures.rules import OPEN
from backend.charges import service as charges
from backend.charges.service import ChargeState


@dataclass(frozen=True, slots=True)
class CaptureSeen:
    """A capture as the console shows it. `fields`: each with what may be shown of it, None while it is not in."""

    id: UUID
    status: str
    kind: str
    amount_cents: int
    fee_cents: int
    step: str | None
    problem: str | None
    partial: str
    fields: tuple[tuple[str, str | None], ...]
    charge: ChargeState | None

    @property
    def is_open(self) -> bool:
        """Whether the caller may still key something in."""
        return self.status in OPEN


async def seen(session: AsyncSession, hand_off_id: UUID) -> CaptureSeen | None:
    """The last capture of a case, with how its payment goes."""
    capture = await repository.newest(session, hand_off_id)
    if capture is None:
        return None
    charge = None if capture.charge_id is None else await charges.charge_state(session, capture.charge_id)
    return CaptureSeen(
        id=capture.id,
        status=capture.status,
        kind=capture.kind,
        amount_cents=capture.amount_cents,
        fee_cents=capture.fee_cents,
        step=capture.step,
        problem=capture.problem,
        partial=str(capture.keyed.get("partial", "")),
        fields=tuple((name, capture.keyed.get(name)) for name in rules.FIELDS[capture.kind]),
        charge=charge,
    )
