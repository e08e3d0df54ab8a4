"""The simulator's page in Chromium: opening it, and finding one of its phones."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from fastapi import Response
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.telephony_simulator.world import MARIA, OPERATOR, Application, Hook, Simulator

DESK = "+15550005000"
CUSTOMERS = [
    {
        "situation": "past_due",
        "name": "Maria Alvarez",
        "phone": MARIA,
        "zip": "93001",
        "account_number": "1000234567",
        "pin": "4821",
        "language": "en",
        "balance_cents": 12345,
        "service_address": "12 Canal Street",
    },
    {
        "situation": "spanish_speaker",
        "name": "José Ortega",
        "phone": "+15550002222",
        "zip": "93001",
        "account_number": "1000234568",
        "pin": "1111",
        "language": "es",
        "balance_cents": 0,
        "service_address": "14 Canal Street",
    },
]


def customers(hook: Hook) -> Response:
    """The backend's list, for the operator alone."""
    known = hook.headers.get("authorization") == f"Bearer {OPERATOR}"
    return Response(json.dumps(CUSTOMERS if known else []), 200 if known else 401, media_type="application/json")


DESKS = [{"id": "customer_service", "name": {"en": "Customer service", "es": "Servicio al cliente"}, "phone": DESK}]


def district(hook: Hook) -> Response:
    """The public facts, with the department that calls are transferred to."""
    return Response(json.dumps({"departments": DESKS}), media_type="application/json")


def phone(page: Page, number: int = 0) -> Locator:
    """One of the phones on the page."""
    return page.locator(".phone").nth(number)


def status(page: Page, number: int = 0) -> Locator:
    return phone(page, number).locator('[data-slot="call-status"]')


def captions(page: Page, number: int = 0) -> Locator:
    return phone(page, number).get_by_role("log", name="What is said on the call")


def thread(page: Page, number: int = 0) -> Locator:
    return phone(page, number).get_by_role("log", name="Texts")


def _is_problem(message: ConsoleMessage) -> bool:
    """An error on the console, except for a request that the test itself stops."""
    return message.type == "error" and "net::ERR_FAILED" not in message.text


async def picture(page: Page, name: str) -> None:
    """Keep a picture where the person who runs the tests asked for it."""
    if folder := os.environ.get("HEADGATE_TEST_PICTURES"):
        await page.screenshot(path=Path(folder) / f"simulator-{name}.png", full_page=True)


async def assert_accessible(page: Page) -> None:
    results = await Axe().run(page)
    found = [
        (violation["id"], [node["html"] for node in violation["nodes"]]) for violation in results.response["violations"]
    ]
    assert found == []


def switchboard(application: Application) -> None:
    """A small menu: the balance by key or by word."""
    application.twiml(
        "/twilio/voice",
        '<Gather input="dtmf speech" numDigits="1" action="/turn" timeout="30">'
        '<Say language="en-US">Hello. This is the automated assistant. Press 1 for your balance.</Say></Gather>',
    )

    def turn(hook: Hook) -> str:
        said = hook.form.get("Digits") or hook.form.get("SpeechResult")
        return f"<Response><Say>You told me {said}</Say><Hangup/></Response>"

    application.answers["/turn"] = turn


@asynccontextmanager
async def opened_page(application: Application, simulator: Simulator, browser: Browser) -> AsyncIterator[Page]:
    application.answers["/v1/demo/customers"] = customers
    application.answers["/v1/district"] = district
    context = await browser.new_context(locale="en-US", viewport={"width": 1360, "height": 860})
    opened = await context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if _is_problem(message) else None)
    await opened.goto(f"{simulator.url}/simulator")
    await expect(status(opened)).to_have_text("No call")
    yield opened
    await context.close()
    assert problems == []
