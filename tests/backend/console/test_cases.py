"""People at work: a case from its arrival to its end, two who want the same case, and what is shown of whom."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Customer, Office


def row_of(page: Page, reference: str) -> Locator:
    return page.locator(f'.row[data-case="{reference}"]')


def case_arrives(office: Office, channel: str = "chat", words: str = "Why did my bill double?") -> tuple[Customer, str]:
    customer = office.customer(channel)
    customer.says(words)
    return customer, customer.asks_for_person("The bill is twice last month's.")


async def open_case(page: Page, reference: str) -> None:
    await row_of(page, reference).click()
    await expect(page.locator(".case .reference")).to_have_text(reference)


async def take(page: Page, reference: str) -> None:
    await open_case(page, reference)
    await page.click("#take")
    await expect(page.locator("#answer")).to_be_focused()


async def test_a_case_from_its_arrival_to_its_end(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    customer, reference = case_arrives(office)
    await expect(row_of(page, reference)).to_contain_text("Asked for a person")
    await expect(row_of(page, reference)).to_contain_text("Chat · English · Not verified")
    await expect(row_of(page, reference)).to_contain_text("Billing")

    await open_case(page, reference)
    await expect(page.get_by_role("log")).to_contain_text("Why did my bill double?")
    await expect(page.get_by_role("complementary")).to_contain_text("The bill is twice last month's.")
    await page.click("#take")
    await expect(page.locator("#case-state")).to_have_text("You have it")
    assert customer.mode == "person"

    await page.get_by_role("button", name="Insert greeting").click()
    await page.keyboard.type("Which month?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Which month?")
    await expect(page.locator("#answer")).to_have_value("")
    heard = customer.hears()[-1]
    assert (heard["from"], heard["name"]) == ("person", "Rosa Delgado")
    assert heard["text"].startswith("Hello, this is Rosa with Rio Seco Water District.")

    customer.says("October, it was 120 dollars")
    await expect(page.get_by_role("log")).to_contain_text("October, it was 120 dollars")

    await page.get_by_role("button", name="Give back to the assistant").click()
    await expect(page.locator("#case-state")).to_have_text("Given back to the assistant")
    await expect(row_of(page, reference)).to_have_count(0)
    assert customer.mode == "assistant"


async def test_closing_asks_how_it_ended(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana")
    customer, reference = case_arrives(office, "sms")
    await take(page, reference)
    await expect(page.get_by_label("Your answer, by text")).to_be_visible()
    await page.click("#start-closing")
    await expect(page.locator("#disposition")).to_be_focused()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("#start-closing")).to_be_focused()
    await page.click("#start-closing")
    await page.select_option("#disposition", label="Called back")
    await page.fill("#note", "Explained the summer tier.")
    await page.get_by_role("button", name="Close the case").click()
    await expect(page.locator("#case-state")).to_have_text("Closed")
    history = page.get_by_role("complementary")
    await expect(history).to_contain_text("Closed by Dana Whitfield")
    await expect(history).to_contain_text("Explained the summer tier.")
    await expect(history).to_contain_text("Called back")
    assert customer.mode == "assistant"


async def test_of_two_who_take_it_one_wins_and_the_other_is_told(office: Office, sign_in: SignIn) -> None:
    rosa, frank = await asyncio.gather(sign_in("rosa"), sign_in("frank"))
    _, reference = case_arrives(office)
    await asyncio.gather(open_case(rosa, reference), open_case(frank, reference))
    await expect(rosa.locator(".viewing")).to_have_text("Also looking: Frank Osei")
    await asyncio.gather(rosa.click("#take"), frank.click("#take"))
    told = re.compile(r"^(Rosa Delgado|Frank Osei) took this case just before you")
    states = [rosa.locator("#case-state"), frank.locator("#case-state")]
    for state in states:
        await expect(state).to_have_text(re.compile("You have it|has it"))
    won = [await state.text_content() == "You have it" for state in states]
    assert sorted(won) == [False, True]
    winner, loser = (rosa, frank) if won[0] else (frank, rosa)
    await expect(loser.locator("[data-notice=refused]")).to_have_text(told)
    await expect(winner.locator("[data-notice=refused]")).to_be_empty()
    await expect(loser.locator("#answer")).to_have_count(0)


async def test_a_lead_may_take_over_and_the_other_page_hears_of_it(office: Office, sign_in: SignIn) -> None:
    dana, frank = await asyncio.gather(sign_in("dana"), sign_in("frank"))
    _, reference = case_arrives(office)
    await take(dana, reference)
    await dana.fill("#answer", "I was about to say")
    await open_case(frank, reference)
    await frank.get_by_role("button", name="Take over").click()
    await expect(frank.locator("#case-state")).to_have_text("You have it")
    await expect(dana.locator("#case-state")).to_have_text("Frank Osei has it")
    await expect(dana.locator("#answer")).to_have_count(0)


async def test_a_csr_reads_along_but_does_not_take_over(office: Office, sign_in: SignIn) -> None:
    luis, frank = await asyncio.gather(sign_in("luis"), sign_in("frank"))
    _, reference = case_arrives(office)
    await take(frank, reference)
    await open_case(luis, reference)
    await expect(luis.locator("#case-state")).to_have_text("Frank Osei has it")
    await expect(luis.locator(".deeds button")).to_have_count(0)


async def test_who_is_verified_is_shown_with_their_account(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    customer = office.customer("sms", party="+19515550142")
    customer.says("How much do I owe?")
    account = office.someone_past_due()
    customer.is_verified(account.number)
    reference = customer.asks_for_person("Wants more time to pay.")
    await expect(row_of(page, reference)).to_contain_text(account.name)
    await open_case(page, reference)
    await expect(page.get_by_role("heading", name=account.name)).to_be_visible()
    known = page.get_by_role("complementary")
    await expect(known).to_contain_text("Verified with two factors. Account facts may be told")
    await expect(known).to_contain_text(account.number)
    await expect(known).to_contain_text("(951) 555-0142")
    await expect(known.locator("dt", has_text="Balance")).to_be_visible()
    await expect(known.locator("dt", has_text="Past due")).to_be_visible()


async def test_a_caller_who_withheld_their_number_cannot_be_texted(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    caller = office.customer("voice")
    caller.party = None
    caller.says("a person please")
    reference = caller.asks_for_person("Asked for a person.")
    await open_case(page, reference)
    await page.click("#take")
    await expect(page.locator(".talk-foot")).to_contain_text("The caller's number is withheld")


async def test_what_a_customer_writes_is_text_and_nothing_else(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    nasty = "<img src=x onerror=\"document.title='owned'\"> {{ 7*7 }} ${7*7} `x` </script><b>bold</b>"
    customer = office.customer()
    customer.says(nasty)
    reference = customer.asks_for_person(nasty)
    await open_case(page, reference)
    await expect(page.locator(".line.customer .text")).to_have_text(nasty)
    await page.reload()
    await expect(page.locator(".line.customer .text")).to_have_text(nasty)
    assert await page.locator(".line img, .known img, .line b").count() == 0
    assert "owned" not in await page.title()


async def test_an_emergency_goes_before_all_others(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    _, ordinary = case_arrives(office)
    await expect(row_of(page, ordinary)).to_be_visible()
    neighbor = office.customer("voice")
    neighbor.says("water is shooting out of the street")
    emergency = neighbor.asks_for_person("Main break reported.", reason="emergency")
    await expect(row_of(page, emergency)).to_contain_text("Emergency")
    shown = [await row.get_attribute("data-case") for row in await page.locator(".row").all()]
    assert shown.index(emergency) < shown.index(ordinary)


async def test_the_filters_show_mine_and_waiting(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("luis")
    (_, mine), (_, waiting) = case_arrives(office), case_arrives(office)
    await take(page, mine)
    await page.get_by_role("button", name="Mine").click()
    await expect(row_of(page, waiting)).to_have_count(0)
    await expect(row_of(page, mine)).to_be_visible()
    await page.get_by_role("button", name="Waiting", exact=True).click()
    await expect(row_of(page, mine)).to_have_count(0)
    await expect(row_of(page, waiting)).to_be_visible()


async def test_a_case_is_worked_with_the_keyboard_alone(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    customer, reference = case_arrives(office)
    await row_of(page, reference).focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#case-title")).to_be_focused()
    await page.locator("#take").focus()
    await page.keyboard.press("Space")
    await expect(page.locator("#answer")).to_be_focused()
    await page.keyboard.type("First line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.person .text")).to_have_text("First line\nsecond line")
    assert customer.hears()[-1]["text"] == "First line\nsecond line"


async def test_a_draft_survives_a_reload(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("rosa")
    _, reference = case_arrives(office)
    await take(page, reference)
    await page.keyboard.type("Half an answer")
    await page.reload()
    await expect(page.locator("#answer")).to_have_value("Half an answer")


DETAILS = [
    {"name": "start_on", "label": {"en": "Start date", "es": "Fecha de inicio"}, "value": "2026-12-01"},
    {"name": "address", "label": {"en": "Address", "es": "Dirección"}, "value": "12 Oak Street"},
    {"name": "receipt", "label": {"en": "Receipt", "es": "Recibo"}, "value": "yes"},
    {"name": "phone", "label": {"en": "Phone", "es": "Teléfono"}, "value": "9515550107"},
]


@pytest.mark.parametrize(
    ("language", "reason", "heading", "noted"),
    [
        (
            "en",
            "To be done, with everything noted",
            "What the assistant noted",
            ["Start date", "Dec 1, 2026", "Address", "12 Oak Street", "Receipt", "Yes", "Phone", "(951) 555-0107"],
        ),
        (
            "es",
            "Por hacer, con todo anotado",
            "Lo que anotó el asistente",
            ["Fecha de inicio", "1 dic 2026", "Dirección", "12 Oak Street", "Recibo", "Sí", "Teléfono"],
        ),
    ],
)
async def test_what_was_gathered_is_shown(
    office: Office, sign_in: SignIn, *, language: str, reason: str, heading: str, noted: list[str]
) -> None:
    customer = office.customer()
    customer.says("I want to start service")
    reference = customer.asks_for_person("Wants to start service.", "request", details=DETAILS)
    page = await sign_in("rosa", language=language)
    await open_case(page, reference)
    known = page.get_by_role("complementary")
    await expect(known).to_contain_text(reason)
    shown = known.get_by_role("region", name=heading)
    for words in noted:
        await expect(shown).to_contain_text(words)


async def test_a_case_without_details_has_no_list_of_them(office: Office, sign_in: SignIn) -> None:
    _, reference = case_arrives(office)
    page = await sign_in("rosa")
    await open_case(page, reference)
    await expect(page.get_by_role("region", name="What the assistant noted")).to_have_count(0)
