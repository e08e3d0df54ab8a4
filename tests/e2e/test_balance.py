"""A customer learns their balance by text, phone and chat, in both languages; the amount is the ledger's."""

import re
from typing import Any

import pytest

from tests.e2e.people import People

SITUATIONS = [
    "past_due",
    "autopay",
    "nsf",
    "spanish_speaker",
    "landlord",
    "tenant",
    "leak",
    "payment_plan",
    "commercial",
    "medical_protection",
    "new_move_in",
]


def dollars(customer: dict[str, Any]) -> str:
    """The balance as people read it: 12345 → 123.45 (a credit has no sign in words)."""
    return f"{abs(customer['balance_cents']) / 100:,.2f}"


def said_amounts(words: str) -> list[str]:
    """Every dollar amount in `words`, whichever way it is written or spoken."""
    written = re.findall(r"\d[\d,]*\.\d\d", words)
    pattern = r"(\d[\d,]*) (?:dollars?|dólares|dólar)(?: (?:and|con|y) (\d+) (?:cents?|centavos?))?"
    if re.search(r"\b(zero|cero)\b", words):
        written.append("0.00")
    spoken = [f"{whole}.{int(cents or 0):02d}" for whole, cents in re.findall(pattern, words)]
    return written + spoken


_FIRST_OF_THE_TOWN = """
SELECT number FROM accounts a
 WHERE NOT EXISTS (SELECT FROM demo_customers d WHERE d.account_id = a.id) ORDER BY number LIMIT 1
"""


@pytest.mark.parametrize("situation", SITUATIONS)
def test_by_text_in_the_customers_language(people: People, situation: str) -> None:
    customer = people.customers[situation]
    phone = people.new_phone()
    spanish = customer["language"] == "es"
    first = people.text(phone, "hola, ¿cuánto debo en mi cuenta?" if spanish else "hi, what's my balance?")
    assert dollars(customer) not in first, "account facts before identity"
    account = f"mi cuenta es {customer['account_number']}" if spanish else f"account {customer['account_number']}"
    people.text(phone, account)
    last = people.text(phone, customer["pin"])
    assert dollars(customer) in said_amounts(last), last


def test_by_text_from_the_number_on_file_with_the_zip(people: People) -> None:
    customer = people.customers["past_due"]
    people.text(customer["phone"], "whats my balance")
    people.text(customer["phone"], "use the number I'm texting from")
    assert dollars(customer) in said_amounts(people.text(customer["phone"], customer["zip"]))


@pytest.mark.parametrize("language", ["en", "es"])
def test_by_phone_with_keys(people: People, language: str) -> None:
    customer = people.customers["autopay"]
    steps = ["press:2"] if language == "es" else []
    words = "say:¿cuál es mi saldo?" if language == "es" else "say:what is my balance"
    record = people.call(
        people.new_phone(), *steps, words, f"press:{customer['account_number']}#", f"press:{customer['pin']}#", "hangup"
    )
    heard = [event for event in record["events"] if event["kind"] == "say"]
    assert dollars(customer) in said_amounts(" ".join(event["text"] for event in heard)), heard
    assert heard[-1]["language"].startswith(language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_by_phone_with_words(people: People, language: str) -> None:
    customer = people.customers["payment_plan"]
    names = {
        "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    }[language]
    account, pin = (" ".join(names[int(d)] for d in customer[key]) for key in ("account_number", "pin"))
    ask = "what's my balance" if language == "en" else "quiero saber mi saldo"
    steps = [f"say:{words}" for words in (ask, account, pin)]
    record = people.call(people.new_phone(), *steps, "hangup")
    said = " ".join(event["text"] for event in record["events"] if event["kind"] == "say")
    assert dollars(customer) in said_amounts(said), said


@pytest.mark.parametrize("language", ["en", "es"])
def test_by_chat(people: People, language: str) -> None:
    customer = people.customers["leak"]
    with people.chat() as chat:
        chat.say("What do I owe?" if language == "en" else "¿Cuánto debo?")
        answer = chat.say(f"{customer['account_number']}, PIN {customer['pin']}")
    assert dollars(customer) in said_amounts(answer), answer


def test_three_failures_lock_and_offer_a_person_without_telling_what_was_wrong(people: People) -> None:
    # Somebody whom no other test needs: they stay locked.
    [known] = [row["number"] for row in people.rows(_FIRST_OF_THE_TOWN)]
    answers = []
    for account in (known, "99999999"):
        phone = people.new_phone()
        people.text(phone, "what's my balance?")
        answers.append([people.text(phone, f"account {account} pin 000{n}") for n in range(3)])
    of_known, of_unknown = answers
    assert of_known == of_unknown, "the wording tells whether an account exists"
    assert re.search(r"person|representative", of_known[-1], re.IGNORECASE), of_known[-1]
