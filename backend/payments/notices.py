"""What a customer is told about a returned payment: plain, in their language, with what to do next."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from backend.payments.return_rules import NextStep
from backend.payments.rules import dollars

_WHY = {
    NextStep.RE_PRESENT: (
        "there was not enough money in the bank account",
        "no había suficiente dinero en la cuenta bancaria",
    ),
    NextStep.NEW_ACCOUNT: ("the bank could not find that account", "el banco no encontró esa cuenta"),
    NextStep.ASK_CUSTOMER: ("the payment was stopped", "el pago fue detenido"),
    NextStep.FRAUD_REVIEW: ("the bank says it was not authorized", "el banco dice que no fue autorizado"),
    NextStep.CORRECT_AND_RESEND: (
        "it was not drawn as you had agreed",
        "no se cobró como usted había acordado",
    ),
    NextStep.LOOK_INTO: ("the bank gave it back", "el banco lo devolvió"),
    NextStep.STOP: ("the bank does not allow payments from that account", "el banco no permite pagos desde esa cuenta"),
}
_THEN = {
    NextStep.RE_PRESENT: ("Please pay another way.", "Por favor pague de otra forma."),
    NextStep.NEW_ACCOUNT: (
        "Please pay another way, and give us a new bank account if you want autopay again.",
        "Por favor pague de otra forma, y denos otra cuenta bancaria si quiere volver al pago automático.",
    ),
    NextStep.ASK_CUSTOMER: (
        "Please call us about how you would like to pay.",
        "Por favor llámenos para decirnos cómo prefiere pagar.",
    ),
    NextStep.FRAUD_REVIEW: (
        "We will look into it. Please pay another way.",
        "Lo vamos a revisar. Por favor pague de otra forma.",
    ),
    NextStep.LOOK_INTO: (
        "We will look into it. Please pay another way.",
        "Lo vamos a revisar. Por favor pague de otra forma.",
    ),
    NextStep.CORRECT_AND_RESEND: ("We will correct it and tell you.", "Lo corregiremos y le avisaremos."),
    NextStep.STOP: ("Please pay another way.", "Por favor pague de otra forma."),
}
_DAY = {"en": ("MMMM d", "en_US"), "es": ("d 'de' MMMM", "es_US")}


@dataclass(frozen=True, slots=True)
class Notice:
    """What the words are made of; amounts in cents, `fee_cents` 0 for none."""

    district: str
    phone: str
    amount_cents: int
    received_on: date
    fee_cents: int
    balance_cents: int
    next_step: NextStep
    autopay_ended: bool


def returned_payment(notice: Notice, language: str) -> str:
    """The text message, in `en` or `es`."""
    spanish = language == "es"
    pattern, locale = _DAY["es" if spanish else "en"]
    day = format_date(notice.received_on, pattern, locale)
    why, then = _WHY[notice.next_step][spanish], _THEN[notice.next_step][spanish]
    sentences = _spanish(notice, day, why) if spanish else _english(notice, day, why)
    call = f"Llame al {notice.phone}." if spanish else f"Call {notice.phone}."
    return " ".join([*sentences, then, call])


def _english(notice: Notice, day: str, why: str) -> list[str]:
    said = [f"{notice.district}: your payment of {dollars(notice.amount_cents)} of {day} was returned: {why}."]
    if notice.fee_cents:
        said.append(f"A returned payment fee of {dollars(notice.fee_cents)} was added.")
    said.append(f"Your balance is {dollars(notice.balance_cents)}.")
    if notice.autopay_ended:
        said.append("Autopay is off.")
    return said


def _spanish(notice: Notice, day: str, why: str) -> list[str]:
    said = [f"{notice.district}: su pago de {dollars(notice.amount_cents)} del {day} fue devuelto: {why}."]
    if notice.fee_cents:
        said.append(f"Se agregó un cargo por pago devuelto de {dollars(notice.fee_cents)}.")
    said.append(f"Su saldo es {dollars(notice.balance_cents)}.")
    if notice.autopay_ended:
        said.append("El pago automático está desactivado.")
    return said
