"""What waits for another person: who may decide, agreeing, declining, and what is refused."""

from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Account, Office

TOLD = "[data-notice=done]"


async def ask_for_refund(page: Page, office: Office, account: Account, amount: str) -> None:
    await page.goto(f"{office.console}{account.path}/payments")
    await page.get_by_role("button", name="Ask for a refund…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Amount").fill(amount)
    await dialog.get_by_label("Why?").fill("Moved away.")
    await dialog.get_by_role("button", name="Send the request").dblclick()


async def test_a_refund_is_agreed_to_by_another_with_the_authority(office: Office, sign_in: SignIn) -> None:
    account = office.account("closed_with_credit")
    frank = await sign_in("frank")
    await ask_for_refund(frank, office, account, "9999")
    await expect(frank.get_by_role("dialog").get_by_role("alert")).to_have_text(
        "The account has $54.89 of credit left. What is asked for already counts."
    )
    await expect(frank.get_by_role("dialog").get_by_label("Why?")).to_have_value("Moved away.")
    await ask_for_refund(frank, office, account, "54.89")
    await expect(frank.locator(TOLD)).to_contain_text("The request is sent.")
    assert office.rows("SELECT count(*) FROM refunds WHERE account_id = %(id)s", {"id": account.id}) == [(1,)]

    await frank.goto(f"{office.console}/requests")
    own = frank.locator("tr[data-kind=refund]", has_text="$54.89")
    await expect(own).to_contain_text("Lead or Supervisor, other than Frank Osei")
    await expect(own.get_by_role("button")).to_have_count(0)

    rosa = await sign_in("rosa", path="/requests")
    row = rosa.locator("tr[data-kind=refund]", has_text="$54.89")
    await expect(row).to_contain_text("$54.89")
    await expect(row).to_contain_text("You")
    await row.get_by_role("button", name="Agree…").click()
    dialog = rosa.get_by_role("dialog")
    await dialog.get_by_role("button", name="Agree", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write down why, in a sentence.")
    await dialog.get_by_label("Why?").fill("The final bill is paid.")
    await dialog.get_by_role("button", name="Agree", exact=True).click()
    await expect(rosa.locator(TOLD)).to_have_text("Agreed. It is posted.")
    await expect(own).to_have_count(0)
    await rosa.goto(office.console + account.path)
    await expect(rosa.locator(".account-balance .big")).to_have_text("$0.00")


async def test_a_fee_reversal_above_ones_authority_is_declined_with_a_reason(office: Office, sign_in: SignIn) -> None:
    account = office.account("nsf")
    pending = "SELECT r.id FROM fee_reversals r JOIN fee_charges f ON f.id = r.fee_id WHERE r.status = 'pending'"
    if not office.rows(f"{pending} AND f.account_id = %(id)s", {"id": account.id}):
        dana = await sign_in("dana", path=account.path + "/fees")
        await dana.get_by_role("button", name="Reverse: Returned payment fee").click()
        await dana.get_by_role("dialog").get_by_label("Why?").select_option("bank_error")
        await dana.get_by_role("dialog").get_by_role("button", name="Reverse it").click()
        await expect(dana.locator(TOLD)).to_contain_text("waits for another person")
    page = await sign_in("rosa", language="es", path="/requests")
    row = page.locator("tr[data-kind=reversal]").filter(has_text=account.number)
    await expect(row).to_contain_text("Cargo por pago devuelto")
    await expect(row).to_contain_text(account.name)
    await row.get_by_role("button", name="Rechazar…").click()
    await page.get_by_role("dialog").get_by_label("¿Por qué?").fill("El banco no cometió ningún error.")
    await page.get_by_role("dialog").get_by_role("button", name="Rechazar").click()
    await expect(page.locator(TOLD)).to_have_text("Rechazada. No se registró nada.")
    decided = page.get_by_role("region", name="Últimas anulaciones decididas")
    await expect(decided.locator("tbody tr").first).to_contain_text("El banco no cometió ningún error.")


async def test_a_void_of_todays_payment(office: Office, sign_in: SignIn) -> None:
    account = office.account("payment_plan")
    dana = await sign_in("dana", path="/money")
    if await dana.get_by_role("button", name="Open the drawer").is_visible():
        await dana.get_by_role("button", name="Open the drawer").click()
    await dana.get_by_label("Find an account").fill(account.number)
    await dana.keyboard.press("Enter")
    await dana.get_by_role("button", name="Choose the account").click()
    await expect(dana.get_by_label("Amount")).to_be_focused()  # the form of the next customer begins empty
    await dana.get_by_label("Amount").fill("11.11")
    await dana.get_by_role("button", name="Take the payment").click()
    await expect(dana.locator("#receipt")).to_contain_text("$11.11 taken")
    await dana.goto(f"{office.console}{account.path}/payments")
    await dana.get_by_role("button", name="Ask for a void…").click()
    await dana.get_by_role("dialog").get_by_label("Why?").fill("Typed on the wrong account.")
    await dana.get_by_role("dialog").get_by_role("button", name="Send the request").click()
    await expect(dana.locator("#payment")).to_contain_text("Void asked for")

    frank = await sign_in("frank", path="/requests")
    row = frank.locator("tr[data-kind=void]")
    await row.get_by_role("button", name="Agree…").click()
    await frank.get_by_role("dialog").get_by_label("Why?").fill("Dana showed me.")
    await frank.get_by_role("dialog").get_by_role("button", name="Agree", exact=True).click()
    await expect(frank.locator(TOLD)).to_have_text("Agreed. It is posted.")
    await expect(dana.locator("#payment")).to_contain_text("Voided")
