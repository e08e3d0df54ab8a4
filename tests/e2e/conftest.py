"""Everything running, as a user runs it, in a home of its own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import System, running_system
from tests.e2e.people import People

START_SECONDS_MAX = 900
"""The first start makes the database and may train the model; it belongs to whichever test comes first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever of them is first waits for all of it to start."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(START_SECONDS_MAX))


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    with tempfile.TemporaryDirectory(prefix="headgate-e2e-") as folder, running_system(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def people(system: System) -> Iterator[People]:
    with People(system) as people:
        yield people
