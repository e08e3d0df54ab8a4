"""What comes next for a charge, how long to wait, and when nothing more is to be expected."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.charges import rules, wording
from backend.charges.rules import Step
from backend.gateway.values import DeclineReason
from backend.models.charge import CHARGE_STATUSES, ON_THE_WAY, UNRESOLVED

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("created", Step.SUBMIT),
        ("submitted", Step.ASK),
        ("unknown", Step.ASK),
        ("pending", Step.ASK),
        ("succeeded", Step.POST),
        ("posted", Step.TELL),
        ("told", Step.NONE),
        ("failed", Step.TELL),
    ],
)
def test_what_was_sent_is_asked_about_before_it_is_sent_again(status: str, step: Step) -> None:
    assert rules.next_step(status, is_told=False) is step
    assert {"created", *UNRESOLVED, *ON_THE_WAY, "posted", "told", "failed"} == set(CHARGE_STATUSES)


def test_a_failure_is_told_once() -> None:
    assert rules.next_step("failed", is_told=True) is Step.NONE


def test_pauses_grow_to_a_minute_and_then_to_five() -> None:
    seconds = [rules.pause(looks, pending=False).total_seconds() for looks in (1, 2, 3, 4, 5, 6, 7, 8, 100, 101)]
    assert seconds == [1, 2, 4, 8, 16, 32, 60, 60, 60, 300]


def test_an_hours_outage_is_noticed_to_be_over_within_a_minute() -> None:
    waited, looks = timedelta(), 0
    while waited < timedelta(hours=1):
        looks += 1
        waited += rules.pause(looks, pending=False)
    assert rules.pause(looks + 1, pending=False) <= timedelta(minutes=1)


def test_a_bank_debit_is_asked_about_seldom_and_for_as_long_as_it_takes() -> None:
    assert rules.pause(1, pending=True) == timedelta(minutes=15)
    assert rules.pause(9, pending=True) == timedelta(hours=6)


def test_the_last_submission_is_well_within_the_life_of_its_key() -> None:
    assert rules.may_submit(None, NOW)
    assert rules.may_submit(NOW - timedelta(hours=12), NOW)
    assert not rules.may_submit(NOW - timedelta(hours=12, seconds=1), NOW)
    assert timedelta(hours=24) >= 2 * rules.SUBMIT_FOR


def test_nothing_is_believed_to_have_come_to_nothing_while_it_may_be_on_its_way() -> None:
    submitted = NOW - timedelta(hours=13)
    assert not rules.came_to_nothing(submitted, NOW - timedelta(minutes=15), NOW)
    assert rules.came_to_nothing(submitted, NOW - timedelta(minutes=16), NOW)
    assert not rules.came_to_nothing(NOW - timedelta(hours=1), NOW - timedelta(minutes=30), NOW)


class TestWording:
    told = wording.Told("Rio Seco Water", "+19515550100", 8_250, "Visa ending in 4242", "1234", balance_cents=0)

    @pytest.mark.parametrize("reason", [*DeclineReason, rules.NOT_TAKEN, rules.REFUSED])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_every_failure_has_a_reason_a_next_step_and_a_number_to_call(self, reason: str, language: str) -> None:
        words = wording.failed(self.told, reason, language)
        assert "951-555-0100" in words and "$82.50" in words
        assert "{" not in words and words.count(". ") >= 2

    def test_that_a_card_was_reported_stolen_is_not_told_to_who_holds_it(self) -> None:
        assert wording.failed(self.told, "lost_or_stolen", "en") == wording.failed(self.told, "do_not_honor", "en")

    def test_a_receipt_in_english_fits_two_segments_of_plain_text(self) -> None:
        words = wording.receipt(self.told, 10_000_001, "en")
        assert words.isascii() and len(words) <= 306

    @pytest.mark.parametrize(
        ("balance", "words"),
        [(3_250, "Your balance is now $32.50."), (0, "Your balance is now $0.00."), (-500, "a credit of $5.00.")],
    )
    def test_the_balance_is_said_as_people_say_it(self, balance: int, words: str) -> None:
        told = wording.Told("Rio Seco Water", "+19515550100", 8_250, "Visa ending in 4242", "1234", balance)
        assert words in wording.receipt(told, 10_000_001, "en")
