"""The application: routes, error format, and services made in its lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from telephony import health
from telephony.channels import keys, relay, sms, voice
from telephony.errors import install_error_handlers
from telephony.notices import routes as notices
from telephony.outbound import calls as outbound_calls
from telephony.outbound import routes as outbound
from telephony.payments import assisted, notifications, returns
from telephony.people import legs, line, recordings, voicemail
from telephony.people import routes as people
from telephony.services import open_services
from telephony.settings import Settings, settings_from_environment
from telephony.statements import routes as statements
from telephony.webchat import routes as webchat


def create_app(settings: Settings | None = None) -> FastAPI:
    """The telephony application; nothing is opened before its lifespan begins."""
    chosen = settings or settings_from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(chosen) as services:
            app.state.services = services
            yield

    app = FastAPI(title="Headgate telephony", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    install_error_handlers(app)
    routers = (
        voice.router, keys.router, relay.router, sms.router, outbound.router, webchat.router, notifications.router,
        returns.router, statements.router, health.router, people.router, line.router, legs.router, voicemail.router,
        outbound_calls.router, notices.router, assisted.router, recordings.hooks, recordings.sounds,
    )  # fmt: skip
    for router in routers:
        app.include_router(router)
    return app
