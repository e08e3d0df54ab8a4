"""Nights that are made up later do what they would have done then: nothing is dated before it was decided."""

import asyncio
from datetime import UTC, date, datetime

from sqlalchemy import text

from backend.settings import Settings
from tests.backend.nightly.busy import make_busy
from tests.backend.nightly.test_steps import in_database, make

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (23, 24, 25, 26))
A_MINUTE_TO_MIDNIGHT = datetime(2026, 11, 26, 7, 59, tzinfo=UTC)
"""On Wednesday in California."""
_ISSUED = text(
    "SELECT DISTINCT issued_on, due_date FROM bills WHERE run_id IS NOT NULL AND issued_on >= DATE '2026-11-23'"
)


def test_two_missed_nights_bill_nothing_that_was_approved_after_them(seeded_url: str, settings: Settings) -> None:
    """The update stood still from Monday on; a run was approved on Wednesday; on Thursday all is made up for."""
    asyncio.run(make_busy(seeded_url))
    approved = text("UPDATE billing_runs SET approved_at = :at WHERE status = 'approved'")
    in_database(seeded_url, lambda session: session.execute(approved, {"at": A_MINUTE_TO_MIDNIGHT}))
    assert all("bills" not in make(settings, night) for night in (MONDAY, TUESDAY))
    assert make(settings, WEDNESDAY)["bills"]["bills"] > 0
    issued = in_database(seeded_url, lambda session: session.execute(_ISSUED))
    # The whole 21 days to pay.
    assert issued.all() == [(WEDNESDAY, date(2026, 12, 16))]


def test_what_was_approved_after_midnight_waits_for_the_next_night(seeded_url: str, settings: Settings) -> None:
    asyncio.run(make_busy(seeded_url))
    approved = text("UPDATE billing_runs SET approved_at = :at + interval '1 minute' WHERE status = 'approved'")
    in_database(seeded_url, lambda session: session.execute(approved, {"at": A_MINUTE_TO_MIDNIGHT}))
    assert "bills" not in make(settings, WEDNESDAY)
    assert make(settings, THURSDAY)["bills"]["bills"] > 0
