"""One account: what its tabs show, and what is changed in them."""

import re

from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.console.test_cases import open_case, row_of

TOLD = "[data-notice=done]"


async def tab(page: Page, name: str) -> None:
    await page.get_by_role("navigation", name=re.compile("Parts of|Partes de")).get_by_role("link", name=name).click()
    await expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


async def test_what_is_owed_by_age_and_why_the_bill_is_what_it_is(office: Office, sign_in: SignIn) -> None:
    account = office.account("nsf")
    page = await sign_in("dana", path=account.path)
    await expect(page.locator(".account-balance")).to_contain_text("$176.33")
    await expect(page.locator(".account-balance")).to_contain_text("$87.89 past due")
    owed = page.get_by_role("region", name="What is owed")
    await expect(owed.get_by_role("img")).to_have_accessible_name("Not due yet $88.44, 1–30 days late $87.89")
    await expect(owed).to_contain_text("Returned payment")
    use = page.get_by_role("region", name="Water use")
    await expect(use.get_by_role("img")).to_have_accessible_name(
        re.compile("Water use by bill, November 2025 to November 2026")
    )
    await use.locator("summary").press("Enter")
    await expect(use.get_by_role("table").get_by_role("row")).to_have_count(14)
    await expect(page.get_by_role("region", name="Last bill")).to_contain_text(
        "Fees on this bill (returned payment fee): $25.00 more."
    )
    await expect(page.get_by_role("region", name="Service")).to_contain_text("5/8 in.")


async def test_a_bill_with_its_lines_and_its_statement_in_either_language(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path=office.account("nsf").path)
    await tab(page, "Bills")
    bill = page.locator("#bill")
    await expect(bill).to_contain_text("New charges")
    await expect(bill.get_by_role("table")).to_contain_text("$63.44")
    await page.locator("button[data-deed=open_bill]").nth(1).press("Enter")
    await expect(bill.get_by_role("table")).to_contain_text("$87.89")
    await expect(bill).to_contain_text("Why is this bill different?")
    for language, link in (("en", "Statement in English"), ("es", "Statement in Spanish")):
        href = await bill.get_by_role("link", name=link).get_attribute("href")
        assert href is not None
        answer = await page.request.get(office.origin + href)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        assert (await answer.body()).startswith(b"%PDF")
        assert f"-{language}.pdf" in answer.headers["content-disposition"]


async def test_a_bill_is_cancelled_with_a_reason_and_billed_again(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("frank", path=office.account("landlord").path + "/bills")
    owed = await page.locator(".account-balance .big").inner_text()
    await page.get_by_role("button", name="Cancel this bill…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Cancel the bill").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Write down why, in a sentence.")
    await dialog.get_by_label("Why?").fill("The meter was misread.")
    await dialog.get_by_role("button", name="Cancel the bill").click()
    await expect(page.locator(TOLD)).to_contain_text("The bill is cancelled.")
    await expect(page.locator("#bill")).to_contain_text("Cancelled")
    await page.get_by_role("button", name="Bill this period again…").click()
    await expect(dialog).to_contain_text("It would be $136.55 for 16 CCF.")
    await dialog.get_by_role("button", name="Bill it again").click()
    await expect(page.locator(TOLD)).to_have_text("The period is billed again.")
    await expect(page.locator(".account-balance .big")).to_have_text(owed)
    await tab(page, "Ledger")
    await expect(page.locator("tbody tr").nth(1)).to_contain_text("cancelled")


async def test_the_ledger_runs_to_the_balance(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path=office.account("nsf").path + "/ledger")
    rows = page.get_by_role("table").locator("tbody tr")
    await expect(rows.nth(0)).to_contain_text("Bill for")
    await expect(rows.nth(0)).to_contain_text("$176.33")
    await expect(rows.nth(1)).to_contain_text("Returned payment fee")
    await expect(rows.nth(2)).to_contain_text("Payment returned by the bank (R01)")
    await expect(rows.nth(3)).to_contain_text("reversed later")


async def test_a_payment_and_what_it_paid(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path=office.account("nsf").path + "/payments")
    shown = page.locator("#payment")
    await expect(shown).to_contain_text("R01: insufficient funds")
    await expect(shown).to_contain_text("Send the same debit again")
    await expect(shown).to_contain_text("what it had paid is owed again")
    await page.locator("button[data-deed=open_payment]").nth(1).click()
    await expect(shown.get_by_role("table")).to_contain_text("Bill due")
    receipt = await shown.get_by_role("link", name="Receipt").get_attribute("href")
    assert receipt is not None
    await page.goto(office.origin + receipt)
    await expect(page.get_by_role("heading", name="Rio Seco Water District")).to_be_visible()
    await expect(page.get_by_text("Still owed")).to_be_visible()
    await page.get_by_role("link", name="Español").click()
    await expect(page.get_by_text("Queda por pagar")).to_be_visible()


async def test_a_fee_within_ones_authority_is_reversed_above_it_asked_for(office: Office, sign_in: SignIn) -> None:
    within = await sign_in("dana", path=office.account("past_due").path + "/fees")
    await within.get_by_role("button", name="Reverse: Late fee").click()
    dialog = within.get_by_role("dialog")
    await expect(dialog).to_contain_text("Late fee of $10.00")
    await expect(dialog).to_contain_text("within your authority")
    await dialog.get_by_label("Why?").select_option("courtesy")
    await dialog.get_by_role("button", name="Reverse it").dblclick()
    await expect(within.locator(TOLD)).to_have_text("The fee is reversed.")
    await expect(within.get_by_role("dialog")).to_have_count(0)
    await expect(within.locator("tbody tr")).to_contain_text("Reversed")

    above = await sign_in("luis", language="es", path=office.account("nsf").path + "/fees")
    await above.get_by_role("button", name="Anular: Cargo por pago devuelto").click()
    dialog = above.get_by_role("dialog")
    await expect(dialog).to_contain_text("Supera su autoridad")
    await dialog.get_by_label("Nota").fill("Perdió su trabajo.")
    await dialog.get_by_role("button", name="Anular el cargo").click()
    await expect(above.locator(TOLD)).to_contain_text("este cargo no está en su autoridad")
    await expect(above.locator("tbody tr")).to_contain_text("Anulación en espera")


async def test_options_are_turned_on_and_off_and_refused_in_words(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path=office.account("leak").path + "/options")
    autopay = page.get_by_role("region", name="Autopay")
    await autopay.get_by_role("button", name="Turn on…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name of that bank account").fill("4111 1111 1111 1111")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("without the whole number")
    await expect(dialog.get_by_label("Name of that bank account")).to_have_value("4111 1111 1111 1111")
    await expect(dialog.get_by_label("Name of that bank account")).to_be_focused()
    await dialog.get_by_label("Name of that bank account").fill("checking ending 4421")
    await dialog.get_by_role("button", name="Save").click()
    await expect(autopay).to_contain_text("checking ending 4421")
    await autopay.get_by_role("button", name="Turn off").click()
    await expect(autopay.get_by_role("button", name="Turn on…")).to_be_visible()

    recurring = page.get_by_role("region", name="Payment on a day")
    await recurring.get_by_role("button", name="Turn on…").click()
    await dialog.get_by_label("Amount").fill("75")
    await dialog.get_by_label("Day of the month").fill("31")
    await dialog.get_by_label("Name of that bank account").fill("savings ending 0007")
    await dialog.get_by_role("button", name="Save").click()
    await expect(recurring).to_contain_text("Nov 30, 2026")
    await expect(recurring).to_contain_text("$75.00")

    paperless = page.get_by_role("region", name="Paperless")
    await paperless.get_by_role("button", name="Turn on").click()
    await expect(paperless).to_contain_text("On")
    late = await sign_in("dana", path=office.account("past_due").path + "/options")
    await expect(late.get_by_role("region", name="Budget bill")).to_contain_text(
        "Budget billing can start when nothing is past due."
    )


async def test_a_hold_is_placed_by_anybody_and_lifted_by_a_lead(office: Office, sign_in: SignIn) -> None:
    account = office.account("commercial")
    dana = await sign_in("dana", path=account.path + "/holds")
    await expect(dana.get_by_text("No hold on this account.")).to_be_visible()
    await dana.get_by_role("button", name="Place a hold…").click()
    dialog = dana.get_by_role("dialog")
    await dialog.get_by_label("Extension").check()
    await dialog.get_by_label("Why?").fill("Pays on Friday.")
    await dialog.get_by_role("button", name="Place a hold…").click()
    await expect(dialog.get_by_role("alert")).to_have_text("An extension is until a day. Choose it.")
    await expect(dialog.get_by_label("Why?")).to_have_value("Pays on Friday.")
    await dialog.get_by_label("Until").fill("2026-12-04")
    await dialog.get_by_role("button", name="Place a hold…").click()
    await expect(dana.locator(TOLD)).to_have_text("The hold is placed.")
    await expect(dana.locator(".account-head")).to_contain_text("Hold: Extension")
    await expect(dana.get_by_role("button", name="Lift…")).to_have_count(0)

    frank = await sign_in("frank", path=account.path + "/holds")
    await frank.get_by_role("button", name="Lift…").click()
    await frank.get_by_role("dialog").get_by_label("Why?").fill("Paid today.")
    await frank.get_by_role("dialog").get_by_role("button", name="Lift…").click()
    await expect(frank.locator("tbody tr").first).to_contain_text("Lifted by Frank Osei: Paid today.")
    await expect(dana.locator("tbody tr").first).to_contain_text("Lifted by Frank Osei")


async def test_a_low_income_household_is_recorded_and_withdrawn(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("luis", path=office.account("tenant").path + "/holds")
    await page.get_by_role("button", name="Record…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Record…").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Choose one.")
    await dialog.get_by_label("CalFresh").check()
    await dialog.get_by_role("button", name="Record…").click()
    await expect(page.locator(".account-head")).to_contain_text("Low-income household")
    await page.get_by_role("button", name="Withdraw").click()
    await expect(page.locator(TOLD)).to_have_text("Withdrawn.")
    await expect(page.locator(".account-head")).not_to_contain_text("Low-income household")


async def test_from_a_case_to_its_account_and_back(office: Office, sign_in: SignIn) -> None:
    account = office.account("spanish_speaker")
    customer = office.customer("sms", party="+19515550199")
    customer.says("Why is it so high?")
    customer.is_verified(account.number)
    reference = customer.asks_for_person("The bill is twice last month's.")
    page = await sign_in("rosa")
    await expect(row_of(page, reference)).to_be_visible()
    await open_case(page, reference)
    await page.get_by_role("link", name="Open the account").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(account.name)
    await page.get_by_role("region", name="Cases").get_by_role("link", name=reference).click()
    await expect(page.locator(".case .reference")).to_have_text(reference)


async def test_a_payment_elsewhere_shows_by_itself(office: Office, sign_in: SignIn) -> None:
    account = office.account("autopay")
    page = await sign_in("dana", path=account.path + "/holds")
    other = await sign_in("frank", path=account.path + "/holds")
    await other.get_by_role("button", name="Place a hold…").click()
    await other.get_by_role("dialog").get_by_label("Why?").fill("They dispute the read.")
    await other.get_by_role("dialog").get_by_role("button", name="Place a hold…").click()
    await expect(page.locator(".account-head")).to_contain_text("Hold: Dispute")


async def test_what_is_typed_survives_the_page_being_drawn_anew(office: Office, sign_in: SignIn) -> None:
    account = office.account("medical_protection")
    page = await sign_in("dana", path=account.path + "/holds")
    await page.get_by_role("button", name="Place a hold…").click()
    await page.get_by_role("dialog").get_by_label("Why?").fill("Half a sentence")
    other = await sign_in("frank", path=account.path + "/holds")
    await other.get_by_role("button", name="Place a hold…").click()
    await other.get_by_role("dialog").get_by_label("Why?").fill("Something else.")
    await other.get_by_role("dialog").get_by_role("button", name="Place a hold…").click()
    await expect(page.locator(".account-head")).to_contain_text("Hold: Dispute")
    await expect(page.get_by_role("dialog").get_by_label("Why?")).to_have_value("Half a sentence")
    await page.get_by_role("dialog").get_by_label("Review").check()
    await page.get_by_role("dialog").get_by_role("button", name="Place a hold…").click()
    await expect(page.locator(".account-head")).to_contain_text("Hold: Review")
