"""Paying in a conversation, with everything running: by text in Spanish, by phone, by anyone's link, many at once."""

import re
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.people import People, eventually

LINK = re.compile(r"https?://\S+/pay/\S+")


def told(people: People, phone: str, words: str) -> str:
    """The newest text to a phone that says this, once it is there."""

    def newest() -> str | None:
        return next((one["body"] for one in reversed(people.inbox(phone)) if words in one["body"]), None)

    found: str = eventually(newest, what=f"a text with {words!r}")
    return found


def save_a_card(people: People, phone: str, words: str, name: str) -> None:
    """Asks for the page and fills it in as its owner would."""
    found = LINK.search(people.text(phone, words))
    assert found is not None
    assert httpx.post(found[0], data={"method": name, "bank": "approve"}).status_code == 303


def test_part_of_a_bill_by_text_in_spanish(people: People) -> None:
    customer, phone = people.customers["landlord"], people.new_phone()
    before = people.balance_cents(customer["account_number"])
    people.text(phone, "hola, quiero pagar mi factura")
    people.text(phone, f"mi cuenta es {customer['account_number']}")
    assert "No hay tarjeta ni cuenta bancaria registrada" in people.text(phone, customer["pin"])
    save_a_card(people, phone, "quiero guardar mi tarjeta", "mastercard")
    told(people, phone, "Mastercard que termina en 4444 ya está registrada")
    assert "¿Pagar $12.50" in people.text(phone, "pagar doce con cincuenta")
    assert "Estoy pagando $12.50 con Mastercard" in people.text(phone, "CONFIRMO")
    receipt = told(people, phone, "Número de confirmación")
    left = before - 1_250
    assert f"Su saldo ahora es ${left / 100:.2f}" in receipt
    assert people.balance_cents(customer["account_number"]) == left


def test_a_phone_that_agreed_pays_without_being_asked_who_it_is(people: People) -> None:
    customer, phone = people.customers["tenant"], people.new_phone()
    people.text(phone, "sign me up for pay by text")
    people.text(phone, customer["account_number"])
    assert "Reply CONFIRM to agree" in people.text(phone, customer["pin"])
    assert "can now pay by text" in people.text(phone, "CONFIRM")
    save_a_card(people, phone, "save my card", "visa")
    told(people, phone, "is on file now")
    # A later thread, in which nobody has said who they are.
    people.rows("UPDATE conversations SET ended_at = now(), mode = 'closed' WHERE party = %s RETURNING id", phone)
    assert "Pay $" in people.text(phone, "PAY")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: people.text(phone, "CONFIRM"), range(6)))
    told(people, phone, "Confirmation number")
    assert people.balance_cents(customer["account_number"]) == 0
    charges = people.rows(
        "SELECT c.status FROM charges c JOIN accounts a ON a.id = c.account_id WHERE a.number = %s",
        customer["account_number"],
    )
    assert [row["status"] for row in charges] == ["told"]


def test_by_phone_a_caller_hears_how_it_ended(people: People) -> None:
    customer, phone = people.customers["leak"], people.new_phone()
    people.text(phone, "save my card")
    people.text(phone, customer["account_number"])
    found = LINK.search(people.text(phone, customer["pin"]))
    assert found is not None
    httpx.post(found[0], data={"method": "visa", "bank": "approve"})
    told(people, phone, "is on file now")
    keys = (f"press:{customer['account_number']}#", f"press:{customer['pin']}#")
    call = people.call(phone, "say:pay twenty dollars on my bill", *keys, "say:yes", "hangup")
    heard = " ".join(event["text"] for event in call["events"] if event["kind"] == "say")
    assert "Your payment of 20 dollars went through" in heard
    assert "$20.00" in told(people, phone, "Confirmation number")


def test_anyone_pays_by_the_number_alone_and_hears_no_balance(people: People) -> None:
    customer = people.customers["payment_plan"]
    with people.chat() as chat:
        chat.say("i want to pay someone else's bill")
        answer = str(chat.say(customer["account_number"]))
    found = LINK.search(answer)
    assert found is not None
    assert f"{customer['balance_cents'] / 100:,.2f}" not in answer
    assert f"{customer['balance_cents'] / 100:,.2f}" not in httpx.get(found[0]).text
