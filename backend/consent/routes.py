"""HTTP of customers' words about texts and automatic calls."""

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.consent import service
from backend.consent.rules import Source
from backend.consent.schemas import TextConsentIn, TextConsentOut
from backend.database import SessionDep
from backend.enrolments import service as enrolments
from backend.offers import service as offers

router = APIRouter(prefix="/v1", tags=["messages"])


@router.post("/text-consents", response_model=TextConsentOut, dependencies=[admits(Kind.TELEPHONY)])
async def post_text_consent(body: TextConsentIn, session: SessionDep, now: NowDep) -> Response:
    """Keep what a customer said about texts or automatic calls, once for each message."""
    if body.about == "calls":
        if body.word != "stop":
            return Response(orjson.dumps({"heard": False}), media_type="application/json")
        source: Source = "keys" if body.is_keyword else "words"
        await service.stop_calls(
            session, body.phone, wording=body.wording, source=source, message_id=body.provider_message_id, now=now
        )
        return Response(orjson.dumps({"heard": True}), media_type="application/json")
    heard = await service.hear(
        session,
        body.phone,
        body.word,
        wording=body.wording,
        is_keyword=body.is_keyword,
        message_id=body.provider_message_id,
        now=now,
    )
    if heard and body.word == "stop":
        # A telephone that gets no texts cannot agree to a payment by text either.
        await enrolments.end_of_phone(session, body.phone, now)
        await offers.decline_of_phone(session, body.phone, now)
    return Response(orjson.dumps({"heard": heard}), media_type="application/json")
