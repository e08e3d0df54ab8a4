"""A customer who owes, with a card on file, in a text thread, in a chat and on the telephone."""

import pytest

from backend.charges.tools import Tools
from tests.backend.charges.conftest import clock, database, district, payer, tools, valkey_url, world
from tests.backend.charges.payer import Payer
from tests.backend.offers.thread import Thread, begun

__all__ = ["clock", "database", "district", "payer", "tools", "valkey_url", "world"]


@pytest.fixture
async def thread(tools: Tools, payer: Payer) -> Thread:
    """The payer's verified text thread."""
    return await begun(tools, payer.account_id)
