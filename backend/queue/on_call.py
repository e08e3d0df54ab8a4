"""Those on call for emergencies: rung in turn when the emergency line does not answer, and told by text in the end."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.hand_offs import moves
from backend.outbox import service as outbox
from backend.queue import repository, wording

EVENT = "on_call_told"


def phone_after(district: District, rung: int) -> str | None:
    """Whom to ring after `rung` phones (the emergency line is the first) did not answer; None when there is no more."""
    numbers = district.policy.queue.on_call
    return numbers[rung - 1] if rung <= len(numbers) else None


async def tell(session: AsyncSession, case: Row[Any], caller: str | None, district: District, now: datetime) -> None:
    """Nobody took the emergency call: all who are on call get a text, once a case."""
    if await repository.row(session, "has_event", {"hand_off_id": case.id, "kind": EVENT}):
        return
    for number in district.policy.queue.on_call:
        await outbox.enqueue(
            session,
            channel="sms",
            recipient=number,
            text=wording.emergency_missed(district.settings.name, f"H-{case.number}", caller),
            language="en",
            purpose="on_call",
            kind="safety",
            now=now,
        )
    if district.policy.queue.on_call:
        await moves.note(session, case.id, EVENT, now=now)
