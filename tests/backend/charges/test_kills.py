"""SIGKILL at every moment of a charge, and anywhere on bad days: it is charged, posted and told exactly once."""

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.district.service import District
from tests.backend.charges.chaos import random_runs
from tests.backend.charges.doomed import backend
from tests.backend.charges.path import PaymentPath, payment_path
from tests.backend.charges.payer import until
from tests.backend.conftest import create_database

pytestmark = pytest.mark.long

RANDOM_RUNS = int(os.environ.get("HEADGATE_KILL_RUNS", "8"))
"""More of them on a machine that has the time."""


@pytest.fixture
async def path(
    server_url: str, migrated_template: str, valkey_url: str, tmp_path: Path, district: District
) -> AsyncIterator[PaymentPath]:
    url = create_database(server_url, f"kills_{time.monotonic_ns()}", migrated_template)
    async with payment_path(url, valkey_url, tmp_path, district) as made:
        yield made


@pytest.mark.timeout(900)
async def test_at_every_moment_of_a_charge(path: PaymentPath) -> None:
    """One charge that lives tells how many moments there are; then one dies at each of them, and the next goes on."""
    await path.begin()
    with backend(path.values) as living:
        await path.settle()
        moments = living.moments
    await path.check()
    assert moments >= 12
    for moment in range(1, moments + 1):
        await path.begin()
        with backend(path.values, kill_at=moment) as doomed:
            await until(lambda doomed=doomed: path.over(doomed))  # type: ignore[misc]
    with backend(path.values):
        await path.settle()
    await path.check()


@pytest.mark.timeout(60 + 40 * RANDOM_RUNS)
async def test_anywhere_on_bad_days(path: PaymentPath) -> None:
    toll = await random_runs(path, RANDOM_RUNS, seed=2026)
    with backend(path.values):
        await path.settle()
    await path.check()
    assert toll.charges >= RANDOM_RUNS
    assert toll.deaths > 0, "a run in which nothing died shows nothing"
