"""The floor in the browser: availability, offers, a caller put through, the buttons of a call, why a case is first."""

import asyncio
import os
import secrets

from playwright.async_api import Page, expect

from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.queue.dispatch import dispatch
from backend.settings import Settings
from tests.backend.console.conftest import SignIn
from tests.backend.console.office import ROOT, SECRET_KEY, Customer, Office
from tests.backend.console.test_access_for_all import found_by_axe

PHONE = "(951) 555-0188"


async def be_available(page: Page, phone: str = PHONE) -> None:
    await page.locator("#floor-settings").click()
    await page.fill("#phone", phone)
    await page.click("#floor-save")
    await expect(page.locator("#presence")).to_have_text("Available")


async def a_round(office: Office) -> None:
    """What the backend's dispatcher does each second (the office of these tests runs without workflows)."""
    settings = Settings(database_url=office.database_url, redis_url=office.valkey.url, secret_key=SECRET_KEY)  # type: ignore[arg-type]
    database, clock = Database.from_settings(settings), Clock()
    try:
        async with database.transaction() as session:
            await clock.load(session)
            await dispatch(session, District.load(ROOT / "district"), clock.now())
    finally:
        await database.close()


def caller(office: Office, summary: str) -> tuple[Customer, str]:
    """Somebody on the phone who asks for a person and waits in line; the customer and the case's reference."""
    sid = f"CA{secrets.token_hex(16)}"
    customer = office.customer("voice")
    customer.thread_key = sid
    customer.says("my bill doubled")
    reference = customer.asks_for_person(summary)
    told = office.call("POST", "/queue/calls", {"call_sid": sid, "party": customer.party})
    assert told["outcome"] == "wait"
    return customer, reference


def nobody_else_waits(office: Office) -> None:
    office.execute("UPDATE hand_offs SET state = 'closed' WHERE state IN ('waiting', 'taken')", {})
    office.execute("UPDATE staff_presence SET state = 'away'", {})


async def test_a_caller_from_the_offer_to_the_end(office: Office, sign_in: SignIn) -> None:
    nobody_else_waits(office)
    page = await sign_in("rosa")
    await be_available(page)
    customer, reference = caller(office, "The bill is twice last month's.")
    await a_round(office)
    await page.reload()
    await expect(page.locator(".offer-words")).to_contain_text(reference)
    assert await found_by_axe(page) == []
    await page.click("#offer-accept")
    await expect(page.locator("#call-state")).to_have_text("The caller is being put through.")
    ((leg,),) = office.rows("SELECT id FROM call_legs ORDER BY created_at DESC LIMIT 1")
    joined = office.call("PUT", f"/queue/legs/{leg}", {"state": "joined", "provider_sid": f"CA{leg.hex}"})
    assert joined["bring"] == customer.thread_key
    await expect(page.locator("#call-state")).to_have_text("The call goes on.")
    await expect(page.locator(".parties")).to_contain_text("Rosa Delgado · talks · in the call")
    assert await found_by_axe(page) == []
    if folder := os.environ.get("HEADGATE_PICTURES"):
        await page.screenshot(path=f"{folder}/floor-call.png")
    await page.select_option("#call-department", "field_service")
    await page.click("#call-transfer")
    await expect(page.locator('[data-notice="done"]')).to_contain_text("The caller is put through.")
    onward = office.call("POST", f"/queue/calls/{customer.thread_key}/left", {"result": "person_left"})
    assert (onward["outcome"], onward["number"]) == ("department", "+19515550204")
    assert (
        office.call("POST", f"/queue/calls/{customer.thread_key}/left", {"result": "unanswered"})["outcome"] == "wait"
    )


async def test_why_a_case_is_first(office: Office, sign_in: SignIn) -> None:
    nobody_else_waits(office)
    page = await sign_in("frank")
    await be_available(page)
    _, first = caller(office, "Came first.")
    _, second = caller(office, "Water is being shut off.")
    row = page.locator(f'.row[data-case="{second}"]')
    await expect(row.locator(".place")).to_have_text("Number 2 in line")
    await row.click()
    await page.click("#mark-shut-off")
    await expect(row.locator(".place")).to_have_text("Number 1 in line")
    await expect(page.locator('[data-why="shut_off_today"]')).to_have_text("Shut-off today: 30 min")
    rows = page.locator(".row")
    await expect(rows.nth(0)).to_have_attribute("data-case", second)
    await expect(rows.nth(1)).to_have_attribute("data-case", first)
    if folder := os.environ.get("HEADGATE_PICTURES"):
        await page.screenshot(path=f"{folder}/floor-why.png")


async def test_five_browsers_and_one_winner(office: Office, sign_in: SignIn) -> None:
    nobody_else_waits(office)
    names = ("rosa", "frank", "dana", "luis")
    pages = [await sign_in(name) for name in names]
    for number, page in enumerate(pages):
        await be_available(page, f"(951) 555-01{number:02}")
    _, reference = caller(office, "Everybody wants me.")
    for page in pages:
        await page.locator(f'.row[data-case="{reference}"]').click()
        await expect(page.locator("#take")).to_be_visible()
    await asyncio.gather(*(page.evaluate("document.getElementById('take').click()") for page in pages))
    for page in pages:
        await expect(page.locator("#take")).to_have_count(0)
    states = [await page.locator("#case-state").inner_text() for page in pages]
    assert states.count("You have it") == 1
    assert len(office.rows("SELECT id FROM call_legs WHERE state = 'pending' AND role = 'lead'")) >= 1
    held = office.rows("SELECT count(DISTINCT l.id) FROM call_legs l JOIN queued_calls q ON q.id = l.queued_call_id"
                       " JOIN hand_offs h ON h.id = q.hand_off_id WHERE 'H-' || h.number = %(reference)s",
                       {"reference": reference})  # fmt: skip
    assert held == [(1,)]
