"""Reads over HTTP: files in and out, lines that wait, single reads."""

import psycopg
import pytest

from backend.access import Role
from backend.reads.routes import FILE_BYTES_MAX
from tests.backend.billing.test_routes import current_run, get, office, post, sign_in, valkey_url
from tests.backend.living import ACTIONS, OPERATOR, Api
from tests.backend.reads.test_parsing import plain

__all__ = ["office", "valkey_url"]


async def upload(api: Api, who: dict[str, str], content: str, name: str = "reads.csv") -> tuple[int, dict[str, object]]:
    answer = await api.client.post("/v1/reads/imports", headers=who, files={"file": (name, content.encode())})
    return answer.status_code, answer.json()


async def test_a_file_is_taken_once_and_its_odd_lines_are_decided(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    content = plain("RS40001,,2026-11-22,5,,", "UNKNOWN,,2026-11-22,7,,")
    status, done = await upload(office, who, content)
    assert (status, done["is_new"], done["set_aside"]) == (200, True, 1)
    status, again = await upload(office, who, content)
    assert (status, again["is_new"], again["import_id"]) == (200, False, done["import_id"])
    (item,) = await get(office, "/v1/reads/items", who)
    assert (item["serial_number"], item["file_name"], item["line"]) == ("UNKNOWN", "reads.csv", 3)
    path = f"/v1/reads/items/{item['id']}/decision"
    answer = await post(office, path, who, {"take": False, "note": "Not ours"})
    assert (answer.status_code, answer.json()["status"]) == (200, "dismissed")
    assert await get(office, "/v1/reads/items", who) == []


async def test_a_wrong_file_is_refused_with_its_lines(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    status, refused = await upload(office, who, plain("RS40001,,2026-02-30,5,,"))
    assert (status, refused["error"]) == (422, "file_refused")
    assert refused["problems"] == [{"line": 2, "field": "read_on", "reason": "is not a day written yyyy-mm-dd"}]
    status, refused = await upload(office, who, "x" * (FILE_BYTES_MAX + 1))
    assert (status, refused["error"]) == (413, "file_too_large")


async def test_a_wrong_read_is_mended_and_its_exception_resolved(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    run = await current_run(office, who)
    page = await get(office, f"/v1/billing-runs/{run['id']}/exceptions?code=NEGATIVE", who)
    (row,) = page["rows"]
    reads = f"/v1/meters/{row['meter_id']}/reads"
    (wrong, before, *_) = await get(office, reads, who)
    value = before["register_value"] + 500
    said = {"read_on": wrong["read_on"], "value": value, "reason": "Read again"}
    after = (await post(office, reads, who, said)).json()
    assert [(one["register_value"], one["entered_by"], one["struck_reason"]) for one in after[:2]] == [
        (value, "A lead", None),
        (wrong["register_value"], None, "Read again"),
    ]
    decision = {"decision": "resolved", "reason": "Read again"}
    answer = await post(office, f"/v1/billing-exceptions/{row['id']}/decision", who, decision)
    assert (answer.status_code, answer.json()["status"]) == (200, "resolved")
    strike = await post(office, f"/v1/reads/{after[0]['id']}/strike", who, {"reason": "It was the meter next door"})
    assert strike.status_code == 204
    future = await post(office, reads, who, {**said, "read_on": "2026-11-24"})
    assert (future.status_code, future.json()["error"]) == (409, "read_in_future")


async def test_a_route_for_the_handheld(office: Api) -> None:
    who = await sign_in(office, Role.CSR)
    routes = await get(office, "/v1/reads/routes", who)
    assert {one["route"] for one in routes} == {"10", "20", "30"}
    assert await get(office, "/v1/reads/routes", OPERATOR) == routes
    first = routes[0]
    path = f"/v1/reads/handheld?cycle={first['cycle']}&route={first['route']}&layout=autoread"
    answer = await office.client.get(path, headers=OPERATOR)
    assert answer.status_code == 200
    assert (int(answer.headers["x-meters"]), {len(line) for line in answer.text.splitlines()}) == (
        first["meters"],
        {155},
    )
    unknown = await office.client.get(f"/v1/reads/handheld?cycle={first['cycle']}&layout=itron", headers=who)
    assert (unknown.status_code, unknown.json()["error"]) == (404, "read_layout_not_found")


async def test_who_may_do_what(office: Api, seeded_url: str) -> None:
    csr = await sign_in(office, Role.CSR)
    with psycopg.connect(seeded_url) as connection:
        meter_id = connection.execute("SELECT id FROM meters LIMIT 1").fetchone()
        read_id = connection.execute("SELECT id FROM meter_reads LIMIT 1").fetchone()
    assert meter_id is not None and read_id is not None
    status, refused = await upload(office, csr, plain("RS40001,,2026-11-22,5,,"))
    assert (status, refused["error"]) == (403, "role_not_allowed")
    for path, body in (
        (f"/v1/meters/{meter_id[0]}/reads", {"read_on": "2026-11-20", "value": 1, "reason": "x"}),
        (f"/v1/reads/{read_id[0]}/strike", {"reason": "x"}),
        (f"/v1/reads/items/{read_id[0]}/decision", {"take": False, "note": "x"}),
    ):
        answer = await post(office, path, csr, body)
        assert (answer.status_code, answer.json()["error"]) == (403, "role_not_allowed"), path
    assert await get(office, f"/v1/meters/{meter_id[0]}/reads", csr)


@pytest.mark.parametrize("path", ["/v1/reads/routes", "/v1/reads/handheld?cycle=1", "/v1/reads/items"])
async def test_nobody_else_is_let_in(office: Api, path: str) -> None:
    for headers in ({}, ACTIONS, {"Authorization": "Bearer nonsense"}):
        assert (await office.client.get(path, headers=headers)).status_code == 401
