"""What a saved method is called, and how long a card is good."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from backend.gateway.values import MethodKind
from backend.saved_methods import rules
from backend.saved_methods.service import SavedMethod

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("brand", "last4", "language", "label"),
    [
        ("visa", "4242", "en", "Visa ending in 4242"),
        ("amex", "0005", "es", "American Express que termina en 0005"),
        ("First Bank of Rio Seco", "6789", "en", "First Bank of Rio Seco ending in 6789"),
        ("cartes_bancaires", "", "en", "cartes_bancaires"),
    ],
)
def test_a_label_says_brand_and_last_digits(brand: str, last4: str, language: str, label: str) -> None:
    assert rules.label(brand, last4, language) == label


def test_a_card_is_good_through_the_last_day_of_its_month() -> None:
    assert rules.expires_on((2028, 2)) == date(2028, 2, 29)
    assert rules.expires_on(None) is None
    card = SavedMethod(uuid4(), MethodKind.CARD, "visa", "4242", date(2028, 2, 29), NOW)
    assert not card.has_expired(date(2028, 2, 29))
    assert card.has_expired(date(2028, 3, 1))
    account = SavedMethod(uuid4(), MethodKind.BANK_ACCOUNT, "Bank", "6789", None, NOW)
    assert not account.has_expired(date(2099, 1, 1))


def test_a_page_is_asked_about_at_its_end_at_the_latest() -> None:
    assert rules.next_look(NOW, NOW + timedelta(hours=1)) == NOW + timedelta(minutes=15)
    assert rules.next_look(NOW, NOW + timedelta(minutes=4)) == NOW + timedelta(minutes=4)
    assert rules.next_look(NOW, NOW - timedelta(minutes=4)) == NOW + timedelta(minutes=15)
