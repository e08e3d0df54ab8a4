"""From a change of service to its bill: every amount is worked out by hand.

A residential 5/8 inch service costs $28.81 and $0.61 a month of 25 days or more, else its share of 30 days; tier 1
holds 9 units a month at $3.47, tier 2 the next at $3.96, each unit with $0.31 of wholesale.
"""

from datetime import date

from backend.billing import facts, service
from backend.billing.repository import accounts_by_id
from tests.backend.billing.town import BILLED_THROUGH, END, NOW, TARIFF, Town
from tests.backend.service_changes.conftest import Office


async def account(town: Town, account_id: object) -> object:
    query = "SELECT status, closed_on, billing_cycle, mailing_address, billing_hold FROM accounts WHERE id = :id"
    return tuple((await town.rows(query, id=account_id))[0])


async def test_a_stop_becomes_a_final_bill_in_the_next_run(office: Office) -> None:
    town = office.town
    home, other = await town.home(), await town.home(closing=141)
    stop = {
        "stop_on": "2026-11-14",
        "reads": [{"meter_id": str(home.meter_id), "value": 142}],
        "forwarding_address": "12 Harbor St\nOceanside, CA 92054",
    }
    made = await office.done(f"/v1/accounts/{home.account_id}/service-stop", stop)
    assert (made["kind"], made["detail"]["account_closed"], made["is_new"]) == ("stop", True, True)
    closed = ("closed", date(2026, 11, 14), 1, "12 Harbor St\nOceanside, CA 92054", None)
    assert await account(town, home.account_id) == closed
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"HOLD": {"hold": "final bill pending"}}
    await office.bill_cycle(run_id)
    bills = await town.rows("SELECT * FROM bills WHERE run_id = :id ORDER BY kind", id=run_id)
    assert [(bill.account_id, bill.kind) for bill in bills] == [
        (home.account_id, "final"),
        (other.account_id, "regular"),
    ]
    # October 21 to November 14 are 25 days, a whole month: 12 units, 9 of them in tier 1.
    assert (bills[0].period_start, bills[0].period_end) == (date(2026, 10, 21), date(2026, 11, 14))
    assert await office.lines(home.account_id) == [
        ("fixed", "1", 2_881),
        ("volume:1", "9", 3_123),
        ("volume:2", "3", 1_188),
        ("pass_through:wholesale", "12", 372),
        ("pass_through_fixed:state_fee", "1", 61),
    ]
    again = await office.api.client.get(f"/v1/accounts/{home.account_id}/final-bill", headers=office.lead)
    assert again.json()["error"] == "nothing_to_bill"


async def test_a_stop_ahead_is_closed_by_its_final_bill(office: Office) -> None:
    town = office.town
    home = await town.home(closing=141)
    await office.done(f"/v1/accounts/{home.account_id}/service-stop", {"stop_on": "2026-12-05"})
    assert (await account(town, home.account_id))[0] == "active"  # type: ignore[index]
    first = await town.prepare()
    assert (await town.draft(first, home.account_id)).kind == "regular"
    await office.bill_cycle(first)
    await town.read(home.meter_id, date(2026, 12, 5), 144)
    run_id = await town.prepare(period_end=date(2026, 12, 20))
    draft = await town.draft(run_id, home.account_id)
    assert (draft.kind, draft.period_start, draft.period_end) == ("final", date(2026, 11, 21), date(2026, 12, 5))
    await office.bill_cycle(run_id)
    assert await account(town, home.account_id) == ("closed", date(2026, 12, 5), 1, None, None)
    # 15 of 30 days: tier 1 holds 4.5 units.
    assert await office.lines(home.account_id) == [
        ("fixed", "0.5", 1_441),
        ("volume:1", "3", 1_041),
        ("pass_through:wholesale", "3", 93),
        ("pass_through_fixed:state_fee", "0.5", 31),
    ]


async def test_the_next_customer_pays_from_their_first_day(office: Office) -> None:
    town = office.town
    home = await town.home()
    reads = [{"meter_id": str(home.meter_id), "value": 142}]
    await office.done(f"/v1/accounts/{home.account_id}/service-stop", {"stop_on": "2026-11-14", "reads": reads})
    start = {
        "premise_id": str(home.premise_id),
        "service_class": "residential",
        "start_on": "2026-11-15",
        "new_customer": {"name": "Elena Ruiz", "first_name": "Elena", "language": "es", "phone": "+19515550144"},
    }
    made = await office.done("/v1/service-starts", start)
    assert made["detail"]["billing_cycle"] == 1
    record = await office.get(f"/v1/accounts/{made['account_id']}")
    assert (record["name"], record["language"], record["phone"]) == ("Elena Ruiz", "es", "+19515550144")
    assert (record["number"], record["text_phone"]) == (made["detail"]["account_number"], None)
    await town.read(home.meter_id, END, 145)
    await office.bill_cycle(await town.prepare())
    # 6 of 30 days: tier 1 holds 1.8 units.
    assert await office.lines(made["account_id"]) == [
        ("fixed", "0.2", 576),
        ("volume:1", "1.8", 625),
        ("volume:2", "1.2", 475),
        ("pass_through:wholesale", "3", 93),
        ("pass_through_fixed:state_fee", "0.2", 12),
    ]


async def test_a_transfer_is_one_bill_with_both_places(office: Office) -> None:
    town = office.town
    home, premise_id = await town.home(), await town.premise()
    meter_id = await town.meter(premise_id)
    transfer = {
        "stop_on": "2026-11-05",
        "reads": [{"meter_id": str(home.meter_id), "value": 135}],
        "start": {
            "premise_id": str(premise_id),
            "service_class": "residential",
            "start_on": "2026-11-06",
            "reads": [{"meter_id": str(meter_id), "value": 500}],
            "billing_cycle": 1,
        },
    }
    made = await office.done(f"/v1/accounts/{home.account_id}/service-transfer", transfer)
    assert made["detail"]["stopped_on"] == "2026-11-05"
    await town.read(meter_id, END, 506)
    await office.bill_cycle(await town.prepare())
    assert await account(town, home.account_id) == ("active", None, 1, None, None)
    # There 16 of 30 days: tier 1 holds 4.8 of 5 units. Here 15 of 30 days: 4.5 of 6 units.
    assert await office.lines(home.account_id) == [
        ("fixed", "0.53333333", 1_537),
        ("volume:1", "4.8", 1_666),
        ("volume:2", "0.2", 79),
        ("pass_through:wholesale", "5", 155),
        ("pass_through_fixed:state_fee", "0.53333333", 33),
        ("fixed", "0.5", 1_441),
        ("volume:1", "4.5", 1_562),
        ("volume:2", "1.5", 594),
        ("pass_through:wholesale", "6", 186),
        ("pass_through_fixed:state_fee", "0.5", 31),
    ]


async def test_a_transfer_to_another_cycle_is_billed_there(office: Office) -> None:
    town = office.town
    home, before = await town.home(), await town.account(billing_cycle=2, status="closed", closed_on=date(2026, 10, 1))
    premise_id = await town.premise()
    await town.meter(premise_id)
    await town.service(before, premise_id, ended_on=date(2026, 10, 1))
    transfer = {
        "stop_on": "2026-11-05",
        "start": {"premise_id": str(premise_id), "service_class": "residential", "start_on": "2026-11-06"},
    }
    path = f"/v1/accounts/{home.account_id}/service-transfer"
    await town.prepare()
    assert (await office.refused(path, transfer))[2] == "in_run"
    await town.rows("DELETE FROM billing_exceptions RETURNING id")
    await town.rows("DELETE FROM bill_drafts RETURNING run_id")
    await town.session.commit()
    there = await service.prepare_run(town.database, TARIFF, cycle=2, period_end=END, now=NOW)
    await office.done(path, transfer)
    await town.session.commit()
    assert (await account(town, home.account_id))[2] == 2  # type: ignore[index]
    # The run of the new cycle, which is looked over, has it now, and its sums agree.
    draft = await town.draft(there, home.account_id)
    assert [one["first"] for one in draft.basis["services"]] == ["2026-10-21", "2026-11-06"]
    assert (await office.get(f"/v1/billing-runs/{there}"))["ties"] is True


async def test_an_exchange_bills_the_use_of_both_meters(office: Office) -> None:
    town = office.town
    home = await town.home()
    exchange = {
        "exchanged_on": "2026-11-08",
        "last_value": 136,
        "new": {
            "serial_number": "NEW-1",
            "size_inches": "5/8",
            "digits": 7,
            "units_per_count": "0.1",
            "first_value": 20,
        },
    }
    made = await office.done(f"/v1/meters/{home.meter_id}/exchange", exchange)
    # 50 counts of a tenth of a unit are 5 units, beside the 6 of the old meter.
    await town.session.commit()
    await town.read(made["meter_id"], END, 70)
    run_id = await town.prepare()
    assert (await town.exceptions(run_id, home.account_id))["EXCHANGE"]["missing"] == []
    await office.bill_cycle(run_id)
    assert await office.lines(home.account_id) == [
        ("fixed", "1", 2_881),
        ("volume:1", "9", 3_123),
        ("volume:2", "2", 792),
        ("pass_through:wholesale", "11", 341),
        ("pass_through_fixed:state_fee", "1", 61),
    ]


async def test_a_change_reaches_a_run_that_is_looked_over(office: Office) -> None:
    town = office.town
    home, plain = await town.home(closing=141), await town.home(closing=141)
    run_id = await town.prepare()
    assert (await town.draft(run_id, home.account_id)).kind == "regular"
    await office.done(f"/v1/accounts/{home.account_id}/service-stop", {"stop_on": "2026-11-10"})
    await town.session.commit()
    draft = await town.draft(run_id, home.account_id)
    assert (draft.kind, draft.period_end, draft.is_estimated) == ("final", date(2026, 11, 10), True)
    start = {"premise_id": str(home.premise_id), "service_class": "residential", "start_on": "2026-11-11"}
    made = await office.done("/v1/service-starts", start | {"of_account": str(plain.account_id)})
    await office.bill_cycle(run_id)
    await town.session.commit()
    bills = await town.rows("SELECT account_id::text FROM bills WHERE run_id = :id", id=run_id)
    assert {row[0] for row in bills} == {str(home.account_id), str(plain.account_id), made["account_id"]}


async def test_nothing_changes_within_a_bill_that_is_approved(office: Office) -> None:
    town = office.town
    home = await town.home(closing=141)
    run_id = await town.prepare()
    by = await town.person()
    await town.rows(
        "UPDATE billing_runs SET status = 'approved', approved_by = :by WHERE id = :id RETURNING id", by=by, id=run_id
    )
    path = f"/v1/accounts/{home.account_id}/service-stop"
    assert (await office.refused(path, {"stop_on": "2026-11-20"}))[1] == "account_in_approved_run"
    assert (await office.done(path, {"stop_on": "2026-11-21"}))["is_new"]


async def test_a_household_counts_from_the_bill_of_its_day(office: Office) -> None:
    town = office.town
    home = await town.home(closing=141)
    path = f"/v1/accounts/{home.account_id}/household"
    changed = {"effective_on": "2026-11-02", "persons": 5, "landscape_sqft": 1_300}
    made = await office.done(path, changed)
    assert (made["detail"]["persons_was"], made["detail"]["persons"]) == (3, 5)
    run_id = await town.prepare()
    assert (await town.draft(run_id, home.account_id)).basis["services"][0]["persons"] == 5
    # A bill of the days before, made again, is reckoned with the household of then.
    (before,) = await facts.gather(town.session, await accounts_by_id(town.session, [home.account_id]), BILLED_THROUGH)
    assert before.agreements[0].persons == 3
    assert (await office.refused(path, changed))[2] == "household_unchanged"


async def test_billing_on_hold_is_looked_at_in_its_run(office: Office) -> None:
    town = office.town
    home = await town.home(closing=141)
    path = f"/v1/accounts/{home.account_id}"
    run_id = await town.prepare()
    await office.done(f"{path}/billing-hold", {"reason": "Final read is disputed"})
    await town.session.commit()
    assert await town.exceptions(run_id, home.account_id) == {"HOLD": {"hold": "Final read is disputed"}}
    assert (await office.refused(f"{path}/billing-hold", {}))[2] == "held_already"
    await office.done(f"{path}/billing-release", {"reason": "The read was right"})
    await town.session.commit()
    assert await town.exceptions(run_id, home.account_id) == {}
    assert (await office.refused(f"{path}/billing-release", {}))[2] == "not_held"
