"""Calls put through to people, whole: real webhooks, the backend's own dispatcher and workflows, the console in a
browser, and the phones of everybody in the simulator.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bench.system import System
from tests.e2e.browser import be_available, chromium, sign_in
from tests.e2e.hours import office_hours
from tests.e2e.people import People, eventually
from tests.e2e.phones import Phones

LEAD, COLLEAGUE, SUPERVISOR = "+19515550188", "+19515550189", "+19515550190"
ASK = ("say:what are your hours", "say:I want to talk to a person")
HERE = "hear@120:is here"
"""Until the other one is in the call too."""
STAY = "hear@200:words that nobody says"
OVER = "hear@200:has hung up"


@pytest.fixture(scope="module", autouse=True)
def office_open(people: People) -> Iterator[None]:
    with office_hours(people):
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def lead(browser: Browser, system: System) -> Iterator[Page]:
    page = sign_in(browser, system, "lead")
    be_available(page, LEAD)
    yield page
    page.close()


@pytest.fixture
def phones(people: People) -> Iterator[Phones]:
    beside = ThreadPoolExecutor(2)
    yield Phones(people, beside)
    beside.shutdown(wait=False)  # a call that a failed test left behind ends by itself


def accept(page: Page, reference: str) -> None:
    """Take the call that is offered. Whoever missed one before, or just had one, says that they are there."""
    back, words = page.locator(".floor-line button").first, page.locator(".offer-words")

    def offered() -> bool:
        back.evaluate("button => button.hidden || button.click()")
        return words.count() > 0 and reference in (words.first.text_content() or "")

    eventually(offered, 60, f"{reference} offered")
    page.click("#offer-accept")


def in_line(people: People, phone: str) -> str:
    """The case of a caller, once they wait."""
    query = (
        "SELECT h.number FROM queued_calls q JOIN hand_offs h ON h.id = q.hand_off_id"
        " WHERE q.phone = %s AND q.state = 'waiting'"
    )
    return f"H-{eventually(lambda: people.rows(query, phone), 60, 'a caller in line')[0]['number']}"


def said(record: dict[str, Any]) -> str:
    return " ".join(event["text"] for event in record["events"] if event["kind"] == "say")


def voices(record: dict[str, Any]) -> str:
    """What other people said on the call."""
    return " ".join(event["text"] for event in record["events"] if event["kind"] == "voice")


def name_of(people: People, role: str) -> str:
    found = people.rows("SELECT name FROM staff WHERE role = %s ORDER BY created_at, name", role)
    return str(found[0]["name"])


def test_with_a_whisper_and_the_case_on_screen_and_what_was_recorded(
    people: People, phones: Phones, lead: Page, system: System
) -> None:
    caller, customer = people.new_phone(), people.customers["past_due"]
    phones.prepare(LEAD, "press:1", HERE, "say:this is Frank", "hold:3", "hangup")
    asks = ("press:1", f"press:{customer['account_number']}", f"press:{customer['pin']}#", ASK[-1])
    calling = phones.call(caller, *asks, OVER, "hangup")
    accept(lead, in_line(people, caller))
    expect(lead.locator("#case-title")).to_have_text(customer["name"])
    expect(lead.get_by_role("log")).to_contain_text("dollars")
    record = calling.result(200)
    assert "this is Frank" in voices(record), record
    whispered = said(phones.heard_by(LEAD))
    assert customer["name"] in whispered and "Identity is verified." in whispered, whispered
    player = lead.locator(".recordings audio")
    expect(player).to_have_count(1)
    plays = "a => new Promise((ok, no) => { a.onloadedmetadata = () => ok(a.duration); a.onerror = no; a.load(); })"
    player.evaluate("a => { a.preload = 'metadata'; }")
    assert player.evaluate(plays) >= 1
    address = system.url("backend") + (player.get_attribute("src") or "")
    heard = lead.request.get(address, headers={"Range": "bytes=0-3"})
    assert (heard.status, heard.body(), heard.headers["cache-control"]) == (206, b"RIFF", "no-store")
    assert httpx.get(address).status_code == 303, "nobody else may listen"


def test_a_colleague_is_asked_alone_and_then_all_three_talk(
    browser: Browser, people: People, phones: Phones, lead: Page, system: System
) -> None:
    caller, colleague = people.new_phone(), sign_in(browser, system, "csr")
    be_available(colleague, COLLEAGUE, calls=0)
    phones.prepare(LEAD, "press:1", STAY)
    phones.prepare(
        COLLEAGUE, "hold:4", "press:1", HERE, "say:I can help", "hear@120:hello everybody", "say:hello to you", STAY
    )
    calling = phones.call(caller, *ASK, HERE, "hear@120:music", "say:hello everybody", OVER, "hangup")
    reference = in_line(people, caller)
    accept(lead, reference)
    expect(lead.locator("#call-state")).to_have_text("The call goes on.")
    lead.select_option("#call-colleague", label=name_of(people, "csr"))
    lead.click("#call-consult")
    phones.heard_by(LEAD, "I can help")
    lead.click("#call-together")
    phones.heard_by(LEAD, "hello to you")
    lead.click("#call-hang-up")
    query = (
        "SELECT s.role FROM hand_offs h JOIN staff s ON s.id = h.staff_id JOIN queued_calls q ON q.hand_off_id = h.id"
    )
    now_with = f"{query} WHERE q.phone = %s"
    eventually(lambda: people.rows(now_with, caller) == [{"role": "csr"}], 60, "the case passes on")
    colleague.locator(f'.row[data-case="{reference}"]').click()
    colleague.click("#call-hang-up")
    heard = voices(calling.result(200))
    assert "hello to you" in heard and "I can help" not in heard, "music played while the two talked alone"
    colleague.close()


def test_back_to_the_assistant_which_remembers(people: People, phones: Phones, lead: Page) -> None:
    caller, customer = people.new_phone(), people.customers["past_due"]
    phones.prepare(LEAD, "press:1", STAY)
    asks = ("press:1", f"press:{customer['account_number']}", f"press:{customer['pin']}#", ASK[-1])
    calling = phones.call(
        caller, *asks, "hear@200:automated assistant again", "say:what's my balance", "wait:20", "hangup"
    )
    accept(lead, in_line(people, caller))
    expect(lead.locator("#call-state")).to_have_text("The call goes on.")
    lead.click("#call-to-assistant")
    answer = said(calling.result(200)).rsplit("assistant again", 1)[-1]
    # As it is now: other tests have paid on it.
    owed = people.balance_cents(customer["account_number"])
    assert f"Your balance is {owed // 100} dollars" in answer, "it does not ask again who they are"


def test_a_supervisor_listens_coaches_and_joins(
    browser: Browser, people: People, phones: Phones, lead: Page, system: System
) -> None:
    caller, supervisor = people.new_phone(), sign_in(browser, system, "supervisor")
    be_available(supervisor, SUPERVISOR, calls=0)
    phones.prepare(LEAD, "press:1", "hear@200:offer the plan", "say:we have a plan", STAY)
    # Each `hold` ends when the manner changes, and not before: nobody speaks meanwhile.
    phones.prepare(
        SUPERVISOR, "press:1", "hear@200:anybody there", "hold:200", "say:offer the plan", "hear@200:we have a plan",
        "hold:200", "say:good day from the supervisor", STAY,
    )  # fmt: skip
    steps = (HERE, HERE, "say:is anybody there", "hear@200:from the supervisor", OVER, "hangup")
    calling = phones.call(caller, *ASK, *steps)
    reference = in_line(people, caller)
    accept(lead, reference)
    expect(lead.locator("#call-state")).to_have_text("The call goes on.")
    supervisor.locator(f'.row[data-case="{reference}"]').click()
    supervisor.get_by_role("button", name="Listen").click()
    phones.heard_by(SUPERVISOR, "anybody there")
    supervisor.get_by_role("button", name="Coach").click()
    phones.heard_by(SUPERVISOR, "we have a plan")
    supervisor.get_by_role("button", name="Join the call").click()
    phones.heard_by(LEAD, "good day from the supervisor")
    lead.click("#call-hang-up")
    heard = voices(calling.result(200))
    assert "we have a plan" in heard and "good day from the supervisor" in heard
    assert "offer the plan" not in heard, "only the lead hears the coach"
    assert "offer the plan" in voices(phones.heard_by(LEAD))
    supervisor.close()
