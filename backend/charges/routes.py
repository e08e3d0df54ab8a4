"""HTTP of payments: the processor's notifications, as telephony passes them on."""

from fastapi import APIRouter, Request

from backend.access import Kind, admits
from backend.charges import notifications
from backend.charges.schemas import HeardOut
from backend.charges.tools import ToolsDep
from backend.clock import NowDep
from backend.database import DatabaseDep

router = APIRouter(prefix="/v1", tags=["payments"])


@router.post("/payment-notifications", dependencies=[admits(Kind.TELEPHONY)], response_model=HeardOut)
async def post_payment_notification(
    request: Request, tools: ToolsDep, database: DatabaseDep, now: NowDep
) -> notifications.Heard:
    """A webhook of the card processor, byte for byte, with its signature header. 403 when it is not theirs."""
    body = await request.body()
    return await notifications.hear(database, tools.gateway, body, request.headers, now=now)
