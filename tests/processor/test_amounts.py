"""An amount as people type it."""

import pytest

from processor.hosted.amounts import cents_of


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("42.50", 4_250),
        ("42,5", 4_250),
        (" $42.50 ", 4_250),
        ("42", 4_200),
        ("1,234.56", 123_456),
        ("1,234", 123_400),
        ("0.05", 5),
        ("-5", None),
        ("1e9", None),
        ("42.505", None),
        ("forty two", None),
        ("", None),
        ("9999999999", None),
    ],
)
def test_is_read_in_cents_or_not_at_all(typed: str, cents: int | None) -> None:
    assert cents_of(typed) == cents
