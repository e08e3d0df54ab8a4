"""The card processor's webhooks. Telephony is what the internet reaches, so they come here and are passed on untouched.

Nothing is read, proved or logged here: the backend has the secret, and refuses what is not the processor's.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from telephony.errors import TelephonyError
from telephony.http_json import Refused, Unavailable
from telephony.services import Services, services_of

router = APIRouter(prefix="/payments", include_in_schema=False)

BODY_BYTES_MAX = 524_288
SIGNATURES = ("stripe-signature", "processor-signature")


@router.post("/notifications")
async def take_notification(request: Request, services: Annotated[Services, Depends(services_of)]) -> Response:
    """200 once the backend has it; anything else makes the processor send it again.

    :raises TelephonyError: 403 not the processor's, 413 too long, 503 not now.
    """
    signatures = {name: request.headers[name] for name in SIGNATURES if name in request.headers}
    if not signatures:
        raise TelephonyError(403, "notification_refused", "Sign the notification.")
    body = await _read(request)
    try:
        await services.backend.payment_notification(body, signatures)
    except Refused as refused:
        raise TelephonyError(refused.status, refused.error, "The backend refused this notification.") from None
    except Unavailable:
        raise TelephonyError(503, "backend_unavailable", "Send it again in a moment.") from None
    return Response(b'{"status":"taken"}', media_type="application/json")


async def _read(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES_MAX:
            raise TelephonyError(413, "too_large", "A notification has at most 512 KB.")
    return body
