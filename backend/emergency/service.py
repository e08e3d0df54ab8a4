"""The switch: one deed tells every channel, stands dunning down, and texts the zone. It ends by itself or by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.campaigns import service as campaigns
from backend.campaigns.rules import Audience
from backend.campaigns.service import Plan
from backend.campaigns.wording import Words
from backend.database import announce
from backend.emergency import repository
from backend.emergency.facts import Active
from backend.emergency.rules import EmergencyKind
from backend.errors import ConflictError, NotFoundError
from backend.models.base import new_id
from backend.staff.permissions import Permission, require

RECENT_MAX = 30
TEXT_LENGTH_MAX = 640


@dataclass(frozen=True, slots=True)
class Switched:
    """What is switched on. No `zones`: the whole district. `texts` has `en` and `es`; no `ends_at`: until by hand."""

    kind: EmergencyKind
    zones: tuple[str, ...]
    texts: dict[str, str]
    reason: str
    no_water: bool = False
    stands_down: bool = True
    ends_at: datetime | None = None
    sends_texts: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of the district, with how many places it has."""

    name: str
    premises: int


class EmergencyRefusedError(ConflictError):
    """409 `emergency_refused`; `reason`: `no_text`, `too_long`, `no_reason`, `in_the_past`, `zone_unknown`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__("emergency_refused", detail, reason=reason)


class EmergencyNotFoundError(NotFoundError):
    """404 `emergency_not_found`."""

    def __init__(self) -> None:
        super().__init__("emergency_not_found", "There is no such emergency.")


async def switch_on(session: AsyncSession, staff: Principal, asked: Switched, *, key: str, now: datetime) -> UUID:
    """Switch it on, once for each key; its id. Texts to the zones leave through the outbox, at any hour, and calls to
    those whom no text reaches.

    :raises EmergencyRefusedError: something is missing or cannot be. :raises ForbiddenError: the role may not.
    """
    staff_id = require(staff, Permission.SWITCH_EMERGENCY)
    before = await repository.by_key(session, key)
    if before is not None:
        return before
    await _check(session, asked, now)
    campaign_id = None
    if asked.sends_texts and asked.kind == "water":
        # The district's name comes first, so that nobody takes it for somebody else's text.
        texts = {language: f"{{district}}: {words.strip()}" for language, words in asked.texts.items()}
        words = Words(texts, {language: words.strip() for language, words in asked.texts.items()})
        plan = Plan(asked.reason, "emergency", Audience(zones=asked.zones), words)
        campaign_id = await campaigns.start_for_emergency(session, staff_id, plan, key=f"emergency:{key}", now=now)
    emergency_id = new_id()
    who_and_when = {"id": emergency_id, "started_by": staff_id, "started_at": now, "idempotency_key": key}
    await repository.add(session, {**_values(asked), **who_and_when, "campaign_id": campaign_id})
    announce(session, "emergency", emergency_id=emergency_id)
    return emergency_id


async def switch_off(session: AsyncSession, staff: Principal, emergency_id: UUID, *, now: datetime) -> None:
    """It is over: nobody is told any more, and what has not gone of its texts never goes. Again, nothing happens.

    :raises EmergencyNotFoundError: there is none. :raises ForbiddenError: the role may not.
    """
    staff_id = require(staff, Permission.SWITCH_EMERGENCY)
    row = await repository.one(session, emergency_id)
    if row is None:
        raise EmergencyNotFoundError
    if row["ended_at"] is None:
        await repository.end(session, emergency_id, staff_id, now)
        if row["campaign_id"] is not None:
            await campaigns.cancel_for_emergency(session, row["campaign_id"], now)
        announce(session, "emergency", emergency_id=emergency_id)


async def recent(session: AsyncSession, staff: Principal) -> list[Active]:
    """The newest emergencies, those that hold among them."""
    require(staff, Permission.SEE_EMERGENCIES)
    return [Active(**{**row, "zones": tuple(row["zones"])}) for row in await repository.recent(session, RECENT_MAX)]


async def zones(session: AsyncSession) -> list[Zone]:
    """The district's zones, as its premises have them."""
    return [Zone(row["zone"], row["premises"]) for row in await repository.all_zones(session)]


async def _check(session: AsyncSession, asked: Switched, now: datetime) -> None:
    if any(not asked.texts.get(language, "").strip() for language in ("en", "es")):
        raise EmergencyRefusedError("no_text", "Write what customers are told, in both languages.")
    if any(len(words) > TEXT_LENGTH_MAX for words in asked.texts.values()):
        raise EmergencyRefusedError("too_long", f"Say it in {TEXT_LENGTH_MAX} characters.")
    if not asked.reason.strip():
        raise EmergencyRefusedError("no_reason", "Say what happened.")
    if asked.ends_at is not None and asked.ends_at <= now:
        raise EmergencyRefusedError("in_the_past", "Choose a time that is still to come.")
    if unknown := set(asked.zones) - {zone.name for zone in await zones(session)}:
        raise EmergencyRefusedError("zone_unknown", f"The district has no zone {sorted(unknown)[0]}.")


def _values(asked: Switched) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "zones": list(asked.zones),
        "text_en": asked.texts["en"].strip(),
        "text_es": asked.texts["es"].strip(),
        "reason": asked.reason.strip(),
        "no_water": asked.no_water and asked.kind == "water",
        "stands_down": asked.stands_down,
        "ends_at": asked.ends_at,
    }
