"""A person prepares a cycle, and prepares it again: the work goes on after the answer."""

import time

import psycopg
import pytest

from backend.access import Role
from tests.backend.billing.test_routes import post, sign_in
from tests.backend.conftest import SEEDED_AT, create_database
from tests.backend.living import living, settings_for
from tests.backend.outbox.test_delivery import ready, until


@pytest.fixture
def own_url(server_url: str, seeded_template: str) -> str:
    return create_database(server_url, f"preparing_{time.monotonic_ns()}", seeded_template)


def drafts(url: str, run_id: str) -> tuple[str, int]:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT status, (SELECT count(*) FROM bill_drafts WHERE run_id = r.id) FROM billing_runs r WHERE id = %s",
            (run_id,),
        ).fetchone()
    assert row is not None
    return row[0], row[1]


async def test_a_run_is_prepared_while_its_asker_does_something_else(own_url: str, valkey_url: str) -> None:
    settings = settings_for(own_url, valkey_url, workflows=True, nightly_part_accounts=10)
    async with living(settings) as api:
        await until(lambda: ready(api))
        await api.clock(SEEDED_AT)
        who = await sign_in(api, Role.LEAD)
        made = await post(api, "/v1/billing-runs", who, {"cycle": 4, "period_end": "2026-11-20"})
        run_id = made.json()["id"]
        await until(lambda: drafts(own_url, run_id) == ("prepared", 31))
        again = await post(api, f"/v1/billing-runs/{run_id}/preparation", who)
        assert again.status_code == 202
        await until(lambda: drafts(own_url, run_id) == ("prepared", 31))
