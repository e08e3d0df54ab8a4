"""The `headgate` commands, as the README's tour uses them."""

import json
import re

import pytest

from bench.system import System
from ops.call_scripts import SCRIPTS
from tests.e2e.people import People, eventually

FIELDS = {
    "situation",
    "name",
    "phone",
    "email",
    "service_address",
    "zip",
    "account_number",
    "pin",
    "language",
    "balance_cents",
}
SITUATIONS = {
    "past_due",
    "autopay",
    "nsf",
    "spanish_speaker",
    "landlord",
    "tenant",
    "leak",
    "payment_plan",
    "commercial",
    "closed_with_credit",
    "medical_protection",
    "new_move_in",
    "locked",
}


def test_demo_lists_a_customer_for_each_situation(system: System) -> None:
    customers = json.loads(system.headgate("demo", "--json").stdout)
    assert {customer["situation"] for customer in customers} == SITUATIONS
    assert all(set(customer) >= FIELDS for customer in customers)
    table = system.headgate("demo").stdout
    assert all(customer["name"].split()[-1] in table for customer in customers)


def test_text_prints_the_replies(system: System, people: People) -> None:
    done = system.headgate("text", "--from", "(213) 555-0142", "what are your hours?")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d(:\d\d)? ?[ap]\.?m", done.stdout, re.IGNORECASE), done.stdout
    as_json = json.loads(system.headgate("text", "--from", people.new_phone(), "hola", "--json").stdout)
    assert as_json["replies"][0]["body"]


def test_call_prints_what_was_heard(system: System, people: People) -> None:
    done = system.headgate("call", "--from", people.new_phone(), "press:2", "say:¿cuál es su horario?", "hangup")
    assert done.returncode == 0, done.stderr
    assert re.search(r"asistente automático", done.stdout), done.stdout
    assert re.search(r"lunes a jueves", done.stdout), done.stdout


def test_chat_continues_the_same_conversation(system: System) -> None:
    first = system.headgate("chat", "--as", "visitor-1", "¿Me puede ayudar en español?", "--json")
    second = system.headgate("chat", "--as", "visitor-1", "hours?", "--json")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    conversations = [json.loads(done.stdout)["conversation_id"] for done in (first, second)]
    assert conversations[0] == conversations[1]


def test_inbox_shows_the_one_time_code(system: System, people: People) -> None:
    customer = people.customers["autopay"]
    phone = people.new_phone()
    people.text(phone, "I want to change my email address")
    people.text(phone, f"account {customer['account_number']} pin {customer['pin']}")
    people.text(phone, "new.address@example.com")
    people.text(phone, "yes")
    eventually(lambda: people.inbox(customer["phone"]), 10, "the text with the code")
    inbox = system.headgate("inbox", "--phone", customer["phone"])
    codes = re.findall(r"\b\d{6}\b", inbox.stdout)
    assert codes, inbox.stdout
    people.text(phone, codes[-1])
    changed = people.rows("SELECT 1 FROM customer_emails WHERE email = %s", "new.address@example.com")
    assert changed


def test_clock_moves_the_demonstration_after_hours(system: System, people: People) -> None:
    """To a holiday that is past: see `hours`."""
    try:
        done = system.headgate("clock", "set", "2026-11-11T12:00:00-08:00")
        assert done.returncode == 0, done.stderr
        answer = people.text(people.new_phone(), "are you open right now?")
        assert re.search(r"closed", answer, re.IGNORECASE), answer
    finally:
        assert system.headgate("clock", "real").returncode == 0


def test_doctor_says_that_all_is_well(system: System) -> None:
    done = system.headgate("doctor")
    assert done.returncode == 0, done.stdout
    assert "engine" in done.stdout


def test_a_second_start_says_that_it_is_running_already(system: System) -> None:
    done = system.headgate("run")
    assert done.returncode != 0
    assert "running already" in done.stdout + done.stderr


def test_a_wrong_number_is_explained(system: System) -> None:
    done = system.headgate("text", "--from", "12", "hello")
    assert done.returncode != 0
    assert "12" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS if not script.first])
def test_a_written_call_hears_what_it_says(system: System, people: People, name: str) -> None:
    done = system.headgate("call", "--script", name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The call ended" in done.stdout
