"""Whole phone calls over webhooks and over ConversationRelay: by keys alone, by voice alone, in Spanish, broken off."""

from typing import Any

import pytest

from tests.e2e.people import People

MODES = ("webhook", "relay")


def said(record: dict[str, Any]) -> str:
    return " ".join(event["text"] for event in record["events"] if event["kind"] == "say")


def dollars(customer: dict[str, Any]) -> str:
    """The balance as it is spoken: 22382 → `223 dollars and 82 cents`."""
    return f"{abs(customer['balance_cents']) // 100:,} d"


@pytest.mark.parametrize("mode", MODES)
class TestEveryCall:
    def test_by_keys_alone(self, people: People, mode: str) -> None:
        customer = people.customers["past_due"]
        steps = ("press:1", f"press:{customer['account_number']}", f"press:{customer['pin']}#", "wait:20", "hangup")
        record = people.call(people.new_phone(), *steps, mode=mode)
        assert dollars(customer) in said(record), record

    def test_by_voice_alone(self, people: People, mode: str) -> None:
        customer = people.customers["past_due"]
        account, pin = (" ".join(customer[name]) for name in ("account_number", "pin"))
        steps = ("say:what's my balance", f"say:my account is {account}", f"say:{pin}", "wait:20", "hangup")
        record = people.call(people.new_phone(), *steps, mode=mode)
        assert dollars(customer) in said(record), record

    def test_in_spanish_after_one_key(self, people: People, mode: str) -> None:
        record = people.call(
            people.new_phone(), "press:2", "say:¿cuál es su horario?", "hear@60:lunes", "hangup", mode=mode
        )
        spanish = [e["text"] for e in record["events"] if e["kind"] == "say" and e["language"] == "es-US"]
        assert any("asistente automático" in text for text in spanish)
        assert any("grabada" in text for text in spanish) and any("horario" in text for text in spanish), record

    def test_says_first_that_it_may_be_recorded(self, people: People, mode: str) -> None:
        record = people.call(people.new_phone(), "wait:30", "hangup", mode=mode)
        first = next(event["text"] for event in record["events"] if event["kind"] == "say")
        assert first.startswith("This call may be recorded.")
        assert "automated assistant" in said(record) and "Para español, oprima el 2." in said(record)


def test_a_broken_socket_does_not_lose_the_place(people: People) -> None:
    customer = people.customers["past_due"]
    steps = ("press:1", f"press:{customer['account_number']}", "drop", f"press:{customer['pin']}#", "wait:20", "hangup")
    record = people.call(people.new_phone(), *steps, mode="relay")
    assert "the connection broke" in said(record) and dollars(customer) in said(record), record
