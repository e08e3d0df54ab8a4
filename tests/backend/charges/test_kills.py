"""SIGKILL at every moment of a charge: whatever dies in between, it is charged, posted and told exactly once."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.district.service import District
from tests.backend.charges.doomed import backend
from tests.backend.charges.path import PaymentPath, payment_path
from tests.backend.charges.payer import until
from tests.backend.conftest import create_database


@pytest.fixture
async def path(
    server_url: str, migrated_template: str, valkey_url: str, tmp_path: Path, district: District
) -> AsyncIterator[PaymentPath]:
    url = create_database(server_url, f"kills_{time.monotonic_ns()}", migrated_template)
    async with payment_path(url, valkey_url, tmp_path, district) as made:
        yield made


async def test_at_every_moment_there_is(path: PaymentPath) -> None:
    """One charge that lives tells how many moments there are; then one dies at each of them, and another goes on."""
    await path.begin()
    with backend(path.values) as living:
        await path.settle()
        moments = living.moments
    await path.check()
    assert moments >= 12
    for moment in range(1, moments + 1):
        await path.begin()
        with backend(path.values, kill_at=moment) as doomed:

            async def over() -> bool:
                return doomed.killed or await path.finished()

            await until(over)
    with backend(path.values):
        await path.settle()
    await path.check()
