"""A backend that is told to stop: when it says that it has, nothing of it goes on."""

import asyncio

import pytest

from backend.database import Database
from backend.district.service import District
from backend.settings import Settings
from backend.workflows.calls import Calls
from backend.workflows.runner import Workflows
from tests.backend.workflows.test_nights import own_url, settings, until

__all__ = ["own_url", "settings"]


async def test_what_takes_long_to_end_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement on its way is cancelled by a message to the server, which takes as long as it takes."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def run(_: Calls) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(1.0)
            ended.set()

    monkeypatch.setattr(Calls, "run", run)
    database, before = Database.from_settings(settings), asyncio.all_tasks()
    workflows = Workflows(settings, database, District.load(settings.district_dir))
    workflows.start()
    await until(begun.is_set)
    await workflows.stop()
    assert ended.is_set()
    assert asyncio.all_tasks() == before
    await database.close()
