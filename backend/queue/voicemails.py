"""Messages that callers leave: into the case, with what was said once it is written down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import service as conversations
from backend.district.service import District
from backend.errors import NotFoundError
from backend.hand_offs import moves
from backend.hand_offs import service as hand_offs
from backend.hand_offs.schemas import HandOffIn
from backend.models.base import new_id
from backend.queue import repository

_NOTED = {"en": "Voicemail, {seconds} seconds.", "es": "Mensaje de voz, {seconds} segundos."}


class VoicemailNotFoundError(NotFoundError):
    """404 `voicemail_not_found`."""

    def __init__(self) -> None:
        super().__init__("voicemail_not_found", "There is no such message.")


async def keep(
    session: AsyncSession, asked: HandOffIn, district: District, now: datetime, *, recording_sid: str, seconds: int
) -> UUID:
    """A message was left: it belongs to the caller's open case, or makes one. The same recording again is the same.

    :return: the case.
    """
    found = await repository.row(session, "open_case", {"call_sid": asked.thread_key})
    if found is None:
        found = (await hand_offs.hand_off(session, asked, district, now)).row
    case: UUID = found.id
    values = {"id": new_id(), "hand_off_id": case, "recording_sid": recording_sid, "seconds": seconds, "now": now}
    if await repository.row(session, "keep_voicemail", values) is not None:
        await moves.put_back(session, case, "voicemail", now)
        await _say(session, case, _NOTED[district.settings.language].format(seconds=seconds), now)
    return case


async def transcribe(session: AsyncSession, recording_sid: str, words: str, now: datetime) -> None:
    """What the message says, masked like everything that customers say; empty: it could not be understood.

    :raises VoicemailNotFoundError: no such recording.
    """
    kept = conversations.masked(words)
    values = {"recording_sid": recording_sid, "words": kept}
    done = await repository.row(session, "transcribe", values)
    if done is None and await repository.row(session, "voicemail", values) is None:
        raise VoicemailNotFoundError
    if done is not None and kept:
        await _say(session, done.hand_off_id, kept, now)


async def _say(session: AsyncSession, case: UUID, words: str, now: datetime) -> None:
    row = await repository.row(session, "conversation_of", {"hand_off_id": case})
    assert row is not None
    await conversations.say(session, row.conversation_id, "customer", words, now=now)
    await moves.note(session, case, "voicemail_written", now=now)
