"""Campaigns on the console: made, looked at, started, paused, gone on with, canceled, by who may."""

from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.console.test_access_for_all import assert_fine, assert_fine_at_any_width

TOLD = "[data-notice=done]"


async def begin(page: Page, kind: str, zone: str | None = None) -> None:
    await page.get_by_role("button", name=kind).click()
    if zone is not None:
        await page.get_by_role("dialog").get_by_label(zone).check()


async def test_a_reminder_is_made_looked_at_and_started(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank", path="/campaigns")
    await begin(page, "Payment reminder")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("December reminder")
    await dialog.get_by_label("Due within how many days").fill("30")
    await assert_fine(page, "en")
    await dialog.get_by_role("button", name="Save and see whom it reaches").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("December reminder")
    reach = page.get_by_role("region", name="Whom it reaches")
    people = int(await reach.locator("dd").first.inner_text())
    assert people > 0
    left_out = page.get_by_role("region", name="Left out")
    await expect(left_out).to_contain_text("Pays by autopay")
    english = page.get_by_role("region", name="What people read, in English")
    await expect(english).to_contain_text("Rio Seco: a reminder that $")
    await assert_fine_at_any_width(page, "en")

    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_role("dialog")).to_contain_text(f"It goes to {people} people")
    await page.get_by_role("button", name="Start now").click()
    await expect(page.locator(TOLD)).to_have_text("It goes out now.")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("button", name="Go on")).to_be_visible()
    await assert_fine(page, "en")
    await page.get_by_role("button", name="Cancel it").click()
    await page.get_by_role("dialog").get_by_label("Why").fill("Wrong week")
    await page.get_by_role("button", name="Cancel the campaign").click()
    await expect(page.locator(TOLD)).to_have_text("Canceled. Nothing more goes out.")
    await expect(page.get_by_role("button", name="Start")).to_have_count(0)


async def test_brackets_and_unknown_places_are_refused_and_what_was_typed_stays(
    office: Office, sign_in: SignIn
) -> None:
    page = await sign_in("frank", path="/campaigns")
    await begin(page, "Outage by zone", "Mesa")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Save and see whom it reaches").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write over what is in square brackets.")
    await dialog.get_by_label("Text in English").fill("Water is off on Friday, {amount}.")
    await dialog.get_by_label("Text in Spanish").fill("No hay agua el viernes.")
    await dialog.get_by_role("button", name="Save and see whom it reaches").click()
    await expect(dialog.get_by_role("alert")).to_have_text("{amount} stands for nothing here.")
    await expect(dialog.get_by_label("Mesa")).to_be_checked()


async def test_who_may_not_run_campaigns_only_looks(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", language="es", path="/campaigns")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Campañas")
    await expect(page.get_by_role("heading", name="Empezar una campaña")).to_have_count(0)


async def test_the_texts_of_an_account_are_stopped_and_allowed(office: Office, sign_in: SignIn) -> None:
    account = office.account("tenant")
    page = await sign_in("rosa", path=f"{account.path}/texts")
    await page.get_by_role("button", name="No more texts").click()
    await page.get_by_role("dialog").get_by_label("What did the customer say?").fill("Too many texts, she said.")
    await page.get_by_role("dialog").get_by_role("button", name="No more texts").click()
    await expect(page.locator(TOLD)).to_have_text("No more texts go there.")
    await expect(page.get_by_role("region", name="What was said about them")).to_contain_text("Too many texts")
    await assert_fine(page, "en")
    await page.get_by_role("button", name="Texts again").click()
    await page.get_by_role("dialog").get_by_label("What did the customer say?").fill("She wants them again.")
    await page.get_by_role("dialog").get_by_role("button", name="Texts again").click()
    await expect(page.locator(TOLD)).to_have_text("Texts go there again.")


async def test_automatic_calls_of_an_account_are_stopped_and_allowed(office: Office, sign_in: SignIn) -> None:
    account = office.account("tenant")
    page = await sign_in("rosa", path=f"{account.path}/texts")
    await page.get_by_role("button", name="No automatic calls").click()
    await page.get_by_role("dialog").get_by_label("What did the customer say?").fill("Robots, never again.")
    await page.get_by_role("dialog").get_by_role("button", name="No automatic calls").click()
    await expect(page.locator(TOLD)).to_contain_text("No automatic call goes there any more")
    await expect(page.get_by_text("Told us: no automatic calls")).to_be_visible()
    await expect(page.get_by_role("region", name="What was said about them")).to_contain_text("Robots, never again.")
    await page.get_by_role("button", name="Automatic calls again").click()
    await page.get_by_role("dialog").get_by_label("What did the customer say?").fill("They are fine after all.")
    await page.get_by_role("dialog").get_by_role("button", name="Automatic calls again").click()
    await expect(page.locator(TOLD)).to_have_text("Automatic calls go there again.")


async def test_landlines_are_called_unless_nothing_is_to_be_said(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank", path="/campaigns")
    await begin(page, "Another notice")
    dialog = page.get_by_role("dialog")
    for field, words in (
        ("Text in English", "Hydrants are flushed on Friday."),
        ("Text in Spanish", "Se lavan hidrantes."),
    ):
        await dialog.get_by_label(field).fill(words)
    await dialog.get_by_label("By telephone, in English").fill("You owe us {amount}.")
    await dialog.get_by_label("By telephone, in Spanish").fill("Se lavan hidrantes el viernes.")
    await dialog.get_by_role("button", name="Save and see whom it reaches").click()
    await expect(dialog.get_by_role("alert")).to_have_text("{amount} stands for nothing here.")
    await dialog.get_by_label("By telephone, in English").fill("Hydrants are flushed on Friday. Call {phone}.")
    await dialog.get_by_role("button", name="Save and see whom it reaches").click()
    reach = page.get_by_role("region", name="Whom it reaches")
    called = reach.locator("dt", has_text="by telephone").locator("xpath=following-sibling::dd[1]")
    assert int((await called.inner_text()).replace(",", "")) > 0
    hears = page.get_by_role("region", name="What people hear, in English")
    await expect(hears).to_contain_text("Hydrants are flushed on Friday. Call 951-555-0100.")
    await assert_fine_at_any_width(page, "en")


async def test_a_landline_that_was_learned_is_seen_on_the_account(office: Office, sign_in: SignIn) -> None:
    account = office.account("leak")
    office.execute(
        "INSERT INTO text_numbers (phone, unreachable, unreachable_code, unreachable_since)"
        " SELECT f.phone, 'landline', '30006', now() FROM accounts a JOIN customer_phones f USING (customer_id)"
        " WHERE a.id = %(id)s",
        {"id": account.id},
    )
    page = await sign_in("frank", path=f"{account.path}/texts")
    await expect(page.get_by_text("Landline: no texts")).to_be_visible()
