"""`/simulator`: a phone and a text thread in the browser."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from telephony.simulator.errors import SimulatorError
from telephony.simulator.settings import Settings
from telephony.simulator.web.session import COOKIE, new_session

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@router.get("/")
async def start() -> Response:
    """To the page."""
    return RedirectResponse("/simulator")


@router.get("/simulator")
async def page(request: Request) -> Response:
    """The page, with the cookie that lets it use the interface. The operator token stays on the server."""
    settings: Settings = request.app.state.settings
    response = FileResponse(STATIC / "simulator.html", media_type="text/html", headers=_HEADERS)
    response.set_cookie(COOKIE, new_session(settings), httponly=True, samesite="strict", path="/")
    return response


@router.get("/simulator/{name}")
async def asset(name: str) -> Response:
    """Scripts and styles of the page."""
    path = STATIC / name
    if path.parent != STATIC or not path.is_file():
        raise SimulatorError(404, "not_found", "The simulator's page is at /simulator")
    return FileResponse(path, media_type=_TYPES.get(path.suffix, "application/octet-stream"), headers=_HEADERS)
