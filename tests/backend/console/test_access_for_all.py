"""Every page in both languages: axe finds nothing, the language is declared, the width of a tablet is enough."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn, new_page
from tests.backend.console.office import Office
from tests.backend.console.test_cases import case_arrives, open_case

LANGUAGES = ["en", "es"]


async def found_by_axe(page: Page) -> list[Any]:
    results = await Axe().run(page)
    violations: list[Any] = results.response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in violations]


async def assert_fine(page: Page, language: str) -> None:
    assert await found_by_axe(page) == []
    declared = await page.locator("html").get_attribute("lang")
    assert declared is not None and declared.split("-")[0] == language
    assert (await page.title()).strip()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    words = {"en": "Demonstration: a fictional district", "es": "Demostración: un distrito ficticio"}
    await expect(page.locator(".demo")).to_contain_text(words[language])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_plain_pages(office: Office, browser: Any, sign_in: SignIn, language: str) -> None:
    stranger = await new_page(browser, language)
    await stranger.goto(f"{office.console}/sign-in")
    await assert_fine(stranger, language)
    await stranger.fill("#user_name", "nobody")
    await stranger.fill("#password", "wrong")
    await stranger.press("#password", "Enter")
    await expect(stranger.get_by_role("alert")).to_be_visible()
    await assert_fine(stranger, language)
    page = await sign_in("rosa", language=language)
    await page.goto(f"{office.console}/password")
    await assert_fine(page, language)
    await page.goto(f"{office.console}/nothing-here")
    await assert_fine(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_queue_and_a_case_in_every_state(office: Office, sign_in: SignIn, language: str) -> None:
    customer, reference = case_arrives(office, "sms")
    customer.is_verified(office.someone_past_due().number, level=3)
    page = await sign_in("rosa", language=language)
    await expect(page.locator(".row").first).to_be_visible()
    await assert_fine(page, language)
    await open_case(page, reference)
    await assert_fine(page, language)
    await page.click("#take")
    await expect(page.locator("#answer")).to_be_visible()
    await assert_fine(page, language)
    await page.click("#start-closing")
    await expect(page.locator("#disposition")).to_be_visible()
    await assert_fine(page, language)
    for width, height in ((1024, 768), (768, 1024), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await assert_fine(page, language)
    await page.locator(".closing button[type=submit]").click()
    await expect(page.locator("#case-state[data-state=closed]")).to_be_visible()
    await assert_fine(page, language)


async def test_the_language_is_switched_on_the_spot(office: Office, sign_in: SignIn) -> None:
    _, reference = case_arrives(office)
    page = await sign_in("luis")
    await open_case(page, reference)
    await page.get_by_role("link", name="Español").click()
    await expect(page.get_by_role("button", name="Tomar")).to_be_visible()
    await expect(page.locator(".case .reference")).to_have_text(reference)
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("button", name="Take it")).to_be_visible()
