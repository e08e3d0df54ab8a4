"""A merchant and a processor for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from processor.settings import Settings
from tests.processor.shop import Merchant, Processor, a_merchant, running, settings_in


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    async with a_merchant() as made:
        yield made


@pytest.fixture
def settings(merchant: Merchant, tmp_path: Path) -> Settings:
    return settings_in(tmp_path, merchant)


@pytest.fixture
async def processor(settings: Settings, merchant: Merchant) -> AsyncIterator[Processor]:
    async with running(settings, merchant) as made:
        yield made
