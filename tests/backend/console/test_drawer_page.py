"""The cash drawer: opened, paid into, counted, closed; and money without an owner, until somebody finds one."""

from types import SimpleNamespace

from playwright.async_api import Page, expect

from backend.console.money.counter import Counter
from backend.console.sheet import Deed
from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office

TOLD = "[data-notice=done]"
REFUSED = "[data-notice=refused]"


async def open_drawer(page: Page, float_: str = "100") -> None:
    await page.get_by_label("Cash in it now (the float)").fill(float_)
    await page.get_by_role("button", name="Open the drawer").click()
    await expect(page.get_by_label("Find an account")).to_be_visible()


async def choose(page: Page, number: str) -> None:
    await page.get_by_label("Find an account").fill(number)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Choose the account").click()
    await expect(page.get_by_label("Amount")).to_be_focused()


async def close_drawer(page: Page, cash: str, checks: str = "0") -> None:
    await page.get_by_role("region", name="Drawer of").get_by_role("button", name="Count and close…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Cash counted").fill(cash)
    await dialog.get_by_label("Checks counted").fill(checks)
    await dialog.get_by_role("button", name="Close the drawer").click()
    await expect(page.locator(TOLD)).to_have_text("The drawer is closed.")


async def test_a_day_at_the_counter(office: Office, sign_in: SignIn) -> None:
    account = office.account("leak")
    page = await sign_in("dana", path="/money")
    await page.get_by_label("Cash in it now (the float)").fill("a hundred")
    await page.get_by_role("button", name="Open the drawer").click()
    await expect(page.locator(REFUSED)).to_contain_text("That is not an amount.")
    await expect(page.get_by_label("Cash in it now (the float)")).to_have_value("a hundred")
    await open_drawer(page)

    await choose(page, account.number)
    await expect(page.get_by_label("Amount")).to_have_value("188.16")
    await page.get_by_label("Amount").fill("50")
    await page.get_by_role("button", name="Take the payment").dblclick()
    receipt = page.locator("#receipt")
    await expect(receipt).to_contain_text("$50.00 taken")
    await expect(receipt).to_be_focused()
    await expect(receipt).to_contain_text("$138.16")
    await expect(receipt.get_by_role("table")).to_contain_text("Bill due")
    paid = "SELECT count(*) FROM payments WHERE account_id = %(id)s AND amount_cents = 5000 AND batch_id IS NOT NULL"
    assert office.rows(paid, {"id": account.id}) == [(1,)]
    href = await receipt.get_by_role("link", name="Print the receipt").get_attribute("href")
    answer = await page.request.get(office.origin + str(href))
    assert "Dana Whitfield" in await answer.text()

    await choose(page, account.number)
    await page.get_by_label("Amount").fill("20.00")
    await page.get_by_label("Way to pay").select_option("check")
    await page.get_by_role("button", name="Take the payment").click()
    await expect(page.locator(REFUSED)).to_contain_text("A check needs its number")
    await expect(page.get_by_label("Amount")).to_have_value("20.00")
    await page.get_by_label("Reference").fill("4111 1111 1111 1111")
    await page.get_by_role("button", name="Take the payment").click()
    await expect(page.locator(REFUSED)).to_contain_text("That looks like a card or bank number.")
    await page.get_by_label("Reference").fill("1042")
    await page.get_by_role("button", name="Take the payment").click()
    await expect(receipt).to_contain_text("$20.00 taken")

    drawer = page.get_by_role("region", name="Drawer of Dana Whitfield")
    await expect(drawer.locator("tr.total").nth(0)).to_contain_text("$150.00")
    await expect(drawer.locator("tr.total").nth(1)).to_contain_text("$20.00")
    await close_drawer(page, "149.50", "20")
    await expect(drawer).to_contain_text("$0.50 short")
    await expect(drawer).to_contain_text("Even")
    await expect(page.get_by_role("button", name="Open the drawer")).to_be_visible()


async def test_money_for_a_number_that_nobody_has_finds_its_owner(office: Office, sign_in: SignIn) -> None:
    account = office.account("tenant")
    luis = await sign_in("luis", path="/money")
    await open_drawer(luis, "0")
    await luis.get_by_role("button", name="Keep the money unapplied").click()
    await expect(luis.get_by_label("Number that was given")).to_be_focused()
    await luis.get_by_label("Number that was given").fill("ACCT 55-12")
    await luis.get_by_label("Amount").fill("33.10")
    await luis.get_by_role("button", name="Take the payment").click()
    await expect(luis.locator("#receipt")).to_contain_text("Kept unapplied")

    rosa = await sign_in("rosa", path="/money/unapplied")
    row = rosa.locator("tbody tr", has_text="$33.10")
    await row.get_by_role("button", name="Decide about $33.10").press("Enter")
    whose = rosa.get_by_role("region", name="Whose is $33.10?")
    await expect(whose).to_be_focused()
    await whose.get_by_label("Find an account").fill(account.name)
    await rosa.keyboard.press("Enter")
    await whose.get_by_role("button", name=f"Choose the account of {account.name}").click()
    dialog = rosa.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"$33.10 to {account.name}, {account.number}")
    await dialog.get_by_role("button", name="Apply it").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write down why, in a sentence.")
    await dialog.get_by_label("How do you know?").fill("The check has their address.")
    await dialog.get_by_role("button", name="Apply it").click()
    await expect(rosa.locator(TOLD)).to_have_text("$33.10 is applied.")
    await expect(rosa.locator("tbody tr", has_text="ACCT")).to_have_count(0)
    await expect(whose).to_be_hidden()
    paid = "SELECT count(*) FROM payments WHERE account_id = %(id)s AND amount_cents = 3310"
    assert office.rows(paid, {"id": account.id}) == [(1,)]


async def test_a_lead_closes_the_drawer_of_somebody_who_has_gone(office: Office, sign_in: SignIn) -> None:
    luis = await sign_in("luis", path="/money")
    if await luis.get_by_role("button", name="Open the drawer").is_visible():
        await open_drawer(luis, "0")
    await expect(luis.get_by_role("region", name="Drawer of Luis Ortega")).to_contain_text("Open")
    frank = await sign_in("frank", path="/money")
    others = frank.get_by_role("region", name="Other drawers")
    await others.get_by_role("button", name="Count and close the drawer of Luis Ortega").click()
    dialog = frank.get_by_role("dialog")
    await expect(dialog.get_by_role("heading")).to_have_text("Count and close: Luis Ortega")
    await dialog.get_by_label("Cash counted").fill("50")
    await dialog.get_by_role("button", name="Close the drawer").click()
    await expect(others.locator("tbody tr", has_text="Luis Ortega").last).to_contain_text("Closed")
    await expect(luis.get_by_role("button", name="Open the drawer")).to_be_visible()


async def test_a_csr_has_the_drawer_alone(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path="/money")
    await expect(page.get_by_role("navigation", name="Money pages").get_by_role("link")).to_have_text(["Cash drawer"])
    for path in ("/money/unapplied", "/money/files", "/money/returns"):
        answer = await page.goto(office.console + path)
        assert answer is not None and answer.status == 403


def test_money_is_for_the_account_that_the_form_shows_whatever_is_read_meanwhile() -> None:
    counter = Counter(SimpleNamespace(t=None, seat=None))  # type: ignore[arg-type]
    typed = {"amount": "50", "method": "cash", "key": "k"}
    assert counter._given(Deed("take", "10001856", typed)).account_number == "10001856"
    assert counter._given(Deed("take", "", {**typed, "number": "1000 1856"})).account_number == "1000 1856"
