"""The Service tab of an account: stopping a service, a day that is refused, and what a case asked for."""

import os
import re

from playwright.async_api import expect

from tests.backend.console.conftest import SignIn
from tests.backend.console.office import Office
from tests.backend.console.test_account_page import TOLD, tab
from tests.backend.console.test_cases import case_arrives, open_case


async def test_a_service_is_stopped_and_a_day_too_far_ahead_refused(office: Office, sign_in: SignIn) -> None:
    page = await sign_in("dana", path=office.account("tenant").path)
    await tab(page, "Service")
    if folder := os.environ.get("HEADGATE_SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/service.png", full_page=True)
    await expect(page.get_by_text("In service")).to_be_visible()
    await page.get_by_role("button", name="Stop service…").press("Enter")
    dialog = page.get_by_role("dialog")
    send = dialog.get_by_role("button", name="Stop service")
    await dialog.get_by_label("Why?").fill("Moves out.")
    await send.click()
    await expect(dialog.get_by_role("alert")).to_have_text("Choose a day.")
    await dialog.get_by_label("Last day of service").fill("2027-11-23")
    await send.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("That day is too far ahead.")
    await expect(dialog.get_by_label("Why?")).to_have_value("Moves out.")
    if folder:
        await page.screenshot(path=f"{folder}/stop.png")
    await dialog.get_by_label("Last day of service").fill("2026-12-10")
    await dialog.get_by_label("Mail the final bill to").fill("12 Harbor St\nOceanside, CA 92054")
    await send.click()
    await expect(page.locator(TOLD)).to_contain_text("The service stops on that day.")
    await expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    history = page.get_by_role("region", name="What was changed")
    await expect(history).to_contain_text("Moves out.")
    await expect(history).to_contain_text("Mail to 12 Harbor St, Oceanside, CA 92054")


async def test_a_case_opens_the_dialog_with_what_was_noted(office: Office, sign_in: SignIn) -> None:
    account = office.account("tenant")
    customer, reference = case_arrives(office, "sms")
    details = [
        {"name": "stop_on", "label": {"en": "Last day", "es": "Último día"}, "value": "2026-12-11"},
        {"name": "mail_to", "label": {"en": "Final bill to", "es": "Última factura a"}, "value": "12 Harbor St"},
    ]
    customer.asks_for_person("Wants to stop water service.", details=details)
    customer.is_verified(account.number, level=3)
    page = await sign_in("dana")
    await open_case(page, reference)
    await page.get_by_role("link", name="Stop this service with what was noted").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Last day of service")).to_have_value("2026-12-11")
    await expect(dialog.get_by_label("Mail the final bill to")).to_have_value("12 Harbor St")
    other = office.account("nsf")
    await page.goto(page.url.replace(str(account.id), str(other.id)))
    await expect(page.get_by_role("heading", level=1)).to_have_text(other.name)
    await expect(page.get_by_role("button", name="Stop service…")).to_be_visible()
    await expect(dialog).to_be_hidden()


async def test_a_meter_is_exchanged_by_a_lead(office: Office, sign_in: SignIn) -> None:
    path = office.account("nsf").path + "/service"
    clerk = await sign_in("dana", path=path)
    await expect(clerk.get_by_text("In service")).to_be_visible()
    await expect(clerk.locator("button[data-deed=ask_exchange]")).to_have_count(0)
    page = await sign_in("frank", path=path)
    await page.locator("button[data-deed=ask_exchange]").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Last read of the old meter").fill("1")
    await dialog.get_by_label("Serial number of the new meter").fill("NEW-77")
    await dialog.get_by_label("Why?").fill("The glass is broken.")
    await dialog.get_by_role("button", name="Exchange meter").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The meter showed")


async def test_a_new_customer_moves_in_where_somebody_left(office: Office, sign_in: SignIn) -> None:
    account = office.account("closed_with_credit")
    query = """SELECT concat_ws(' ', p.street, p.unit) FROM service_agreements g JOIN premises p ON p.id = g.premise_id
                WHERE g.account_id = %(id)s"""
    ((place,),) = office.rows(query, {"id": account.id})
    page = await sign_in("dana", path=account.path + "/service")
    await page.get_by_role("button", name="Start service…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="A new customer").check()
    await dialog.get_by_label("Name of a new customer").fill("Elena Ruiz")
    await dialog.get_by_label("Phone").fill("(951) 555-0144")
    await dialog.get_by_label("Language").select_option("es")
    await dialog.get_by_label("Address of the new service").fill("1 Nowhere Street")
    await dialog.get_by_label("First day of service").fill("2026-11-24")
    await dialog.get_by_label("Why?").fill("Moves in.")
    await dialog.get_by_role("button", name="Start service").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("We serve no place with this address.")
    await dialog.get_by_label("Address of the new service").fill(place)
    await dialog.get_by_role("button", name="Start service").click()
    await expect(page.locator(TOLD)).to_contain_text(re.compile(r"Account \d{8} is open."))
    opened = """SELECT c.name, c.language, f.phone, f.texts_allowed, a.opened_on::text
                  FROM accounts a JOIN customers c ON c.id = a.customer_id
                  JOIN customer_phones f ON f.customer_id = c.id WHERE c.name = 'Elena Ruiz'"""
    assert office.rows(opened, {}) == [("Elena Ruiz", "es", "+19515550144", False, "2026-11-24")]


async def test_a_case_without_an_account_opens_one(office: Office, sign_in: SignIn) -> None:
    # Somebody whom no other test knows has moved out.
    left = """UPDATE service_agreements SET ended_on = '2026-10-31' WHERE id = (
                SELECT g.id FROM service_agreements g
                 WHERE g.service_class = 'residential' AND g.ended_on IS NULL AND g.started_on < '2026-01-01'
                   AND NOT EXISTS (SELECT FROM demo_customers d WHERE d.account_id = g.account_id)
                 ORDER BY g.id DESC LIMIT 1)"""
    office.execute(left, {})
    query = """SELECT concat_ws(' ', p.street, p.unit) FROM service_agreements g JOIN premises p ON p.id = g.premise_id
                WHERE g.ended_on = '2026-10-31' ORDER BY g.id DESC LIMIT 1"""
    ((place,),) = office.rows(query, {})
    customer, reference = case_arrives(office, "sms")
    details = [
        {"name": "address", "label": {"en": "Address", "es": "Dirección"}, "value": place},
        {"name": "start_on", "label": {"en": "Start date", "es": "Fecha"}, "value": "2026-11-30"},
        {"name": "name", "label": {"en": "Name", "es": "Nombre"}, "value": "Tomás Vega"},
    ]
    customer.asks_for_person("Wants to start water service.", details=details)
    page = await sign_in("dana")
    await open_case(page, reference)
    await page.get_by_role("link", name="Start service with what was noted").click()
    await expect(page.get_by_role("button", name="Start service for a new customer…")).to_be_attached()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Address of the new service")).to_have_value(place)
    await expect(dialog.get_by_label("First day of service")).to_have_value("2026-11-30")
    await expect(dialog.get_by_label("Name of a new customer")).to_have_value("Tomás Vega")
    await dialog.get_by_role("button", name="Start service").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("Why?").fill("Moves in.")
    await dialog.get_by_role("button", name="Start service").click()
    await expect(page.locator(TOLD)).to_contain_text(re.compile(r"Account \d{8} is open."))
    opened = (
        "SELECT a.opened_on::text FROM accounts a JOIN customers c ON c.id = a.customer_id WHERE c.name = 'Tomás Vega'"
    )
    assert office.rows(opened, {}) == [("2026-11-30",)]
