"""Everything running, as a user runs it, in a home of its own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.system import System, running_system
from tests.e2e.people import People

# The first start makes the database and may train the model.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    with tempfile.TemporaryDirectory(prefix="headgate-e2e-") as folder, running_system(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def people(system: System) -> Iterator[People]:
    with People(system) as people:
        yield people
