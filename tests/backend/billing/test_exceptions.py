"""Exceptions that are about reads, each made by the data that it is about; `test_bill_exceptions` has the others."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import text

from tests.backend.billing.deeds import approve, bill, decide
from tests.backend.billing.town import END, READ_DAYS, Town

USUAL = 140
"""Ten units more than at the last read, as every month before."""
OTHERWISE = 141


async def test_an_ordinary_account_has_none(town: Town) -> None:
    home = await town.home(closing=OTHERWISE)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {}
    assert (await town.draft(run_id, home.account_id)).usage_units == 11


async def test_no_read(town: Town) -> None:
    home = await town.home()
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"NO_READ": {"expected_on": "2026-11-20"}}
    draft = await town.draft(run_id, home.account_id)
    # 30 units in the 92 days from July 20 to October 20, for 31 days: 10.1, estimated as 10.
    assert (draft.usage_units, draft.is_estimated) == (10, True)


async def test_a_read_long_before_the_day_is_no_read(town: Town) -> None:
    home = await town.home()
    await town.read(home.meter_id, END - timedelta(days=6), 138)
    run_id = await town.prepare()
    assert "NO_READ" in await town.exceptions(run_id, home.account_id)


async def test_no_use(town: Town) -> None:
    home = await town.home(closing=130)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"ZERO_USE": {"periods": 1}}


async def test_a_meter_that_has_stopped(town: Town) -> None:
    home = await town.home(100, 130, 130, 130, closing=130)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"STOPPED": {"periods": 3}}


async def test_a_fire_line_uses_nothing_and_that_is_right(town: Town) -> None:
    home = await town.home(
        5,
        5,
        5,
        5,
        closing=5,
        service_class="fire_line",
        service={"service_class": "fire_line"},
        meter={"size_inches": "2"},
    )
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {}


async def test_far_more_than_before(town: Town) -> None:
    home = await town.home(closing=130 + 31)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found == {"HIGH": {"units": 31, "units_per_day": 1.0, "expected_per_day": 0.326, "basis": "recent"}}


async def test_far_less_than_before(town: Town) -> None:
    home = await town.home(closing=133)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found == {"LOW": {"units": 3, "units_per_day": 0.097, "expected_per_day": 0.326, "basis": "recent"}}


async def test_use_is_held_against_the_same_season_last_year(town: Town) -> None:
    home = await town.home(100, 110, 120, 130, closing=130 + 31)
    await town.read(home.meter_id, date(2025, 10, 20), 20)
    await town.read(home.meter_id, date(2025, 11, 20), 50)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {}


async def test_use_is_compared_by_the_day_and_not_by_the_bill(town: Town) -> None:
    home = await town.home(closing=None)
    await town.read(home.meter_id, date(2026, 12, 21), 130 + 21)
    run_id = await town.prepare(period_end=date(2026, 12, 21))
    assert await town.exceptions(run_id, home.account_id) == {"DAYS": {"days": 62}}


async def test_exactly_the_use_of_the_month_before(town: Town) -> None:
    home = await town.home(closing=USUAL)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"SAME_USE": {"counts": 10}}


async def test_a_register_that_went_past_its_end(town: Town) -> None:
    home = await town.home(999_960, 999_970, 999_980, 999_991, closing=3)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found == {"ROLLOVER": {"opening": 999_991, "closing": 3, "opening_kind": "actual"}}
    assert (await town.draft(run_id, home.account_id)).usage_units == 12


async def test_a_register_that_ran_backwards(town: Town) -> None:
    home = await town.home(closing=90)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found == {"NEGATIVE": {"opening": 130, "closing": 90, "opening_kind": "actual"}}
    draft = await town.draft(run_id, home.account_id)
    assert (draft.usage_units, draft.is_estimated) == (10, True)


async def test_use_where_nobody_is_a_customer(town: Town) -> None:
    moved_out = date(2026, 9, 20)
    home = await town.home(closing=134, status="closed", closed_on=moved_out, service={"ended_on": moved_out})
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"INACTIVE_USE": {"counts": 4}}
    assert await town.draft(run_id, home.account_id) is None


async def test_use_of_the_next_customer_is_theirs(town: Town) -> None:
    moved_out = date(2026, 9, 20)
    home = await town.home(closing=134, status="closed", closed_on=moved_out, service={"ended_on": moved_out})
    next_one = await town.account(opened_on=date(2026, 9, 25))
    await town.service(next_one, home.premise_id, started_on=date(2026, 9, 25))
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {}


async def test_use_at_a_place_that_was_left_by_a_customer_who_has_another(town: Town) -> None:
    moved_out = date(2026, 9, 20)
    home = await town.home(closing=134, service={"ended_on": moved_out})
    other = await town.premise()
    await town.service(home.account_id, other)
    meter_id = await town.meter(other)
    await town.reads(meter_id, 100, 110, 120, 130)
    await town.read(meter_id, END, 141)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"INACTIVE_USE": {"counts": 4}}
    assert (await town.draft(run_id, home.account_id)).usage_units == 11


async def test_use_where_nobody_is_a_customer_past_the_end_of_the_register(town: Town) -> None:
    moved_out = date(2026, 9, 20)
    ran = await town.home(
        999_960,
        999_970,
        999_980,
        999_998,
        closing=3,
        status="closed",
        closed_on=moved_out,
        service={"ended_on": moved_out},
    )
    back = await town.home(closing=129, status="closed", closed_on=moved_out, service={"ended_on": moved_out})
    run_id = await town.prepare()
    assert await town.exceptions(run_id, ran.account_id) == {"INACTIVE_USE": {"counts": 5}}
    assert await town.exceptions(run_id, back.account_id) == {}


async def test_an_exchanged_meter(town: Town) -> None:
    changed = date(2026, 11, 8)
    home = await town.home(meter={"removed_on": changed})
    new_meter = await town.meter(home.premise_id, installed_on=changed)
    await town.read(home.meter_id, changed, 136, "exchange_out")
    await town.read(new_meter, changed, 0, "exchange_in")
    await town.read(new_meter, END, 5)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, home.account_id) == {"EXCHANGE": {"on": "2026-11-08", "missing": []}}
    draft = await town.draft(run_id, home.account_id)
    assert (draft.usage_units, draft.is_estimated) == (11, False)
    assert [line["quantity"] for line in draft.lines if line["code"] == "fixed"] == ["1.00000000"]


async def test_an_exchange_without_its_reads(town: Town) -> None:
    changed = date(2026, 11, 8)
    home = await town.home(meter={"removed_on": changed})
    new_meter = await town.meter(home.premise_id, installed_on=changed)
    await town.read(new_meter, END, 5)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found["EXCHANGE"] == {"on": "2026-11-08", "missing": ["exchange_out", "exchange_in"]}
    assert found["NO_PREV"] == {"closing": 5}


async def test_another_multiplier_than_was_billed(town: Town) -> None:
    home = await town.home(closing=OTHERWISE)
    first = await town.prepare()
    await town.session.execute(text("UPDATE meters SET units_per_count = 0.1"))
    await town.read(home.meter_id, date(2026, 12, 20), 250)
    second = await town.prepare(period_end=date(2026, 12, 20))
    assert "MULT_CHANGED" not in await town.exceptions(first, home.account_id)
    found = await town.exceptions(second, home.account_id)
    assert found["MULT_CHANGED"] == {"was": "1.000000", "is": "0.100000"}


async def test_a_new_meter_with_another_multiplier(town: Town) -> None:
    changed = date(2026, 11, 8)
    home = await town.home(meter={"removed_on": changed})
    new_meter = await town.meter(home.premise_id, installed_on=changed, units_per_count=Decimal("0.01"))
    await town.read(home.meter_id, changed, 136, "exchange_out")
    await town.read(new_meter, changed, 0, "exchange_in")
    await town.read(new_meter, END, 520)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found["MULT_CHANGED"] == {"was": "1.000000", "is": "0.010000"}
    assert (await town.draft(run_id, home.account_id)).usage_units == 6 + 5


async def test_too_many_estimates_in_a_row(town: Town) -> None:
    home = await town.home()
    two_ago = {"since": READ_DAYS[2]}
    await town.session.execute(text("UPDATE meter_reads SET kind = 'estimated' WHERE read_on >= :since"), two_ago)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found["EST_RUN"] == {"in_a_row": 3, "allowed": 2}


async def test_the_third_estimate_for_a_register_that_shows_too_little_is_one_too_many(town: Town) -> None:
    """Each month the meter is read, cannot be believed, and is estimated; each time a person lets that pass."""
    home = await town.home(closing=43)
    found = []
    for day, value in ((END, None), (date(2026, 12, 20), 44), (date(2027, 1, 20), 45)):
        if value is not None:
            await town.read(home.meter_id, day, value)
        run_id = await town.prepare(period_end=day)
        found.append(await town.exceptions(run_id, home.account_id))
        clerk, lead = await town.person(), await town.person("Ana")
        for row in await town.rows("SELECT id FROM billing_exceptions WHERE run_id = :run", run=run_id):
            await decide(town, row.id, "released", by=clerk)
        await approve(town, run_id, lead)
        assert (await bill(town, run_id)).bills == 1
    assert [sorted(codes) for codes in found] == [["NEGATIVE"], ["NEGATIVE"], ["EST_RUN", "NEGATIVE"]]
    assert found[2]["EST_RUN"] == {"in_a_row": 3, "allowed": 2}


async def test_two_estimates_in_a_row_are_allowed(town: Town) -> None:
    home = await town.home()
    one_ago = {"since": READ_DAYS[3]}
    await town.session.execute(text("UPDATE meter_reads SET kind = 'estimated' WHERE read_on >= :since"), one_ago)
    run_id = await town.prepare()
    assert (await town.exceptions(run_id, home.account_id)).keys() == {"NO_READ"}


async def test_nothing_to_count_from(town: Town) -> None:
    account_id, premise_id = await town.account(), await town.premise()
    await town.service(account_id, premise_id, started_on=date(2026, 10, 21))
    meter_id = await town.meter(premise_id)
    await town.read(meter_id, END, 77)
    run_id = await town.prepare()
    assert await town.exceptions(run_id, account_id) == {"NO_PREV": {"closing": 77}}
    assert (await town.draft(run_id, account_id)).usage_units == 0


async def test_more_than_one_read(town: Town) -> None:
    home = await town.home(closing=OTHERWISE)
    await town.read(home.meter_id, END - timedelta(days=2), 140)
    run_id = await town.prepare()
    found = await town.exceptions(run_id, home.account_id)
    assert found == {"DUP_READ": {"reads": 2, "days": ["2026-11-18", "2026-11-20"]}}
