"""A real browser on the real console."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.backend.conftest import SEEDED_AT, create_database
from tests.backend.console.office import Office, Valkey
from tests.chromium import ANYWHERE, path_of_chromium

PATIENCE_MS = 15_000
SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def office(server_url: str, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One backend with the console for all these tests; each test brings its own customers."""
    folder = tmp_path_factory.mktemp("office")
    valkey = Valkey(folder / "valkey")
    home = folder / "home"
    home.mkdir()
    office = Office(create_database(server_url, "office", seeded_template), valkey, home)
    valkey.start()
    try:
        office.open()
        office.is_now(SEEDED_AT)
        yield office
    finally:
        office.shut()
        valkey.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these run on one event loop, because the browser they share lives on it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium: the one the project found or installed, else playwright's own."""
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=path_of_chromium(), args=ANYWHERE)
        yield made
        await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Chromium, without a window of another test."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


async def new_page(browser: Browser, language: str = "en") -> Page:
    """A page of a browser of its own, in this language, at a small laptop's size."""
    locale = {"en": "en-US", "es": "es-MX"}[language]
    context: BrowserContext = await browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return await context.new_page()


@pytest.fixture
def sign_in(browser: Browser, office: Office) -> SignIn:
    """`await sign_in("rosa", language="es", path="/")`: a new browser in which this person is signed in."""

    async def enter(user_name: str, *, language: str = "en", path: str = "/") -> Page:
        page = await new_page(browser, language)
        await page.goto(office.console + path)
        await page.fill("#user_name", user_name)
        await page.fill("#password", office.password(user_name))
        await page.press("#password", "Enter")
        await expect(page.locator("main")).to_be_visible()
        return page

    return enter
