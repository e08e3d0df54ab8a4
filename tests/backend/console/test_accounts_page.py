"""Finding an account on its page, with the keyboard, and coming back to what was found."""

from playwright.async_api import expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office


async def test_words_find_accounts_and_a_link_opens_one(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path="/accounts")
    await page.get_by_label("Find an account").fill("rio seco")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="25 accounts")).to_be_visible()
    await expect(page.get_by_text("The first 25 are listed.")).to_be_visible()
    first = page.locator("tbody tr").first
    name = await first.get_by_role("link").inner_text()
    await first.get_by_role("link").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)

    await page.go_back()
    await expect(page.get_by_label("Find an account")).to_have_value("rio seco")
    await expect(page.get_by_role("heading", name="25 accounts")).to_be_visible()


async def test_a_single_account_is_opened_at_once(office: Office, sign_in: SignIn) -> None:
    account = office.someone_past_due()
    page = await sign_in("luis", language="es", path="/accounts")
    await page.fill("#find", account.number)
    await page.get_by_role("button", name="Buscar").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(account.name)
    assert page.url == f"{office.console}{account.path}"
    looked = office.rows(
        "SELECT DISTINCT purpose FROM account_access x JOIN staff s ON s.id = x.staff_id"
        " WHERE s.user_name = 'luis' AND x.account_id = %(id)s",
        {"id": account.id},
    )
    assert {purpose for (purpose,) in looked} >= {"search", "account_page"}


async def test_nothing_found_says_what_to_do(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path="/accounts")
    await page.fill("#find", "<b>nobody</b>")
    await page.press("#find", "Enter")
    await expect(page.get_by_text("Nothing found for “<b>nobody</b>”.")).to_be_visible()
    await expect(page.get_by_text("Check the spelling, or try the phone number or the street.")).to_be_visible()
    await expect(page.locator("#find")).to_have_value("<b>nobody</b>")


async def test_a_strange_address_is_no_page(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana")
    for path in ("/accounts/01936f5e-0000-7000-8000-000000000000", "/accounts/nobody", "/billing/nothing"):
        answer = await page.goto(office.console + path)
        assert answer is not None and answer.status == 404
        await expect(page.get_by_role("heading")).to_have_text("There is no such page")
    answer = await page.goto(f"{office.console}{office.someone_past_due().path}/secrets")
    assert answer is not None and answer.status == 404


async def test_a_role_is_offered_what_it_may(office: Office, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    sections = dana.get_by_role("navigation", name="Sections")
    await expect(sections.get_by_role("link")).to_have_text(
        ["Cases", "Reception", "Accounts", "Billing", "Money", "Requests", "Campaigns", "Emergency"]
    )
    answer = await dana.goto(f"{office.console}/nightly")
    assert answer is not None and answer.status == 403
    await expect(dana.get_by_role("heading")).to_have_text("This page is not for your role")
    rosa = await sign_in("rosa")
    await expect(rosa.get_by_role("navigation", name="Sections").get_by_role("link", name="Nights")).to_be_visible()
