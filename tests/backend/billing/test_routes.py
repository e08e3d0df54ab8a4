"""Billing over HTTP, as the staff work through a cycle of the demonstration district."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from backend.access import Role
from backend.billing import service
from tests.backend.billing.town import NOW, TARIFF, TODAY
from tests.backend.callers import sign_in
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import ACTIONS, Api, living, settings_for, valkey_url

__all__ = ["valkey_url"]


@pytest.fixture
async def office(seeded_url: str, valkey_url: str) -> AsyncIterator[Api]:
    """The application over a demonstration district of this test alone, whose current cycle is prepared."""
    async with living(settings_for(seeded_url, valkey_url)) as api:
        await api.clock(SEEDED_AT)
        async with api.app.state.database.transaction() as session:
            (due,) = await service.due_cycles(session, TARIFF, TODAY)
        await service.prepare_run(api.app.state.database, TARIFF, cycle=due.cycle, period_end=due.period_end, now=NOW)
        yield api


async def get(api: Api, path: str, who: dict[str, str]) -> Any:
    answer = await api.client.get(path, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(api: Api, path: str, who: dict[str, str], body: Any = None) -> Any:
    return await api.client.post(path, headers=who, json=body)


async def current_run(api: Api, who: dict[str, str]) -> dict[str, Any]:
    """The run that is prepared."""
    runs = await get(api, "/v1/billing-runs", who)
    found: dict[str, Any] = next(run for run in runs if run["status"] == "prepared")
    return found


async def test_a_cycle_from_its_exceptions_to_its_approval(office: Api) -> None:
    clerk, supervisor = await sign_in(office, Role.LEAD), await sign_in(office, Role.SUPERVISOR)
    run = await current_run(office, clerk)
    path = f"/v1/billing-runs/{run['id']}"
    assert (run["cycle"], run["open_exceptions"]) == (4, 9)
    report = await get(office, path, clerk)
    assert report["ties"] is True
    assert report["amount_cents"] == sum(one["amount_cents"] for one in report["by_class"])
    refused = await post(office, f"{path}/approval", supervisor)
    assert (refused.status_code, refused.json()["error"], refused.json()["open"]) == (409, "open_exceptions", 9)
    page = await get(office, f"{path}/exceptions?status=open", clerk)
    assert page["total"] == 9
    for row in page["rows"]:
        decision = "held" if row["code"] == "HOLD" else "released"
        said = {"decision": decision, "reason": "Looked at it"}
        answer = await post(office, f"/v1/billing-exceptions/{row['id']}/decision", clerk, said)
        assert answer.json()["status"] == decision
    own = await post(office, f"{path}/approval", clerk)
    assert (own.status_code, own.json()["error"]) == (409, "same_person")
    approved = await post(office, f"{path}/approval", supervisor)
    assert approved.json()["run"]["approved_by"] == "A supervisor"
    assert approved.json()["counts"]["held"] == 1
    late = {"decision": "held", "reason": "Too late"}
    answer = await post(office, f"/v1/billing-exceptions/{page['rows'][0]['id']}/decision", clerk, late)
    assert (answer.status_code, answer.json()["error"], answer.json()["run_status"]) == (
        409,
        "wrong_run_status",
        "approved",
    )


async def test_the_report_as_files(office: Api) -> None:
    who = await sign_in(office, Role.CSR)
    run = await current_run(office, who)
    for name, rows in (("register", run["drafts"] + 1), ("exceptions", 9)):
        answer = await office.client.get(f"/v1/billing-runs/{run['id']}/{name}.csv", headers=who)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert f'filename="{name}-{run["id"]}.csv"' in answer.headers["content-disposition"]
        assert len(list(csv.DictReader(io.StringIO(answer.text)))) == rows


async def test_the_register_by_pages_and_an_account_in_it(office: Api) -> None:
    who = await sign_in(office, Role.CSR)
    path = f"/v1/billing-runs/{(await current_run(office, who))['id']}"
    first = await get(office, f"{path}/register?count=20", who)
    rest = await get(office, f"{path}/register?after={first[-1]['account_id']}", who)
    assert (len(first), len(rest)) == (20, 11)
    shown = await get(office, f"{path}/accounts/{first[0]['account_id']}", who)
    assert shown["draft"]["amount_cents"] == first[0]["amount_cents"]
    assert len(shown["past_bills"]) == 13


async def test_who_may_do_what(office: Api) -> None:
    csr = await sign_in(office, Role.CSR)
    run = await current_run(office, csr)
    path = f"/v1/billing-runs/{run['id']}"
    (row, *_) = (await get(office, f"{path}/exceptions", csr))["rows"]
    said = {"decision": "released", "reason": "Looked at it"}
    for url, body in (
        (f"/v1/billing-exceptions/{row['id']}/decision", said),
        (f"{path}/approval", None),
        (f"{path}/preparation", None),
        (f"/v1/accounts/{row['account_id']}/final-bill", {}),
        (f"/v1/bills/{uuid4()}/cancellation", {"reason": "Misread"}),
        (f"/v1/bills/{uuid4()}/rebill", {}),
    ):
        answer = await post(office, url, csr, body)
        assert (answer.status_code, answer.json()["error"]) == (403, "role_not_allowed"), url
    assert (await office.client.get(path, headers=ACTIONS)).status_code == 401


async def test_what_is_not_there(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    said = {"decision": "released", "reason": "Looked at it"}
    for url, error in (
        (f"/v1/billing-runs/{uuid4()}", "billing_run_not_found"),
        (f"/v1/billing-runs/{uuid4()}/register.csv", "billing_run_not_found"),
        (f"/v1/billing-runs/{uuid4()}/accounts/{uuid4()}", "account_not_found"),
        (f"/v1/accounts/{uuid4()}/final-bill", "account_not_found"),
    ):
        answer = await office.client.get(url, headers=who)
        assert (answer.status_code, answer.json()["error"]) == (404, error), url
    unknown = await post(office, f"/v1/billing-exceptions/{uuid4()}/decision", who, said)
    assert (unknown.status_code, unknown.json()["error"]) == (404, "billing_exception_not_found")
    for body in ({"decision": "released", "reason": " "}, {"decision": "ignored", "reason": "x"}, {"reason": "x"}):
        assert (await post(office, f"/v1/billing-exceptions/{uuid4()}/decision", who, body)).status_code == 422


async def test_a_bill_is_taken_back_and_made_again(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    path = f"/v1/billing-runs/{(await current_run(office, who))['id']}"
    rows = await get(office, f"{path}/register", who)
    plain = next(row for row in rows if not row["exceptions"])
    shown = await get(office, f"{path}/accounts/{plain['account_id']}", who)
    bill = shown["past_bills"][0]
    not_yet = await office.client.get(f"/v1/bills/{bill['id']}/rebill", headers=who)
    assert (not_yet.status_code, not_yet.json()["error"]) == (409, "not_cancelled")
    cancelled = await post(office, f"/v1/bills/{bill['id']}/cancellation", who, {"reason": "Wrong class"})
    assert (cancelled.status_code, cancelled.json()["replaced_by_id"]) == (200, None)
    proposal = await get(office, f"/v1/bills/{bill['id']}/rebill", who)
    assert (proposal["amount_cents"], proposal["kind"]) == (bill["amount_cents"], "rebill")
    made = await post(office, f"/v1/bills/{bill['id']}/rebill", who, {"reason": "Looked at it"})
    assert (made.json()["amount_cents"], made.json()["is_new"]) == (bill["amount_cents"], True)
    again = await post(office, f"/v1/bills/{bill['id']}/rebill", who, {})
    assert (again.json()["bill_id"], again.json()["is_new"]) == (made.json()["bill_id"], False)
    final = await post(office, f"/v1/accounts/{plain['account_id']}/final-bill", who, {})
    assert (final.status_code, final.json()["error"]) == (409, "service_not_ended")


async def test_a_cycle_is_prepared_by_hand(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    made = await post(office, "/v1/billing-runs", who, {"cycle": 1, "period_end": "2026-11-23"})
    assert (made.status_code, made.json()["status"], made.json()["prepared_by"]) == (202, "preparing", "A lead")
    again = await post(office, "/v1/billing-runs", who, {"cycle": 1, "period_end": "2026-11-23"})
    assert again.json()["id"] == made.json()["id"]
    for asked, error in (
        ({"cycle": 77, "period_end": "2026-11-23"}, "nothing_to_prepare"),
        ({"cycle": 2, "period_end": "2026-11-24"}, "nothing_to_prepare"),
        ({"cycle": 1, "period_end": "2026-11-20"}, "period_passed"),
    ):
        refused = await post(office, "/v1/billing-runs", who, asked)
        assert (refused.status_code, refused.json()["error"]) == (409, error)


async def test_a_run_is_prepared_again(office: Api) -> None:
    who = await sign_in(office, Role.LEAD)
    run = await current_run(office, who)
    answer = await post(office, f"/v1/billing-runs/{run['id']}/preparation", who)
    assert (answer.status_code, answer.json()["status"], answer.json()["drafts"]) == (202, "preparing", 0)
