"""`<Pay>`: the caller keys in a card or bank account, which goes to the payment connector and never to us. Pure.

It makes a token and takes no money: the charge is the account system's, so that it is made once and posted once.
"""

from twilio.twiml.voice_response import Pay, VoiceResponse

from telephony.calls.core import TakeCard
from telephony.calls.speaking import SLOW_RATE, lines_of
from telephony.messages import Language
from telephony.twilio.recognition import SPEECH_LANGUAGES
from telephony.twilio.twiml import VoiceStyle, add_lines, place_query

PATH = "/twilio/voice/pay"
ATTEMPTS = 3
BETWEEN_KEYS_SECONDS = 10
CARD_TYPES = "visa mastercard amex discover"
ZIP_DIGITS = 5

_PROMPTS: dict[str, dict[Language, str]] = {
    "payment-card-number": {
        "en": "Key in your card number, then press pound.",
        "es": "Marque el número de su tarjeta y después la tecla de número.",
    },
    "expiration-date": {
        "en": "Key in the date it expires: two digits for the month, and two for the year.",
        "es": "Marque la fecha en que vence: dos dígitos del mes y dos del año.",
    },
    "security-code": {
        "en": "Key in the security code. It is three digits on the back, or four on the front.",
        "es": "Marque el código de seguridad. Son tres dígitos atrás, o cuatro al frente.",
    },
    "postal-code": {
        "en": "Key in the ZIP code that the card's bill goes to, then press pound.",
        "es": "Marque el código postal al que llega la cuenta de la tarjeta y después la tecla de número.",
    },
    "bank-routing-number": {
        "en": "Key in your bank's routing number. It has nine digits.",
        "es": "Marque el número de ruta de su banco. Tiene nueve dígitos.",
    },
    "bank-account-number": {
        "en": "Key in your account number, then press pound.",
        "es": "Marque su número de cuenta y después la tecla de número.",
    },
    "payment-processing": {"en": "One moment, please.", "es": "Un momento, por favor."},
}
_WRONG: dict[Language, str] = {"en": "That did not work.", "es": "Eso no funcionó."}
_FIELDS = {
    "card": ("payment-card-number", "expiration-date", "security-code", "postal-code"),
    "bank_account": ("bank-routing-number", "bank-account-number"),
}
_ERRORS = {
    "payment-card-number": "timeout invalid-card-number invalid-card-type",
    "expiration-date": "timeout invalid-date",
    "security-code": "timeout invalid-security-code",
    "postal-code": "timeout",
    "bank-routing-number": "timeout",
    "bank-account-number": "timeout",
}


def pay_twiml(step: TakeCard, style: VoiceStyle) -> str:
    """Say the answer, then `<Pay>`. Twilio's page says both that the action is asked after the last attempt and that
    the next verb is carried out, so there is one, to the same address."""
    method, language, place = step.collect.method, step.answer.language, step.place
    url = style.url(
        PATH, offer=step.collect.offer_id, conversation=step.conversation_id, method=method, **place_query(place)
    )
    response = VoiceResponse()
    add_lines(response, lines_of(step.answer), place, style)
    pay = Pay(
        input="dtmf",
        action=url,
        payment_connector=style.payment_connector,
        token_type="payment-method",
        max_attempts=ATTEMPTS,
        timeout=BETWEEN_KEYS_SECONDS,
        description="Water bill",
        **(_card() if method == "card" else _bank_account()),
        # The connector's own words for bank accounts are English only; ours are said in their place.
        language=SPEECH_LANGUAGES[language] if method == "card" else SPEECH_LANGUAGES["en"],
    )
    for field in (*_FIELDS[method], "payment-processing"):
        _prompt(pay, field, step, style, wrong=False)
        if field in _ERRORS:
            _prompt(pay, field, step, style, wrong=True)
    response.append(pay)
    response.redirect(url, method="POST")
    return str(response)


def _card() -> dict[str, object]:
    return {
        "payment_method": "credit-card",
        "valid_card_types": CARD_TYPES,
        "security_code": True,
        "postal_code": True,
        "min_postal_code_length": ZIP_DIGITS,
    }


def _bank_account() -> dict[str, object]:
    return {"payment_method": "ach-debit", "bank_account_type": "consumer-checking"}


def _prompt(pay: Pay, field: str, step: TakeCard, style: VoiceStyle, *, wrong: bool) -> None:
    language = step.answer.language
    words = _PROMPTS[field][language]
    prompt = pay.prompt(for_=field, error_type=_ERRORS[field] if wrong else None)
    said = f"{_WRONG[language]} {words}" if wrong else words
    manner = {"voice": style.voices[language], "language": SPEECH_LANGUAGES[language]}
    if step.place.slow:
        prompt.say(**manner).prosody(said, rate=SLOW_RATE)
    else:
        prompt.say(said, **manner)
