"""The page in Chromium: by keyboard and without scripts, in both languages, on a phone, WCAG 2.2 AA."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from processor.cards import METHODS
from processor.hosted.words import OUTCOMES, REASONS, WORDS
from tests.chromium import chromium_url, connected
from tests.processor.shop import Processor

__all__ = ["chromium_url"]


@pytest.fixture
async def browser(chromium_url: str) -> AsyncIterator[Browser]:
    async with connected(chromium_url) as browser:
        yield browser


async def open_page(browser: Browser, address: str, **context: Any) -> Page:
    """The page; what goes wrong in it fails the test."""
    made = await (await browser.new_context(locale="en-US", **context)).new_page()
    await made.goto(address)
    return made


async def assert_accessible(page: Page) -> None:
    results = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    found = [(each["id"], [node["html"] for node in each["nodes"]]) for each in results.response["violations"]]
    assert found == []


async def picture(page: Page, name: str) -> None:
    """Keep a picture where the person who runs the tests asked for it."""
    if folder := os.environ.get("HEADGATE_TEST_PICTURES"):
        await page.screenshot(path=Path(folder) / f"processor-{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False])
async def test_pays_a_fixed_amount_by_keyboard(processor: Processor, browser: Browser, scripts: bool) -> None:
    made = await processor.page()
    page = await open_page(browser, made["url"], java_script_enabled=scripts)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pay Rio Seco Water District")
    await expect(page.get_by_text("This is a sandbox.")).to_be_visible()
    await picture(page, "form")
    if scripts:
        await assert_accessible(page)
    await page.get_by_role("radio", name="Visa ending in 4242").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Payment received")
    await expect(page.get_by_text("$42.50 from Visa ending in 4242")).to_be_visible()
    if scripts:
        await assert_accessible(page)
    await picture(page, "done")
    await page.get_by_role("link", name="Return to Rio Seco Water District").click()
    await expect(page.get_by_text("Back at the district")).to_be_visible()
    assert len((await processor.get("/charges"))["data"]) == 1


async def test_says_what_is_wrong_beside_the_field_and_at_the_top(processor: Processor, browser: Browser) -> None:
    made = await processor.page(least_cents=500, most_cents=50_000)
    page = await open_page(browser, made["url"])
    await page.get_by_label("Amount").fill("3")
    await page.get_by_role("button", name="Pay").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("Enter an amount from $5.00 to $500.00")
    await expect(alert).to_contain_text("Choose a card or a bank account.")
    await expect(page.get_by_label("Amount")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Amount")).to_have_value("3")
    await assert_accessible(page)
    await alert.get_by_role("link", name="Enter an amount").click()
    await expect(page.get_by_label("Amount")).to_be_focused()
    await page.get_by_label("Amount").fill("12,34")
    await page.get_by_role("radio", name="Mastercard ending in 4444").check()
    await page.get_by_role("button", name="Pay").click()
    await expect(page.get_by_text("$12.34 from Mastercard ending in 4444")).to_be_visible()


async def test_in_spanish_on_a_phone(processor: Processor, browser: Browser) -> None:
    made = await processor.page(language="es")
    page = await open_page(browser, made["url"], viewport={"width": 360, "height": 740})
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pagar a Rio Seco Water District")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, "nothing to scroll sideways"
    await assert_accessible(page)
    await picture(page, "phone-es")
    await page.get_by_role("radio", name="Visa que termina en 9995").check()
    await page.get_by_role("button", name="Pagar $42.50").click()
    await expect(page.get_by_role("alert")).to_contain_text("Rechazado: no tiene fondos suficientes.")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pay Rio Seco Water District")


async def test_a_bank_asks_its_owner(processor: Processor, browser: Browser) -> None:
    made = await processor.page()
    page = await open_page(browser, made["url"])
    for answer, outcome in (("No, refuse it", "There is a problem"), ("Yes, I approve it", "Payment received")):
        await page.get_by_role("radio", name="Visa ending in 3184").check()
        await page.get_by_role("button", name="Pay $42.50").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Your bank asks: is this you?")
        await assert_accessible(page)
        await page.get_by_role("button", name=answer).click()
        await expect(page.get_by_text(outcome)).to_be_visible()


async def test_saves_a_method_without_charging_it(processor: Processor, browser: Browser) -> None:
    customer = (await processor.post("/customers", {"reference": "one"})).json()["id"]
    amounts = {"least_cents": None, "most_cents": None, "suggested_cents": None}
    made = await processor.page(mode="setup", customer=customer, **amounts)
    page = await open_page(browser, made["url"])
    await expect(page.get_by_text("Nothing is charged now.")).to_be_visible()
    await page.get_by_role("radio", name="Sandbox Bank ending in 6789").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    saved = (await processor.get(f"/pages/{made['id']}"))["method"]
    assert (saved["kind"], saved["last4"], saved["customer"]) == ("bank_account", "6789", customer)
    assert (await processor.get("/charges"))["data"] == []


async def test_two_presses_at_once_pay_once(processor: Processor) -> None:
    made = await processor.page()
    form = {"method": "visa"}
    answers = await asyncio.gather(*(processor.http.post(f"/pay/{made['id']}", data=form) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert len((await processor.get("/charges"))["data"]) == 1


async def test_a_page_that_is_over_or_never_was(processor: Processor, browser: Browser) -> None:
    made = await processor.page()
    await processor.post(f"/pages/{made['id']}/expire", {})
    page = await open_page(browser, made["url"])
    await expect(page.get_by_role("heading", level=1)).to_have_text("This page has expired")
    await assert_accessible(page)
    await page.goto(f"{processor.url}/pay/pg_nothing?lang=es")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Esta página no existe")
    await assert_accessible(page)


async def test_there_is_no_place_to_type_a_card_number(processor: Processor, browser: Browser) -> None:
    made = await processor.page()
    page = await open_page(browser, made["url"])
    assert await page.locator("input:not([type=radio])").count() == 0
    answer = await processor.http.post(f"/pay/{made['id']}", data={"method": "4242424242424242"})
    assert answer.status_code == 422
    assert "4242424242424242" not in answer.text


def test_both_languages_have_every_word() -> None:
    assert set(WORDS["en"]) == set(WORDS["es"])
    assert set(OUTCOMES) == set(METHODS)
    assert all(len(pair) == 2 and all(pair) for pair in [*OUTCOMES.values(), *REASONS.values()])
