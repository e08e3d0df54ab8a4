"""The database or Redis goes away and comes back; a session ends elsewhere: said plainly, mended without hands."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.console.test_cases import case_arrives, row_of, take

TROUBLE = "[data-notice=trouble]"


@pytest.fixture
def no_database(office: Office) -> Iterator[Office]:
    yield office
    office.let_in_database()


@pytest.fixture
def no_valkey(office: Office) -> Iterator[Office]:
    yield office
    office.valkey.stop()
    office.valkey.start()


async def test_the_database_away_is_said_and_mends_itself(no_database: Office, sign_in: SignIn) -> None:
    office, page = no_database, await sign_in("rosa")
    customer, reference = case_arrives(office)
    await take(page, reference)
    office.lock_out_database()
    await page.keyboard.type("Are you there?")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-notice=refused]")).to_contain_text("the database does not answer")
    await expect(page.locator("#answer")).to_have_value("Are you there?")
    await expect(page.locator(TROUBLE)).to_contain_text("The database does not answer")
    async with httpx.AsyncClient(cookies={"headgate_staff": "anything"}, timeout=20) as client:
        away = await client.get(f"{office.console}/")
    assert away.status_code == 503 and "tries again by itself" in away.text

    office.let_in_database()
    await expect(page.locator(TROUBLE)).to_be_empty()
    await page.locator("#answer").press("Enter")
    await expect(page.locator(".line.person .text")).to_have_text("Are you there?")
    assert customer.hears()[-1]["text"] == "Are you there?"
    assert "Traceback" not in await page.content()


async def test_without_redis_the_queue_still_fills(no_valkey: Office, sign_in: SignIn) -> None:
    office, page = no_valkey, await sign_in("rosa")
    await expect(page.locator(TROUBLE)).to_be_empty()
    office.valkey.stop()
    await expect(page.locator(TROUBLE)).to_contain_text("Live updates are off")
    _, reference = case_arrives(office)
    await expect(row_of(page, reference)).to_be_visible()
    office.valkey.start()
    await expect(page.locator(TROUBLE)).to_be_empty()


async def test_a_session_that_ended_elsewhere_leads_to_sign_in_and_back(office: Office, sign_in: SignIn) -> None:
    here = await sign_in("luis")
    _, reference = case_arrives(office)
    await take(here, reference)
    address = here.url
    there = await sign_in("luis")
    await there.goto(f"{office.console}/password")
    await there.get_by_role("button", name="Sign out everywhere").click()
    await expect(there.get_by_role("status")).to_have_text("You are signed out.")
    await here.get_by_role("button", name="Give back to the assistant").click()
    await expect(here.locator("#user_name")).to_be_visible()
    await expect(here.get_by_role("status")).to_contain_text("You have been signed out")
    await here.fill("#user_name", "luis")
    await here.fill("#password", office.password("luis"))
    await here.press("#password", "Enter")
    await expect(here.locator("#case-state")).to_have_text("You have it")
    assert here.url == address


async def test_the_log_has_ids_only(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    customer, reference = case_arrives(office, "sms", "my name is Hortensia Quillfeather")
    await take(page, reference)
    await page.keyboard.type("Certainly, an unmistakable answer")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.person .text")).to_have_count(1)
    for private in ("Hortensia", "unmistakable", str(customer.party), office.password("rosa")):
        assert private not in office.log
