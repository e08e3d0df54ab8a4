"""A billing run from its preparing to its bills, by two people, in a browser."""

import csv
import io
import re

from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office

TOLD = "[data-notice=done]"
REFUSED = "[data-notice=refused]"


async def open_run(page: Page, office: Office) -> None:
    """The run of the cycle whose meters have been read; prepared here if nobody did it yet."""
    await page.goto(f"{office.console}/billing")
    ((bills,),) = office.rows(
        "SELECT count(*) FROM bills WHERE run_id = (SELECT id FROM billing_runs WHERE status = 'billed'"
        " ORDER BY period_end DESC, cycle LIMIT 1)"
    )
    assert bills > 0
    await expect(page.locator("tbody tr", has_text="Billed").first.locator("td").nth(3)).to_have_text(str(bills))
    prepare = page.get_by_role("button", name=re.compile("Prepare cycle"))
    if await prepare.count():
        await prepare.dblclick()
    run = page.locator("tbody tr", has_text="Prepared").first
    await expect(run).to_be_visible()
    await run.get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cycle")


async def test_a_run_from_its_preparing_to_its_bills(office: Office, sign_in: SignIn) -> None:
    rosa = await sign_in("rosa", path="/billing")
    await open_run(rosa, office)
    address = rosa.url
    assert office.rows("SELECT count(*) FROM billing_runs WHERE prepared_by IS NOT NULL") == [(1,)]
    await _the_facts_of_an_exception(rosa)
    await _many_at_once(rosa)
    await _one_alone(rosa)
    await _totals_and_spreadsheets(rosa, office, address)
    await _two_people(rosa, address, office, sign_in)


async def _the_facts_of_an_exception(page: Page) -> None:
    await page.get_by_role("button", name="High use 1").click()
    await expect(page.get_by_role("heading", name="1 exception", exact=True)).to_be_visible()
    row = page.get_by_role("button", name="High use", exact=True)
    await row.press("Enter")
    facts = page.get_by_role("region", name=re.compile("High use ·"))
    await expect(facts).to_contain_text("expected")
    await expect(facts).to_contain_text("Readings behind it")
    await expect(facts).to_contain_text("CCF a day")
    await expect(facts.get_by_role("img")).to_have_accessible_name(
        re.compile("Use by the day: now .* CCF, after 13 bills before")
    )
    await row.press("Enter")
    await expect(facts).to_have_count(0)
    await page.get_by_role("button", name=re.compile("^All \\d+$")).click()


async def _many_at_once(page: Page) -> None:
    await page.locator("#form-decide").get_by_role("button", name="Release").click()
    await expect(page.locator(REFUSED)).to_have_text("Write down why, in a sentence.")
    await page.get_by_label("All on this page").check()
    chosen = page.locator("[data-chosen]")
    whole = await page.locator("input[name=chosen]").count()
    await expect(chosen).to_have_text(f"{whole} chosen")
    keep = page.locator("tbody tr", has_text="High use").get_by_role("checkbox")
    await keep.uncheck()
    await expect(chosen).to_have_text(f"{whole - 1} chosen")
    await page.get_by_placeholder("Reason for all that are chosen").fill("Looked over with the field crew.")
    await page.locator("#form-decide").get_by_role("button", name="Release").click()
    await expect(page.locator(TOLD)).to_have_text(f"{whole - 1} exceptions are decided.")
    await expect(page.get_by_role("heading", name="1 exception", exact=True)).to_be_visible()
    await expect(page.get_by_placeholder("Reason for all that are chosen")).to_have_value("")


async def _one_alone(page: Page) -> None:
    await page.get_by_role("button", name="High use", exact=True).click()
    facts = page.get_by_role("region", name=re.compile("High use ·"))
    await facts.get_by_label("Why?").fill("The read is right: a leak, the customer knows.")
    await facts.get_by_role("button", name="Resolve").click()
    await expect(page.locator(REFUSED)).to_contain_text("The cause is still there.")
    await expect(facts.get_by_label("Why?")).to_have_value("The read is right: a leak, the customer knows.")
    await facts.get_by_role("button", name="Hold back").click()
    await expect(page.get_by_text("Nothing here.")).to_be_visible()
    await page.get_by_role("group", name="State").get_by_role("button", name="Held back").click()
    held = page.locator("tbody tr[aria-current]")
    await expect(held).to_contain_text("Rosa Delgado: The read is right")


async def _totals_and_spreadsheets(page: Page, office: Office, address: str) -> None:
    await page.get_by_role("link", name="Totals and tie-out").click()
    checks = page.get_by_role("region", name="What must agree")
    await expect(checks.get_by_text("Agrees", exact=True)).to_have_count(3)
    total = await page.get_by_role("region", name="Register by class").locator("tr.total td").last.inner_text()
    answer = await page.request.get(f"{address}/register.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO((await answer.body()).decode("utf-8-sig"))))
    assert f"${float(rows[-1][rows[0].index('amount')]):,.2f}" == total
    exceptions = await page.request.get(f"{address}/exceptions.csv")
    assert "Looked over with the field crew." in await exceptions.text()


async def _two_people(rosa: Page, address: str, office: Office, sign_in: SignIn) -> None:
    await rosa.goto(address)
    await rosa.get_by_role("button", name="Approve…").click()
    await rosa.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(rosa.get_by_role("dialog").get_by_role("alert")).to_contain_text("Another person")
    frank = await sign_in("frank", path=address.removeprefix(office.console))
    await frank.get_by_role("button", name="Approve…").click()
    await frank.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(frank.locator(TOLD)).to_have_text("The run is approved.")
    await expect(rosa.get_by_text("Approved", exact=True)).to_be_visible()
    await frank.get_by_role("button", name="Send the bills now…").click()
    await frank.get_by_role("dialog").get_by_role("button", name="Send the bills").dblclick()
    await expect(frank.get_by_text("Billed", exact=True)).to_be_visible()
    ((bills, posted),) = office.rows(
        "SELECT count(*), count(DISTINCT account_id) FROM bills WHERE run_id = %(id)s",
        {"id": address.rsplit("/", maxsplit=1)[-1]},
    )
    assert bills == posted > 0


async def test_a_csr_looks_on(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path="/billing")
    await expect(page.get_by_role("button", name=re.compile("Prepare"))).to_have_count(0)
    await page.locator("tbody tr").first.get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cycle")
    await expect(page.locator(".page-head .deeds button")).to_have_count(0)
    await expect(page.locator("input[name=chosen]")).to_have_count(0)
