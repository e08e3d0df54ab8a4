"""HTTP of what holds now, for whoever is in a conversation."""

from typing import Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SingleStatementDep
from backend.district.schemas import InTwoLanguages
from backend.emergency.facts import NoticesDep

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}", tags=["conversations"], dependencies=[admits(Kind.ACTIONS)]
)


class HoldingOut(BaseModel):
    """What customers are told now; `no_water`: it is away there."""

    id: UUID
    kind: Literal["water", "billing_down"]
    text: InTwoLanguages
    no_water: bool


class NoticesOut(BaseModel):
    """What holds where whoever is in the conversation has water, the oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "notices": [
                        {
                            "id": "0192f0c1-8a70-7000-8000-00000000d1f1",
                            "kind": "water",
                            "text": {"en": "A main broke in Mesa.", "es": "Se rompió una tubería en Mesa."},
                            "no_water": True,
                        }
                    ]
                }
            ]
        }
    )

    notices: list[HoldingOut]


@router.get("/notices", response_model=NoticesOut)
async def get_notices(conversation_id: UUID, session: SingleStatementDep, now: NowDep, notices: NoticesDep) -> Response:
    """What holds now where they have water; everywhere, for somebody of whom no place is known."""
    found = await notices.for_conversation(session, now, conversation_id)
    told = [{**one.notice, "no_water": one.no_water} for one in found]
    return Response(orjson.dumps({"notices": told}), media_type="application/json")
