"""Where people come back to from the processor's pages: nothing is known of them, and what comes next is said."""

import pytest
from playwright.async_api import Browser

from tests.telephony.conftest import World
from tests.telephony.test_webchat_page import violations


@pytest.mark.parametrize(("what", "said"), [("paid", "your receipt comes"), ("saved", "write PAY to pay with it")])
async def test_it_says_what_comes_next_in_both_languages(world: World, what: str, said: str) -> None:
    async with world.http.get(f"{world.url}/payments/{what}?id=cs_1") as answer:
        page = await answer.text()
        assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    assert said in page and "Puede cerrar esta página" in page
    assert "cs_1" not in page


async def test_the_language_of_the_browser_comes_first(world: World) -> None:
    async with world.http.get(f"{world.url}/payments/paid", headers={"Accept-Language": "es-MX"}) as answer:
        page = await answer.text()
    assert page.index("Puede cerrar esta página") < page.index("You can close this page")


async def test_there_is_no_other(world: World) -> None:
    async with world.http.get(f"{world.url}/payments/elsewhere") as answer:
        assert answer.status in (404, 422)


async def test_it_has_no_accessibility_violations(world: World, browser: Browser) -> None:
    page = await browser.new_page(bypass_csp=True)
    await page.goto(f"{world.url}/payments/paid")
    assert await violations(page) == []
