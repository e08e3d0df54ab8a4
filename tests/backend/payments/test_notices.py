"""What a customer is told about a returned payment, in plain words of their language."""

from dataclasses import replace
from datetime import date

import pytest

from backend.payments.notices import Notice, returned_payment
from backend.payments.return_rules import RULES, NextStep, rule_of

NOTICE = Notice(
    district="Rio Seco",
    phone="+17605550100",
    amount_cents=8_420,
    received_on=date(2026, 11, 20),
    fee_cents=2_500,
    balance_cents=10_920,
    next_step=NextStep.RE_PRESENT,
    autopay_ended=False,
)


def test_in_english() -> None:
    assert returned_payment(NOTICE, "en") == (
        "Rio Seco: your payment of $84.20 of November 20 was returned: there was not enough money in the bank account."
        " A returned payment fee of $25.00 was added. Your balance is $109.20. Please pay another way."
        " Call 760-555-0100."
    )


def test_in_spanish() -> None:
    assert returned_payment(NOTICE, "es") == (
        "Rio Seco: su pago de $84.20 del 20 de noviembre fue devuelto: no había suficiente dinero en la cuenta"
        " bancaria. Se agregó un cargo por pago devuelto de $25.00. Su saldo es $109.20. Por favor pague de otra forma."
        " Llame al 760-555-0100."
    )


def test_says_nothing_of_a_fee_that_was_not_charged_nor_of_autopay_that_was_not_on() -> None:
    without = replace(NOTICE, fee_cents=0)
    assert "fee" not in returned_payment(without, "en") and "cargo" not in returned_payment(without, "es")
    assert "utopay" not in returned_payment(NOTICE, "en") and "automático" not in returned_payment(NOTICE, "es")


def test_a_balance_that_is_none_is_not_said() -> None:
    for cents in (0, -500):
        even = replace(NOTICE, balance_cents=cents)
        assert "balance" not in returned_payment(even, "en") and "saldo" not in returned_payment(even, "es")


def test_says_that_autopay_is_off() -> None:
    ended = replace(NOTICE, next_step=NextStep.NEW_ACCOUNT, autopay_ended=True)
    assert "Autopay is off." in returned_payment(ended, "en")
    assert "El pago automático está desactivado." in returned_payment(ended, "es")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("code", [*RULES, "R99"])
def test_there_are_words_for_whatever_is_told(code: str, language: str) -> None:
    rule = rule_of(code)
    if not (rule.told_to_customer and rule.reverses):
        return
    said = returned_payment(replace(NOTICE, next_step=rule.next_step), language)
    assert "$84.20" in said and len(said) < 480


def test_a_leap_day_is_said_as_any_other() -> None:
    leap = replace(NOTICE, received_on=date(2028, 2, 29))
    assert "of February 29 " in returned_payment(leap, "en") and "del 29 de febrero " in returned_payment(leap, "es")
