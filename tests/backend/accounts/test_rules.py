"""Pure rules of accounts."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts import rules

serials = st.integers(1, 8_999_999)


class TestAccountNumber:
    def test_has_eight_digits_and_a_check_digit(self) -> None:
        # By hand through the table: the digits 1000001 lead to 3, 1, 7, 8, 9, 2 and 2.
        assert rules.account_number(1) == "10000012"
        assert rules.is_account_number("10000012")

    def test_damm_agrees_with_the_published_example(self) -> None:
        """H. M. Damm's own example: 572 has check digit 4."""
        assert rules._damm("572") == 4
        assert rules._damm("5724") == 0

    @given(serials)
    def test_finds_every_wrong_digit(self, serial: int) -> None:
        number = rules.account_number(serial)
        wrong = [
            number[:place] + digit + number[place + 1 :]
            for place in range(8)
            for digit in "0123456789"
            if digit != number[place]
        ]
        assert len(wrong) == 72
        assert not any(rules.is_account_number(one) for one in wrong)

    @given(serials)
    def test_finds_every_swap_of_neighbours(self, serial: int) -> None:
        number = rules.account_number(serial)
        for place in range(7):
            first, second = number[place], number[place + 1]
            if first != second:
                assert not rules.is_account_number(number[:place] + second + first + number[place + 2 :])

    @pytest.mark.parametrize(
        "text", ["", "1000001", "100000100", "1000-001", "0000000", "１２３４５６７８", "10 00017"]
    )
    def test_refuses_what_is_not_eight_digits(self, text: str) -> None:
        assert not rules.is_account_number(text)

    @pytest.mark.parametrize("serial", [0, -1, 9_000_000])
    def test_refuses_a_serial_that_does_not_fit(self, serial: int) -> None:
        with pytest.raises(ValueError, match="8,999,999"):
            rules.account_number(serial)


class TestPinDigest:
    ACCOUNT, OTHER = UUID(int=1), UUID(int=2)

    def test_is_the_same_for_the_same_pin(self) -> None:
        assert rules.pin_digest("key", self.ACCOUNT, "1234") == rules.pin_digest("key", self.ACCOUNT, "1234")

    def test_differs_by_pin_account_and_key(self) -> None:
        digests = {
            rules.pin_digest("key", self.ACCOUNT, "1234"),
            rules.pin_digest("key", self.ACCOUNT, "1235"),
            rules.pin_digest("key", self.OTHER, "1234"),
            rules.pin_digest("other key", self.ACCOUNT, "1234"),
        }
        assert len(digests) == 4
        assert all(len(digest) == 32 for digest in digests)


class TestPastDue:
    @pytest.mark.parametrize(
        ("balance", "not_yet_due", "arranged", "past_due"),
        [
            (0, 0, 0, 0),
            (10_000, 10_000, 0, 0),
            (10_000, 4_000, 0, 6_000),
            (10_000, 4_000, 6_000, 0),
            (10_000, 4_000, 2_500, 3_500),
            (-500, 0, 0, 0),
            (2_000, 4_000, 0, 0),
        ],
    )
    def test_is_what_is_owed_beyond_later_due_dates(
        self, balance: int, not_yet_due: int, arranged: int, past_due: int
    ) -> None:
        assert rules.past_due_cents(balance, not_yet_due, arranged) == past_due

    def test_a_bill_is_late_the_day_after_its_due_date(self) -> None:
        assert rules.first_delinquent_day(date(2028, 2, 28)) == date(2028, 2, 29)


class TestMasks:
    def test_show_only_the_end_of_numbers(self) -> None:
        assert rules.mask_number("10001234") == "…1234"
        assert rules.mask_phone("+19515551234") == "•••-•••-1234"

    @pytest.mark.parametrize(
        ("email", "masked"), [("maria@example.com", "m•••@example.com"), ("a@b.org", "a•••@b.org")]
    )
    def test_show_the_domain_of_an_email(self, email: str, masked: str) -> None:
        assert rules.mask_email(email) == masked

    def test_hide_the_house_number(self) -> None:
        assert rules.address_hint("11801 Mesquite Ln") == "1•••• Mesquite Ln"
