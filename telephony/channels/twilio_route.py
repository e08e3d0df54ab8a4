"""The route class of every Twilio webhook: whatever goes wrong inside, Twilio gets TwiML, never a 5xx."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute

from telephony.errors import TelephonyError, place_of
from telephony.phrases import say
from telephony.twilio.recognition import SPEECH_LANGUAGES

log = structlog.get_logger("telephony.twilio")

LAST_RESORT_VOICE = (
    '<?xml version="1.0" encoding="UTF-8"?><Response>'
    f'<Say language="{SPEECH_LANGUAGES["en"]}">{say("trouble", "en")}</Say>'
    f'<Say language="{SPEECH_LANGUAGES["es"]}">{say("trouble", "es")}</Say><Hangup/></Response>'
)
LAST_RESORT_TEXT = (
    '<?xml version="1.0" encoding="UTF-8"?><Response>'
    f"<Message>{say('trouble', 'en')} {say('trouble', 'es')}</Message></Response>"
)


def twiml(document: str) -> Response:
    """A TwiML answer."""
    return Response(document, media_type="text/xml")


class TwilioRoute(APIRoute):
    """Turns a fault of ours into a plain sentence; refusals (403) stay refusals."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the safety net around it."""
        handle = super().get_route_handler()
        last_resort = LAST_RESORT_VOICE if "/voice" in self.path else LAST_RESORT_TEXT

        async def handle_safely(request: Request) -> Response:
            try:
                return await handle(request)
            except TelephonyError:
                raise
            except Exception as problem:
                log.error("webhook_fault", path=self.path, kind=type(problem).__name__, place=place_of(problem))
                return twiml(last_resort)

        return handle_safely
