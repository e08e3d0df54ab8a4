"""Nights on record: begun by themselves after the day has ended, in order, each once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.nightly import repository, service

PART = 500
GO_LIVE = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""Monday, 10 in the morning in California."""
MONDAY = date(2026, 11, 23)
NIGHT = datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
"""01:15 of the morning after."""
DAY = timedelta(days=1)


async def plan(session: AsyncSession, district: District, now: datetime) -> date | None:
    return await service.plan(session, district, now, PART)


async def begin(session: AsyncSession, district: District, day: date, now: datetime) -> service.Progress:
    return await service.begin(session, day, district, now, PART)


async def known(session: AsyncSession) -> list[date]:
    return sorted(await repository.nights_between(session, date(2000, 1, 1), date(2100, 1, 1)))


async def finish(session: AsyncSession, *days: date) -> None:
    for day in days:
        await repository.finish(session, day, {}, NIGHT)


def with_closed_days_left_out(district: District) -> District:
    nightly = district.policy.nightly.model_copy(update={"closed_days": False})
    return District(district.settings, district.departments, district.policy.model_copy(update={"nightly": nightly}))


class TestByThemselves:
    async def test_nothing_is_due_on_the_first_day(self, session: AsyncSession, district: District) -> None:
        assert await plan(session, district, GO_LIVE) is None
        assert await plan(session, district, NIGHT - timedelta(seconds=1)) is None
        assert await known(session) == []

    async def test_the_night_begins_the_morning_after_and_once(self, session: AsyncSession, district: District) -> None:
        await plan(session, district, GO_LIVE)
        assert await plan(session, district, NIGHT) == MONDAY
        assert await plan(session, district, NIGHT + timedelta(hours=1)) == MONDAY  # it is not finished yet
        await finish(session, MONDAY)
        assert await plan(session, district, NIGHT + timedelta(hours=2)) is None
        assert await known(session) == [MONDAY]

    async def test_missed_nights_come_in_order(self, session: AsyncSession, district: District) -> None:
        await plan(session, district, GO_LIVE)
        later = NIGHT + 3 * DAY
        for day in (MONDAY, MONDAY + DAY, MONDAY + 2 * DAY, MONDAY + 3 * DAY):
            assert await plan(session, district, later) == day
            await finish(session, day)
        assert await plan(session, district, later) is None

    async def test_a_clock_that_jumps_to_and_fro_makes_no_night_twice(
        self, session: AsyncSession, district: District
    ) -> None:
        await plan(session, district, GO_LIVE)
        ahead = NIGHT + 20 * DAY
        assert await plan(session, district, ahead) == MONDAY
        nights = await known(session)
        assert len(nights) == 21
        await finish(session, *nights)
        for now in (GO_LIVE, NIGHT, NIGHT - 300 * DAY, ahead, NIGHT + 5 * DAY):
            assert await plan(session, district, now) is None
        assert await known(session) == nights

    async def test_a_jump_of_a_year_makes_up_for_a_month(self, session: AsyncSession, district: District) -> None:
        await plan(session, district, GO_LIVE)
        await plan(session, district, NIGHT + 365 * DAY)
        assert await known(session) == [MONDAY + n * DAY for n in range(365 - 30, 366)]

    async def test_nights_that_the_demonstrations_clock_jumps_over_were_not_missed(
        self, session: AsyncSession, district: District
    ) -> None:
        await plan(session, district, GO_LIVE)
        ahead = NIGHT + 20 * DAY
        await service.clock_moved(session, district, ahead)
        assert await plan(session, district, ahead) == MONDAY + 20 * DAY
        # Turned back before that night is finished: it waits for its day.
        await service.clock_moved(session, district, GO_LIVE)
        assert await plan(session, district, GO_LIVE) is None
        assert await plan(session, district, NIGHT) == MONDAY
        await finish(session, MONDAY)
        assert await plan(session, district, NIGHT + DAY) == MONDAY + DAY
        assert await known(session) == [MONDAY, MONDAY + DAY, MONDAY + 20 * DAY]

    async def test_the_clock_is_turned_back_before_the_first_day(
        self, session: AsyncSession, district: District
    ) -> None:
        await plan(session, district, GO_LIVE)
        early = GO_LIVE - 300 * DAY
        await service.clock_moved(session, district, early)
        assert await plan(session, district, early) is None
        await service.clock_moved(session, district, GO_LIVE)
        assert await plan(session, district, GO_LIVE) is None and await known(session) == []

    async def test_closed_days_are_left_to_the_next_night_where_the_policy_says_so(
        self, session: AsyncSession, district: District
    ) -> None:
        """Thanksgiving, the Friday after, and the weekend."""
        chosen = with_closed_days_left_out(district)
        await plan(session, chosen, GO_LIVE)
        await plan(session, chosen, NIGHT + 7 * DAY)
        assert await known(session) == [date(2026, 11, day) for day in (23, 24, 25, 30)]


class TestWhenAPersonAsks:
    async def test_today_can_be_made_before_it_is_over(self, session: AsyncSession, district: District) -> None:
        found = await begin(session, district, MONDAY, GO_LIVE)
        assert (found.status, found.problem) == ("running", None)
        await finish(session, MONDAY)
        assert (await begin(session, district, MONDAY, GO_LIVE)).status == "finished"
        assert await plan(session, district, NIGHT) is None

    async def test_missed_nights_come_before_the_one_that_is_asked_for(
        self, session: AsyncSession, district: District
    ) -> None:
        await plan(session, district, GO_LIVE)
        wednesday = MONDAY + 2 * DAY
        found = await begin(session, district, wednesday, GO_LIVE + 2 * DAY)
        assert (found.status, found.problem) == ("waiting", "The update of 2026-11-23 comes first.")
        assert await known(session) == [MONDAY, MONDAY + DAY, wednesday]
        assert await service.next_night(session, wednesday) == MONDAY

    async def test_the_future_is_refused(self, session: AsyncSession, district: District) -> None:
        with pytest.raises(service.FutureDateError) as refused:
            await begin(session, district, MONDAY + DAY, GO_LIVE)
        assert refused.value.detail.startswith("2026-11-24 is in the future: today is 2026-11-23.")
        assert await known(session) == []

    async def test_long_ago_is_refused_unless_it_is_on_record(self, session: AsyncSession, district: District) -> None:
        old = MONDAY - 32 * DAY
        with pytest.raises(service.PastDateError) as refused:
            await begin(session, district, old, GO_LIVE)
        assert "Choose a date from 2026-10-23 on" in refused.value.detail
        assert (await begin(session, district, MONDAY - 31 * DAY, GO_LIVE)).status == "running"
        await repository.begin(session, old, PART, GO_LIVE)
        await finish(session, old)
        assert (await begin(session, district, old, GO_LIVE)).status == "finished"

    async def test_the_size_of_a_part_stays_for_the_whole_night(
        self, session: AsyncSession, district: District
    ) -> None:
        """Else a setting that is changed between a kill and the next start would leave accounts out."""
        await service.begin(session, MONDAY, district, GO_LIVE, 60)
        await service.begin(session, MONDAY, district, GO_LIVE, 500)
        run = await repository.run_of(session, MONDAY)
        assert run is not None and run.part_accounts == 60


async def test_a_night_that_nobody_began_is_not_found(session: AsyncSession) -> None:
    with pytest.raises(service.NightNotFoundError):
        await service.progress(session, MONDAY)
