"""Paying on the telephone with keys: alone with the assistant, and with a lead on the line who sees dots."""

from typing import Any

import pytest
from playwright.sync_api import expect

from bench.system import System
from tests.e2e.browser import chromium
from tests.e2e.hours import office_hours
from tests.e2e.live_call import begin_capture, lead_and_caller, press
from tests.e2e.people import People, eventually

CARD = "4242424242424242"
KEYS = (f"press:{CARD}", "press:1231", "press:123", "press:92507#")


def said(record: dict[str, Any]) -> str:
    return " ".join(event["text"] for event in record["events"] if event["kind"] == "say")


@pytest.mark.parametrize("mode", ["webhook", "relay"])
def test_a_caller_keys_a_card_in_and_goes_on_where_they_were(people: People, mode: str) -> None:
    customer = people.customers["nsf" if mode == "relay" else "leak"]
    number, before = customer["account_number"], people.balance_cents(customer["account_number"])
    caller = people.new_phone()
    steps = ("say:pay with a card over the phone", "wait:9", f"press:{number}", "wait:3", "say:thirty dollars")
    record = people.call(caller, *steps, "wait:16", "say:yes", *KEYS, "wait:12", "say:what are your hours", "wait:9",
                         "hangup", mode=mode)  # fmt: skip
    kinds = [(event["kind"], event["text"]) for event in record["events"]]
    assert ("pay", "success") in kinds, kinds
    words = said(record)
    assert "Your payment of 30 dollars went through. Your confirmation number is" in words and "7:30" in words, words
    assert words.index("went through") < words.index("7:30"), "back in the conversation"
    assert "balance is" not in words, "a stranger hears nothing of what is owed"
    assert people.balance_cents(number) == before - 3_000
    texts = eventually(lambda: [m for m in people.inbox(caller) if "Confirmation number" in m["body"]], 20, "a receipt")
    assert len(texts) == 1 and "$30.00 from Visa ending in 4242" in texts[0]["body"]
    if mode == "relay":
        assert [event["kind"] for event in record["events"]].count("relay") >= 2, "left for <Pay>, and back"


def test_by_bank_account_in_spanish_after_a_star(people: People) -> None:
    number, caller = people.customers["spanish_speaker"]["account_number"], people.new_phone()
    record = people.call(
        caller, "press:2", "say:quiero pagar con tarjeta por teléfono", f"press:{number}", "say:veinte dólares",
        "say:sí", "press:*", "say:sí", "say:cuenta bancaria", "say:sí", "press:110000000", "press:000123456789#",
        "wait:15", "hangup",
    )  # fmt: skip
    words = said(record)
    assert "Está bien, paré. No se le cobró nada." in words and "Marque el número de ruta de su banco." in words
    assert "Su pago de 20 dólares está en camino." in words, words
    texts = eventually(lambda: [m for m in people.inbox(caller) if "pendiente" in m["body"]], 20, "a text")
    assert "$20.00 con una cuenta bancaria que termina en 89" in texts[0]["body"]


def test_a_lead_takes_a_card_on_a_live_call_and_sees_dots(system: System, people: People) -> None:
    with (
        chromium() as browser,
        office_hours(people),
        lead_and_caller(system, people, browser) as (lead, caller, of),
    ):
        before = people.balance_cents(of)
        begin_capture(lead, of, "25.00")
        press(caller, CARD)
        expect(lead.locator('[data-field="payment-card-number"]')).to_contain_text("••••••••••••4242")
        expect(lead.locator("#capture-asks")).to_contain_text("expiration date")
        press(caller, "1300")
        expect(lead.locator("#capture-problem")).to_contain_text("That date is not right")
        lead.click("#capture-again")
        for asked, keys in (("expiration date", "1231"), ("security code", "123"), ("ZIP code", "92507")):
            expect(lead.locator("#capture-asks")).to_contain_text(asked)
            press(caller, keys)
        assert CARD not in lead.content() and "1231" not in lead.locator(".capture").inner_text()
        press(caller, "#")
        expect(lead.locator("#capture-state")).to_contain_text("Paid: $25.00 from Visa ending in 4242")
        assert people.balance_cents(of) == before - 2_500

        begin_capture(lead, of, "10.00")
        lead.click("#capture-cancel")
        expect(lead.locator("#capture-state")).to_have_text("Canceled. Nothing was charged.")
        expect(lead.get_by_role("complementary")).to_contain_text("A card was keyed in and is charged")
        assert people.balance_cents(of) == before - 2_500
