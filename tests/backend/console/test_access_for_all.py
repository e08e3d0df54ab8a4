"""Every page in both languages: axe finds nothing, the language is declared, the width of a tablet is enough."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.backend.console.conftest import SignIn, new_page
from tests.backend.console.office import Office
from tests.backend.console.test_cases import DETAILS, case_arrives, open_case

LANGUAGES = ["en", "es"]
pytestmark = pytest.mark.long  # axe looks at every element of every page


async def fits(page: Page) -> bool:
    """Nothing sticks out of the window, once what is drawn anew for its width has been (charts, a moment later)."""
    return bool(
        await page.evaluate("""() => new Promise((answer) => {
            const until = performance.now() + 5000;
            const look = () => {
                const is_within = document.documentElement.scrollWidth <= window.innerWidth;
                if (is_within || performance.now() > until) answer(is_within); else requestAnimationFrame(look);
            };
            look();
        })""")
    )


async def found_by_axe(page: Page) -> list[Any]:
    # What is still fading in has not its colours yet.
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")
    results = await Axe().run(page)
    violations: list[Any] = results.response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in violations]


async def assert_fine(page: Page, language: str) -> None:
    assert await found_by_axe(page) == []
    declared = await page.locator("html").get_attribute("lang")
    assert declared is not None and declared.split("-")[0] == language
    assert (await page.title()).strip()
    assert await fits(page)
    words = {"en": "Demonstration: a fictional district", "es": "Demostración: un distrito ficticio"}
    await expect(page.locator(".demo")).to_contain_text(words[language])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_plain_pages(office: Office, browser: Any, sign_in: SignIn, language: str) -> None:
    stranger = await new_page(browser, language)
    await stranger.goto(f"{office.console}/sign-in")
    await assert_fine(stranger, language)
    await stranger.fill("#user_name", "nobody")
    await stranger.fill("#password", "wrong")
    await stranger.press("#password", "Enter")
    await expect(stranger.get_by_role("alert")).to_be_visible()
    await assert_fine(stranger, language)
    page = await sign_in("rosa", language=language)
    await page.goto(f"{office.console}/password")
    await assert_fine(page, language)
    await page.goto(f"{office.console}/nothing-here")
    await assert_fine(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_queue_and_a_case_in_every_state(office: Office, sign_in: SignIn, language: str) -> None:
    customer, reference = case_arrives(office, "sms")
    customer.asks_for_person("Wants to start service.", details=DETAILS)
    customer.is_verified(office.someone_past_due().number, level=3)
    page = await sign_in("rosa", language=language)
    await expect(page.locator(".row").first).to_be_visible()
    await assert_fine(page, language)
    await open_case(page, reference)
    await assert_fine(page, language)
    await page.click("#take")
    await expect(page.locator("#answer")).to_be_visible()
    await assert_fine(page, language)
    await page.click("#start-closing")
    await expect(page.locator("#disposition")).to_be_visible()
    await assert_fine(page, language)
    for width, height in ((1024, 768), (768, 1024), (390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await assert_fine(page, language)
    await page.locator(".closing button[type=submit]").click()
    await expect(page.locator("#case-state[data-state=closed]")).to_be_visible()
    await assert_fine(page, language)


TABS = ("", "/bills", "/payments", "/ledger", "/usage", "/service", "/fees", "/options", "/holds", "/texts")
SECTIONS = (
    "/accounts",
    "/billing",
    "/money",
    "/money/unapplied",
    "/money/files",
    "/money/returns",
    "/requests",
    "/nightly",
    "/campaigns",
    "/emergency",
)


async def assert_fine_at_any_width(page: Page, language: str) -> None:
    """On a desk and on a small phone nothing is amiss, and in between nothing sticks out."""
    await assert_fine(page, language)
    for width in (1024, 768, 320):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await fits(page), width
    assert await found_by_axe(page) == []
    await page.set_viewport_size({"width": 1280, "height": 800})


@pytest.fixture
def something_everywhere(office: Office) -> Iterator[None]:
    """A row on each page that would else be empty; whose fee is asked back can ask for it in the tests that follow."""
    account = office.account("nsf")
    office.execute(
        "INSERT INTO return_items (id, cause, reason_code, trace_number, given_reference, amount_cents, returned_on,"
        " payment_id, status) VALUES (gen_random_uuid(), 'fraud_review', 'R10', '1', '', 5, '2026-11-20',"
        " (SELECT id FROM payments WHERE account_id = %(id)s LIMIT 1), 'open')",
        {"id": account.id},
    )
    for _ in range(2):  # somebody sent the same file again at once
        office.execute(
            "INSERT INTO refused_files (id, kind, sha256, file_name, business_date, refused_at, problems)"
            " VALUES (gen_random_uuid(), 'payments', sha256(gen_random_uuid()::text::bytea), 'bad.csv', '2026-11-20',"
            " now(), %(problems)s)",
            {"problems": '[{"line": 2, "field": "amount", "reason": "is not dollars and cents"}]'},
        )
    office.execute(
        "INSERT INTO fee_reversals (id, fee_id, status, reason_code, note, requested_role, requested_at)"
        " SELECT gen_random_uuid(), id, 'pending', 'courtesy', '', 'assistant', now() FROM fee_charges f"
        " WHERE code = 'late' AND account_id = %(id)s"
        "   AND NOT EXISTS (SELECT FROM fee_reversals r WHERE r.fee_id = f.id)",
        {"id": office.someone_past_due().id},
    )
    office.execute(
        "INSERT INTO nightly_runs (business_date, part_accounts, started_at) VALUES ('2026-11-19', 100, now())"
        " ON CONFLICT DO NOTHING",
        {},
    )
    yield
    office.execute("DELETE FROM refused_files WHERE file_name = 'bad.csv'", {})
    office.execute("DELETE FROM fee_reversals WHERE status = 'pending' AND requested_role = 'assistant'", {})


@pytest.mark.usefixtures("something_everywhere")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages_of_every_section(office: Office, sign_in: SignIn, language: str) -> None:
    page = await sign_in("rosa", language=language)
    for path in SECTIONS:
        await page.goto(office.console + path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await assert_fine_at_any_width(page, language)
    await page.goto(f"{office.console}/billing")
    await page.locator("tbody tr").last.get_by_role("link").click()
    for tab in (0, 1):
        await page.locator(".tabs a").nth(tab).click()
        await expect(page.locator(".tabs a").nth(tab)).to_have_attribute("aria-current", "page")
        await assert_fine_at_any_width(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_tab_of_an_account_and_what_it_asks(office: Office, sign_in: SignIn, language: str) -> None:
    account = office.account("nsf")
    page = await sign_in("rosa", language=language)
    for tab in TABS:
        await page.goto(office.console + account.path + tab)
        await expect(page.get_by_role("heading", level=1)).to_have_text(account.name)
        await assert_fine_at_any_width(page, language)
    for tab, deed in (
        ("/holds", "ask_hold"),
        ("/options", "ask_recurring"),
        ("/service", "ask_stop"),
        ("/service", "ask_transfer"),
        ("/fees", "ask_charge"),
    ):
        await page.goto(office.console + account.path + tab)
        await page.locator(f"button[data-deed={deed}]").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_be_visible()
        if deed != "ask_charge":  # which is complete as it opens: it would charge
            await dialog.locator("button[type=submit]").click()
            await expect(dialog.get_by_role("alert").first).to_be_visible()
        await assert_fine_at_any_width(page, language)
        await page.keyboard.press("Escape")
    await page.goto(f"{office.console}{account.path}/payments")
    receipt = await page.locator("#payment .feet a").first.get_attribute("href")
    await page.goto(office.origin + str(receipt))
    assert await found_by_axe(page) == []


async def test_the_language_is_switched_on_the_spot(office: Office, sign_in: SignIn) -> None:
    _, reference = case_arrives(office)
    page = await sign_in("luis")
    await open_case(page, reference)
    await page.get_by_role("link", name="Español").click()
    await expect(page.get_by_role("button", name="Tomar")).to_be_visible()
    await expect(page.locator(".case .reference")).to_have_text(reference)
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("button", name="Take it")).to_be_visible()
