"""Exceptions that are about the bill as a whole, each made by the data that it is about."""

from datetime import date, timedelta

from sqlalchemy import text

from backend.fees import service as fees
from backend.ledger import service as ledger
from tests.backend.billing.town import BILLED_THROUGH, DISTRICT, END, NOW, TODAY, Town

OTHERWISE = 141


async def test_a_period_of_unusual_length(town: Town) -> None:
    account_id, premise_id = await town.account(), await town.premise()
    await town.service(account_id, premise_id, started_on=date(2026, 11, 11))
    meter_id = await town.meter(premise_id)
    await town.read(meter_id, date(2026, 11, 10), 70)
    await town.read(meter_id, END, 73)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, account_id) == {"DAYS": {"days": 10}}


async def test_a_rate_that_is_missing(town: Town) -> None:
    home = await town.home(closing=OTHERWISE, service_class="fire_line", service={"service_class": "fire_line"})
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    problem = "no fixed charge for a 5/8 inch fire_line meter; the rate has 2, 3, 4, 6, 8, 10"
    assert found["RATE_MISS"] == {"problem": problem}
    assert (await town.draft(run_id, home.account_id)).amount_cents == 0


async def test_an_account_that_nothing_could_be_billed_to(town: Town) -> None:
    without_service = await town.account()
    without_meter = await town.account()
    await town.service(without_meter, await town.premise(), started_on=date(2026, 10, 21))
    run_id = await town.prepare()
    found = await town.exceptions(run_id, without_service)
    assert found == {"RATE_MISS": {"problem": "the account has no service agreement"}}
    assert (await town.exceptions(run_id, without_meter))["RATE_MISS"] == {"problem": "the premise has no meter"}


async def test_an_account_on_hold(town: Town) -> None:
    home = await town.home(closing=OTHERWISE, billing_hold="Final read is disputed")
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"HOLD": {"hold": "Final read is disputed"}}


async def test_a_service_that_ended_waits_for_its_final_bill(town: Town) -> None:
    home = await town.home(closing=OTHERWISE, service={"ended_on": date(2026, 11, 12)})
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found["HOLD"] == {"hold": "final bill pending"}


async def test_a_closed_account_without_its_final_bill(town: Town) -> None:
    ended = date(2026, 11, 12)
    home = await town.home(status="closed", closed_on=ended, service={"ended_on": ended})
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found == {"HOLD": {"hold": "final bill pending"}, "NO_READ": {"expected_on": "2026-11-12"}}
    draft = await town.draft(run_id, home.account_id)
    assert (draft.kind, draft.period_start, draft.period_end) == ("final", date(2026, 10, 21), ended)


async def test_a_closed_account_of_which_nothing_can_be_drafted(town: Town) -> None:
    ended = date(2026, 11, 12)
    account_id = await town.account(status="closed", closed_on=ended)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, account_id)
    assert found == {"HOLD": {"hold": "final bill pending", "service_ended_on": "2026-11-12"}}


async def test_a_water_budget_without_what_it_is_made_of(town: Town) -> None:
    irrigated = {"service_class": "irrigation", "persons": 0, "landscape_sqft": 0}
    home = await town.home(closing=OTHERWISE, service_class="irrigation", service=irrigated)
    weatherless = await town.home(
        closing=OTHERWISE, service_class="irrigation", service={**irrigated, "landscape_sqft": 4_000}
    )
    run_id = await town.prepare()
    assert (await town.exceptions(run_id, home.account_id))["BUDGET"] == {"landscape_sqft": 0}
    assert (await town.exceptions(run_id, weatherless.account_id))["BUDGET"] == {"weather_days": 31}


async def test_a_water_budget_that_changed(town: Town) -> None:
    irrigated = {"service_class": "irrigation", "persons": 0, "landscape_sqft": 4_000}
    home = await town.home(closing=OTHERWISE, service_class="irrigation", service=irrigated)
    await town.session.execute(
        text(
            "INSERT INTO evapotranspiration SELECT 'Valley', d, 0.15 FROM generate_series(date '2026-10-21',"
            " date '2026-12-20', interval '1 day') AS d"
        )
    )
    first = await town.prepare()
    await town.session.execute(text("UPDATE service_agreements SET landscape_sqft = 6000"))
    await town.read(home.meter_id, date(2026, 12, 20), 153)
    second = await town.prepare(period_end=date(2026, 12, 20))
    assert "BUDGET" not in await town.exceptions(first, home.account_id)
    assert (await town.exceptions(second, home.account_id))["BUDGET"] == {"landscape_sqft_was": 4_000}


async def test_a_bill_over_the_limit_of_its_class(town: Town) -> None:
    home = await town.home(100, 155, 210, 265, closing=265 + 60)
    run_id = await town.prepare()
    # 28.81 + 9 × 3.47 + 20 × 3.96 + 31 × 9.52 + 60 × 0.31 + 0.61 = 453.57
    assert await town.exceptions(run_id, home.account_id) == {
        "BILL_HIGH": {"amount_cents": 45_357, "limit_cents": 40_000}
    }


async def test_a_large_credit(town: Town) -> None:
    home = await town.home(closing=OTHERWISE)
    await ledger.post_receipt(
        town.session,
        account_id=home.account_id,
        amount_cents=7_000 + 20_001,
        description="Payment",
        received_on=TODAY,
        idempotency_key="twice",
        now=NOW,
    )
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"CREDIT_BAL": {"credit_cents": 20_001}}


async def test_a_fee_charged_twice(town: Town) -> None:
    home = await town.home(closing=OTHERWISE)
    for number, day in enumerate((BILLED_THROUGH, date(2026, 11, 2), date(2026, 11, 9))):
        await fees.charge_fee(
            town.session,
            account_id=home.account_id,
            code="reconnection",
            charged_on=day,
            due_on=day + timedelta(days=21),
            caused_by_entry_id=None,
            idempotency_key=f"reconnection {number}",
            now=NOW,
            district=DISTRICT,
        )
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"FEE_DUP": {"fees": ["reconnection"]}}
