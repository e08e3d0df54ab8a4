"""Use by month from register reads: fractions, several meters, a meter that was exchanged, estimates."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from backend.reads.history import Interval
from backend.statements.usage import Counted, periods_of, usage_of
from tests.backend.conftest import SEEDED_AT
from tests.backend.statements.test_explanations import TODAY, account_of


def counted(start: date, end: date, counts: int, each: str = "0.01", **more: bool) -> Counted:
    gap = Interval(start, end, counts, Decimal(each), more.get("estimated", False))
    return Counted("residential", gap, more.get("ends_with_meter", False))


def test_a_period_is_of_the_month_of_its_read() -> None:
    (period,) = periods_of([counted(date(2026, 10, 16), date(2026, 11, 15), 3_288)])
    assert (period.month, period.first_day, period.days, period.units) == (
        "2026-11",
        date(2026, 10, 17),
        30,
        Decimal("32.88"),
    )
    assert period.gallons_a_day == 820  # 32.88 x 748 / 30


def test_meters_read_on_one_day_are_added_and_an_estimate_marks_it() -> None:
    start, end = date(2026, 9, 1), date(2026, 10, 1)
    yard = Counted("irrigation", Interval(start, end, 3, Decimal(1), True))
    (period,) = periods_of([counted(start, end, 105, "0.1"), counted(start, end, 50), yard])
    assert period.by_class == {"residential": Decimal(11), "irrigation": Decimal(3)}
    assert (period.units, period.is_estimated) == (Decimal(14), True)


def test_a_meter_that_was_exchanged_and_its_successor_are_one_period() -> None:
    old = counted(date(2026, 10, 16), date(2026, 11, 3), 1_000, ends_with_meter=True)
    new = counted(date(2026, 11, 3), date(2026, 11, 15), 500)
    (period,) = periods_of([old, new])
    assert (period.first_day, period.last_day, period.units) == (date(2026, 10, 17), date(2026, 11, 15), Decimal(15))


async def test_of_the_leak(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "leak")
    told = await usage_of(seeded_session, account_id, 13, now=SEEDED_AT, today=TODAY)
    assert len(told.periods) == 13
    newest, before = told.periods[:2]
    assert (newest.month, newest.last_day, newest.days) == ("2026-11", date(2026, 11, 15), 30)
    # 33 and 8 whole units were billed; the register counts cubic feet.
    assert abs(newest.units - 33) < 1 and abs(before.units - 8) < 1
    (meter,) = told.meters
    assert (meter.read_on, meter.size_inches, told.read_through) == (date(2026, 11, 15), "5/8", date(2026, 11, 15))


async def test_of_every_service_of_the_restaurant(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "commercial")
    told = await usage_of(seeded_session, account_id, 1, now=SEEDED_AT, today=TODAY)
    (period,) = told.periods
    assert period.by_class.keys() == {"commercial", "irrigation", "fire_line"}
    assert abs(period.units - 127) < 3
    assert [meter.size_inches for meter in told.meters] == ["2", "3/4", "3/4", "4"]


async def test_who_has_just_moved_in_sees_nothing_of_those_before(seeded_session: AsyncSession) -> None:
    account_id = await account_of(seeded_session, "new_move_in")
    told = await usage_of(seeded_session, account_id, 24, now=SEEDED_AT, today=TODAY)
    assert told.periods == ()
    assert [meter.read_on for meter in told.meters] == [date(2026, 11, 1)]
