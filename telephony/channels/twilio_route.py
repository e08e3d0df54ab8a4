"""The route class of every Twilio webhook: whatever goes wrong inside, Twilio gets TwiML, never a 5xx."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute

from telephony.channels.last_resort import text_fault, voice_fault
from telephony.errors import TelephonyError, place_of

log = structlog.get_logger("telephony.twilio")


def twiml(document: str) -> Response:
    """A TwiML answer."""
    return Response(document, media_type="text/xml")


class TwilioRoute(APIRoute):
    """Turns a fault of ours into a plain sentence and a way to a person; refusals (403, 503) stay refusals."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the safety net around it."""
        handle = super().get_route_handler()
        last_resort = voice_fault if "/voice" in self.path else text_fault

        async def handle_safely(request: Request) -> Response:
            try:
                return await handle(request)
            except TelephonyError:
                raise
            except Exception as problem:
                log.error("webhook_fault", path=self.path, kind=type(problem).__name__, place=place_of(problem))
                return twiml(await last_resort(request))

        return handle_safely
