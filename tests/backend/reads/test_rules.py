"""From registers to use, reckoned by hand, and what must hold for any register whatever it is made of."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.reads.history import Expected, Interval, expected_per_day, intervals_of
from backend.reads.registers import Read, Register, counts_between, whole_units
from backend.reads.rules import Limits, PointUse, closing_day, use_of_point

LIMITS = Limits(class_units_per_day=Decimal("0.4"))
OPENING, CLOSING = date(2026, 10, 20), date(2026, 11, 20)
PERIOD = (OPENING, CLOSING)


def a_register(**changes: Any) -> Register:
    values: dict[str, Any] = {
        "meter_id": uuid4(),
        "digits": 6,
        "units_per_count": Decimal(1),
        "installed_on": date(2020, 1, 1),
    }
    return Register(**{**values, **changes})


def use(register: Register, *reads: Read, **changes: Any) -> PointUse:
    return use_of_point([register], {register.meter_id: list(reads)}, PERIOD, changes.pop("limits", LIMITS), **changes)


def codes(used: PointUse) -> list[str]:
    return [found.code for found in used.findings]


class TestRegisters:
    def test_use_is_the_difference_of_two_reads(self) -> None:
        used = use(a_register(), Read(OPENING, "actual", 1_200), Read(CLOSING, "actual", 1_212))
        assert (used.units, codes(used)) == (12, [])

    def test_parts_of_a_unit_wait_for_the_next_bill(self) -> None:
        register = a_register(units_per_count=Decimal("0.01"))
        first = use(register, Read(OPENING, "actual", 99_950), Read(CLOSING, "actual", 101_049))
        assert first.units == 1_010 - 999

    @pytest.mark.parametrize(
        ("digits", "opening", "closing", "units"),
        [(6, 999_990, 5, 15), (4, 9_999, 0, 1), (5, 99_000, 200, 1_200)],
    )
    def test_a_register_starts_from_zero_again(self, digits: int, opening: int, closing: int, units: int) -> None:
        limits = Limits(class_units_per_day=Decimal(40))
        reads = (Read(OPENING, "actual", opening), Read(CLOSING, "actual", closing))
        used = use(a_register(digits=digits), *reads, limits=limits)
        assert (used.units, codes(used)) == (units, ["ROLLOVER"])

    def test_a_rollover_with_a_multiplier_is_held_against_units(self) -> None:
        # 1,500 counts of a hundredth are 15 units: plausible; as whole units they would not be.
        register = a_register(units_per_count=Decimal("0.01"))
        used = use(register, Read(OPENING, "actual", 999_500), Read(CLOSING, "actual", 1_000))
        assert (used.units, codes(used)) == (15, ["ROLLOVER"])
        backwards = use(a_register(), Read(OPENING, "actual", 999_500), Read(CLOSING, "actual", 1_000))
        assert (codes(backwards), backwards.is_estimated) == (["NEGATIVE"], True)

    def test_thousand_gallon_registers_bill_hundred_cubic_feet(self) -> None:
        register = a_register(units_per_count=Decimal("1.336898"))
        used = use(register, Read(OPENING, "actual", 100), Read(CLOSING, "actual", 110))
        assert used.units == int(Decimal("147.05878")) - int(Decimal("133.6898"))


class TestOpening:
    def test_the_bill_begins_where_the_last_one_ended(self) -> None:
        reads = (Read(OPENING, "estimated", 1_205), Read(CLOSING, "actual", 1_212))
        assert use(a_register(), Read(OPENING, "actual", 1_200), *reads).units == 7

    def test_a_customer_who_moves_in_begins_with_the_read_at_the_door(self) -> None:
        first_day = OPENING + timedelta(days=1)
        reads = (
            Read(date(2026, 9, 20), "actual", 1_000),
            Read(first_day, "actual", 1_190),
            Read(CLOSING, "actual", 1_200),
        )
        used = use(a_register(), *reads, begins=True)
        assert (used.units, codes(used)) == (10, [])

    def test_a_read_the_day_before_comes_first(self) -> None:
        first_day = OPENING + timedelta(days=1)
        reads = (Read(OPENING, "actual", 1_190), Read(first_day, "actual", 1_191), Read(CLOSING, "actual", 1_200))
        used = use(a_register(), *reads, begins=True)
        assert (used.units, codes(used)) == (10, ["DUP_READ"])

    def test_without_a_read_about_the_day_it_is_taken_from_those_around_it(self) -> None:
        # 92 counts in the 92 days from August 20 to November 20: 61 of them before October 20.
        reads = (Read(date(2026, 8, 20), "actual", 1_000), Read(CLOSING, "actual", 1_092))
        used = use(a_register(), *reads, begins=True)
        assert used.units == 31
        (found,) = used.findings
        assert (found.code, found.detail) == ("NO_PREV", {"last_read_on": "2026-08-20", "taken": 1_061})

    def test_a_meter_that_was_never_read_bills_nothing_and_counts_from_now(self) -> None:
        used = use(a_register(), Read(CLOSING, "actual", 77))
        assert (used.units, codes(used)) == (0, ["NO_PREV"])
        assert used.uses[0].closing.value == 77

    def test_no_read_at_all(self) -> None:
        used = use(a_register())
        assert (used.uses, codes(used)) == ([], ["NO_READ", "NO_PREV"])


class TestEstimates:
    def test_from_the_months_before(self) -> None:
        reads = [Read(date(2026, 7, 20), "actual", 1_000), Read(OPENING, "actual", 1_092)]
        used = use(a_register(), *reads)
        # 92 in 92 days: 31 in 31.
        assert (used.units, used.is_estimated, used.uses[0].is_made_up) == (31, True, True)
        assert used.uses[0].closing == Read(CLOSING, "estimated", 1_123)

    def test_from_the_same_season_last_year(self) -> None:
        reads = [
            Read(date(2025, 10, 20), "actual", 0),
            Read(date(2025, 11, 20), "actual", 62),
            Read(date(2026, 9, 20), "actual", 900),
            Read(OPENING, "actual", 903),
        ]
        assert use(a_register(), *reads).units == 62

    def test_from_what_the_class_uses_where_nothing_is_known(self) -> None:
        used = use(a_register(), Read(OPENING, "actual", 500))
        # 31 × 0.4 = 12.4, and half up whole counts.
        assert used.units == 12

    def test_of_a_register_with_a_multiplier(self) -> None:
        used = use(a_register(units_per_count=Decimal("0.1")), Read(OPENING, "actual", 500))
        assert (used.uses[0].counts, used.units) == (124, 62 - 50)

    def test_an_estimate_past_the_end_of_the_register_shows_what_it_would(self) -> None:
        used = use(a_register(), Read(OPENING, "actual", 999_995))
        assert used.uses[0].closing.value == 7

    @pytest.mark.parametrize(("estimated", "expected"), [(1, False), (2, True)])
    def test_only_so_many_in_a_row(self, estimated: int, expected: bool) -> None:
        days = [OPENING - timedelta(days=30 * ago) for ago in range(3, -1, -1)]
        kinds = ["actual"] * (4 - estimated) + ["estimated"] * estimated
        reads = [Read(day, kind, 100 + 10 * n) for n, (day, kind) in enumerate(zip(days, kinds, strict=True))]
        assert ("EST_RUN" in codes(use(a_register(), *reads))) is expected

    def test_one_in_place_of_a_read_that_cannot_be_true_counts_in_a_row(self) -> None:
        days = [OPENING - timedelta(days=30 * ago) for ago in range(2, -1, -1)]
        reads = [Read(days[0], "actual", 100)]
        for month, day in enumerate(days[1:], 1):
            reads += [Read(day, "actual", 40 + month), Read(day, "estimated", 100 + 10 * month)]
        used = use(a_register(), *reads, Read(CLOSING, "actual", 43))
        assert [(found.code, found.detail.get("in_a_row")) for found in used.findings[-1:]] == [("EST_RUN", 3)]
        assert used.units == round(20 / 60 * 31)

    def test_a_true_read_beside_an_estimate_that_was_billed_ends_the_row(self) -> None:
        days = [OPENING - timedelta(days=30 * ago) for ago in range(2, -1, -1)]
        reads = [Read(days[0], "actual", 100), Read(days[1], "actual", 109), Read(days[1], "estimated", 110)]
        used = use(a_register(), *reads, Read(days[2], "estimated", 120))
        assert codes(used) == ["NO_READ"]


class TestExchange:
    ON = date(2026, 11, 5)

    def point(self, *, reads_of_old: list[Read], reads_of_new: list[Read], **new: Any) -> PointUse:
        old = a_register(removed_on=self.ON)
        new_one = a_register(installed_on=self.ON, **new)
        return use_of_point(
            [old, new_one], {old.meter_id: reads_of_old, new_one.meter_id: reads_of_new}, PERIOD, LIMITS
        )

    def test_both_meters_count(self) -> None:
        used = self.point(
            reads_of_old=[Read(OPENING, "actual", 900), Read(self.ON, "exchange_out", 907)],
            reads_of_new=[Read(self.ON, "exchange_in", 3), Read(CLOSING, "actual", 9)],
        )
        assert ([one.units for one in used.uses], codes(used)) == ([7, 6], ["EXCHANGE"])

    def test_a_missing_out_read_is_estimated_and_named(self) -> None:
        used = self.point(
            reads_of_old=[Read(OPENING, "actual", 900)],
            reads_of_new=[Read(self.ON, "exchange_in", 0), Read(CLOSING, "actual", 6)],
        )
        # 16 days × 0.4 = 6.4
        assert [one.units for one in used.uses] == [6, 6]
        assert used.findings[0].detail == {"on": "2026-11-05", "missing": ["exchange_out"]}

    def test_a_meter_that_is_taken_out_for_good_needs_its_last_read_too(self) -> None:
        old = a_register(removed_on=self.ON)
        used = use_of_point([old], {old.meter_id: [Read(OPENING, "actual", 900)]}, PERIOD, LIMITS)
        assert [found.detail for found in used.findings] == [{"on": "2026-11-05", "missing": ["exchange_out"]}]

    def test_the_new_meter_may_count_in_another_unit(self) -> None:
        used = self.point(
            reads_of_old=[Read(OPENING, "actual", 900), Read(self.ON, "exchange_out", 907)],
            reads_of_new=[Read(self.ON, "exchange_in", 0), Read(CLOSING, "actual", 640)],
            units_per_count=Decimal("0.01"),
        )
        assert ([one.units for one in used.uses], codes(used)) == ([7, 6], ["EXCHANGE", "MULT_CHANGED"])


class TestClosing:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            ([CLOSING], CLOSING),
            ([CLOSING - timedelta(days=5)], CLOSING - timedelta(days=5)),
            ([CLOSING - timedelta(days=6)], None),
            ([CLOSING - timedelta(days=3), CLOSING - timedelta(days=1)], CLOSING - timedelta(days=1)),
            ([CLOSING + timedelta(days=1), CLOSING + timedelta(days=4)], CLOSING + timedelta(days=1)),
            ([CLOSING - timedelta(days=5), CLOSING + timedelta(days=1)], CLOSING - timedelta(days=5)),
            ([CLOSING + timedelta(days=6)], None),
        ],
    )
    def test_the_day_on_which_a_bill_ends(self, days: list[date], expected: date | None) -> None:
        assert closing_day([Read(day, "actual", 1) for day in days], CLOSING, 5) == expected

    def test_an_actual_read_counts_before_an_estimate_of_that_day(self) -> None:
        reads = (Read(OPENING, "actual", 100), Read(CLOSING, "actual", 112), Read(CLOSING, "estimated", 140))
        used = use(a_register(), *reads)
        assert (used.units, codes(used)) == (12, ["DUP_READ"])


class TestHistory:
    def test_a_register_that_ran_backwards_is_no_history(self) -> None:
        register = a_register()
        reads = [
            Read(date(2026, 8, 20), "actual", 500),
            Read(date(2026, 9, 20), "actual", 100),
            Read(OPENING, "actual", 110),
        ]
        assert intervals_of(register, reads) == [
            Interval(date(2026, 9, 20), OPENING, 10, Decimal(1), is_estimated=False)
        ]

    def test_expectation_is_by_the_day(self) -> None:
        gaps = [Interval(date(2026, 8, 20), date(2026, 10, 20), 61, Decimal(1), is_estimated=False)]
        assert expected_per_day(gaps, PERIOD, Decimal("0.4")) == Expected(Decimal(1), "recent")
        assert expected_per_day([], PERIOD, Decimal("0.4")) == Expected(Decimal("0.4"), "class")


EACH = st.sampled_from([Decimal(1), Decimal("0.1"), Decimal("0.01"), Decimal("10"), Decimal("1.336898")])


class TestAlways:
    @given(EACH, st.integers(0, 10**6 - 1), st.lists(st.integers(0, 20_000), min_size=1, max_size=12))
    def test_over_many_bills_no_water_is_lost_and_none_billed_twice(
        self, each: Decimal, start: int, uses: list[int]
    ) -> None:
        register = a_register(digits=9, units_per_count=each)
        value, billed = start, 0
        for counts in uses:
            billed += whole_units(register, value, counts)
            value += counts
        assert billed == int(value * each) - int(start * each)
        assert abs(billed - sum(uses) * each) < 1

    @given(st.integers(1, 9), st.data())
    def test_counts_between_two_values_lead_from_one_to_the_other(self, digits: int, data: st.DataObject) -> None:
        register = a_register(digits=digits)
        opening, closing = (data.draw(st.integers(0, register.modulus - 1)) for _ in range(2))
        counts, rolled = counts_between(register, opening, closing)
        assert (opening + counts) % register.modulus == closing
        assert 0 <= counts <= register.modulus
        assert rolled == (closing < opening)

    @given(
        st.lists(
            st.tuples(
                st.integers(-40, 35), st.sampled_from(["actual", "estimated", "customer"]), st.integers(0, 9_999)
            ),
            max_size=8,
            unique_by=lambda read: read[:2],
        )
    )
    def test_no_use_is_ever_negative(self, given_reads: list[tuple[int, str, int]]) -> None:
        register = a_register(digits=4)
        reads = sorted(Read(OPENING + timedelta(days=days), kind, value) for days, kind, value in given_reads)
        used = use(register, *reads)
        assert all(one.units >= 0 and one.counts >= 0 for one in used.uses)
        assert all(0 <= one.closing.value < register.modulus for one in used.uses)

    @given(st.integers(0, 365 * 3))
    def test_a_period_of_days_is_counted_in_days_whatever_the_clocks_do(self, offset: int) -> None:
        # Both nights on which the clocks change, February 29 and the year's end are among these periods.
        start = date(2027, 1, 1) + timedelta(days=offset)
        register = a_register()
        reads = {register.meter_id: [Read(start, "actual", 0)]}
        used = use_of_point([register], reads, (start, start + timedelta(days=30)), Limits(Decimal(1)))
        assert used.units == 30


def test_points_know_their_meters_by_id() -> None:
    register = a_register(meter_id=UUID(int=7))
    assert use(register, Read(OPENING, "actual", 0), Read(CLOSING, "actual", 0)).findings[0].meter_id == UUID(int=7)
