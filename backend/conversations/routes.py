"""HTTP of turns and messages. Answers are written out directly: these are the hottest calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response
from sqlalchemy import Row

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.conversations import callers, service
from backend.conversations.schemas import (
    ChannelName,
    ConversationOut,
    EndIn,
    EndOut,
    LanguageIn,
    LanguageOut,
    MessagesOut,
    RepliesIn,
    RepliesOut,
    TurnIn,
    TurnOut,
)
from backend.database import DatabaseDep, SessionDep, SingleStatementDep
from backend.district.service import District, DistrictDep
from backend.emergency.facts import NoticesDep

router = APIRouter(prefix="/v1", tags=["conversations"])
_TELEPHONY = [admits(Kind.TELEPHONY)]


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _turn_body(
    row: Row[Any], district: District, now: datetime, notices: Sequence[dict[str, object]] = ()
) -> dict[str, Any]:
    return {
        "turn_id": row.turn_id,
        "conversation_id": row.conversation_id,
        "mode": row.mode,
        "language": row.language,
        "is_new": row.is_new,
        "duplicate": row.duplicate,
        "attempt": row.attempt,
        "text": row.turn_text,
        "refused": row.refused,
        "replies": row.replies,
        "offered": row.offered,
        "verification_level": row.verification_level,
        "calling_number_on_file": row.calling_number_on_file,
        "after_hours": not district.is_open(now),
        "now": now.astimezone(district.zone),
        "notices": list(notices),
    }


@router.post("/turns", status_code=201, response_model=TurnOut, dependencies=_TELEPHONY)
async def post_turn(
    said: TurnIn, database: DatabaseDep, now: NowDep, district: DistrictDep, notices: NoticesDep
) -> Response:
    """Record what a customer said, once for each provider message id; learn what to do about it."""
    # Words are one statement. A bare number may be the last part of a card number, which is several.
    several = service.may_complete_card(said.text)
    async with database.transaction() if several else database.single_statement() as session:
        row = await service.record_turn(session, said, district.settings.language, now)
        told = await notices.for_party(session, now, said.party)
        away = await callers.turned_away(session, said, district, now)
    return _json(_turn_body(row, district, now, told) | {"turned_away": away}, 201 if row.created else 200)


@router.get("/turns/{turn_id}", response_model=TurnOut, dependencies=_TELEPHONY)
async def get_turn(turn_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep) -> Response:
    """A turn and, as soon as there is one, its answer."""
    row = await service.turn(session, turn_id)
    return _json(_turn_body(row, district, now))


@router.put("/turns/{turn_id}/replies", response_model=RepliesOut, dependencies=_TELEPHONY)
async def put_replies(turn_id: UUID, answer: RepliesIn, session: SingleStatementDep, now: NowDep) -> Response:
    """Keep the answer to a turn. The first one stays; a second call gets it back."""
    row = await service.record_replies(session, turn_id, answer, now)
    return _json({"replies": row.replies, "seq": row.seq})


@router.get("/conversations", response_model=ConversationOut, dependencies=_TELEPHONY)
async def get_open_conversation(
    channel: ChannelName, thread_key: Annotated[str, Query(max_length=200)], session: SessionDep
) -> Response:
    """The open conversation of a thread, or 404."""
    row = await service.open_conversation(session, channel, thread_key)
    return _json({"conversation_id": row.id, "mode": row.mode, "language": row.language})


@router.get("/conversations/{conversation_id}/messages", response_model=MessagesOut, dependencies=_TELEPHONY)
async def get_messages(conversation_id: UUID, session: SessionDep, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    """The transcript after message `after`, for a chat that comes back."""
    return _json(await service.messages(session, conversation_id, after))


@router.post("/conversations/{conversation_id}/end", response_model=EndOut, dependencies=_TELEPHONY)
async def end_conversation(conversation_id: UUID, body: EndIn, session: SessionDep, now: NowDep) -> Response:
    """The customer hung up or left."""
    mode = await service.end(session, conversation_id, body.reason, now)
    return _json({"conversation_id": conversation_id, "mode": mode})


@router.put(
    "/conversations/{conversation_id}/language",
    response_model=LanguageOut,
    dependencies=[admits(Kind.ACTIONS, Kind.TELEPHONY)],
)
async def put_language(conversation_id: UUID, body: LanguageIn, session: SessionDep) -> Response:
    """Answer in this language from now on."""
    await service.set_language(session, conversation_id, body.language)
    return _json({"conversation_id": conversation_id, "language": body.language})
