"""The page people work on: queue left, case right, renewed by news. Registered at `/` and `/cases/{id}`."""

import copy
from uuid import UUID

import structlog
from fastapi import Request, Response
from nicegui import Client, background_tasks, ui

from backend.console import desk, entrance
from backend.console.shell import Shell
from backend.console.surroundings import PREFIX, SESSION_COOKIE, DatabaseAwayError, Surroundings, language_of
from backend.console.workplace import Workplace
from backend.staff.permissions import SignedIn

log = structlog.get_logger("backend.console")
BUILD_SECONDS = 12.0


def register() -> None:
    """Put the pages on NiceGUI's router; once a process."""
    ui.page("/", response_timeout=BUILD_SECONDS)(show_queue)
    ui.page("/cases/{case_id:uuid}", response_timeout=BUILD_SECONDS)(show_case)


async def show_queue(request: Request, client: Client) -> Response | None:
    return await _show(request, client, None)


async def show_case(request: Request, client: Client, case_id: UUID) -> Response | None:
    return await _show(request, client, case_id)


async def _show(request: Request, client: Client, case_id: UUID | None) -> Response | None:
    around: Surroundings = request.app.state.surroundings
    try:
        staff = await entrance.signed_in(request)
        if staff is None:
            return entrance.to_sign_in(request)
        place = _lay_out(request, client, around, staff)
        await place.open_first(case_id)
    except DatabaseAwayError:
        return entrance.trouble_page(request)
    background_tasks.create(_keep_up(client, place), name="console page")
    return None


def _lay_out(request: Request, client: Client, around: Surroundings, staff: SignedIn) -> Workplace:
    language = language_of(request)
    client.page = copy.copy(client.page)  # NiceGUI keeps one page object a route; the language is each reader's own
    client.page.language = "es" if language == "es" else "en-US"
    # Quasar's layout would wrap everything in <main>; this page brings landmarks of its own.
    for wrapper in (client.layout, client.page_container, *client.page_container.default_slot.children):
        wrapper.tag = "div"
    ui.add_head_html(
        f'<link rel="stylesheet" href="{PREFIX}/static/console.css"><script src="{PREFIX}/static/console.js"></script>'
    )
    t = around.wording(language)
    shell = Shell(t, around, staff, request.url.path)
    token = request.cookies[SESSION_COOKIE]
    return Workplace(desk.Desk(around, token, staff, language), t, shell, client)


async def _keep_up(client: Client, place: Workplace) -> None:
    """Renew the page at every piece of news, until its browser is gone for good."""
    try:
        await client.connected(timeout=60)
        with client:
            await place.keep_up()
    except TimeoutError:
        client.delete()
    finally:
        await place.gone()
