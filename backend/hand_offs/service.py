"""Filing a case: once a conversation, however often it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations.redaction import redact
from backend.conversations.service import ConversationNotFoundError
from backend.database import announce
from backend.district.people import Person
from backend.district.service import District
from backend.hand_offs import people, repository
from backend.hand_offs.rules import shut_off_day
from backend.hand_offs.schemas import HandOffIn
from backend.models.base import new_id

DEFAULT_DEPARTMENT = "customer_service"


@dataclass(frozen=True, slots=True)
class Filed:
    """A case as the customer hears about it. `made` is False when it was added to an open one; `host` was told."""

    row: Row[Any]
    made: bool
    host: Person | None = None


async def hand_off(session: AsyncSession, asked: HandOffIn, district: District, now: datetime) -> Filed:
    """File a case, or add to the open one of the conversation; the assistant goes quiet unless it continues.

    In writing it goes on as well while nobody is there: "water is gushing" at night must not wait for the morning.

    A department that the district does not have becomes customer service.

    :raises ConversationNotFoundError: `conversation_id` is nobody's.
    """
    conversation_id = await _conversation(session, asked, district, now)
    if asked.provider_message_id:
        before = await repository.same_request(session, conversation_id, asked.provider_message_id)
        if before is not None:
            return Filed(before, made=False)
    values = _values(asked, conversation_id, district, now)
    row, made = await _file(session, values)
    nobody_is_there = asked.channel in {"sms", "chat"} and not district.department_open(values["department"], now)
    if not (asked.assistant_continues or nobody_is_there):
        await repository.set_mode(session, conversation_id, "person")
    note = None if made else f"{asked.reason}: {redact(asked.summary).text}"
    await repository.add_event(session, row.id, "created" if made else "added", now=now, staff_id=None, note=note)
    announce(session, "hand_off", hand_off_id=row.id)
    host = await people.expect(session, row, asked.topic, values["details"], district=district, now=now)
    return Filed(row, made, host)


async def _conversation(session: AsyncSession, asked: HandOffIn, district: District, now: datetime) -> UUID:
    if asked.conversation_id is not None:
        return asked.conversation_id
    values = {
        "id": new_id(),
        "channel": asked.channel,
        "thread_key": asked.thread_key,
        "party": asked.party,
        "language": district.settings.language,
        "now": now,
    }
    # Two requests may make the conversation at once; the one that loses finds it at the second look.
    found = await repository.ensure_conversation(session, values) or await repository.ensure_conversation(
        session, values
    )
    if found is None:
        raise ConversationNotFoundError
    return found


def _values(asked: HandOffIn, conversation_id: UUID, district: District, now: datetime) -> dict[str, Any]:
    key = people.asked_for(asked, district)
    person = district.people[key] if key is not None else None
    wanted = person.department if person is not None else asked.department
    known = wanted if wanted in district.departments else DEFAULT_DEPARTMENT
    details = [detail.model_dump() | {"value": redact(detail.value).text} for detail in asked.details]
    urgency: int = getattr(district.policy.priorities, asked.reason)
    return {
        "id": new_id(),
        "conversation_id": conversation_id,
        "department": known,
        "reason": asked.reason,
        "topic": asked.topic,
        "summary": redact(asked.summary).text,
        "provider_message_id": asked.provider_message_id,
        "priority": urgency,
        "assistant_continues": asked.assistant_continues,
        "details": [*details, people.detail_of(person)] if person is not None else details,
        "asked_for": key,
        "shut_off_on": shut_off_day((detail.name, detail.value) for detail in asked.details),
        "now": now,
    }


async def _file(session: AsyncSession, values: dict[str, Any]) -> tuple[Row[Any], bool]:
    try:
        made = await repository.add(session, values)
    except IntegrityError as unknown:
        raise ConversationNotFoundError from unknown
    if made is not None:
        return made, True
    open_one = await repository.add_to_open(session, values)
    if open_one is not None:
        return open_one, False
    # The open case ended between the two statements, so there is room for a new one.
    made = await repository.add(session, values)
    assert made is not None
    return made, True
