"""How a card payment on a call ended, in words; a convenience fee is told apart from the sum."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.captures.view import CaptureSeen
from backend.charges.service import ChargeState
from backend.console.capture_pane import CapturePane
from backend.console.words import Wording
from backend.models.base import new_id


def ended(fee_cents: int, language: str = "en", **charge: Any) -> str:
    made: dict[str, Any] = {"failure": None, "confirmation_number": None, **charge}
    state = ChargeState(
        id=new_id(), account_id=new_id(), amount_cents=7_000, status="told", method_label="Visa ending in 4242",
        payment_id=None, received_on=date(2026, 11, 23), fee_cents=fee_cents, **made,
    )  # fmt: skip
    seen = CaptureSeen(
        id=new_id(), status="charged", kind="card", amount_cents=7_000, fee_cents=fee_cents, step=None, problem=None,
        partial="", fields=(), charge=state,
    )  # fmt: skip
    t: Any = Wording(language, ZoneInfo("America/Los_Angeles"))
    nobody: Any = None
    return CapturePane(t, nobody, nobody)._ended(seen)


@pytest.mark.parametrize(
    ("charge", "says"),
    [
        ({"confirmation_number": 7}, "Paid: $72.50 (of which $2.50 is the fee) from Visa"),
        ({}, "The payment of $72.50 (of which $2.50 is the fee) is on its way."),
        ({"failure": "expired_card"}, "The payment of $72.50 (of which $2.50 is the fee) was not made."),
    ],
)
def test_a_fee_is_named_however_it_ended(charge: dict[str, Any], says: str) -> None:
    assert says in ended(250, **charge)


def test_without_a_fee_there_is_the_amount_alone() -> None:
    assert ended(0, confirmation_number=7).startswith("Paid: $70.00 from Visa")
    assert ended(250, "es").startswith("El pago de $72.50 (de los cuales $2.50 son el cargo)")
