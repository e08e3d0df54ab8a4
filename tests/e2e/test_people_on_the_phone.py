"""From the assistant to a person by telephone: in line, put through, not answered, called back, a message left."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from bench.system import System
from tests.e2e.browser import chromium, sign_in
from tests.e2e.people import People, eventually

pytestmark = pytest.mark.timeout(600)

MONDAY_AT_TEN = "2026-11-30T10:00:00-08:00"
FRANKS_PHONE = "+19515550188"


@pytest.fixture(scope="module")
def office_hours(system: System) -> Iterator[None]:
    """It is Monday morning."""
    assert system.headgate("clock", "set", MONDAY_AT_TEN).returncode == 0
    yield
    system.headgate("clock", "real")


@pytest.fixture(scope="module")
def frank(system: System, office_hours: None) -> Iterator[Page]:
    with chromium() as browser:
        page = sign_in(browser, system, "lead")
        page.locator("#floor-settings").click()
        page.fill("#phone", FRANKS_PHONE)
        page.click("#floor-save")
        expect(page.locator("#presence")).to_have_text("Available")
        yield page
        page.get_by_role("button", name="Be away").click()
        expect(page.locator("#presence")).to_have_text("Away")


@pytest.fixture(autouse=True)
def nobody_else_waits(people: People, frank: Page) -> None:
    people.execute("UPDATE hand_offs SET state = 'closed' WHERE state IN ('waiting', 'taken')")
    people.execute(
        "UPDATE queued_calls SET state = 'ended', ended_as = 'cancelled', ended_at = now() WHERE state <> 'ended'"
    )


def available(frank: Page) -> None:
    """Whatever happened before, Frank takes calls now."""
    frank.locator("#floor-settings").evaluate("node => node.parentElement.open = true")
    frank.fill("#phone", FRANKS_PHONE)
    frank.click("#floor-save")
    expect(frank.locator("#presence")).to_have_text("Available")


class Calling(threading.Thread):
    """A call that goes on while others do something."""

    def __init__(self, people: People, phone: str, *steps: str, mode: str = "webhook") -> None:
        super().__init__(daemon=True)
        self._people, self._phone, self._steps, self._mode = people, phone, steps, mode
        self.record: dict[str, Any] = {}

    def run(self) -> None:
        self.record = self._people.call(self._phone, *self._steps, mode=self._mode)

    @property
    def said(self) -> str:
        return " ".join(event["text"] for event in self.record["events"] if event["kind"] in ("say", "voice"))


@contextmanager
def calling(people: People, phone: str, *steps: str, mode: str = "webhook") -> Iterator[Calling]:
    call = Calling(people, phone, *steps, mode=mode)
    call.start()
    yield call
    call.join(90)
    assert call.record, "the call did not end"


def accept(frank: Page) -> None:
    expect(frank.locator("#offer-accept")).to_be_visible()
    frank.click("#offer-accept")


ASK = "say:I want to speak with a person"


@pytest.mark.parametrize("mode", ["webhook", "relay"])
def test_a_caller_is_put_through_with_a_whisper(people: People, frank: Page, mode: str) -> None:
    available(frank)
    phone = people.new_phone()
    people.answers(FRANKS_PHONE, "press:1", "hold:3", "say:this is Frank", "hold:4", "hangup")
    steps = ("say:what are your hours", ASK, "hear:this is Frank", "say:hello Frank", "hold:20", "wait:20", "hangup")
    with calling(people, phone, *steps, mode=mode) as call:
        accept(frank)
        expect(frank.locator("#call-state")).to_have_text("The call goes on.")
        expect(frank.get_by_role("log")).to_contain_text("what are your hours")
    assert "You are number 1 in line" in call.said, call.record
    assert "this is Frank" in call.said and "The other side has hung up." in call.said, call.record
    heard = people.heard_by(FRANKS_PHONE)
    assert "Call from an unknown customer. Identity is not verified." in heard and "press 1" in heard
    expect(frank.locator("#presence")).to_have_text("After a call: time for notes")


def test_a_phone_that_is_not_answered_brings_the_caller_back_in_line(people: People, frank: Page) -> None:
    available(frank)
    phone = people.new_phone()
    people.answers(FRANKS_PHONE, fate="no-answer")
    with calling(people, phone, ASK, "hear:in line", "hold:25", "press:2", "say:please call me", "hangup") as call:
        accept(frank)
        eventually(lambda: people.rows("SELECT 1 FROM hand_off_events WHERE kind = 'not_reached'"), 40, "no answer")
        expect(frank.locator("#presence")).to_have_text("Away")
    assert call.said.count("in line") >= 2, call.record


def test_back_to_the_assistant_which_remembers(people: People, frank: Page) -> None:
    available(frank)
    customer = people.customers["past_due"]
    steps = ("press:1", f"press:{customer['account_number']}", f"press:{customer['pin']}#", "wait:15", ASK)
    after = ("hear:automated assistant again", "say:what's my balance", "wait:20", "hangup")
    people.answers(FRANKS_PHONE, "press:1", "hold:30")
    with calling(people, people.new_phone(), *steps, "hold:15", *after) as call:
        accept(frank)
        expect(frank.locator("#call-state")).to_have_text("The call goes on.")
        frank.click("#call-to-assistant")
    told = f"{abs(customer['balance_cents']) // 100:,} d"
    assert call.said.rsplit("assistant again", 1)[-1].count(told) >= 1, call.record


def test_a_department_that_does_not_answer_brings_the_caller_back(people: People, frank: Page) -> None:
    available(frank)
    people.answers(FRANKS_PHONE, "press:1", "hold:30")
    people.answers("+19515550206", fate="no-answer")
    with calling(people, people.new_phone(), ASK, "hear:bringing you back", "hear:in line", "hangup") as call:
        accept(frank)
        expect(frank.locator("#call-state")).to_have_text("The call goes on.")
        frank.select_option("#call-department", "engineering")
        frank.click("#call-transfer")
    assert "Nobody picked up there." in call.said and "in line" in call.said.rsplit("picked up", 1)[-1], call.record


def test_a_call_back_keeps_the_place_and_finds_the_caller(people: People, frank: Page) -> None:
    available(frank)
    phone = people.new_phone()
    record = people.call(phone, ASK, "press:1", "press:1", "hangup", mode="webhook")
    said = " ".join(event["text"] for event in record["events"] if event["kind"] == "say")
    assert "You keep your place in line, and we will call you" in said, record
    people.answers(FRANKS_PHONE, "press:1", "hold:8", "say:this is Frank", "hold:5", "hangup")
    people.answers(phone, "press:1", "hear:this is Frank", "say:thank you for calling back", "hold:20")
    accept(frank)
    expect(frank.locator("#call-state")).to_have_text("The call goes on.")
    eventually(lambda: "this is Frank" in people.heard_by(phone), 40, "the customer hears Frank")
    assert "calling you back as you asked" in people.heard_by(phone)


def test_a_message_is_in_the_case_with_what_was_said(people: People, frank: Page) -> None:
    available(frank)
    phone = people.new_phone()
    people.call(phone, ASK, "press:2", "say:my meter number is seven and it is broken please come", "wait:3", "press:#",
                "wait:10", "hangup", mode="webhook")  # fmt: skip
    query = (
        "SELECT m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.party = %s AND m.sender = 'customer' ORDER BY m.seq"
    )
    words = eventually(
        lambda: [r["text"] for r in people.rows(query, phone) if "Voicemail" in r["text"]], 20, "the message"
    )
    assert words
    assert people.open_cases(phone)


def test_telephony_is_killed_and_the_caller_still_waits(people: People, frank: Page, system: System) -> None:
    frank.get_by_role("button", name="Be away").click()
    available(frank)
    phone = people.new_phone()
    people.answers(FRANKS_PHONE, "press:1", "hold:3", "say:this is Frank", "hold:2", "hangup")
    decline = frank.locator("#offer-decline")
    with calling(people, phone, ASK, "hear:in line", "hold:25", "hear:this is Frank", "hangup") as call:
        expect(decline).to_be_visible()
        before = system.pids()["telephony"]
        os.kill(before, signal.SIGKILL)
        eventually(lambda: system.pids().get("telephony") not in (None, before), 30, "a new telephony")
        eventually(lambda: is_up(system), 30, "the new telephony")
        accept(frank)
    assert "this is Frank" in call.said, call.record


def is_up(system: System) -> bool:
    try:
        return httpx.get(system.url("telephony") + "/readyz", timeout=1).status_code == 200
    except httpx.TransportError:
        return False
