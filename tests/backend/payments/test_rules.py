"""What a payment may be, and what it pays first, as the district orders it."""

from datetime import date

import pytest

from backend.payments.rules import AmountRefusedError, Charge, Order, allocate, check_amount, dollars, in_order


def charge(name: str, cents: int, due: date, *, fee: bool = False, on: date = date(2026, 10, 1)) -> Charge:
    return Charge((name, 1), cents, fee, on, due)


AUGUST, SEPTEMBER = date(2026, 8, 25), date(2026, 9, 25)
OLD_FEE = charge("old fee", 1_000, AUGUST, fee=True)
OLD_BILL = charge("old bill", 5_000, AUGUST)
NEW_FEE = charge("new fee", 2_500, SEPTEMBER, fee=True)
NEW_BILL = charge("new bill", 8_000, SEPTEMBER)
EVERYTHING = (NEW_BILL, OLD_FEE, NEW_FEE, OLD_BILL)


def names(order: Order, plan: date | None = None, charges: tuple[Charge, ...] = EVERYTHING) -> list[str]:
    return [one.key[0] for one in in_order(charges, order, plan)]


class TestOrder:
    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            (Order("oldest_first", "service_first"), ["old bill", "old fee", "new bill", "new fee"]),
            (Order("oldest_first", "fees_first"), ["old fee", "old bill", "new fee", "new bill"]),
            (Order("service_first", "service_first"), ["old bill", "new bill", "old fee", "new fee"]),
            (Order("fees_first", "service_first"), ["old fee", "new fee", "old bill", "new bill"]),
        ],
    )
    def test_is_the_district_s(self, order: Order, expected: list[str]) -> None:
        assert names(order) == expected

    def test_on_a_plan_what_is_charged_now_comes_before_what_was_put_off(self) -> None:
        agreed = date(2026, 9, 10)
        put_off = charge("put off", 5_000, AUGUST, on=date(2026, 8, 4))
        current = charge("current", 8_000, date(2026, 10, 25), on=date(2026, 10, 4))
        assert names(Order(), agreed, (put_off, current)) == ["current", "put off"]
        assert names(Order(on_plan="as_usual"), agreed, (put_off, current)) == ["put off", "current"]
        assert names(Order(), None, (put_off, current)) == ["put off", "current"]

    def test_between_equals_the_key_decides(self) -> None:
        twins = (charge("b", 1, AUGUST), charge("a", 1, AUGUST))
        assert names(Order(), None, twins) == ["a", "b"]


class TestAllocate:
    def test_pays_in_order_until_the_money_ends(self) -> None:
        paid = allocate(6_500, in_order(EVERYTHING, Order(), None))
        assert [(one.key[0], cents) for one, cents in paid] == [
            ("old bill", 5_000),
            ("old fee", 1_000),
            ("new bill", 500),
        ]

    def test_leaves_what_nothing_is_owed_for(self) -> None:
        assert sum(cents for _, cents in allocate(100_000, EVERYTHING)) == 16_500

    def test_passes_over_what_is_paid(self) -> None:
        assert allocate(100, [charge("paid", 0, AUGUST), OLD_BILL]) == [(OLD_BILL, 100)]


class TestAmounts:
    @pytest.mark.parametrize("cents", [1, 8_420, 25_000_000])
    def test_that_a_payment_can_have(self, cents: int) -> None:
        check_amount(cents, 25_000_000)

    @pytest.mark.parametrize(
        ("cents", "said"),
        [(0, "more than nothing"), (-1, "more than nothing"), (25_000_001, r"\$250,000\.00"), (10**19, "slip")],
    )
    def test_that_it_cannot(self, cents: int, said: str) -> None:
        with pytest.raises(AmountRefusedError, match=said):
            check_amount(cents, 25_000_000)

    @pytest.mark.parametrize(
        ("cents", "said"), [(0, "$0.00"), (5, "$0.05"), (123_450, "$1,234.50"), (-1_750, "-$17.50")]
    )
    def test_as_words(self, cents: int, said: str) -> None:
        assert dollars(cents) == said
