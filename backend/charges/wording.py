"""What a customer is told about their payment: by text or chat, in English and Spanish, with the next step.

Why a bank said no is told as far as it helps. That a card was reported lost or stolen is not: the one who holds it
may not be its owner, so it is told like any other no.
"""

from dataclasses import dataclass

from backend.charges.rules import NOT_TAKEN, REFUSED
from backend.gateway.values import DeclineReason
from backend.payments.rules import dollars

_RECEIPT = {
    "en": "{district}: we received your payment of {amount} from {method} for the account ending in {account}."
    " Confirmation number {confirmation}.",
    "es": "{district}: recibimos su pago de {amount} con {method} para la cuenta que termina en {account}."
    " Número de confirmación {confirmation}.",
}
_BALANCE = {
    "en": ("Your balance is now {balance}.", "You now have a credit of {balance}.", "Your balance is now $0.00."),
    "es": ("Su saldo ahora es {balance}.", "Ahora tiene un crédito de {balance}.", "Su saldo ahora es $0.00."),
}
_WON = {
    "en": "{district}: your bank has closed its dispute of your payment of {amount} from {method} for the account"
    " ending in {account}. The payment counts again.",
    "es": "{district}: su banco cerró la disputa de su pago de {amount} con {method} para la cuenta que termina en"
    " {account}. El pago vuelve a contar.",
}
_BANK_PENDING = {
    "en": "{district}: your payment of {amount} from {method} for the account ending in {account} is pending. Banks"
    " take up to 4 business days. It counts as of today, and we will tell you when it is done.",
    "es": "{district}: su pago de {amount} con {method} para la cuenta que termina en {account} está pendiente. Los"
    " bancos tardan hasta 4 días hábiles. Cuenta desde hoy, y le avisaremos cuando termine.",
}
_NOT_KNOWN = {
    "en": "{district}: your payment of {amount} from {method} for the account ending in {account} is pending: the card"
    " processor has not answered yet. You will not be charged twice. Please do not pay again; we will tell you.",
    "es": "{district}: su pago de {amount} con {method} para la cuenta que termina en {account} está pendiente: el"
    " procesador de tarjetas aún no responde. No se le cobrará dos veces. No pague de nuevo; le avisaremos.",
}
_FAILED = {
    "en": "{district}: your payment of {amount} from {method} for the account ending in {account} was not made: {why}."
    " You were not charged. {then} Or call {phone}.",
    "es": "{district}: su pago de {amount} con {method} para la cuenta que termina en {account} no se realizó: {why}."
    " No se le cobró. {then} O llame al {phone}.",
}
_ANOTHER = ("Pay with another card or bank account.", "Pague con otra tarjeta o cuenta bancaria.")
_AGAIN = ("Please try again in a few minutes.", "Inténtelo de nuevo en unos minutos, por favor.")
_SAVE_ANEW = ("Save your card or bank account again, then pay.", "Guarde otra vez su tarjeta o cuenta y luego pague.")
_BANK = ("Call your bank, or pay with another card.", "Llame a su banco o pague con otra tarjeta.")
_BY_LINK = ("Pay by link, where your bank can ask you.", "Pague con un enlace, donde su banco pueda preguntarle.")

_FEE = {
    "en": {"card": "plus a {fee} card fee", "bank_account": "plus a {fee} bank payment fee"},
    "es": {"card": "más {fee} por pagar con tarjeta", "bank_account": "más {fee} por pagar con cuenta bancaria"},
}
_IN_ALL = {"en": "in all", "es": "en total"}

_NO = ("your bank did not approve it", "su banco no lo aprobó")
_WHY = {
    DeclineReason.INSUFFICIENT_FUNDS: ("there was not enough money", "no había fondos suficientes"),
    DeclineReason.LIMIT_EXCEEDED: ("it is over the card's limit", "supera el límite de la tarjeta"),
    DeclineReason.EXPIRED_CARD: ("the card has expired", "la tarjeta venció"),
    DeclineReason.INCORRECT_DETAILS: ("the card's details are wrong", "los datos de la tarjeta no son correctos"),
    DeclineReason.NEEDS_VERIFICATION: ("your bank wants to ask you first", "su banco quiere preguntarle antes"),
    DeclineReason.NOT_ACCEPTED: ("this kind of card is not accepted", "no se acepta este tipo de tarjeta"),
    DeclineReason.ACCOUNT_CLOSED: ("the bank could not find that account", "el banco no encontró esa cuenta"),
    DeclineReason.NOT_AUTHORIZED: ("the bank says it was not authorized", "el banco dice que no fue autorizado"),
    DeclineReason.METHOD_GONE: ("it is no longer on file", "ya no está registrada"),
    DeclineReason.PROCESSING_ERROR: ("the bank could not process it", "el banco no pudo procesarlo"),
    NOT_TAKEN: ("the card processor could not be reached", "no se pudo contactar al procesador de tarjetas"),
    REFUSED: ("the card processor did not take it", "el procesador de tarjetas no lo aceptó"),
}
_THEN = {
    DeclineReason.LIMIT_EXCEEDED: _BANK,
    DeclineReason.LOST_OR_STOLEN: _BANK,
    DeclineReason.DO_NOT_HONOR: _BANK,
    DeclineReason.EXPIRED_CARD: _SAVE_ANEW,
    DeclineReason.INCORRECT_DETAILS: _SAVE_ANEW,
    DeclineReason.ACCOUNT_CLOSED: _SAVE_ANEW,
    DeclineReason.METHOD_GONE: _SAVE_ANEW,
    DeclineReason.NEEDS_VERIFICATION: _BY_LINK,
    DeclineReason.PROCESSING_ERROR: _AGAIN,
    NOT_TAKEN: _AGAIN,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the words are made of. `account` is its last four digits; `balance_cents` None: not theirs to see.

    `fee_cents` was or would be charged on top, for paying with something of this `kind`.
    """

    district: str
    phone: str
    amount_cents: int
    method: str
    account: str
    balance_cents: int | None = None
    fee_cents: int = 0
    kind: str = "card"


def _amount(told: Told, language: str) -> str:
    """ "$70.00", or "$70.00 plus a $2.50 card fee ($72.50 in all)"."""
    if not told.fee_cents:
        return dollars(told.amount_cents)
    total = dollars(told.amount_cents + told.fee_cents)
    fee = _FEE[language][told.kind].format(fee=dollars(told.fee_cents))
    return f"{dollars(told.amount_cents)} {fee} ({total} {_IN_ALL[language]})"


def _values(told: Told, language: str) -> dict[str, str]:
    return {
        "district": told.district,
        "phone": _shown(told.phone),
        "amount": _amount(told, language),
        "method": told.method,
        "account": told.account,
    }


def _shown(phone: str) -> str:
    return f"{phone[2:5]}-{phone[5:8]}-{phone[8:]}" if phone.startswith("+1") and len(phone) == 12 else phone


def receipt(told: Told, confirmation_number: int, language: str) -> str:
    """The receipt: what was received, the number to keep, and the balance as the ledger has it."""
    return _with_balance(
        _RECEIPT[language].format(**_values(told, language), confirmation=confirmation_number), told, language
    )


def won(told: Told, language: str) -> str:
    """That a dispute has ended and the payment stands again, with the balance."""
    return _with_balance(_WON[language].format(**_values(told, language)), told, language)


def _with_balance(said: str, told: Told, language: str) -> str:
    if told.balance_cents is None:
        return said
    owes, credit, even = _BALANCE[language]
    words = owes if told.balance_cents > 0 else credit if told.balance_cents < 0 else even
    return f"{said} {words.format(balance=dollars(abs(told.balance_cents)))}"


def pending(told: Told, language: str, *, by_bank: bool) -> str:
    """That it is pending: `by_bank` a debit on its way, else an outcome that nobody knows yet."""
    return (_BANK_PENDING if by_bank else _NOT_KNOWN)[language].format(**_values(told, language))


def failed(told: Told, reason: str, language: str) -> str:
    """That it was not made, why as far as it helps, and what to do now."""
    place = 1 if language == "es" else 0
    why, then = _WHY.get(reason, _NO)[place], _THEN.get(reason, _ANOTHER)[place]
    return _FAILED[language].format(**_values(told, language), why=why, then=then)
