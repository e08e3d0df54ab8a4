"""`create_app` wires the routes; the lifespan opens the shop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

from processor import api, connector, control
from processor.errors import ProcessorError, install_error_handlers
from processor.hosted import routes as hosted
from processor.settings import Settings
from processor.shop import Shop, open_shop

ALWAYS_UP = ("/v1/control", "/healthz", "/readyz")


class DemonstrationOnly(RuntimeError):
    """The processor was started where money is real."""


def create_app(settings: Settings) -> FastAPI:
    """The processor of `settings`. Raises DemonstrationOnly unless the demonstration is on."""
    if not settings.demo:
        raise DemonstrationOnly("the sandbox processor runs only in the demonstration: set HEADGATE_DEMO=true")
    app = FastAPI(title="Headgate's sandbox card processor", lifespan=_lifespan)
    app.state.settings = settings
    install_error_handlers(app)
    for module in (api, connector, control, hosted):
        app.include_router(module.router)
    app.add_middleware(PlaysDead, state=app.state)

    @app.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


class PlaysDead:
    """Pure ASGI: while the operator wants the processor down, everything but the operator's interface is 503."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and not scope["path"].startswith(ALWAYS_UP):
            shop: Shop = self._state.shop
            if shop.till.controls.faults.is_down:
                down = ProcessorError(503, "down", "The processor is down, as the operator wanted.")
                await JSONResponse(down.body, 503)(scope, receive, send)
                return
        await self._app(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with open_shop(app.state.settings) as shop:
        app.state.shop = shop
        yield
