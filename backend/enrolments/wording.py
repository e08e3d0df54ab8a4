"""What people agree to when they pay by text, and what they are told about it. English and Spanish.

`CONFIRM` is the word to agree with: carriers keep YES, START, STOP, CANCEL and END for themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from backend.accounts.rules import mask_phone
from backend.payments.rules import dollars

TERMS: Mapping[str, str] = {
    "en": "{district}: pay your water bills by text? We text you when a bill is ready and before it is due, for the"
    " account ending in {account}. Nothing is paid until you agree to each payment. Msg & data rates may apply."
    " Reply CONFIRM to agree, STOP to get no texts, HELP for help.",
    "es": "{district}: ¿pagar sus facturas de agua por texto? Le avisamos cuando haya factura y antes de que venza,"
    " para la cuenta que termina en {account}. No se paga nada sin que usted acepte cada pago. Pueden aplicar cargos de"
    " mensajes y datos. Responda CONFIRMO para aceptar, STOP para no recibir textos, HELP para ayuda.",
}
_CONFIRMED = {
    "en": "{district}: this phone can now pay by text for the account ending in {account}. Text PAY at any time.",
    "es": "{district}: este teléfono ya puede pagar por texto la cuenta que termina en {account}. Envíe PAGAR cuando"
    " quiera.",
}
_TOLD = {
    "en": "{district}: the phone {phone} can now also pay by text for the account ending in {account}. If this was not"
    " you, call us at {call}.",
    "es": "{district}: el teléfono {phone} también puede pagar por texto la cuenta que termina en {account}. Si no fue"
    " usted, llámenos al {call}.",
}
_ENDED = {
    "en": "{district}: this phone can no longer pay by text for the account ending in {account}. If this was not you,"
    " call us at {call}.",
    "es": "{district}: este teléfono ya no puede pagar por texto la cuenta que termina en {account}. Si no fue usted,"
    " llámenos al {call}.",
}

_BILL = {
    "en": (
        "{district}: your new water bill for the account ending in {account} is {amount}, due {day}.",
        "{district}: {amount} for the account ending in {account} is due {day}.",
        "Autopay will pay it that day.",
        "Reply PAY to pay it now.",
    ),
    "es": (
        "{district}: su nueva factura de agua de la cuenta que termina en {account} es de {amount} y vence el {day}.",
        "{district}: {amount} de la cuenta que termina en {account} vence el {day}.",
        "El pago automático la pagará ese día.",
        "Responda PAGAR para pagarla ahora.",
    ),
}

_IN_ALL = {"en": "Your balance in all is {amount}.", "es": "Su saldo total es de {amount}."}
_COMING = {"en": "A payment of {amount} is on its way.", "es": "Un pago de {amount} está en camino."}


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill as a text tells it: the account's last four digits, what it asks for, what is owed in all, the day it is
    due, and what is on its way already."""

    account: str
    bill_cents: int
    owed_cents: int
    due_on: date
    is_new: bool
    autopay: bool
    on_its_way_cents: int = 0


def bill_text(language: str, district: str, bill: Bill) -> str:
    """What there is to pay and until when, and the word to pay it with."""
    new, due, by_itself, reply = _BILL[language]
    day = format_date(bill.due_on, "d 'de' MMMM" if language == "es" else "MMMM d", locale=language)
    left_cents = bill.owed_cents - bill.on_its_way_cents
    cents = bill.bill_cents if bill.is_new else left_cents
    said = [
        (new if bill.is_new else due).format(district=district, account=bill.account, amount=dollars(cents), day=day)
    ]
    if bill.is_new and bill.owed_cents != bill.bill_cents:
        said.append(_IN_ALL[language].format(amount=dollars(bill.owed_cents)))
    if bill.on_its_way_cents:
        said.append(_COMING[language].format(amount=dollars(bill.on_its_way_cents)))
    if left_cents > 0:
        said.append(by_itself if bill.autopay else reply)
    return " ".join(said)


def terms(language: str, district: str, account: str) -> str:
    """What is asked of the owner of a telephone; `account` is the account's last four digits."""
    return TERMS[language].format(district=district, account=account)


def confirmed(language: str, district: str, account: str) -> str:
    """That it is on."""
    return _CONFIRMED[language].format(district=district, account=account)


def ended(language: str, district: str, account: str, *, call: str) -> str:
    """That it is off."""
    return _ENDED[language].format(district=district, account=account, call=call)


def told_others(language: str, district: str, account: str, *, phone: str, call: str) -> str:
    """What the other telephones of an account hear, so that nobody adds one unseen."""
    return _TOLD[language].format(district=district, account=account, phone=mask_phone(phone), call=call)
