"""The text to somebody whose call nobody took. They did not ask for it: quiet hours and a stop hold for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.hand_offs import moves
from backend.outbox import service as outbox
from backend.queue import repository, wording

EVENT = "missed_call"


async def tell(session: AsyncSession, case: Row[Any], phone: str | None, district: District, now: datetime) -> None:
    """Offer to answer by text, once a case. `case` is a call or a case, with its id, number, language, conversation."""
    hand_off_id = getattr(case, "hand_off_id", case.id)
    if phone is None or await repository.row(session, "has_event", {"hand_off_id": hand_off_id, "kind": EVENT}):
        return
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=phone,
        text=wording.missed(case.language, district.settings.name, f"H-{case.number}"),
        language=case.language,
        purpose="missed_call",
        kind="notice",
        now=now,
        conversation_id=case.conversation_id,
    )
    await moves.note(session, hand_off_id, EVENT, now=now)
