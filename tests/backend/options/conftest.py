"""The district as its files say, and what the tests of fees use: staff, bills, payments."""

import pytest

from backend.district.service import District
from tests.backend.fees.conftest import FOLDER


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)
