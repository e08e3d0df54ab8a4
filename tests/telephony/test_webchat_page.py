"""The chat in a real browser: keyboard, screen reader rules, both languages, offline and back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, Page, expect

from tests.telephony.conftest import CUSTOMER, World
from tests.telephony.faults import Fault

CHOICES = [
    {"title": "Check my balance", "payload": "/check_balance"},
    {"title": "Office hours", "payload": "/ask_hours"},
]
WORDS = {"en": "Hello, I'm an automated assistant.", "es": "Hola, soy un asistente automático."}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assistant(turn: dict[str, Any]) -> dict[str, Any]:
    """Greets with choices, switches language, else says what it got."""
    language = {"Español": "es", "English": "en"}.get(turn["text"], turn["language"])
    if turn["kind"] == "start" or language != turn["language"]:
        return {"replies": [{"text": WORDS[language], "choices": CHOICES}], "language": language}
    return {"replies": [{"text": f"You said: {turn['payload'] or turn['text']}"}], "language": language}


@pytest.fixture
async def page(browser: Browser, world: World) -> AsyncIterator[Page]:
    world.engine.brain = assistant
    assert world.services is not None
    await world.services.directory.refresh()
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    await page.goto(world.url)
    yield page
    assert problems == []


async def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is, shadow DOM included."""
    await page.add_script_tag(path=str(AXE_FILE_PATH))
    found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", AXE_TAGS)
    return [f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}" for v in found["violations"]]


@pytest.mark.parametrize("path", ["/", "/es"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_axe_finds_nothing_in_either_language(world: World, page: Page, path: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(world.url + path)
    assert await violations(page) == []
    await page.click("#chat-now")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(1)
    await page.keyboard.type("hi")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(2)
    world.backend.conversation("chat").add("person", "Hello, this is Ana.", name="Ana R.")
    await nudge(world)
    await expect(page.locator("headgate-chat .m.person")).to_have_count(1)
    assert await violations(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert await page.get_attribute("html", "lang") == ("es" if path == "/es" else "en")


async def nudge(world: World) -> None:
    assert world.services is not None
    for channel, thread_key in world.backend.threads:
        if channel == "chat":
            await world.services.chats.nudge(thread_key)


async def focused(page: Page) -> str:
    """Class or tag of what has the focus, inside the shadow root too."""
    return str(
        await page.evaluate(
            "() => { let e = document.activeElement;"
            " while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;"
            " return e.className || e.id || e.tagName.toLowerCase(); }"
        )
    )


async def test_the_chat_works_with_the_keyboard_alone(world: World, page: Page) -> None:
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await focused(page) == "launch":
            break
    await page.keyboard.press("Enter")
    assert await focused(page) == "i"
    await expect(page.locator("headgate-chat .choices button")).to_have_count(2)
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.assistant").last).to_have_text("Assistant: You said: /ask_hours")
    assert await focused(page) == "i"
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.customer").last).to_contain_text("first line\nsecond line")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .error")).to_have_text("Write a message first.")
    await page.keyboard.press("Escape")
    await expect(page.locator("headgate-chat .panel")).to_be_hidden()
    assert await focused(page) == "launch"


async def test_focus_returns_to_the_button_that_opened_it(page: Page) -> None:
    await page.click("#chat-now")
    await page.keyboard.press("Escape")
    assert await focused(page) == "main-action"


async def test_the_language_switch_changes_words_and_conversation(world: World, page: Page) -> None:
    await page.click("#chat-now")
    first = page.locator("headgate-chat .m.assistant").first
    await expect(first).to_have_attribute("lang", "en")
    await page.click("headgate-chat .language")
    await expect(page.locator("headgate-chat .m.assistant").last).to_have_text("Asistente: " + WORDS["es"])
    await expect(page.locator("headgate-chat .m.assistant").last).to_have_attribute("lang", "es")
    await expect(first).to_have_attribute("lang", "en")
    await expect(page.locator("headgate-chat .send")).to_have_text("Enviar")
    await expect(page.locator("headgate-chat .help")).to_have_text("Hablar con una persona")


async def test_messages_are_a_log_and_every_control_has_a_name(page: Page) -> None:
    await page.click("#chat-now")
    await expect(page.get_by_role("log", name="Conversation")).to_contain_text(WORDS["en"])
    for name in ("Close the chat", "Cambiar a español", "Send", "Talk to a person"):
        await expect(page.get_by_role("button", name=name)).to_be_visible()
    await expect(page.get_by_role("textbox", name="Your message")).to_be_focused()
    sizes = await page.locator("headgate-chat button:visible").evaluate_all(
        "all => all.map(b => b.getBoundingClientRect()).map(r => Math.min(r.width, r.height))"
    )
    assert min(sizes) >= 44


async def test_a_browser_that_goes_offline_and_comes_back_finds_its_conversation(world: World, page: Page) -> None:
    await page.click("#chat-now")
    await page.keyboard.type("before")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(2)

    await page.context.set_offline(True)
    await expect(page.locator("headgate-chat .status")).to_contain_text("No connection")
    await page.keyboard.type("written while away")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .pending .m")).to_have_text("written while away")
    world.backend.conversation("chat").add("person", "Sent while you were away.")

    await page.context.set_offline(False)
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(3)
    await expect(page.locator("headgate-chat .pending .m")).to_have_count(0)
    shown = await page.locator("headgate-chat .log .m").all_text_contents()
    assert [line.split(": ", 1)[1] for line in shown] == [
        WORDS["en"],
        "before",
        "You said: before",
        "Sent while you were away.",
        "written while away",
        "You said: written while away",
    ]
    assert [turn["text"] for turn in world.engine.turns] == ["", "before", "written while away"]


async def test_a_page_that_is_loaded_anew_finds_its_conversation(world: World, page: Page) -> None:
    await page.click("#chat-now")
    await page.keyboard.type("remember me")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(2)
    await page.reload()
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(2)
    await expect(page.locator("headgate-chat .m.customer")).to_have_count(1)
    assert len(world.engine.turns) == 2


async def test_a_message_survives_a_page_closed_before_it_was_sent(world: World, page: Page) -> None:
    await page.click("#chat-now")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(1)
    await page.context.set_offline(True)
    await page.keyboard.type("do not lose me")
    await page.keyboard.press("Enter")
    second = await page.context.new_page()
    await page.close()
    await page.context.set_offline(False)
    await second.goto(world.url)
    await expect(second.locator("headgate-chat .m.assistant").last).to_contain_text("You said: do not lose me")
    assert [turn["text"] for turn in world.engine.turns] == ["", "do not lose me"]


async def test_a_record_that_is_away_is_a_notice_and_the_message_is_answered_after(world: World, page: Page) -> None:
    await page.click("#chat-now")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(1)
    world.backend.server.fault = Fault(status=503)
    await page.keyboard.type("still there?")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.notice")).to_contain_text("Sorry")
    world.backend.server.fault = None
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(2, timeout=20_000)
    await expect(page.locator("headgate-chat .m.notice")).to_have_count(0)
    await expect(page.locator("headgate-chat .m.customer")).to_have_count(1)


async def test_news_for_a_closed_chat_is_counted(world: World, page: Page) -> None:
    await page.click("#chat-now")
    await expect(page.locator("headgate-chat .m.assistant")).to_have_count(1)
    await page.keyboard.press("Escape")
    world.backend.conversation("chat").add("person", "Are you still there?")
    await nudge(world)
    await expect(page.get_by_role("button", name="Chat, 1 new messages")).to_be_visible()


async def test_words_are_shown_as_words(page: Page) -> None:
    await page.click("#chat-now")
    await page.keyboard.type("<img src=x onerror=document.title='broken'> see https://www.rioseco.example/pay.")
    await page.keyboard.press("Enter")
    await expect(page.locator("headgate-chat .m.assistant").last).to_contain_text("<img src=x")
    await expect(page.locator("headgate-chat .m a").last).to_have_attribute("href", "https://www.rioseco.example/pay")
    assert await page.title() != "broken"


async def test_the_page_says_it_is_a_demonstration_and_where_everything_is(world: World, page: Page) -> None:
    await expect(page.get_by_text("This is a demonstration.")).to_be_visible()
    await expect(page.get_by_role("link", name="Open the phone simulator")).to_have_attribute("href", "/simulator")
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    await expect(page.get_by_text("Monday – Thursday")).to_be_visible()
    async with world.http.get(world.url + "/simulator", allow_redirects=False) as response:
        assert response.headers["Location"] == f"{world.settings.simulator_url}/simulator"


@pytest.mark.parametrize("world", [{"demo": False}], indirect=True)
async def test_outside_the_demonstration_there_is_no_simulator(world: World) -> None:
    async with world.http.get(world.url + "/simulator", allow_redirects=False) as response:
        assert response.status == 404
        assert (await response.json())["error"] == "not_found"
    async with world.http.get(world.url + "/") as response:
        assert "demonstration" not in (await response.text()).lower()


async def test_metrics_count_without_customer_data(world: World) -> None:
    await world.text("my secret words")
    async with world.http.get(world.url + "/metrics") as response:
        text = await response.text()
    assert 'headgate_telephony_turns_total{channel="sms",outcome="answered"}' in text
    assert "secret" not in text and CUSTOMER not in text


def test_the_widget_stays_small() -> None:
    assert len(Path("telephony/webchat/static/webchat.js").read_bytes()) < 24_000


async def test_what_holds_now_stands_on_top_with_its_zones(world: World, page: Page) -> None:
    words = {"en": "A main broke. <Crews> are there.", "es": "Se rompió una tubería."}
    world.backend.notices = [{"id": "n-1", "kind": "water", "zones": ["Mesa"], "text": words}]
    assert world.services is not None
    await world.services.directory.refresh()
    await page.goto(world.url)
    await expect(page.get_by_label("What holds now")).to_have_text("Mesa: A main broke. <Crews> are there.")
    await page.goto(f"{world.url}/es")
    await expect(page.get_by_label("Lo que pasa ahora")).to_have_text("Mesa: Se rompió una tubería.")
    world.backend.notices = []
    await world.services.directory.refresh()
    await page.goto(world.url)
    await expect(page.get_by_label("What holds now")).to_have_count(0)
