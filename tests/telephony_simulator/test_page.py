"""The page in Chromium: calls by key and by word, texts live, both languages, WCAG 2.2 AA."""

import asyncio
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from fastapi import Response
from playwright.async_api import ConsoleMessage, Locator, Page, async_playwright, expect

from tests.telephony_simulator.world import DISTRICT, MARIA, OPERATOR, Application, Hook, Simulator, reached

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
WORDS = Path(__file__).parents[2] / "telephony" / "simulator" / "web" / "static" / "words.js"


def customers(hook: Hook) -> Response:
    """The backend's list, for the operator alone."""
    known = hook.headers.get("authorization") == f"Bearer {OPERATOR}"
    return Response(json.dumps(CUSTOMERS if known else []), 200 if known else 401, media_type="application/json")


DESKS = [{"id": "customer_service", "name": {"en": "Customer service", "es": "Servicio al cliente"}, "phone": DESK}]


def district(hook: Hook) -> Response:
    """The public facts, with the department that calls are transferred to."""
    return Response(json.dumps({"departments": DESKS}), media_type="application/json")


@pytest_asyncio.fixture
async def page(application: Application, simulator: Simulator) -> AsyncIterator[Page]:
    application.answers["/v1/demo/customers"] = customers
    application.answers["/v1/district"] = district
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("HEADGATE_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        context = await browser.new_context(locale="en-US", viewport={"width": 1360, "height": 860})
        opened = await context.new_page()
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda message: problems.append(message.text) if _is_problem(message) else None)
        await opened.goto(f"{simulator.url}/simulator")
        await expect(status(opened)).to_have_text("No call")
        yield opened
        await browser.close()
        assert problems == []


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


class TestCall:
    async def test_is_carried_by_keys_from_the_keyboard(self, application: Application, page: Page) -> None:
        switchboard(application)
        await page.get_by_role("button", name="Call the district").click()
        await expect(captions(page)).to_contain_text("Press 1 for your balance")
        await expect(phone(page).get_by_label("Say something")).to_be_focused()
        await picture(page, "call")
        await assert_accessible(page)
        await page.get_by_role("button", name="1", exact=True).click()
        await expect(captions(page)).to_contain_text("You pressed 1")
        await expect(captions(page)).to_contain_text("You told me 1")
        await page.get_by_role("button", name="Hang up").click()
        await expect(captions(page)).to_contain_text("The call has ended")
        await expect(status(page)).to_have_text("No call")

    async def test_is_carried_by_words(self, application: Application, simulator: Simulator, page: Page) -> None:
        switchboard(application)
        await page.get_by_role("button", name="Call the district").press("Enter")
        await expect(captions(page)).to_contain_text("Press 1 for your balance")
        await page.keyboard.type("what's my balance")
        await page.keyboard.press("Enter")
        await expect(captions(page)).to_contain_text("You told me what's my balance")
        assert application.at("/turn")[0].form["From"] == MARIA and application.at("/turn")[0].signed()
        await expect(status(page)).to_have_text("No call", timeout=10_000)
        assert application.at("/twilio/voice/status")[0].form["CallStatus"] == "completed"

    async def test_can_come_from_the_district(self, application: Application, simulator: Simulator, page: Page) -> None:
        auth = (simulator.settings.twilio_account_sid, simulator.settings.twilio_auth_token.get_secret_value())
        created = await simulator.http.post(
            f"/2010-04-01/Accounts/{auth[0]}/Calls.json",
            data={"To": MARIA, "From": DISTRICT, "Twiml": "<Response><Say>Your callback</Say></Response>"},
            auth=auth,
        )
        assert created.status_code == 201
        await expect(status(page)).to_have_text("The district is calling")
        await page.get_by_role("button", name="Answer").click()
        await expect(captions(page)).to_contain_text("Your callback")
        await expect(captions(page)).to_contain_text("The call has ended")

    async def test_ends_when_the_page_is_closed(
        self, application: Application, simulator: Simulator, page: Page
    ) -> None:
        switchboard(application)
        await page.get_by_role("button", name="Call the district").click()
        await expect(captions(page)).to_contain_text("Press 1")
        ended: asyncio.Queue[str] = asyncio.Queue()

        def over(hook: Hook) -> str:
            ended.put_nowait(hook.form["CallStatus"])
            return "<Response/>"

        application.answers["/twilio/voice/status"] = over
        await page.goto("about:blank")
        assert await asyncio.wait_for(ended.get(), 10) == "completed"


class TestTexts:
    async def test_are_sent_and_answered(self, application: Application, page: Page) -> None:
        application.twiml("/twilio/sms", "<Message>Your balance is $123.45.</Message>" * 12)
        await page.get_by_label("Your text").fill("what's my balance?")
        await page.keyboard.press("Enter")
        await expect(thread(page)).to_contain_text("You: what's my balance?")
        await expect(thread(page)).to_contain_text("The district: Your balance is $123.45.")
        await picture(page, "texts")
        assert await page.evaluate("document.documentElement.scrollHeight") < 1200
        await assert_accessible(page)

    async def test_that_arrive_later_appear_by_themselves(
        self, application: Application, simulator: Simulator, page: Page
    ) -> None:
        account = simulator.settings.twilio_account_sid
        token = simulator.settings.twilio_auth_token.get_secret_value()
        sent = await simulator.http.post(
            f"/2010-04-01/Accounts/{account}/Messages.json",
            data={"To": MARIA, "From": DISTRICT, "Body": "Your code is 123456"},
            auth=(account, token),
        )
        assert sent.status_code == 201
        await expect(thread(page)).to_contain_text("Your code is 123456")

    async def test_that_cannot_be_sent_stay_in_the_box(self, application: Application, page: Page) -> None:
        await page.route("**/api/texts", lambda route: route.abort())
        await page.get_by_label("Your text").fill("hello")
        await page.get_by_role("button", name="Send").click()
        await expect(phone(page).locator('[data-slot="send-note"]')).to_have_text(
            "The text could not be sent. Try again."
        )
        await expect(page.get_by_label("Your text")).to_have_value("hello")


class TestSeveralPhones:
    async def test_a_call_is_transferred_to_another_phone_on_the_page(
        self, application: Application, page: Page
    ) -> None:
        application.twiml("/twilio/voice", f'<Say>One moment</Say><Dial action="/after"><Number>{DESK}</Number></Dial>')
        application.twiml("/after", "<Say>Goodbye</Say>")
        await page.get_by_role("button", name="Add a phone").click()
        await phone(page, 1).get_by_label("Whose phone is this?").select_option(label="Customer service")
        await expect(status(page, 1)).to_have_text("No call")
        await phone(page).get_by_role("button", name="Call the district").click()
        await expect(status(page, 1)).to_have_text("The district is calling")
        await phone(page, 1).get_by_role("button", name="Answer").click()
        await expect(captions(page)).to_contain_text(f"Connecting to {DESK} answered")
        await phone(page, 1).get_by_label("Say something").fill("Customer service, this is Ana")
        await page.keyboard.press("Enter")
        await expect(captions(page)).to_contain_text("Customer service, this is Ana")
        await phone(page).get_by_label("Say something").fill("I have a question about my bill")
        await page.keyboard.press("Enter")
        await expect(captions(page, 1)).to_contain_text("I have a question about my bill")
        await picture(page, "transfer")
        await assert_accessible(page)
        await phone(page, 1).get_by_role("button", name="Hang up").click()
        await expect(captions(page)).to_contain_text("Goodbye")

    async def test_each_has_its_own_texts(self, application: Application, page: Page) -> None:
        application.twiml("/twilio/sms", "<Message>Thank you</Message>")
        await page.get_by_role("button", name="Add a phone").click()
        await expect(phone(page, 1).get_by_role("heading", level=2)).to_have_text("José Ortega")
        await phone(page, 1).get_by_label("Your text").fill("hola")
        await page.keyboard.press("Enter")
        await expect(thread(page, 1)).to_contain_text("Thank you")
        await expect(thread(page)).to_contain_text("No texts yet")

    async def test_one_can_be_taken_away_again(self, page: Page) -> None:
        await expect(phone(page).get_by_role("button", name="Remove")).to_be_hidden()
        await page.get_by_role("button", name="Add a phone").click()
        await phone(page).get_by_role("button", name="Remove").click()
        await expect(page.locator(".phone")).to_have_count(1)
        await expect(phone(page).get_by_role("heading", level=2)).to_have_text("José Ortega")


class TestNetwork:
    async def test_trouble_is_switched_on_by_hand(
        self, application: Application, simulator: Simulator, page: Page
    ) -> None:
        await page.get_by_text("The network today").click()
        await page.get_by_label("Come twice").check()
        await expect(page.locator("#conditions-note")).to_have_text("From now on the network behaves like this.")
        await page.get_by_label("Each request").select_option(label="fails (500)")
        await reached(lambda: simulator.network.conditions.rest.fault == "server_error")
        assert simulator.network.conditions.callbacks.doubled is True
        await picture(page, "network")
        await assert_accessible(page)

    async def test_what_it_noticed_is_shown(self, application: Application, simulator: Simulator, page: Page) -> None:
        application.twiml("/twilio/voice", "<Siprec/>")
        await simulator.call("hangup")
        await page.get_by_text("The network today").click()
        await expect(page.locator("#errors")).to_contain_text("12200")


class TestVoice:
    """The browser's own voice is off until somebody wants it."""

    async def test_what_is_said_is_read_aloud_when_asked_for(self, application: Application, page: Page) -> None:
        switchboard(application)
        await page.evaluate(
            "() => { window.spoken = []; speechSynthesis.speak = (said) => window.spoken.push([said.text, said.lang]); }"
        )
        await page.get_by_role("button", name="Call the district").click()
        await expect(captions(page)).to_contain_text("Press 1 for your balance")
        assert await page.evaluate("window.spoken") == []
        await page.get_by_label("Read aloud what is said").check()
        await page.get_by_role("button", name="1", exact=True).click()
        await expect(captions(page)).to_contain_text("You told me 1")
        assert await page.evaluate("window.spoken") == [["You told me 1", "en-US"]]

    async def test_the_microphone_listens_in_the_language_of_the_question(
        self, application: Application, page: Page
    ) -> None:
        application.twiml("/twilio/voice", '<Gather input="speech" language="es-US" action="/turn" timeout="60"/>')
        application.answers["/turn"] = lambda hook: f"<Response><Say>{hook.form['SpeechResult']}</Say></Response>"
        await page.add_init_script(RECOGNITION)
        await page.reload()
        await page.get_by_role("button", name="Call the district").click()
        await expect(status(page)).to_have_text("On a call: your turn to speak or press keys")
        await page.get_by_role("button", name="Microphone").click()
        await expect(captions(page)).to_contain_text("es-US: mi saldo")


RECOGNITION = """
window.SpeechRecognition = class {
  start() {
    this.onstart();
    const words = [{ transcript: `${this.lang}: mi saldo`, confidence: 0.8 }];
    setTimeout(() => { this.onresult({ results: [words] }); this.onend(); }, 50);
  }
};
"""


class TestPage:
    async def test_shows_whose_phone_it_is(self, page: Page) -> None:
        facts = phone(page).locator("dl")
        await expect(facts).to_contain_text("1000234567")
        await expect(facts).to_contain_text("$123.45")
        await page.get_by_label("Whose phone is this?").select_option(label="José Ortega (prefers Spanish)")
        await expect(facts).to_contain_text("1000234568")

    async def test_speaks_spanish(self, application: Application, page: Page) -> None:
        await page.get_by_role("button", name="Español").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Simulador de teléfono")
        await expect(page.locator("html")).to_have_attribute("lang", "es")
        await expect(page.get_by_role("button", name="Llamar al distrito")).to_be_enabled()
        await picture(page, "spanish")
        await assert_accessible(page)

    async def test_takes_any_number(self, application: Application, page: Page) -> None:
        application.twiml("/twilio/sms", "")
        await page.get_by_label("Whose phone is this?").select_option(label="Another number")
        await page.get_by_label("Phone number").fill("12")
        await page.get_by_role("button", name="Use it").click()
        await expect(page.get_by_role("alert")).to_contain_text("area code")
        await assert_accessible(page)
        await page.get_by_label("Phone number").fill("(555) 000-3333")
        await page.keyboard.press("Enter")
        await page.get_by_label("Your text").fill("hello")
        await page.get_by_role("button", name="Send").click()
        await expect(phone(page).locator('[data-slot="send-note"]')).to_contain_text("No reply")
        assert application.at("/twilio/sms")[0].form["From"] == "+15550003333"

    async def test_fits_a_narrow_screen(self, page: Page) -> None:
        await page.get_by_role("button", name="Add a phone").click()
        await page.set_viewport_size({"width": 320, "height": 640})
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320
        await picture(page, "narrow")

    async def test_never_sees_the_operator_token(
        self, application: Application, simulator: Simulator, page: Page
    ) -> None:
        answers = [await simulator.http.get(path) for path in ("/simulator", "/simulator/simulator.js", "/api/phones")]
        assert all(OPERATOR not in answer.text + str(answer.headers) for answer in answers)
        cookies: list[Any] = list(await page.context.cookies())
        assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Strict")]


def test_the_page_says_the_same_things_in_both_languages() -> None:
    english, spanish = re.split(r"^  es: \{", WORDS.read_text(), flags=re.MULTILINE)
    names = [re.findall(r'(?<![\w"])(\w+): "', part) for part in (english, spanish)]
    assert len(names[0]) > 60 and names[0] == names[1]
    html = (WORDS.parent / "simulator.html").read_text()
    assert set(re.findall(r'data-(?:text|label)="(\w+)"', html)) <= set(names[0])
