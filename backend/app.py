"""The composition root: `create_app` wires everything, the lifespan opens and closes it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import redis.asyncio
from fastapi import APIRouter, FastAPI

from backend import health
from backend.access import Tokens
from backend.accounts import routes as accounts
from backend.billing import routes as billing
from backend.captures import routes as captures
from backend.charges import routes as charges
from backend.charges.tools import Tools
from backend.clock import Clock
from backend.consent import routes as consent
from backend.console.app import mount_console, running_console
from backend.conversations import routes as conversations
from backend.database import Database
from backend.demo import routes as demo
from backend.district import routes as district
from backend.district.service import District
from backend.emergency import routes as emergency
from backend.emergency.facts import Notices
from backend.enrolments import routes as enrolments
from backend.errors import install_error_handlers
from backend.events import ConsoleNews
from backend.fees import routes as fees
from backend.gateway.choice import gateway_of
from backend.hand_offs import routes as hand_offs
from backend.identity import routes as identity
from backend.knowledge import routes as knowledge
from backend.knowledge.service import Knowledge
from backend.leaks import routes as leaks
from backend.ledger import routes as ledger
from backend.metrics import MeasureRequests, Metrics
from backend.models import know_every_table
from backend.nightly import routes as nightly
from backend.offers import routes as offers
from backend.openapi import describe
from backend.options import routes as options
from backend.outbox import routes as outbox
from backend.payments import routes as payments
from backend.queue import routes as queue
from backend.queue.standing import Standings
from backend.rates import routes as rates
from backend.rates.service import RateBook
from backend.reads import routes as reads
from backend.reads.layouts import ReadLayouts
from backend.recordings import routes as recordings
from backend.service_changes import routes as service_changes
from backend.settings import Settings
from backend.shutoff import routes as shutoff
from backend.statements import routes as statements
from backend.workflows.runner import Workflows


def routers() -> list[APIRouter]:
    """Every slice's routes: what is asked in every turn first, for they are tried one after the other."""
    return [
        health.router,
        conversations.router,
        offers.router,
        identity.router,
        accounts.router,
        outbox.router,
        queue.router,
        hand_offs.router,
        charges.router,
        knowledge.router,
        district.router,
        emergency.router,
        consent.router,
        enrolments.router,
        options.router,
        statements.router,
        shutoff.router,
        fees.router,
        leaks.router,
        rates.router,
        payments.router,
        ledger.router,
        recordings.router,
        offers.captures,
        captures.router,
        billing.router,
        reads.router,
        service_changes.router,
        nightly.router,
        demo.router,
    ]


def create_app(settings: Settings) -> FastAPI:
    """The API of `settings`. Nothing is opened before the lifespan starts.

    :raises DistrictFileError: the district's files cannot be used; the message names file and line.
    """
    know_every_table()
    app = FastAPI(title="Headgate", summary="The account API of a water district", lifespan=_lifespan, redoc_url=None)
    app.state.settings = settings
    app.state.district = District.load(settings.district_dir)
    app.state.rate_book = RateBook.load(settings.district_dir)
    app.state.read_layouts = ReadLayouts.load(settings.district_dir)
    app.state.knowledge = Knowledge.load(settings.district_dir)
    app.state.tokens = Tokens.from_settings(settings)
    app.state.clock = Clock()
    app.state.notices = Notices()
    app.state.standings = Standings()
    app.state.metrics = Metrics()
    app.state.workflows = None
    app.state.payment_tools = None
    app.add_middleware(MeasureRequests, metrics=app.state.metrics)
    install_error_handlers(app)
    for router in routers():
        app.include_router(router)
    describe(app)
    if settings.console:
        mount_console(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        database = Database.from_settings(settings)
        stack.push_async_callback(database.close)
        app.state.database = database
        app.state.redis = redis.asyncio.Redis.from_url(
            settings.redis_url.get_secret_value(), socket_connect_timeout=2, socket_timeout=5
        )
        stack.push_async_callback(app.state.redis.aclose)
        news = ConsoleNews(app.state.redis)
        stack.push_async_callback(news.close)
        database.listeners.append(news.hear)
        database.listeners.append(app.state.notices.hear)
        async with database.transaction() as session:
            await app.state.clock.load(session)
        gateway = gateway_of(settings, app.state.district.settings.name)
        if gateway is not None:
            stack.push_async_callback(gateway.close)
            app.state.payment_tools = Tools(database, gateway, app.state.district, app.state.clock)
        if settings.workflows:
            app.state.workflows = Workflows(settings, database, app.state.district, app.state.payment_tools)
            app.state.workflows.start()
            stack.push_async_callback(app.state.workflows.stop)
            database.listeners.append(app.state.workflows.hear)
        if settings.console:
            await stack.enter_async_context(running_console(app))
        yield
