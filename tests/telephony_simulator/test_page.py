"""The page in Chromium: calls by key and by word, texts live, both languages, WCAG 2.2 AA."""

import asyncio
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.telephony_simulator.browser import assert_accessible, captions, phone, picture, status, switchboard, thread
from tests.telephony_simulator.world import DISTRICT, MARIA, OPERATOR, Application, Hook, Simulator

WORDS = Path(__file__).parents[2] / "telephony" / "simulator" / "web" / "static" / "words.js"


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
