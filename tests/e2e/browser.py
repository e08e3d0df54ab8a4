"""Chromium for the end-to-end tests: the one that the set-up found or installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.system import System
from tests.chromium import ANYWHERE, path_of_chromium

PATIENCE_MS = 20_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a screen."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=ANYWHERE)
        yield browser
        browser.close()


def sign_in(browser: Browser, system: System, role: str) -> Page:
    """The console, signed in as the demonstration's first person of that role."""
    people = [line.split() for line in system.home.sign_in.read_text().splitlines()]
    user, password = next((user, password) for known, user, password in people if known == role)
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-US")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(system.url("backend") + "/console")
    page.fill("#user_name", user)
    page.fill("#password", password)
    page.press("#password", "Enter")
    expect(page.locator(".queue")).to_be_visible()
    return page


def be_available(page: Page, phone: str, calls: int = 1) -> None:
    """Take so many calls at this phone; no texts and no chats, so that what other tests left waiting is not offered."""
    page.click("#floor-settings")
    page.fill("#phone", phone)
    page.fill("#voice_max", str(calls))
    page.fill("#sms_max", "0")
    page.fill("#chat_max", "0")
    page.click("#floor-save")
    expect(page.locator("#presence")).to_have_text("Available")
