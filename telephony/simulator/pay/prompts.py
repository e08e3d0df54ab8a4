"""What a caller is told at each field: the words of the document's `<Prompt>`s, else the usual ones."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from telephony.simulator.pay.fields import PROCESSING

WORDS = {
    "en": {
        "payment-card-number": "Please enter your card number.",
        "expiration-date": "Please enter the expiration date: two digits for the month, two for the year.",
        "security-code": "Please enter the security code of your card.",
        "postal-code": "Please enter your ZIP code, then press pound.",
        "bank-routing-number": "Please enter the nine digit routing number of your bank.",
        "bank-account-number": "Please enter your bank account number, then press pound.",
        PROCESSING: "Please wait while your payment is processed.",
        "again": "That did not work.",
    },
    "es": {
        "payment-card-number": "Marque el número de su tarjeta.",
        "expiration-date": "Marque la fecha de vencimiento: dos dígitos del mes y dos del año.",
        "security-code": "Marque el código de seguridad de su tarjeta.",
        "postal-code": "Marque su código postal y después la tecla de número.",
        "bank-routing-number": "Marque los nueve dígitos del número de ruta de su banco.",
        "bank-account-number": "Marque el número de su cuenta bancaria y después la tecla de número.",
        PROCESSING: "Espere mientras se procesa su pago.",
        "again": "Eso no funcionó.",
    },
}
PROMPT_ERRORS = {"input-timeout": "timeout"}
"""How `<Prompt errorType>` names what callbacks name otherwise."""


def prompt_for(
    prompts: Sequence[Element], name: str, error: str | None, attempt: int, card_type: str
) -> Element | None:
    """The document's prompt that fits best: by field, then by error, attempt and card type where it names them."""
    fitting = []
    for prompt in prompts:
        errors, attempts, cards = (prompt.get(key, "").split() for key in ("errorType", "attempt", "cardType"))
        if name not in prompt.get("for", "").split() or (cards and card_type not in cards):
            continue
        if (errors and PROMPT_ERRORS.get(error or "", error) not in errors) or (
            attempts and str(attempt) not in attempts
        ):
            continue
        fitting.append((bool(errors), bool(attempts), bool(cards), prompt))
    return max(fitting, key=lambda each: each[:3])[3] if fitting else None


def usual_words(name: str, error: str | None, language: str) -> str:
    """What is said where the document has no prompt of its own."""
    words = WORDS["es" if language.startswith("es") else "en"]
    return f"{words['again']} {words[name]}" if error else words[name]
