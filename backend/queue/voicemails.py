"""Messages that callers leave: into the case, with what was said once it is written down."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import service as conversations
from backend.district.service import District
from backend.hand_offs import moves
from backend.hand_offs import service as hand_offs
from backend.hand_offs.schemas import HandOffIn
from backend.models.base import new_id
from backend.queue import repository

_NOTED = {"en": "Voicemail, {seconds} seconds.", "es": "Mensaje de voz, {seconds} segundos."}


LATE_AFTER = timedelta(minutes=1)
"""What of a message has not been heard by then is taken as lost, and the rest is written down without it."""
FORGOTTEN_AFTER = timedelta(days=1)
"""Sentences of a message that was too short to be kept."""


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
    values = {
        "id": new_id(),
        "hand_off_id": case,
        "recording_sid": recording_sid,
        "seconds": seconds,
        "call_sid": asked.thread_key,
        "now": now,
    }
    if await repository.row(session, "keep_voicemail", values) is not None:
        await moves.put_back(session, case, "voicemail", now)
        await _say(session, case, _NOTED[district.settings.language].format(seconds=seconds), now)
        await write_down(session, now)
    return case


async def hear(
    session: AsyncSession,
    call_sid: str,
    transcription_sid: str,
    number: int,
    words: str,
    *,
    is_last: bool,
    now: datetime,
) -> None:
    """One sentence of a message, masked like everything that customers say, in whatever order and however often.

    The message may not be on record yet: the sentences wait for it.
    """
    values = {
        "transcription_sid": transcription_sid,
        "number": number,
        "call_sid": call_sid,
        "words": conversations.masked(words),
        "is_last": is_last,
        "now": now,
    }
    if await repository.row(session, "keep_piece", values) is not None:
        await write_down(session, now)


async def write_down(session: AsyncSession, now: datetime) -> None:
    """Put what messages say into their cases, as soon as all of it is there, once."""
    written = await repository.rows(session, "write_down", {"late": now - LATE_AFTER})
    for done in written:
        if done.transcript:
            await _say(session, done.hand_off_id, conversations.masked(done.transcript), now)
    if written:
        values = {"written": [done.call_sid for done in written], "old": now - FORGOTTEN_AFTER}
        await repository.run(session, "forget_pieces", values)


async def _say(session: AsyncSession, case: UUID, words: str, now: datetime) -> None:
    row = await repository.row(session, "conversation_of", {"hand_off_id": case})
    assert row is not None
    await conversations.say(session, row.conversation_id, "customer", words, now=now)
    await moves.note(session, case, "voicemail_written", now=now)
