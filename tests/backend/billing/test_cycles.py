"""Which cycles are due on a day, and what is billed when their reads come late."""

from datetime import date

from backend.billing import service
from backend.billing.service import DueCycle
from tests.backend.billing.town import TARIFF, Town

READ_DAY = date(2026, 11, 5)
"""Cycle 1's day in the policy."""


async def due(town: Town, today: date) -> list[DueCycle]:
    return await service.due_cycles(town.session, TARIFF, today)


async def test_a_cycle_is_due_when_nine_in_ten_of_its_meters_are_read(town: Town) -> None:
    homes = [await town.home() for _ in range(10)]
    for home in homes[:8]:
        await town.read(home.meter_id, READ_DAY, 141)
    assert await due(town, READ_DAY) == []
    await town.read(homes[8].meter_id, date(2026, 11, 7), 141)
    assert await due(town, date(2026, 11, 7)) == [DueCycle(1, date(2026, 11, 7))]


async def test_late_reads_are_billed_up_to_the_day_they_were_taken(town: Town) -> None:
    early, late = await town.home(), await town.home()
    await town.read(early.meter_id, date(2026, 11, 3), 135)
    await town.read(late.meter_id, date(2026, 11, 8), 137)
    (cycle,) = await due(town, date(2026, 11, 8))
    run_id = await town.prepare(period_end=cycle.period_end)
    drafts = [await town.draft(run_id, home.account_id) for home in (early, late)]
    assert [(draft.period_end, draft.usage_units) for draft in drafts] == [
        (date(2026, 11, 3), 5),
        (date(2026, 11, 8), 7),
    ]


async def test_after_the_window_what_is_unread_is_estimated(town: Town) -> None:
    await town.home()
    assert await due(town, date(2026, 11, 9)) == []
    assert await due(town, date(2026, 11, 10)) == [DueCycle(1, READ_DAY)]


async def test_a_run_comes_a_month_after_the_last(town: Town) -> None:
    home = await town.home()
    await town.read(home.meter_id, date(2026, 11, 7), 137)
    await town.prepare(period_end=date(2026, 11, 7))
    await town.read(home.meter_id, date(2026, 12, 4), 147)
    assert await due(town, date(2026, 12, 4)) == []
    assert await due(town, date(2026, 12, 5)) == [DueCycle(1, date(2026, 12, 5))]


async def test_a_closed_account_and_a_removed_meter_are_not_waited_for(town: Town) -> None:
    home = await town.home()
    await town.home(status="closed", closed_on=date(2026, 10, 1), service={"ended_on": date(2026, 10, 1)})
    await town.meter(home.premise_id, removed_on=date(2026, 5, 1))
    await town.read(home.meter_id, READ_DAY, 135)
    assert await due(town, READ_DAY) == [DueCycle(1, READ_DAY)]


async def test_a_cycle_that_the_policy_does_not_know_is_named(town: Town) -> None:
    home = await town.home(billing_cycle=77)
    await town.read(home.meter_id, READ_DAY, 135)
    assert await due(town, READ_DAY) == []
    assert await service.unscheduled_cycles(town.session, TARIFF) == [77]
