"""What a bank's reason means: for the customer, for the fee, for the next attempt."""

from datetime import date, timedelta

import pytest

from backend.payments.return_rules import RULES, NextStep, present_again_until, rule_of

FIRST = date(2026, 6, 1)


class TestReasons:
    @pytest.mark.parametrize("code", ["R01", "R09"])
    def test_no_money_costs_the_fee_and_may_be_tried_again(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.next_step, rule.fee, rule.stops_autopay) == (NextStep.RE_PRESENT, True, False)

    @pytest.mark.parametrize("code", ["R02", "R03", "R04"])
    def test_no_such_account_costs_the_fee_and_ends_autopay(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.next_step, rule.fee, rule.stops_autopay) == (NextStep.NEW_ACCOUNT, True, True)

    @pytest.mark.parametrize("code", ["R05", "R07", "R10"])
    def test_not_authorized_costs_nothing_ends_autopay_and_goes_to_a_person(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.next_step, rule.fee, rule.stops_autopay) == (NextStep.FRAUD_REVIEW, False, True)
        assert rule.needs_person

    @pytest.mark.parametrize("code", ["R08", "R29"])
    def test_stopped_by_the_customer_asks_the_customer(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.next_step, rule.fee, rule.stops_autopay) == (NextStep.ASK_CUSTOMER, False, True)

    def test_drawn_otherwise_than_agreed_is_ours_to_correct(self) -> None:
        rule = rule_of("R11")
        assert (rule.next_step, rule.fee, rule.stops_autopay, rule.needs_person) == (
            NextStep.CORRECT_AND_RESEND,
            False,
            False,
            True,
        )

    @pytest.mark.parametrize("code", ["R14", "R15"])
    def test_a_death_is_told_to_nobody_by_a_machine(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.told_to_customer, rule.needs_person, rule.fee, rule.stops_autopay) == (False, True, False, True)

    @pytest.mark.parametrize("code", ["R17", "R18", "R19", "R24", "R25", "R26", "R27", "R28"])
    def test_an_error_in_our_file_costs_the_customer_nothing_and_says_nothing(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.next_step, rule.fee, rule.told_to_customer, rule.stops_autopay) == (
            NextStep.OUR_ERROR,
            False,
            False,
            False,
        )

    @pytest.mark.parametrize("code", ["R61", "R67", "R70", "R71", "R77"])
    def test_banks_at_odds_move_no_money_by_themselves(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.reverses, rule.needs_person, rule.fee) == (False, True, False)

    @pytest.mark.parametrize("code", ["R99", "R60", "X"])
    def test_a_reason_nobody_knows_goes_to_a_person_without_a_fee_or_an_accusation(self, code: str) -> None:
        rule = rule_of(code)
        assert (rule.next_step, rule.reverses, rule.fee, rule.stops_autopay) == (NextStep.LOOK_INTO, True, False, False)

    def test_only_what_the_customer_s_account_would_not_pay_costs_the_fee(self) -> None:
        charged = {code for code, rule in RULES.items() if rule.fee}
        assert charged == {"R01", "R02", "R03", "R04", "R09"}


class TestPresentingAgain:
    """Three presentments in all, within 180 days of the first."""

    def test_is_allowed_twice_more(self) -> None:
        last = FIRST + timedelta(days=180)
        second = FIRST + timedelta(days=5)
        assert present_again_until([FIRST], today=second) == last
        assert present_again_until([second, FIRST], today=second) == last
        assert present_again_until([second, second, FIRST], today=second) is None

    def test_ends_180_days_after_the_first(self) -> None:
        assert present_again_until([FIRST], today=FIRST + timedelta(days=180)) == date(2026, 11, 28)
        assert present_again_until([FIRST], today=FIRST + timedelta(days=181)) is None

    def test_counts_a_leap_day(self) -> None:
        assert present_again_until([date(2027, 12, 1)], today=date(2028, 2, 29)) == date(2028, 5, 29)

    def test_nothing_presented_is_nothing_to_present_again(self) -> None:
        assert present_again_until([], today=FIRST) is None
