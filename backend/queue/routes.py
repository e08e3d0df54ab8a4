"""HTTP of the queue, for telephony: callers who wait, phones that are rung, voicemail."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.hand_offs.schemas import HandOffIn
from backend.queue import legs, onward, service, voicemails
from backend.queue.schemas import (
    CallbackIn,
    CallbackOut,
    CallIn,
    CallOut,
    LeftIn,
    LegIn,
    LegOut,
    OnwardOut,
    PieceIn,
    PlaceOut,
    StepIn,
    VoicemailIn,
    VoicemailOut,
    WhisperOut,
)
from backend.queue.standing import StandingsDep

router = APIRouter(prefix="/v1/queue", tags=["queue"], dependencies=[admits(Kind.TELEPHONY)])


@router.post("/calls", status_code=201)
async def post_call(asked: CallIn, session: SessionDep, district: DistrictDep, now: NowDep) -> CallOut:
    """A caller asks for a person. The same call again is where it was."""
    return CallOut(
        **asdict(await service.enter(session, asked.as_hand_off(), district, now, tried=asked.tried, rung=asked.rung))
    )


@router.get("/calls/{call_sid}")
async def get_call(
    call_sid: str, session: SessionDep, standings: StandingsDep, district: DistrictDep, now: NowDep
) -> PlaceOut:
    """Where a caller on the line stands now."""
    return PlaceOut(**asdict(await service.place(session, call_sid, standings, district, now)))


@router.put("/calls/{call_sid}/callback")
async def put_callback(
    call_sid: str, asked: CallbackIn, session: SessionDep, district: DistrictDep, now: NowDep
) -> CallbackOut:
    """Call back instead of holding: the place is kept."""
    first = await service.choose_callback(session, call_sid, asked.phone, district, now)
    return CallbackOut(not_before=first)


@router.put("/calls/{call_sid}/step", status_code=204)
async def put_step(call_sid: str, asked: StepIn, session: SessionDep) -> None:
    """The caller will leave the line for this."""
    await service.leave_for(session, call_sid, asked.step)


@router.post("/calls/{call_sid}/left")
async def post_left(call_sid: str, told: LeftIn, session: SessionDep, district: DistrictDep, now: NowDep) -> OnwardOut:
    """The caller is out of the line, or alone after a person has left: where the call goes on."""
    return OnwardOut(**asdict(await onward.left(session, call_sid, told.result, district, now)))


@router.get("/legs/{leg_id}")
async def get_leg(leg_id: UUID, session: SessionDep, district: DistrictDep, now: NowDep) -> WhisperOut:
    """What the one who picked up hears first."""
    return WhisperOut.model_validate(asdict(await legs.whisper(session, leg_id, district, now)))


@router.put("/legs/{leg_id}")
async def put_leg(leg_id: UUID, told: LegIn, session: SessionDep, district: DistrictDep, now: NowDep) -> LegOut:
    """What became of a phone that was rung; reports come in any order and twice."""
    report = legs.Report(told.state, told.provider_sid, told.failure)
    return LegOut.model_validate(asdict(await legs.report(session, leg_id, report, district, now)))


@router.post("/voicemails", status_code=201)
async def post_voicemail(told: VoicemailIn, session: SessionDep, district: DistrictDep, now: NowDep) -> VoicemailOut:
    """A message was left; the same recording again is the same message."""
    asked = HandOffIn(
        channel="voice",
        thread_key=told.call_sid,
        party=told.party,
        reason="asked_for_person",
        provider_message_id=f"{told.call_sid}:voicemail",
    )
    return VoicemailOut(
        hand_off_id=await voicemails.keep(
            session, asked, district, now, recording_sid=told.recording_sid, seconds=told.seconds
        )
    )


@router.post("/calls/{call_sid}/message", status_code=204)
async def post_piece(call_sid: str, told: PieceIn, session: SessionDep, now: NowDep) -> None:
    """One sentence of the message that a caller leaves; in any order, and twice."""
    await voicemails.hear(
        session, call_sid, told.transcription_sid, told.number, told.text, is_last=told.is_last, now=now
    )
