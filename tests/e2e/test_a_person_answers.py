"""A customer asks for a person; the lead sees the case, with everything attached, and answers in the same thread."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bench.system import System
from tests.e2e.browser import chromium, sign_in
from tests.e2e.people import People, eventually


@pytest.fixture(scope="module")
def lead(system: System) -> Iterator[Page]:
    with chromium() as browser:
        yield sign_in(browser, system, "lead")


def take(lead: Page, reference: str) -> None:
    lead.locator(f'.row[data-case="{reference}"]').click()
    expect(lead.locator(".case .reference")).to_have_text(reference)
    lead.click("#take")
    expect(lead.locator("#answer")).to_be_focused()


def reference_in(words: str) -> str:
    found = re.search(r"H-\d+", words)
    assert found, words
    return found.group()


@pytest.mark.parametrize("language", ["en", "es"])
def test_by_text(people: People, lead: Page, language: str) -> None:
    spanish = language == "es"
    customer = people.customers["spanish_speaker" if spanish else "past_due"]
    phone = people.new_phone()
    people.text(phone, "¿cuánto debo?" if spanish else "what do I owe?")
    people.text(phone, f"{customer['account_number']} pin {customer['pin']}")
    told = people.text(phone, "quiero hablar con una persona" if spanish else "I want to talk to a person")

    take(lead, reference_in(told))
    log = lead.get_by_role("log")
    expect(log).to_contain_text("¿cuánto debo?" if spanish else "what do I owe?")
    expect(lead.get_by_role("complementary")).to_contain_text(customer["service_address"].split(",")[0])
    answer = "Soy Frank. ¿En qué le ayudo?" if spanish else "This is Frank. How can I help?"
    lead.keyboard.type(answer)
    lead.keyboard.press("Enter")
    texts = eventually(lambda: [m for m in people.inbox(phone) if answer in m["body"]], 15, "the lead's text")
    assert len(texts) == 1

    reply = "¿me puede dar más tiempo?" if spanish else "can I have more time?"
    people.text(phone, reply)
    expect(log).to_contain_text(reply)
    assert len([m for m in people.inbox(phone) if answer in m["body"]]) == 1

    lead.get_by_role("button", name="Give back to the assistant").click()
    expect(lead.locator("#case-state")).to_have_text("Given back to the assistant")
    hours = people.text(phone, "¿cuál es su horario?" if spanish else "what are your hours?")
    assert "7:30" in hours, "the assistant answers again"


def test_by_chat(people: People, lead: Page) -> None:
    with people.chat() as chat:
        told = chat.say("can I talk to a real person please")
        take(lead, reference_in(told))
        lead.keyboard.type("Yes, I am here.")
        lead.keyboard.press("Enter")
        frame = chat.until(lambda f: any(m["from"] == "person" for m in f.get("messages", ())))
        person = next(m for m in frame["messages"] if m["from"] == "person")
        assert (person["text"], person["name"]) == ("Yes, I am here.", "Frank Osei")
        chat_before = chat
    lead.keyboard.type("Are you still there?")
    lead.keyboard.press("Enter")
    expect(lead.get_by_role("log")).to_contain_text("Are you still there?")
    with people.chat(chat_before) as again:
        assert "Are you still there?" in [m["text"] for m in again.messages]


def test_a_call_leaves_a_case_with_what_was_said(people: People, lead: Page) -> None:
    record = people.call(people.new_phone(), "say:what are your hours", "say:I want to speak with a person", "hangup")
    said = " ".join(event["text"] for event in record["events"] if event["kind"] == "say")
    digits = re.search(r"H[ -]((?:\d ?)+)", said)
    assert digits, said
    reference = "H-" + digits.group(1).replace(" ", "")
    lead.locator(f'.row[data-case="{reference}"]').click()
    expect(lead.get_by_role("log")).to_contain_text("what are your hours")
