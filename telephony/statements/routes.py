"""`GET /statements/{token}`: the customer's statement from the backend, which alone knows whose link it is.

Nobody keeps a copy on the way: no cache, no search engine, no address of it in the next page's referrer.
"""

import re

import structlog
from fastapi import APIRouter, Request, Response

from telephony.http_json import Refused, Unavailable
from telephony.messages import Language
from telephony.pages import prefers_spanish, render_page
from telephony.services import services_of
from telephony.statements.wording import WORDS

log = structlog.get_logger("telephony.statements")

router = APIRouter(include_in_schema=False)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
_FILE_NAMES = {"en": "water-bill.pdf", "es": "factura-de-agua.pdf"}
_PRIVATE = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = {**_PRIVATE, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


@router.api_route("/statements/{token:path}", methods=["GET", "HEAD"])
async def open_statement(token: str, request: Request) -> Response:
    """The PDF; for a link that is wrong or has expired, or while the backend is away, a page that says what to do."""
    if not _TOKEN.fullmatch(token):
        return _page(request, "gone", 404)
    try:
        pdf, language = await services_of(request).backend.statement(token)
    except Refused as problem:
        log.info("statement_link_refused", status=problem.status)
        return _page(request, "gone", 404)
    except Unavailable as problem:
        log.warning("statement_unavailable", reason=problem.reason)
        return _page(request, "away", 503)
    name = _FILE_NAMES.get(language, _FILE_NAMES["en"])
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="{name}"', "Content-Language": language}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _page(request: Request, what: str, status: int) -> Response:
    services = services_of(request)
    first: Language = "es" if prefers_spanish(request.headers.get("accept-language", "")) else "en"
    html = render_page(WORDS[what], first, services.directory.current, services.settings)
    headers = {**_PAGE, "Content-Language": "en, es"} | ({"Retry-After": "60"} if status == 503 else {})
    return Response(html, status, media_type="text/html; charset=utf-8", headers=headers)
