"""Chromium for the end-to-end tests: the one that the set-up found or installed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.system import ROOT, System
from ops.chromium import installed

PATIENCE_MS = 20_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a screen."""
    expect.set_options(timeout=PATIENCE_MS)
    found = installed(dict(os.environ), Path(os.environ.get("HEADGATE_HOME", ROOT / ".headgate")) / "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
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


def only_calls(page: Page) -> None:
    """In the form of one's limits: no texts and no chats, so that what other tests left waiting is not offered."""
    page.fill("#sms_max", "0")
    page.fill("#chat_max", "0")
