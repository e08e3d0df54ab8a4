"""The console as an application of its own under `/console`, so that its middleware never meets the API.

NiceGUI is one per process, and so is this application: `mount_console` hangs it into a backend,
`running_console` gives it that backend's connections for as long as the backend runs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from nicegui import app as pages
from nicegui import ui
from starlette.datastructures import State

from backend.console import (
    account_page,
    accounts_page,
    billing_page,
    billing_run_page,
    campaign_page,
    campaigns_page,
    desk_page,
    drawer_page,
    emergency_page,
    entrance,
    files_page,
    nightly_page,
    papers,
    reception_page,
    requests_page,
    returns_page,
    unapplied_page,
)
from backend.console.errands import Errands
from backend.console.live import Live
from backend.console.money import upload
from backend.console.seat import SignedOutError
from backend.console.surroundings import PREFIX, DatabaseAwayError, Surroundings
from backend.errors import HeadgateError
from backend.settings import Settings

STATIC = Path(__file__).parent / "static"
PAGES = (
    desk_page,
    reception_page,
    accounts_page,
    account_page,
    billing_page,
    billing_run_page,
    drawer_page,
    unapplied_page,
    files_page,
    returns_page,
    requests_page,
    nightly_page,
    campaigns_page,
    campaign_page,
    emergency_page,
)


@cache
def console_app() -> FastAPI:
    """The console, made once a process."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(entrance.router)
    app.include_router(papers.router)
    app.include_router(upload.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for either in (app, pages):
        either.add_exception_handler(DatabaseAwayError, entrance.database_away)
        either.add_exception_handler(404, _not_found)
    app.add_exception_handler(HeadgateError, _refused)
    app.add_exception_handler(SignedOutError, papers.signed_out)
    for each in PAGES:
        each.register()
    ui.run_with(
        app,
        title="Headgate",
        favicon=STATIC / "mark.svg",
        tailwind=False,
        binding_refresh_interval=None,
        reconnect_timeout=20.0,
        show_welcome_message=False,
    )
    return app


def mount_console(backend: FastAPI) -> None:
    """Serve the console under `/console` of `backend`."""
    backend.mount(PREFIX, console_app(), name="console")


@asynccontextmanager
async def running_console(backend: FastAPI) -> AsyncIterator[None]:
    """Open the console on the connections of `backend`; close it at the end."""
    app, around = console_app(), _surroundings(backend.state)
    app.state.surroundings = pages.state.surroundings = around
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        listening = asyncio.create_task(around.live.listen(around.redis))
        stack.push_async_callback(_stop, listening)
        stack.push_async_callback(around.errands.stop)
        yield


def _surroundings(state: State) -> Surroundings:
    settings: Settings = state.settings
    return Surroundings(
        database=state.database,
        redis=state.redis,
        clock=state.clock,
        live=Live(),
        demo=settings.demo,
        is_https=settings.public_url.startswith("https://"),
        district=state.district,
        book=state.rate_book,
        settings=settings,
        errands=Errands(),
    )


async def _stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _not_found(request: Request, problem: Exception) -> Response:
    return entrance.page(request, "not_found.html", 404)


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HeadgateError)
    return Response(problem.detail, problem.status, media_type="text/plain; charset=utf-8")
