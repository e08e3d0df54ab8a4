"""Nights over the small demonstration district, with parts so small that each step has several."""

from datetime import date
from pathlib import Path

import pytest

from backend.district.service import District
from backend.settings import Settings
from tests.backend.living import settings_for

FOLDER = Path(__file__).parents[3] / "district"
TODAY = date(2026, 11, 23)
"""The business date of the seeded district."""
PART = 60


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)


@pytest.fixture
def settings(seeded_url: str, tmp_path: Path) -> Settings:
    """Settings over a district of this test alone, with a home of its own."""
    return settings_for(seeded_url, "redis://unused", home=tmp_path, nightly_part_accounts=PART)
