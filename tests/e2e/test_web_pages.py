"""The pages in Chromium with everything running: the district's page with its chat, offline and back; accessibility."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bench.system import System
from tests.e2e.browser import PATIENCE_MS, chromium
from tests.e2e.people import People


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def open_chat(browser: Browser, system: System, locale: str = "en-US") -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(system.url("telephony") + "/")
    page.get_by_role("button", name=re.compile("chat", re.IGNORECASE)).first.click()
    expect(page.get_by_role("log")).to_contain_text(re.compile("automated assistant|asistente automático"))
    return page


def say(page: Page, words: str) -> None:
    page.get_by_role("textbox").fill(words)
    page.get_by_role("textbox").press("Enter")


def test_a_balance_in_the_browser(browser: Browser, system: System, people: People) -> None:
    customer = people.customers["medical_protection"]
    page = open_chat(browser, system)
    say(page, "what's my balance?")
    say(page, f"{customer['account_number']} and my pin is {customer['pin']}")
    expect(page.get_by_role("log")).to_contain_text(f"{customer['balance_cents'] / 100:,.2f}")


def test_a_browser_that_goes_offline_and_comes_back_finds_its_conversation(browser: Browser, system: System) -> None:
    page = open_chat(browser, system)
    say(page, "what are your hours?")
    log = page.get_by_role("log")
    expect(log).to_contain_text("7:30")
    page.context.set_offline(True)
    say(page, "where is your office?")
    page.context.set_offline(False)
    expect(log).to_contain_text("Arroyo Parkway")
    page.reload()
    page.get_by_role("button", name=re.compile("chat", re.IGNORECASE)).first.click()
    expect(log).to_contain_text("Arroyo Parkway")
    assert log.inner_text().count("what are your hours?") == 1
    assert log.inner_text().count("where is your office?") == 1


@pytest.mark.parametrize("path", ["telephony/", "simulator/simulator", "backend/console"])
def test_a_page_has_no_accessibility_violations(browser: Browser, system: System, path: str) -> None:
    process, _, rest = path.partition("/")
    page = browser.new_page()
    page.goto(f"{system.url(process)}/{rest}", wait_until="networkidle")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
