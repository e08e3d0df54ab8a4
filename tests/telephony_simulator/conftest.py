"""An application and a simulator for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI
from playwright.async_api import Page
from twilio.rest import Client

from telephony.simulator.settings import Settings
from tests.chromium import chromium_url, connected
from tests.telephony_simulator.browser import opened_page
from tests.telephony_simulator.rest_client import client_of
from tests.telephony_simulator.world import (
    ACCOUNT,
    DISTRICT,
    OPERATOR,
    TOKEN,
    Application,
    Simulator,
    free_port,
    running,
    serving,
)

__all__ = ["chromium_url"]


@pytest_asyncio.fixture
async def application() -> AsyncIterator[Application]:
    port = free_port()
    behaviour = Application(f"http://127.0.0.1:{port}")
    app = FastAPI()
    app.add_route("/{path:path}", behaviour.respond, methods=["GET", "POST"])
    app.add_api_websocket_route("/{path:path}", behaviour.talk)
    behaviour.twiml("/twilio/voice/status", "")
    async with serving(app, port):
        yield behaviour


@pytest.fixture
def settings(application: Application, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path,
        demo=True,
        simulator_port=free_port(),
        public_url=application.base,
        backend_url=application.base,
        operator_token=OPERATOR,  # type: ignore[arg-type]
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,  # type: ignore[arg-type]
        twilio_number=DISTRICT,
    )


@pytest_asyncio.fixture
async def simulator(settings: Settings) -> AsyncIterator[Simulator]:
    async with running(settings) as started:
        yield started


@pytest.fixture
def client(simulator: Simulator) -> Client:
    """Twilio's own client; it blocks, so use it off the loop."""
    return client_of(simulator)


@pytest_asyncio.fixture
async def page(application: Application, simulator: Simulator, chromium_url: str) -> AsyncIterator[Page]:
    """The simulator's page, open on the first customer."""
    async with connected(chromium_url) as browser, opened_page(application, simulator, browser) as opened:
        yield opened
