"""The front counter by text, phone and chat, in both languages: what is said is what the account API says."""

import re
from typing import Any

import pytest

from tests.e2e.people import People, eventually
from tests.e2e.test_balance import said_amounts

ASK = {
    "en": {
        "bill": "why is my bill so high",
        "statement": "send me my last bill",
        "usage": "how much water did i use",
        "fee": "please take off my late fee",
        "shutoff": "when will you shut off my water",
        "paperless": "i want my bills by e-mail",
        "yes": "yes",
        "account": "account {account_number}",
    },
    "es": {
        "bill": "por qué me subió tanto la factura",
        "statement": "mándeme mi última factura",
        "usage": "cuánta agua usé",
        "fee": "quíteme el recargo por favor",
        "shutoff": "cuándo me van a cortar el agua",
        "paperless": "quiero mis facturas por correo electrónico",
        "yes": "sí",
        "account": "mi cuenta es {account_number}",
    },
}


def identify(people: People, phone: str, customer: dict[str, Any], language: str) -> str:
    """Prove who this is by text; gives the last answer."""
    people.text(phone, ASK[language]["account"].format(**customer))
    return people.text(phone, customer["pin"])


def cents_of(people: People, query: str, customer: dict[str, Any]) -> int:
    [row] = people.rows(query, customer["account_number"])
    return int(row["cents"])


def dollars(cents: int) -> str:
    return f"{abs(cents) / 100:,.2f}"


_TWO_BILLS = """
SELECT (SELECT amount_cents FROM bills b WHERE b.account_id = a.id ORDER BY issued_on DESC LIMIT 1)
     - (SELECT amount_cents FROM bills b WHERE b.account_id = a.id ORDER BY issued_on DESC OFFSET 1 LIMIT 1) AS cents
  FROM accounts a WHERE a.number = %s
"""
_PENDING = """
SELECT count(*) AS cents
  FROM fee_reversals r JOIN fee_charges f ON f.id = r.fee_id JOIN accounts a ON a.id = f.account_id
 WHERE a.number = %s AND r.status = 'pending'
"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_bill_is_explained_with_the_ledgers_difference(people: People, language: str) -> None:
    customer, phone = people.customers["leak"], people.new_phone()
    first = people.text(phone, ASK[language]["bill"])
    assert said_amounts(first) == [], "account facts before identity"
    told = identify(people, phone, customer, language)
    assert dollars(cents_of(people, _TWO_BILLS, customer)) in said_amounts(told), told


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_bill_is_explained_on_the_phone(people: People, language: str) -> None:
    customer = people.customers["leak"]
    steps = ["press:2"] if language == "es" else []
    keys = [f"press:{customer['account_number']}#", f"press:{customer['pin']}#"]
    record = people.call(people.new_phone(), *steps, f"say:{ASK[language]['bill']}", *keys, "hangup")
    heard = " ".join(event["text"] for event in record["events"] if event["kind"] == "say")
    assert dollars(cents_of(people, _TWO_BILLS, customer)) in said_amounts(heard), heard
    assert "$" not in heard


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_statement_opens_from_its_link(people: People, language: str) -> None:
    customer = people.customers["tenant"]
    with people.chat() as chat:
        chat.say(ASK[language]["statement"])
        answer = chat.say(f"{customer['account_number']}, PIN {customer['pin']}")
    link = re.search(r"/statements/\S+", answer)
    assert link is not None, answer
    opened = people.open(link[0])
    assert (opened.status_code, opened.headers["content-type"]) == (200, "application/pdf")
    assert opened.headers["content-language"] == language


def test_by_text_the_statement_goes_to_the_phone_on_file(people: People) -> None:
    customer, phone = people.customers["commercial"], people.new_phone()
    people.text(phone, ASK["en"]["statement"])
    told = identify(people, phone, customer, "en")
    assert "/statements/" not in told
    eventually(
        lambda: any("/statements/" in text["body"] for text in people.inbox(customer["phone"])),
        what="a text with the link",
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_usage_and_the_threat_of_a_shut_off(people: People, language: str) -> None:
    customer, phone = people.customers["past_due"], people.new_phone()
    people.text(phone, ASK[language]["usage"])
    told = identify(people, phone, customer, language)
    assert re.search(r"\d gal(?:lons|ones)", told), told
    shut_off = people.text(phone, ASK[language]["shutoff"])
    past_due = re.search(r"\$\d+\.\d\d", shut_off)
    assert past_due is not None, shut_off
    assert re.search(r"December|diciembre|November|noviembre", shut_off), shut_off


def test_a_late_fee_is_asked_for_once_and_a_person_decides(people: People) -> None:
    customer, phone = people.customers["past_due"], people.new_phone()
    people.text(phone, ASK["en"]["fee"])
    told = identify(people, phone, customer, "en")
    assert "$10.00" in told, told
    assert "a person decides" in people.text(phone, ASK["en"]["yes"])
    again = people.text(phone, ASK["en"]["fee"])
    assert "already asked" in again, again
    assert cents_of(people, _PENDING, customer) == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_two_things_in_one_message_are_both_answered(people: People, language: str) -> None:
    customer, phone = people.customers["autopay"], people.new_phone()
    joint = {"en": "what's my balance and what are your hours", "es": "cuánto debo y a qué hora abren"}[language]
    people.text(phone, joint)
    told = identify(people, phone, customer, language)
    assert dollars(customer["balance_cents"]) in said_amounts(told), told
    assert "7:30 AM" in told, told


def test_bills_by_email_need_the_code_that_was_sent(people: People) -> None:
    customer, phone = people.customers["new_move_in"], people.new_phone()
    people.text(phone, ASK["en"]["paperless"])
    asked = identify(people, phone, customer, "en")
    assert "by e-mail" in asked, asked
    people.text(phone, ASK["en"]["yes"])
    texts = eventually(
        lambda: [text["body"] for text in people.inbox(customer["phone"]) if re.search(r"\b\d{6}\b", text["body"])],
        what="the code",
    )
    code = re.search(r"\b\d{6}\b", texts[-1])
    assert code is not None
    assert "from now on" in people.text(phone, code[0])
    [kept] = people.rows("SELECT paperless FROM accounts WHERE number = %s", customer["account_number"])
    assert kept["paperless"] is True
