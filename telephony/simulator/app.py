"""`create_app` wires the routes; the lifespan opens the network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from telephony.simulator.errors import install_error_handlers
from telephony.simulator.network import open_network
from telephony.simulator.rest import (
    call_parts,
    call_recordings,
    calls,
    conferences,
    lookups,
    messages,
    numbers,
    participants,
    queues,
    recordings,
    verify,
)
from telephony.simulator.rest.faults import Faults
from telephony.simulator.settings import Settings
from telephony.simulator.web import api, live, operator, page

TWILIO = (
    messages,
    calls,
    call_recordings,
    call_parts,
    conferences,
    participants,
    queues,
    recordings,
    numbers,
    verify,
    lookups,
)
OURS = (api, operator, live, page)


class DemonstrationOnly(RuntimeError):
    """The simulator was started where customers are real."""


def create_app(settings: Settings) -> FastAPI:
    """The simulator of `settings`. Raises DemonstrationOnly unless the demonstration is on."""
    if not settings.demo:
        raise DemonstrationOnly("the simulator runs only in the demonstration: set HEADGATE_DEMO=true")
    app = FastAPI(title="Headgate's telephone simulator", lifespan=_lifespan)
    app.state.settings = settings
    install_error_handlers(app)
    for module in (*TWILIO, *OURS):
        app.include_router(module.router)
    app.add_middleware(Faults)

    @app.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with open_network(app.state.settings) as network:
        app.state.network = network
        yield
