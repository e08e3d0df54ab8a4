"""The sandbox processor, a database, and what work on payments needs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.charges.tools import Tools
from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.settings import Settings
from tests.backend.charges.payer import Payer, enrolled
from tests.backend.conftest import SECRET_KEY
from tests.backend.gateway.world import SandboxWorld, sandbox_world
from tests.backend.living import api, valkey_url

__all__ = ["api", "valkey_url"]

FOLDER = Path(__file__).parents[3] / "district"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""Monday, 10 in the morning in California."""
PATIENCE_SECONDS = 4.0
"""Until a silent processor is given up: long enough for a busy machine, and few tests wait for it."""


class SetClock(Clock):
    """A clock that a test sets by hand."""

    moment = NOW

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SandboxWorld]:
    """A processor with nothing in it, whose webhooks wait to be fetched."""
    async with sandbox_world(tmp_path, PATIENCE_SECONDS) as made:
        yield made


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The application's connections to a database without data."""
    settings = Settings(database_url=database_url, redis_url="redis://unused", secret_key=SECRET_KEY)  # type: ignore[arg-type]
    made = Database.from_settings(settings)
    yield made
    await made.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def tools(database: Database, world: SandboxWorld, district: District, clock: SetClock) -> Tools:
    return Tools(database, world.gateway, district, clock)


@pytest.fixture
async def payer(tools: Tools, world: SandboxWorld) -> Payer:
    """A customer who owes $82.50 and has a card on file that works."""
    return await enrolled(tools, world)
