"""The front desk on the console: written down, let in, signed out; what the assistant heard; both languages."""

import os

from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.console.test_access_for_all import assert_fine, assert_fine_at_any_width

TOLD = "[data-notice=done]"


async def write_down(page: Page, name: str, company: str = "", host: str = "", vendor: bool = False) -> None:
    await page.get_by_role("button", name="Write somebody down").click()
    dialog = page.get_by_role("dialog")
    if vendor:
        await dialog.get_by_label("Vendor").check()
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_label("Company").fill(company)
    await dialog.get_by_label("Whom do they visit?").fill(host)
    await dialog.get_by_label("What for").fill("A meeting at ten")
    await dialog.get_by_role("button", name="Write down").click()
    await expect(page.locator(TOLD)).to_have_text("Written down.")


async def test_a_visitor_comes_and_goes(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path="/reception")
    await page.get_by_role("button", name="Write somebody down").click()
    await assert_fine(page, "en")
    await page.get_by_role("dialog").get_by_role("button", name="Write down").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("Write who comes: a name or a company.")
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    await write_down(page, "Jordan Lee", host="Daniel Okafor")
    await page.get_by_role("button", name="Let in: Jordan Lee").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Let in").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write which badge they wear.")
    await dialog.get_by_label("Badge number").fill("v7")
    await dialog.get_by_role("button", name="Let in").click()
    await expect(page.locator(TOLD)).to_have_text("Let in. Daniel Okafor has a text.")
    here = page.get_by_role("region", name="In the building now")
    await expect(here).to_contain_text("V7")
    await expect(here).to_contain_text("1 visitor in the building")
    await assert_fine_at_any_width(page, "en")

    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_role("button", name="Has left: Jordan Lee").click()
    await expect(page.locator(TOLD)).to_have_text("Signed out. The badge is free again.")
    await expect(page.get_by_role("region", name="Over today")).to_contain_text("Jordan Lee")
    await expect(here).to_contain_text("Nobody but us is in the building.")


async def test_a_vendor_that_is_not_on_the_list_needs_somebodys_word(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank", path="/reception")
    await write_down(page, "", company="Nobody Knows Plumbing", vendor=True)
    await expect(page.get_by_text("Not on the list of vendors")).to_be_visible()
    await page.get_by_role("button", name="Let in: Nobody Knows Plumbing").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Badge number").fill("v9")
    await dialog.get_by_role("button", name="Let in").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write who of the district answers for this vendor.")
    await expect(dialog.get_by_label("Badge number")).to_have_value("v9")
    await dialog.get_by_label("Who of the district answers for them?").fill("Walter Hines")
    await dialog.get_by_role("button", name="Let in").click()
    await expect(page.locator(TOLD)).to_have_text("Let in.")
    await expect(page.get_by_role("region", name="In the building now")).to_contain_text(
        "Walter Hines answers for them"
    )


async def test_in_spanish_and_somebody_is_turned_away(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa", language="es", path="/reception")
    await page.get_by_role("button", name="Anotar a alguien").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Nombre").fill("Pat Doe")
    await dialog.get_by_role("button", name="Anotar").click()
    await page.get_by_role("button", name="No entra: Pat Doe").click()
    await page.get_by_role("dialog").get_by_label("¿Por qué?").fill("Sin identificación.")
    await page.get_by_role("dialog").get_by_role("button", name="Anotar").click()
    await expect(page.get_by_role("region", name="Terminadas hoy")).to_contain_text("No entró: Sin identificación.")
    await assert_fine(page, "es")


async def test_who_came_on_another_day(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path="/reception")
    await write_down(page, "Alex Kim")
    await page.get_by_role("button", name="Let in: Alex Kim").click()
    await page.get_by_role("dialog").get_by_label("Badge number").fill("v31")
    await page.get_by_role("dialog").get_by_role("button", name="Let in").click()
    await page.get_by_role("button", name="Has left: Alex Kim").click()
    await expect(page.get_by_role("region", name="Over today")).to_contain_text("Alex Kim")
    office.execute(
        "UPDATE visits SET came_at = came_at - interval '9 days', left_at = left_at - interval '9 days'"
        " WHERE name = 'Alex Kim'",
        {},
    )
    ((day,),) = office.rows(
        "SELECT to_char(came_at AT TIME ZONE 'America/Los_Angeles', 'YYYY-MM-DD') FROM visits WHERE name = 'Alex Kim'"
    )
    another = page.get_by_role("region", name="Another day")
    await another.get_by_role("button", name="Show").click()
    await expect(page.locator("[data-notice=refused]")).to_have_text("Choose a day.")
    await another.get_by_label("Day").fill(day)
    await another.get_by_role("button", name="Show").click()
    await expect(another).to_contain_text("Alex Kim")
    await expect(another).to_contain_text("V31")
    await expect(page.locator("[data-notice=refused]")).to_be_empty()
    await expect(another).to_contain_text("at the desk: Dana")
    await assert_fine_at_any_width(page, "en")
    await page.set_viewport_size({"width": 1280, "height": 800})
    if folder := os.environ.get("HEADGATE_PICTURES"):
        await page.screenshot(path=f"{folder}/reception.png", full_page=True)
    await another.get_by_label("Day").fill("2020-01-02")
    await another.get_by_role("button", name="Show").click()
    await expect(another).to_contain_text("Nobody came on Jan 2, 2020.")
