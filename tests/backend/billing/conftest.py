"""A town of this test alone."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from tests.backend.billing.town import Town


@pytest.fixture
def town(engine: AsyncEngine, session: AsyncSession) -> Town:
    return Town(engine, session)
