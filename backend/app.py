"""The composition root: `create_app` wires everything, the lifespan opens and closes it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import redis.asyncio
import structlog
from fastapi import APIRouter, FastAPI

from backend.access import Tokens
from backend.clock import Clock
from backend.database import Database
from backend.demo import routes as demo
from backend.errors import install_error_handlers
from backend.settings import Settings

log = structlog.get_logger("backend")


def routers() -> list[APIRouter]:
    """Every slice's routes. A new slice is added here."""
    return [demo.router]


def create_app(settings: Settings) -> FastAPI:
    """The API of `settings`. Nothing is opened before the lifespan starts."""
    app = FastAPI(title="Headgate", summary="The account API of a water district", lifespan=_lifespan)
    app.state.settings = settings
    app.state.tokens = Tokens.from_settings(settings)
    app.state.clock = Clock()
    install_error_handlers(app)
    for router in routers():
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        database = Database.from_settings(settings)
        stack.push_async_callback(database.close)
        app.state.database = database
        app.state.redis = redis.asyncio.Redis.from_url(settings.redis_url.get_secret_value())
        stack.push_async_callback(app.state.redis.aclose)
        async with database.transaction() as session:
            await app.state.clock.load(session)
        yield
