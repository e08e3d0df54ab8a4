"""A card number that somebody volunteers is refused kindly and found nowhere afterwards."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import redis
from playwright.sync_api import expect

from bench.system import System
from tests.e2e.browser import chromium
from tests.e2e.hours import office_hours
from tests.e2e.live_call import begin_capture, lead_and_caller, press
from tests.e2e.people import People

CARD = "4242424242424242"
SPOKEN = "four two four two four two four two four two four two four two four two"
SPOKEN_SPANISH = "cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos cuatro dos"
FIFTEEN = "378282246310005"
PARTS = ("5555 5555", "5555 4444")
LAST_PART = "55554444"
WAYS = [
    *(CARD, "4242 4242 4242 4242", "my card is 4242-4242-4242-4242 exp 12/29 cvv 123", "4242.4242.4242.4242"),
    *(FIFTEEN, "amex 3782 822463 10005"),
]


def digits_of(data: str) -> str:
    return re.sub(r"[\s\-.,]", "", data)


def leaks(data: str) -> bool:
    lowered = " ".join(data.lower().split())
    digits = digits_of(data)
    return (
        any(number in digits for number in (CARD, FIFTEEN, LAST_PART)) or SPOKEN in lowered or SPOKEN_SPANISH in lowered
    )


def everything_in_the_database(url: str) -> str:
    """Every row of every table of every schema as text."""
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 20
        for schema, table in tables:
            rows = connection.execute(f'SELECT t::text FROM "{schema}"."{table}" t').fetchall()
            found += [row[0] for row in rows]
    return "\n".join(found)


def everything_in_redis(url: str) -> str:
    """Every key and value, whatever its type."""
    client = redis.Redis.from_url(url, decode_responses=True, encoding_errors="replace")
    readers: dict[str, Callable[[str], Any]] = {
        "string": client.get,
        "list": lambda key: client.lrange(key, 0, -1),
        "hash": client.hgetall,
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        "stream": client.xrange,
    }
    found = []
    for key in client.scan_iter():
        found += [key, repr(readers[str(client.type(key))](key))]
    return "\n".join(found)


def files_of(home: Path) -> list[Path]:
    """Every file we write but the database's own (searched as a database) and the trained model."""
    left_out = {"postgres", "models"}
    return [path for path in home.rglob("*") if path.is_file() and path.relative_to(home).parts[0] not in left_out]


def try_it_where_money_is_taken(system: System, people: People) -> None:
    """Keys in `<Pay>` (taken, mistyped, given up), the number said where an amount or an account is asked for, and keys
    with a lead on the line."""
    number, end = people.customers["leak"]["account_number"], ("press:1231", "press:123", "press:92507#", "wait:12")
    begin = ("say:pay with a card over the phone", "wait:9", f"press:{number}", "wait:3")
    for steps in (
        (*begin, "say:ten dollars", "wait:12", "say:yes", f"press:{CARD}", *end),
        (*begin, "say:ten dollars", "wait:12", "say:yes", f"press:{CARD[:-1]}1", f"press:{CARD}", "press:*", "wait:4"),
        (*begin, f"say:{SPOKEN}", "wait:3", f"say:my card is {CARD}", "wait:3", f"press:{CARD}#"),
        (begin[0], "wait:9", f"say:{SPOKEN}", "wait:3", f"press:{CARD}#"),
    ):
        record = people.call(people.new_phone(), *steps, "hangup")
        assert record["events"], "the call was taken"
    assert people.rows("SELECT 1 FROM charges WHERE method_label LIKE '%%4242'"), "a card was really keyed in"
    with chromium() as browser, office_hours(people), lead_and_caller(system, people, browser) as (lead, caller, of):
        press(caller, CARD)  # before anybody has asked
        begin_capture(lead, of, "10.00")
        press(caller, CARD)
        expect(lead.locator('[data-field="payment-card-number"]')).to_contain_text("4242")
        lead.click("#capture-cancel")
        expect(lead.locator("#capture-state")).to_have_text("Canceled. Nothing was charged.")
        assert not leaks(lead.content())


def test_it_is_refused_kindly_and_found_nowhere(system: System, people: People) -> None:
    refusals = []
    for words in (*WAYS, SPOKEN, SPOKEN_SPANISH):
        refusals.append(people.text(people.new_phone(), words))
        with people.chat() as chat:
            refusals.append(chat.say(words))
    sender = people.new_phone()
    people.text(sender, PARTS[0])
    refusals.append(people.text(sender, PARTS[1]))
    people.call(people.new_phone(), "say:what is my balance", f"press:{CARD}#", "hangup")
    for step in (f"say:{SPOKEN}", f"say:my card is {CARD}"):
        record = people.call(people.new_phone(), step, "hangup")
        refusals.append(" ".join(event["text"] for event in record["events"] if event["kind"] == "say"))
    try_it_where_money_is_taken(system, people)
    for refusal in refusals:
        assert re.search(r"card|tarjeta", refusal, re.IGNORECASE), refusal
        assert not leaks(refusal)

    assert not leaks(everything_in_the_database(system.database_url))
    assert not leaks(everything_in_redis(system.redis_url))
    files = files_of(system.settings.home)
    assert any(path.suffix == ".log" for path in files)
    leaking = [path.name for path in files if leaks(path.read_bytes().decode("utf-8", "replace"))]
    assert leaking == []
