"""Days on which something breaks: every customer gets a sentence and a way to a person, the case is in the queue,
and everything answers again by itself.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import aiohttp
import httpx
import psutil
import psycopg
import pytest
import redis

from bench.calls import Line, WebhookCall
from bench.system import System
from tests.e2e.people import People, eventually
from tests.e2e.webhooks import Webhooks

SECONDS_TO_RECOVER = 30
HOURS = "what are your hours?"


def pid_of(system: System, process: str) -> int:
    """The process id, once it runs (an earlier day may have killed it)."""
    pid: int = eventually(lambda: system.pids().get(process), SECONDS_TO_RECOVER, f"{process} running")
    return pid


def kill(system: System, process: str) -> None:
    """With its workers: one that lives on for a moment would answer as if nothing had happened."""
    family = psutil.Process(pid_of(system, process))
    for one in [family, *family.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def works_again(people: People) -> None:
    """A question that goes through every process is answered, without hands, in time."""
    customer = people.customers["past_due"]

    def asked() -> bool:
        phone = people.new_phone()
        people.text(phone, "what's my balance?")
        answer = people.text(phone, f"account {customer['account_number']} pin {customer['pin']}")
        return f"{customer['balance_cents'] / 100:,.2f}" in answer

    eventually(asked, SECONDS_TO_RECOVER, "a balance by text")


def said(record: dict[str, Any]) -> str:
    return " ".join(event["text"] for event in record["events"] if event["kind"] == "say")


@pytest.fixture
def webhooks(system: System) -> Webhooks:
    return Webhooks(system)


@pytest.mark.parametrize("process", ["engine", "actions", "backend"])
class TestAProcessDies:
    def test_by_text(self, system: System, people: People, process: str) -> None:
        phone = people.new_phone()
        people.text(phone, HOURS)
        kill(system, process)
        answer = people.text(phone, "I need help with my account")
        assert len(answer) > 20
        eventually(lambda: people.open_cases(f"{phone}"), SECONDS_TO_RECOVER, "a case in the queue")
        works_again(people)

    def test_by_phone(self, system: System, people: People, process: str) -> None:
        phone = people.new_phone()
        kill(system, process)
        record = people.call(phone, "say:what are your hours", "silence", "hangup")
        assert not [event for event in record["events"] if event["kind"] == "error"], record
        assert len(said(record)) > 20
        eventually(lambda: people.open_cases(phone), SECONDS_TO_RECOVER, "a case in the queue")
        works_again(people)

    def test_by_chat(self, system: System, people: People, process: str) -> None:
        with people.chat() as chat:
            chat.say(HOURS)
            kill(system, process)
            assert len(chat.say("I need help with my account")) > 20
            conversation = chat.conversation_id
        query = "SELECT 1 FROM hand_offs WHERE conversation_id = %s"
        eventually(lambda: people.rows(query, conversation), SECONDS_TO_RECOVER, "a case in the queue")
        works_again(people)


def signal_all(pid: int, number: signal.Signals) -> None:
    """To a process and its workers."""
    process = psutil.Process(pid)
    for member in (process, *process.children(recursive=True)):
        member.send_signal(number)


def test_the_engine_dies_in_the_middle_of_a_turn(system: System, people: People) -> None:
    phone = people.new_phone()
    people.text(phone, HOURS)
    engine = pid_of(system, "engine")
    with ThreadPoolExecutor() as pool:
        signal_all(engine, signal.SIGSTOP)  # the turn is now in the engine's hands and stays there
        answering = pool.submit(people.text, phone, "what's my balance?")
        query = "SELECT 1 FROM turns WHERE replies IS NULL"
        eventually(lambda: people.rows(query), 5, "the turn on record")
        started = time.monotonic()
        os.kill(engine, signal.SIGKILL)
        assert len(answering.result(timeout=15)) > 20
        assert time.monotonic() - started < 10
    eventually(lambda: people.open_cases(phone), SECONDS_TO_RECOVER, "a case in the queue")
    works_again(people)


def test_an_engine_that_hangs_is_given_up_within_ten_seconds(system: System, people: People) -> None:
    phone = people.new_phone()
    engine = pid_of(system, "engine")
    signal_all(engine, signal.SIGSTOP)
    try:
        started = time.monotonic()
        answer = people.text(phone, HOURS)
        assert time.monotonic() - started < 10
        assert len(answer) > 20
    finally:
        signal_all(engine, signal.SIGCONT)
    works_again(people)


def test_telephony_dies_with_50_calls_in_progress(system: System) -> None:
    async def day() -> list[str]:
        few = asyncio.Semaphore(5)

        async def turn(call: WebhookCall, **heard: str) -> str:
            async with few:
                return await call.turn(**heard)

        async with aiohttp.ClientSession() as session:
            line = Line(system, session)
            calls = [WebhookCall(line) for _ in range(50)]
            await asyncio.gather(*(turn(call) for call in calls))
            before = pid_of(system, "telephony")
            kill(system, "telephony")
            await asyncio.to_thread(eventually, lambda: system.pids().get("telephony") not in (None, before))
            await asyncio.to_thread(eventually, lambda: is_ready(system, "telephony"), 60, "telephony ready")
            return await asyncio.gather(*(turn(call, SpeechResult=HOURS, Confidence="0.92") for call in calls))

    answers = asyncio.run(day())
    assert len(answers) == 50 and all("7:30" in answer for answer in answers), "each goes on where it was"


def is_ready(system: System, process: str) -> bool:
    try:
        return httpx.get(system.url(process) + "/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def test_postgresql_restarts(system: System, people: People) -> None:
    phone = people.new_phone()
    people.text(phone, HOURS)
    os.kill(pid_of(system, "postgres"), signal.SIGINT)
    assert len(people.text(phone, "I need help with my account")) > 20
    works_again(people)


def test_valkey_is_emptied(system: System, people: People) -> None:
    phone = people.new_phone()
    people.text(phone, "hola, ¿cuál es su horario?")
    redis.Redis.from_url(system.redis_url).flushall()
    answer = people.text(phone, "¿y los sábados?")
    assert len(answer) > 20
    assert people.rows("SELECT language FROM conversations WHERE party = %s", phone) == [{"language": "es"}]
    works_again(people)


def test_the_same_webhook_five_times_at_once_is_one_turn(people: People, webhooks: Webhooks) -> None:
    phone = people.new_phone()
    form = webhooks.sms_form(phone, "what are your hours?")
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: webhooks.post("/twilio/sms", form), range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.text for answer in answers}) == 1
    assert "<Message" in answers[0].text
    turns = people.rows("SELECT id FROM turns WHERE provider_message_id = %s", form["MessageSid"])
    assert len(turns) == 1


@pytest.mark.parametrize("forge", ["missing", "wrong", "other address"])
def test_a_forged_webhook_is_refused_and_leaves_nothing(people: People, webhooks: Webhooks, forge: str) -> None:
    before = people.rows("SELECT count(*) AS n FROM turns")
    form = webhooks.sms_form(people.new_phone(), "hello")
    signature: Callable[[], str | None] = {
        "missing": lambda: None,
        "wrong": lambda: "bm90IGEgc2lnbmF0dXJl",
        "other address": lambda: webhooks.sign("https://example.com/twilio/sms", form),
    }[forge]
    assert webhooks.post("/twilio/sms", form, signature=signature()).status_code == 403
    assert webhooks.post("/twilio/voice", form, signature=signature()).status_code == 403
    assert people.rows("SELECT count(*) AS n FROM turns") == before


@pytest.mark.parametrize(
    "body",
    [
        "",
        "x" * 10_000,
        "💧🚰💧",
        "שלום, כמה אני חייב?",
        "مرحبا",
        "a\x00b",
        "/restart",
        "<b>&amp;'\"</b>",
        "\u202e\ufeff",
    ],
)
def test_any_text_gets_an_answer(people: People, body: str) -> None:
    assert len(people.text(people.new_phone(), body)) > 10


def test_a_picture_alone_gets_an_answer(people: People, webhooks: Webhooks) -> None:
    form = webhooks.sms_form(people.new_phone(), "")
    form |= {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/m/1", "MediaContentType0": "image/jpeg"}
    answer = webhooks.post("/twilio/sms", form)
    assert answer.status_code == 200
    assert "<Message" in answer.text


def test_a_restarted_database_has_kept_the_ledger_whole(system: System) -> None:
    with psycopg.connect(system.database_url) as connection:
        (total,) = connection.execute("SELECT coalesce(sum(amount_cents), 0) FROM ledger_postings").fetchone() or (
            None,
        )
    assert total == 0
