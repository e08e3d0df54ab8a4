"""Sign-in, sign-out, the password and the language: plain HTML forms, so that cookies can be set."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates

from backend.console.surroundings import (
    LANGUAGE_COOKIE,
    PREFIX,
    SESSION_COOKIE,
    DatabaseAwayError,
    Surroundings,
    language_of,
    own_path,
)
from backend.console.words import LANGUAGES
from backend.errors import ForbiddenError
from backend.staff import service
from backend.staff.permissions import SignedIn
from backend.staff.rules import ABSOLUTE
from backend.staff.service import PasswordRefused, SignInAccepted, SignInRefused

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(Path(__file__).parent / "templates")
_YEAR_SECONDS = 365 * 24 * 3600

Text = Annotated[str, Form()]


def from_this_site(request: Request) -> None:
    """A form of another site must not act here, not even to sign somebody in.

    :raises ForbiddenError: the browser says that the form came from elsewhere.
    """
    fetched_from = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    elsewhere = fetched_from is not None and fetched_from not in ("same-origin", "none")
    if elsewhere or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise ForbiddenError("cross_site", "Open the console's own page and send the form from there.")


_OWN_FORM = [Depends(from_this_site)]


def _around(request: Request) -> Surroundings:
    around: Surroundings = request.app.state.surroundings
    return around


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """One of the plain pages, in the reader's language."""
    around, language = _around(request), language_of(request)
    context = {
        "t": around.wording(language),
        "language": language,
        "languages": LANGUAGES,
        "wording": around.wording,
        "prefix": PREFIX,
        "here": own_path(request.url.path),
        "demo": around.demo,
        "district": around.district_name,
        **values,
    }
    headers = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
    return _templates.TemplateResponse(request, template, context, status, headers)


def trouble_page(request: Request) -> Response:
    """The database is away: a plain page that reloads itself."""
    return page(request, "trouble.html", 503)


async def signed_in(request: Request) -> SignedIn | None:
    """Who asks for this page.

    :raises DatabaseAwayError: nobody can be looked up just now.
    """
    around = _around(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    async with around.transaction() as session:
        return await service.authenticate(session, token, around.real_now())


def to_sign_in(request: Request) -> Response:
    """Send the browser to sign in, and back here afterwards."""
    over = "&over=1" if SESSION_COOKIE in request.cookies else ""
    return RedirectResponse(f"{PREFIX}/sign-in?next={quote(own_path(request.url.path))}{over}", 303)


@router.get("/sign-in")
async def show_sign_in(request: Request, next: str = "", over: bool = False, out: bool = False) -> Response:
    note = "session_over" if over else "signed_out" if out else None
    return page(request, "sign_in.html", next=own_path(next), note=note, user_name="")


@router.post("/sign-in", dependencies=_OWN_FORM)
async def sign_in(request: Request, user_name: Text = "", password: Text = "", next: Text = "") -> Response:
    around = _around(request)
    address = request.client.host if request.client else "unknown"
    async with around.transaction() as session:
        name = user_name.replace("\x00", "")
        answer = await service.sign_in(session, name, password, address, around.real_now())
    if isinstance(answer, SignInRefused):
        t = around.wording(language_of(request))
        wait = answer.wait_seconds
        problem = t("sign_in_wait", wait=t.pause(wait)) if wait else t("sign_in_failed")
        status = 429 if wait else 401
        return page(request, "sign_in.html", status, next=own_path(next), problem=problem, user_name=user_name)
    assert isinstance(answer, SignInAccepted)
    response = RedirectResponse(own_path(next), 303)
    response.set_cookie(
        SESSION_COOKIE,
        answer.token,
        max_age=int(ABSOLUTE.total_seconds()),
        path=PREFIX,
        secure=around.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


def _signed_out() -> Response:
    response = RedirectResponse(f"{PREFIX}/sign-in?out=1", 303)
    response.delete_cookie(SESSION_COOKIE, path=PREFIX, httponly=True, samesite="lax")
    return response


@router.post("/sign-out", dependencies=_OWN_FORM)
async def sign_out(request: Request) -> Response:
    async with _around(request).transaction() as session:
        await service.sign_out(session, request.cookies.get(SESSION_COOKIE, ""))
    return _signed_out()


@router.post("/sign-out-everywhere", dependencies=_OWN_FORM)
async def sign_out_everywhere(request: Request) -> Response:
    staff = await signed_in(request)
    if staff is not None:
        async with _around(request).transaction() as session:
            await service.sign_out_everywhere(session, staff, staff.id)
    return _signed_out()


@router.get("/password")
async def show_password(request: Request) -> Response:
    staff = await signed_in(request)
    return page(request, "password.html", staff=staff) if staff else to_sign_in(request)


@router.post("/password", dependencies=_OWN_FORM)
async def change_password(request: Request, current: Text = "", new: Text = "", repeated: Text = "") -> Response:
    staff = await signed_in(request)
    if staff is None:
        return to_sign_in(request)
    problem = "password_different" if new != repeated else await _change(request, staff, current, new)
    if problem is None:
        return page(request, "password.html", staff=staff, note="password_changed")
    return page(request, "password.html", 400, staff=staff, problem=problem)


async def _change(request: Request, staff: SignedIn, current: str, new: str) -> str | None:
    """The key of what is wrong, or None when the password is changed."""
    around = _around(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    async with around.transaction() as session:
        refused = await service.change_password(session, staff, token, current=current, new=new, now=around.real_now())
    if isinstance(refused, PasswordRefused):
        return "password_wrong" if refused.flaw is None else f"flaw_{refused.flaw}"
    return None


@router.get("/language/{language}")
async def choose_language(request: Request, language: str, next: str = "") -> Response:
    """A reading preference, harmless to set from anywhere; kept for a year."""
    response = RedirectResponse(own_path(next), 303)
    if language in LANGUAGES:
        secure = _around(request).is_https
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, path=PREFIX, secure=secure, samesite="lax"
        )
    return response


async def database_away(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, DatabaseAwayError)
    return trouble_page(request)
