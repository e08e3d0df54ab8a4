"""A leak adjustment from a bill: what the policy credits is shown, then posted once."""

import re

from playwright.async_api import expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office


async def test_a_leak_is_credited_from_the_bill(office: Office, sign_in: SignIn) -> None:
    account = office.account("leak")
    page = await sign_in("rosa", path=account.path + "/bills")
    await page.locator("button[data-deed=ask_leak]").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(re.compile(r"The policy credits \$[\d,.]+ for [\d,.]+ CCF"))
    await dialog.get_by_role("button", name="Credit it").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("What shows the repair").fill("Plumber's receipt of yesterday.")
    await dialog.get_by_role("button", name="Credit it").click()
    await expect(page.get_by_text("is credited.")).to_be_visible()
    kept = "SELECT credit_cents, note FROM leak_adjustments WHERE account_id = %(id)s"
    ((cents, note),) = office.rows(kept, {"id": account.id})
    assert cents > 0 and note == "Plumber's receipt of yesterday."
    await page.locator("button[data-deed=ask_leak]").click()
    await expect(page.get_by_text(re.compile("had its leak adjustment already"))).to_be_visible()
    assert len(office.rows(kept, {"id": account.id})) == 1
