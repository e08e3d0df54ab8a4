"""A lead at the console and a caller at the simulator's page, talking to each other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from bench.system import System
from tests.e2e.browser import be_available, sign_in
from tests.e2e.people import People, eventually

LEADS_PHONE = "+19515550188"


def press(caller: Page, keys: str) -> None:
    """Press the keys of the caller's phone."""
    for key in keys:
        caller.get_by_role("button", name=key, exact=True).click()


@contextmanager
def lead_and_caller(system: System, people: People, browser: Browser) -> Iterator[tuple[Page, Page, str]]:
    """The lead's console and the caller's phone, connected, and the number of the caller's account."""
    lead = sign_in(browser, system, "lead")
    be_available(lead, LEADS_PHONE)
    people.answers(LEADS_PHONE, "press:1", *["hear:words that nobody says"] * 8, "hangup")
    caller = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
    caller.goto(system.url("telephony") + "/simulator")
    expect(caller.locator(".phone").first).to_contain_text(re.compile(r"\d{8}"))
    number = re.search(r"\b\d{8}\b", caller.locator(".phone").first.inner_text())
    assert number is not None
    caller.get_by_role("button", name="Call the district").click()
    expect(caller.locator('[role="log"]').first).to_contain_text("How can I help you?")
    caller.get_by_label("Say something").fill("I want to speak with a person")
    caller.keyboard.press("Enter")
    lead.click("#offer-accept")
    expect(lead.locator("#capture-begin")).to_be_visible(timeout=60_000)
    yield lead, caller, number.group()
    caller.get_by_role("button", name="Hang up").click()
    busy = "SELECT 1 FROM call_legs WHERE number = %s AND state NOT IN ('ended', 'failed')"
    eventually(lambda: not people.rows(busy, LEADS_PHONE), 60, "the lead's phone is free again")
    lead.close()
    caller.close()


def begin_capture(lead: Page, number: str, amount: str) -> None:
    """The lead presses "take a card by keys"; the caller is asked for its number."""
    account = lead.locator("#capture-account")
    if account.count():
        account.fill(number)
    lead.fill("#capture-amount", amount)
    lead.click("#capture-begin")
    expect(lead.locator("#capture-asks")).to_contain_text("card number")
