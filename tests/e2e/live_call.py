"""A lead at the console and a caller at the simulator's page, talking to each other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from bench.system import System
from tests.e2e.browser import sign_in
from tests.e2e.people import People

MONDAY_AT_TEN = "2026-11-30T10:00:00-08:00"
LEADS_PHONE = "+19515550188"


@contextmanager
def office_hours(system: System) -> Iterator[None]:
    """It is Monday, ten in the morning."""
    assert system.headgate("clock", "set", MONDAY_AT_TEN).returncode == 0
    try:
        yield
    finally:
        assert system.headgate("clock", "real").returncode == 0


def press(caller: Page, keys: str) -> None:
    """Press the keys of the caller's phone."""
    for key in keys:
        caller.get_by_role("button", name=key, exact=True).click()


@contextmanager
def lead_and_caller(system: System, people: People, browser: Browser) -> Iterator[tuple[Page, Page, str]]:
    """The lead's console and the caller's phone, connected, and the number of the caller's account."""
    lead = sign_in(browser, system, "lead")
    lead.click("#floor-settings")
    lead.fill("#phone", LEADS_PHONE)
    lead.click("#floor-save")
    expect(lead.locator("#presence")).to_have_text("Available")
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
