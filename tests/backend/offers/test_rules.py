"""What can be paid without naming an amount, and what an amount is for."""

import pytest

from backend.offers.rules import Owed, amounts, first_offer, purpose_of


@pytest.mark.parametrize(
    ("owed", "possible"),
    [
        (Owed(0, 0, None), {}),
        (Owed(-500, 0, None), {}),
        (Owed(8_250, 0, None), {"bill": 8_250}),
        (Owed(8_250, 3_000, None), {"bill": 8_250, "past_due": 3_000}),
        (Owed(8_250, 8_250, None), {"bill": 8_250}),
        (Owed(8_250, 0, 2_000), {"bill": 8_250, "installment": 2_000}),
        (Owed(8_250, 0, 9_000), {"bill": 8_250}),
    ],
)
def test_parts_of_what_is_owed(owed: Owed, possible: dict[str, int]) -> None:
    assert amounts(owed) == possible


def test_on_a_plan_its_installment_comes_first() -> None:
    assert first_offer(Owed(8_250, 0, 2_000)) == "installment"
    assert first_offer(Owed(8_250, 3_000, None)) == "bill"


def test_an_amount_is_for_the_part_that_it_is() -> None:
    owed = Owed(8_250, 3_000, None)
    assert [purpose_of(owed, cents) for cents in (8_250, 3_000, 42)] == ["bill", "past_due", "other_amount"]
