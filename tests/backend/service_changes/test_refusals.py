"""What cannot be is refused with what to do, changes nothing, and every change is kept once, for ever."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from backend.access import Role
from tests.backend.billing.town import Home
from tests.backend.callers import sign_in
from tests.backend.service_changes.conftest import Office

RESIDENTIAL = {"service_class": "residential", "start_on": "2026-11-20", "billing_cycle": 1}


async def home_of(office: Office) -> tuple[Home, str]:
    home = await office.town.home(closing=141)
    return home, f"/v1/accounts/{home.account_id}"


@pytest.mark.parametrize(
    ("stop_on", "reason"),
    [
        ("2027-01-23", "day_too_far_ahead"),
        ("2026-08-20", "day_too_long_ago"),
        ("2026-10-19", "already_billed"),
    ],
)
async def test_days_on_which_a_service_cannot_stop(office: Office, stop_on: str, reason: str) -> None:
    _, path = await home_of(office)
    assert await office.refused(f"{path}/service-stop", {"stop_on": stop_on}) == (409, "service_refused", reason)
    assert await office.town.rows("SELECT id FROM service_changes") == []
    assert await office.town.rows("SELECT id FROM service_agreements WHERE ended_on IS NOT NULL") == []


async def test_a_stop_before_the_start(office: Office) -> None:
    town = office.town
    account_id, premise_id = await town.account(), await town.premise()
    await town.service(account_id, premise_id, started_on=date(2026, 11, 10))
    path = f"/v1/accounts/{account_id}/service-stop"
    assert (await office.refused(path, {"stop_on": "2026-11-09"}))[2] == "stop_before_start"
    assert (await office.done(path, {"stop_on": "2026-11-10"}))["effective_on"] == "2026-11-10"


async def test_a_final_read_below_the_last(office: Office) -> None:
    home, path = await home_of(office)
    low = {"stop_on": "2026-11-22", "reads": [{"meter_id": str(home.meter_id), "value": 90}]}
    answer = await office.post(f"{path}/service-stop", low)
    assert (answer.status_code, answer.json()["error"]) == (409, "read_below_last")
    assert (answer.json()["last"], answer.json()["last_on"]) == (141, "2026-11-20")
    assert await office.town.rows("SELECT id FROM service_agreements WHERE ended_on IS NOT NULL") == []


async def test_a_final_read_past_the_end_of_the_register(office: Office) -> None:
    home = await office.town.home(999_960, 999_970, 999_980, 999_991)
    over = {"stop_on": "2026-11-20", "reads": [{"meter_id": str(home.meter_id), "value": 3}]}
    assert (await office.done(f"/v1/accounts/{home.account_id}/service-stop", over))["is_new"]


async def test_a_read_of_another_meter_or_of_a_day_to_come(office: Office) -> None:
    home, path = await home_of(office)
    other = await office.town.home()
    body = {"stop_on": "2026-11-22", "reads": [{"meter_id": str(other.meter_id), "value": 150}]}
    assert (await office.refused(f"{path}/service-stop", body))[2] == "other_meter"
    body = {"stop_on": "2026-11-24", "reads": [{"meter_id": str(home.meter_id), "value": 150}]}
    assert (await office.refused(f"{path}/service-stop", body))[2] == "read_in_future"


async def test_a_place_that_is_not_free(office: Office) -> None:
    home, path = await home_of(office)
    start = {**RESIDENTIAL, "premise_id": str(home.premise_id), "of_account": str(home.account_id)}
    assert (await office.refused("/v1/service-starts", start))[2] == "not_vacant"
    irrigation = start | {"service_class": "irrigation"}
    assert (await office.refused("/v1/service-starts", irrigation))[2] == "meter_shared"
    await office.done(f"{path}/service-stop", {"stop_on": "2026-11-20"})
    assert (await office.refused("/v1/service-starts", start))[2] == "not_vacant"
    made = await office.done("/v1/service-starts", start | {"start_on": "2026-11-21"})
    moved = {"stop_on": "2026-11-22", "agreement_id": str(home.agreement_id)}
    # A stop of the one before cannot move over the one after.
    assert (await office.refused(f"{path}/service-stop", moved))[2] == "not_vacant"
    moved = await office.done(f"{path}/service-stop", moved | {"stop_on": "2026-11-19"})
    assert moved["detail"]["moved_from"] == "2026-11-20"
    record = await office.get(f"/v1/accounts/{made['account_id']}")
    assert record["number"] == made["detail"]["account_number"]


async def test_a_place_without_a_meter_or_a_cycle(office: Office) -> None:
    home, path = await home_of(office)
    premise_id = await office.town.premise()
    start = {**RESIDENTIAL, "premise_id": str(premise_id), "of_account": str(home.account_id)}
    assert (await office.refused("/v1/service-starts", start))[2] == "no_meter"
    new = {"serial_number": "NEW-7", "size_inches": "5/8"}
    put_in = {"premise_id": str(premise_id), "installed_on": "2026-11-20", "new": new}
    await office.done(f"{path}/meters", put_in)
    assert (await office.refused(f"{path}/meters", put_in))[2] == "meter_there"
    assert (await office.refused("/v1/service-starts", start | {"billing_cycle": None}))[2] == "cycle_needed"
    assert (await office.refused("/v1/service-starts", start | {"service_class": "swimming"}))[0] == 422
    assert (await office.done("/v1/service-starts", start))["is_new"]


async def test_a_transfer_to_where_the_service_is(office: Office) -> None:
    home, path = await home_of(office)
    body = {"stop_on": "2026-11-20", "start": {**RESIDENTIAL, "premise_id": str(home.premise_id)}}
    assert (await office.refused(f"{path}/service-transfer", body))[2] == "same_place"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exchanged_on": "2026-10-20"}, "already_billed"),
        ({"exchanged_on": "2026-11-24"}, "day_too_far_ahead"),
        ({"exchanged_on": "2026-11-19"}, "later_read"),
        ({"new": {"serial_number": "TAKEN", "size_inches": "5/8"}}, "serial_in_use"),
        ({"new": {"serial_number": "NEW-2", "size_inches": "7"}}, "size_unknown"),
    ],
)
async def test_meters_that_cannot_be_exchanged_so(office: Office, changes: dict[str, Any], reason: str) -> None:
    home, _ = await home_of(office)
    await office.town.meter(await office.town.premise(), serial_number="TAKEN")
    body = {
        "exchanged_on": "2026-11-21",
        "last_value": 142,
        "new": {"serial_number": "NEW-1", "size_inches": "5/8"},
        **changes,
    }
    assert await office.refused(f"/v1/meters/{home.meter_id}/exchange", body) == (409, "service_refused", reason)
    assert await office.town.rows("SELECT id FROM meters WHERE removed_on IS NOT NULL") == []


async def test_the_same_key_is_one_change(office: Office) -> None:
    _home, path = await home_of(office)
    stop = {"stop_on": "2026-11-21", "idempotency_key": "stop:case 1042"}
    first = await office.done(f"{path}/service-stop", stop)
    second = await office.done(f"{path}/service-stop", stop)
    assert (second["id"], second["is_new"]) == (first["id"], False)
    other = await office.post(f"{path}/service-stop", stop | {"stop_on": "2026-11-22"})
    assert other.status_code == 409
    listed = await office.get(f"{path}/services")
    (change,) = listed["history"]
    assert (change["kind"], change["reason"], change["changed_by"]) == ("stop", "Asked for it", "A lead")
    assert listed["services"][0]["ended_on"] == "2026-11-21"


async def test_the_final_read_comes_later(office: Office) -> None:
    home = await office.town.home()
    path = f"/v1/accounts/{home.account_id}/service-stop"
    stop = {"stop_on": "2026-11-20", "agreement_id": str(home.agreement_id)}
    await office.done(path, stop)
    assert (await office.refused(path, stop))[2] == "already_ended"
    run_id = await office.town.prepare()
    assert (await office.town.draft(run_id, home.account_id)).is_estimated
    await office.done(path, stop | {"reads": [{"meter_id": str(home.meter_id), "value": 143}]})
    await office.town.session.commit()
    draft = await office.town.draft(run_id, home.account_id)
    assert (draft.is_estimated, draft.usage_units) == (False, 13)


async def test_history_stays_as_it_was_written(office: Office) -> None:
    _home, path = await home_of(office)
    await office.done(f"{path}/service-stop", {"stop_on": "2026-11-21"})
    for statement in (
        "UPDATE service_changes SET reason = 'x' RETURNING id",
        "DELETE FROM service_changes RETURNING id",
    ):
        await office.town.session.commit()
        with pytest.raises(DBAPIError, match="append-only"):
            await office.town.rows(statement)
        await office.town.session.rollback()


async def test_who_may(office: Office) -> None:
    home, path = await home_of(office)
    clerk = await sign_in(office.api, Role.CSR)
    for url, body in (
        (f"/v1/meters/{home.meter_id}/exchange", {"exchanged_on": "2026-11-21", "last_value": 142}),
        (f"{path}/billing-hold", {}),
    ):
        new = {"new": {"serial_number": "NEW-1", "size_inches": "5/8"}} if "meters" in url else {}
        answer = await office.post(url, {**body, **new}, clerk)
        assert (answer.status_code, answer.json()["error"]) == (403, "role_not_allowed"), url
    assert (await office.post(f"{path}/service-stop", {"stop_on": "2026-11-21"}, clerk)).status_code == 200
    nobody = await office.post(f"{path}/service-stop", {"stop_on": "2026-11-21"}, {"Authorization": "Bearer none"})
    assert nobody.status_code == 401


async def test_places_by_their_address(office: Office) -> None:
    home, _ = await home_of(office)
    (street,) = (await office.town.rows("SELECT street FROM premises WHERE id = :id", id=home.premise_id))[0]
    await office.town.session.commit()
    (found,) = await office.get(f"/v1/premises?address={street.upper()}, Rio Seco")
    assert (found["premise_id"], found["served"], found["is_exact"]) == (str(home.premise_id), ["residential"], True)
    assert await office.get("/v1/premises?address=1 Nowhere Street") == []


async def test_two_at_once_begin_one_service(office: Office) -> None:
    first, second = await office.town.home(), await office.town.home()
    premise_id = await office.town.premise()
    await office.town.meter(premise_id)
    start = {**RESIDENTIAL, "premise_id": str(premise_id)}
    answers = await asyncio.gather(
        office.post("/v1/service-starts", start | {"of_account": str(first.account_id)}),
        office.post("/v1/service-starts", start | {"of_account": str(second.account_id)}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    stop = {"stop_on": "2026-11-21", "idempotency_key": "pressed twice"}
    twice = await asyncio.gather(
        *(office.post(f"/v1/accounts/{first.account_id}/service-stop", stop) for _ in range(2))
    )
    assert [answer.status_code for answer in twice] == [200, 200]
    assert sorted(answer.json()["is_new"] for answer in twice) == [False, True]
