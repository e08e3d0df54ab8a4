"""A main breaks: a supervisor announces it on the console, and whoever has no water hears of it instead of being sent
to the emergency line, by text, by phone and in the chat, in both languages, until it is over.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bench.system import System
from tests.e2e.browser import chromium, sign_in
from tests.e2e.people import People

TOLD = {
    "en": "A main broke on Mesa Road. Water is back by six.",
    "es": "Se rompió una tubería en la calle Mesa.",
}


@pytest.fixture(scope="module")
def supervisor(system: System) -> Iterator[Page]:
    with chromium() as browser:
        page = sign_in(browser, system, "supervisor")
        page.goto(system.url("backend") + "/console/emergency")
        yield page


def announce(page: Page) -> None:
    page.get_by_role("button", name="Switch on an emergency").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What happened").fill("Main break, Mesa Road")
    dialog.get_by_label("What customers are told, in English").fill(TOLD["en"])
    dialog.get_by_label("What customers are told, in Spanish").fill(TOLD["es"])
    dialog.get_by_label("There is no water").check()
    dialog.get_by_role("button", name="Switch on now").click()
    expect(page.get_by_role("article", name="Main break, Mesa Road")).to_be_visible()


def end(page: Page) -> None:
    page.get_by_role("article", name="Main break, Mesa Road").get_by_role("button", name="End it").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_text("Nothing is switched on.")).to_be_visible()


def test_no_water_is_told_of_while_it_is_announced_and_reported_otherwise(people: People, supervisor: Page) -> None:
    announce(supervisor)
    texter, caller = people.new_phone(), people.new_phone()
    first = people.text(texter, "we have no water at home")
    assert first.count(TOLD["en"]) == 1 and "We know about it" in first and "911" not in first
    again = people.text(texter, "when will the water be back")
    assert f"We know about this: {TOLD['en']}" in again
    assert people.open_cases(texter) == []

    with people.chat() as chat:
        assert f"Ya sabemos de esto: {TOLD['es']}" in chat.say("no hay agua en mi casa, hábleme en español")

    call = people.call(caller, "say:I have no water", "say:yes, a pipe burst in front of my house", "hangup")
    heard = " ".join(event["text"] for event in call["events"] if event["kind"] == "say")
    assert heard.count(TOLD["en"]) == 2 and "connecting you to our emergency line" in heard

    other = people.text(texter, "yes")
    assert "911" in other and "Where is it" in other
    assert [case["reason"] for case in people.open_cases(texter)] == ["emergency"]

    end(supervisor)
    assert "911" in people.text(people.new_phone(), "we have no water at home")
