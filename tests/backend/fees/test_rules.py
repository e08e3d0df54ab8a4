"""What fees come to and who may take them back, worked out by hand."""

from datetime import date

import pytest

from backend.fees import rules
from backend.fees.rules import Asked, Grant, LateTerms, ReconnectionTerms, Verdict


class TestLateFee:
    @pytest.mark.parametrize(
        ("terms", "unpaid_cents", "fee_cents"),
        [
            (LateTerms(1_000, 0, 0, 1_000), 8_250, 1_000),
            (LateTerms(1_000, 0, 0, 1_000), 1_000, 1_000),
            (LateTerms(1_000, 0, 0, 1_000), 999, 0),
            (LateTerms(0, 10, 0, 1), 8_255, 826),  # 825.5, half up
            (LateTerms(0, 10, 0, 1), 8_254, 825),
            (LateTerms(0, 5, 500, 1), 6_000, 500),  # "the greater of $5 or 5%"
            (LateTerms(0, 5, 500, 1), 20_000, 1_000),
            (LateTerms(500, 1.5, 0, 1), 10_000, 650),  # flat and percent together
        ],
    )
    def test_amounts(self, terms: LateTerms, unpaid_cents: int, fee_cents: int) -> None:
        assert rules.late_fee_cents(terms, unpaid_cents) == fee_cents

    @pytest.mark.parametrize(
        ("left", "money", "ahead", "unpaid"),
        [
            (5_000, 0, 0, 5_000),
            (5_000, 0, 9_000, 5_000),
            (5_000, 2_000, 0, 3_000),  # $20 are on their way
            (5_000, 6_000, 4_000, 3_000),  # and pay older charges first
            (5_000, 4_000, 4_000, 5_000),
            (5_000, 12_000, 0, 0),
        ],
    )
    def test_money_that_has_paid_nothing_yet_pays_what_is_ahead_first(
        self, left: int, money: int, ahead: int, unpaid: int
    ) -> None:
        assert rules.unpaid_of_bill_cents(left, money, ahead) == unpaid


class TestReconnection:
    """HSC 116914(a)(1): $50 in operating hours, $150 outside, unless the fee itself is lower."""

    terms = ReconnectionTerms(6_500, 17_500, 5_000, 15_000)

    @pytest.mark.parametrize(
        ("is_open", "low_income", "cents"),
        [(True, False, 6_500), (False, False, 17_500), (True, True, 5_000), (False, True, 15_000)],
    )
    def test_hours_and_household(self, is_open: bool, low_income: bool, cents: int) -> None:
        fee = rules.reconnection_fee_cents(self.terms, office_is_open=is_open, low_income=low_income)
        assert fee == cents

    def test_the_cap_never_raises_a_lower_fee(self) -> None:
        cheap = ReconnectionTerms(3_000, 9_000, 5_000, 15_000)
        assert rules.reconnection_fee_cents(cheap, office_is_open=True, low_income=True) == 3_000


@pytest.mark.parametrize(("before", "cents"), [(0, 2_500), (1, 3_500), (4, 3_500)])
def test_the_first_returned_payment_costs_less_than_later_ones(before: int, cents: int) -> None:
    assert rules.returned_payment_fee_cents(2_500, 3_500, before) == cents


ASSISTANT = Grant("assistant", frozenset({"late"}), frozenset({"courtesy"}), 1_000, 1, False, True)
CSR = Grant("csr", frozenset({"late"}), frozenset({"courtesy", "hardship"}), 1_500, 1, False, False)
LEAD = Grant("lead", frozenset({"late", "tag"}), frozenset({"courtesy", "other"}), 5_000, 3, True, False)
GRANTS = (ASSISTANT, CSR, LEAD)


def asked(
    role: str,
    code: str = "late",
    cents: int = 1_000,
    reason: str = "courtesy",
    *,
    note: bool = True,
    before: tuple[str, ...] = (),
) -> Asked:
    return Asked(role, code, cents, reason, note, before)


class TestAuthority:
    @pytest.mark.parametrize(
        ("what", "answer"),
        [
            (asked("csr"), Verdict.ALLOWED),
            (asked("csr", cents=1_500), Verdict.ALLOWED),
            (asked("csr", cents=1_501), Verdict.AMOUNT),
            (asked("csr", code="tag"), Verdict.FEE),
            (asked("csr", reason="other"), Verdict.REASON),
            (asked("csr", before=("late",)), Verdict.COUNT),
            (asked("csr", before=("returned_payment",)), Verdict.ALLOWED),
            (asked("assistant"), Verdict.SECOND_PERSON),
            (asked("assistant", cents=2_000), Verdict.AMOUNT),
            (asked("lead", code="tag", note=False), Verdict.NOTE),
            (asked("lead", code="tag", before=("late", "tag", "tag")), Verdict.COUNT),
            (asked("lead", code="tag", before=("late", "tag")), Verdict.ALLOWED),
            (asked("supervisor"), Verdict.FEE),  # no grant, no authority
        ],
    )
    def test_by_role_fee_reason_amount_and_count(self, what: Asked, answer: Verdict) -> None:
        assert rules.verdict(GRANTS, what) is answer

    def test_of_several_grants_one_that_covers_is_enough(self) -> None:
        wide = Grant("csr", frozenset({"late"}), frozenset({"hardship"}), 9_000, 5, False, False)
        assert rules.verdict((CSR, wide), asked("csr", cents=9_000, reason="hardship")) is Verdict.ALLOWED
        assert rules.verdict((CSR, wide), asked("csr", cents=9_000)) is Verdict.AMOUNT

    def test_the_second_person_needs_no_third(self) -> None:
        careful = Grant("lead", frozenset({"late"}), frozenset({"courtesy"}), 5_000, 3, False, True)
        assert rules.verdict((careful,), asked("lead")) is Verdict.SECOND_PERSON
        assert rules.may_approve((careful,), asked("lead")) is Verdict.ALLOWED
        assert rules.may_approve((careful,), asked("lead", cents=5_001)) is Verdict.AMOUNT


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert rules.months_before(day, months) == expected
