"""Several phones on the page, trouble on the network by hand, the browser's own voice and ears."""

from playwright.async_api import Page, expect

from tests.telephony_simulator.browser import (
    DESK,
    assert_accessible,
    captions,
    phone,
    picture,
    status,
    switchboard,
    thread,
)
from tests.telephony_simulator.world import Application, Simulator, reached


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
            "() => { window.spoken = []; speechSynthesis.speak = (it) => window.spoken.push([it.text, it.lang]); }"
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
