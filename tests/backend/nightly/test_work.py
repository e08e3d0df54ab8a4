"""What a night leaves to people: a list for the staff, from which each item goes with a word on what was done."""

from datetime import date
from typing import Any

import psycopg
import pytest

from backend.access import Role
from tests.backend.living import ACTIONS, OPERATOR, Api, api, shared_url, valkey_url
from tests.backend.options.test_routes import signed_in

__all__ = ["api", "shared_url", "valkey_url"]
NIGHT = date(2026, 11, 23)


@pytest.fixture
def database_url(shared_url: str) -> str:
    """The shared database with what a night has found: a refused file and a broken arrangement."""
    with psycopg.connect(shared_url, autocommit=True) as connection:
        connection.execute("TRUNCATE nightly_runs, nightly_items, nightly_steps, demo_clock")
        connection.execute(
            "INSERT INTO nightly_runs (business_date, part_accounts, started_at) VALUES (%s, 1, now())", [NIGHT]
        )
        for kind in ("file_refused", "arrangement_broken"):
            connection.execute(
                "INSERT INTO nightly_items (id, business_date, kind, cause, detail, status)"
                " VALUES (gen_random_uuid(), %s, %s, %s, '{\"file\": \"a.csv\"}', 'open')",
                [NIGHT, kind, kind],
            )
    return shared_url


async def work(api: Api, headers: dict[str, str]) -> dict[str, Any]:
    answer = await api.client.get("/v1/nightly/work", headers=headers)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


async def test_an_item_stays_until_somebody_says_what_was_done(api: Api) -> None:
    async with signed_in(api, Role.LEAD) as lead:
        listed = await work(api, lead)
        assert [item["kind"] for item in listed["items"]] == ["arrangement_broken", "file_refused"]
        assert listed["counts"]["nightly_items"] == 2 and listed["counts"]["unapplied_receipts"] == 0
        path = f"/v1/nightly/items/{listed['items'][1]['id']}/done"
        for note in ("", "   "):
            refused = await api.client.post(path, json={"note": note}, headers=lead)
            assert (refused.status_code, refused.json()["error"]) == (422, "note_required")
        done = await api.client.post(
            path, json={"note": "The bank sends it again; card 4111 1111 1111 1111"}, headers=lead
        )
        assert done.status_code == 204
        again = await api.client.post(path, json={"note": "Twice"}, headers=lead)
        assert (again.status_code, again.json()["error"]) == (409, "item_done")
        assert [item["kind"] for item in (await work(api, lead))["items"]] == ["arrangement_broken"]


async def test_what_was_done_is_kept_without_numbers_that_must_not_be(api: Api, database_url: str) -> None:
    async with signed_in(api, Role.CSR) as person:
        item = (await work(api, person))["items"][0]
        path = f"/v1/nightly/items/{item['id']}/done"
        await api.client.post(path, json={"note": "Paid with 4111 1111 1111 1111"}, headers=person)
    with psycopg.connect(database_url) as connection:
        query = "SELECT note, decided_by IS NOT NULL, status FROM nightly_items WHERE id = %s"
        note, decided, status = connection.execute(query, [item["id"]]).fetchone() or ("", False, "")
    assert "4111" not in note and note.startswith("Paid with") and (decided, status) == (True, "done")


async def test_it_is_for_the_staff(api: Api) -> None:
    for headers in ({}, ACTIONS, OPERATOR):
        assert (await api.client.get("/v1/nightly/work", headers=headers)).status_code == 401
    async with signed_in(api, Role.LEAD) as lead:
        path = "/v1/nightly/items/00000000-0000-0000-0000-000000000000/done"
        missing = await api.client.post(path, json={"note": "Done"}, headers=lead)
    assert (missing.status_code, missing.json()["error"]) == (404, "item_not_found")
