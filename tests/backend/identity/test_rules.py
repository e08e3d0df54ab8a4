"""Failures, locks and factors, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.identity.rules import Guard, Limits, after_failure, attempts_left, digits, is_locked, subject, zip_matches

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
LIMITS = Limits(attempts=3, lock=timedelta(minutes=30))
FRESH = Guard("someone", 0, None, None)


def test_the_third_failure_locks_for_half_an_hour() -> None:
    guard = FRESH
    lefts = []
    for _ in range(3):
        guard = after_failure(guard, LIMITS, NOW)
        lefts.append(attempts_left([guard], LIMITS, NOW))
    assert lefts == [2, 1, 0]
    assert is_locked(guard, NOW + timedelta(minutes=29, seconds=59))
    assert not is_locked(guard, NOW + timedelta(minutes=30))
    assert attempts_left([guard], LIMITS, NOW + timedelta(minutes=30)) == 3


def test_failures_are_forgotten_after_as_long_without_one() -> None:
    guard = after_failure(after_failure(FRESH, LIMITS, NOW), LIMITS, NOW)
    assert attempts_left([guard], LIMITS, NOW + timedelta(minutes=29)) == 1
    assert attempts_left([guard], LIMITS, NOW + timedelta(minutes=31)) == 3


def test_the_strictest_guard_counts() -> None:
    once = after_failure(FRESH, LIMITS, NOW)
    assert attempts_left([FRESH, once], LIMITS, NOW) == 2


@pytest.mark.parametrize(
    ("given", "on_file", "right"),
    [
        ("92599", "92599", True),
        ("925991234", "92599", True),
        ("92598", "92599", False),
        ("9259", "92599", False),
        ("", "", False),
        ("92599", None, False),
    ],
)
def test_a_zip(given: str, on_file: str | None, right: bool) -> None:
    assert zip_matches(given, on_file) is right


def test_digits_are_found_among_marks() -> None:
    assert digits(" 12-34.56 78") == "12345678"
    assert digits(None) == ""


def test_subjects_tell_nothing_and_differ_by_kind() -> None:
    assert "12345678" not in subject("a key", "account", "12345678")
    assert subject("a key", "account", "12345678") != subject("a key", "party", "12345678")
    assert subject("a key", "account", "12345678") != subject("another", "account", "12345678")
