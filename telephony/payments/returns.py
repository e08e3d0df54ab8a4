"""`GET /payments/paid` and `/payments/saved`: where the processor's page sends whoever is done, or has turned back.

The page knows nothing of them and asks nothing: what became of it comes in the conversation, or as a text.
"""

from typing import Literal

from fastapi import APIRouter, Request, Response

from telephony.messages import Language
from telephony.pages import Words, prefers_spanish, render_page
from telephony.services import services_of

router = APIRouter(prefix="/payments", include_in_schema=False)
WORDS: dict[str, Words] = {
    "paid": {
        "en": (
            "Thank you. You can close this page",
            "If you have paid, your receipt comes where you asked for the link, by text or in the chat, usually within"
            " a minute. If you turned back, nothing was charged. To go on:",
        ),
        "es": (
            "Gracias. Puede cerrar esta página",
            "Si pagó, su recibo llega a donde pidió el enlace, por texto o en el chat, casi siempre en un minuto. Si"
            " regresó sin pagar, no se le cobró nada. Para seguir:",
        ),
    },
    "saved": {
        "en": (
            "Thank you. You can close this page",
            "If you have saved a card or bank account, we tell you where you asked for the link, by text or in the"
            " chat. Then write PAY to pay with it. To go on:",
        ),
        "es": (
            "Gracias. Puede cerrar esta página",
            "Si guardó una tarjeta o cuenta bancaria, le avisamos donde pidió el enlace, por texto o en el chat. Luego"
            " escriba PAGAR para pagar con ella. Para seguir:",
        ),
    },
}
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Content-Language": "en, es",
}


@router.get("/{what}")
async def get_return_page(what: Literal["paid", "saved"], request: Request) -> Response:
    """The same page for everybody, in both languages."""
    services = services_of(request)
    first: Language = "es" if prefers_spanish(request.headers.get("accept-language", "")) else "en"
    html = render_page(WORDS[what], first, services.directory.current, services.settings)
    return Response(html, media_type="text/html; charset=utf-8", headers=_HEADERS)
