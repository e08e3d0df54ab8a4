"""The living application, with people at work and callers."""

import pytest

from tests.backend.living import (
    Api,
    api,
    database_url,
    seeded_api,
    seeded_url,
    shared_seeded_url,
    shared_url,
    valkey_url,
)
from tests.backend.queue.floor import Floor, StandingClock

__all__ = ["api", "database_url", "seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]


@pytest.fixture
async def floor(api: Api, database_url: str) -> Floor:
    """Nobody is at work yet."""
    api.app.state.clock = StandingClock()
    made = Floor(api, database_url)
    await made.later()
    return made
