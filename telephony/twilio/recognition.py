"""How Twilio is to listen: language, speech model and hints for each kind of question. Pure.

Generic models are used, because Twilio moves them to another provider when one fails; a specific one just fails.
`default` is the one that every language has, so Spanish conversation uses it.
"""

from collections.abc import Sequence

from telephony.messages import Choice, Collect, Language
from telephony.twilio.speech import spoken

SPEECH_LANGUAGES: dict[Language, str] = {"en": "en-US", "es": "es-US"}
HINT_CHARACTERS_MAX = 100
HINTS_MAX = 500
_MODELS: dict[Language, dict[str, str]] = {
    "en": {"digits": "numbers_and_commands", "speech": "phone_call", "any": "phone_call"},
    "es": {"digits": "numbers_and_commands", "speech": "default", "any": "default"},
}
_COMMANDS: dict[Language, str] = {
    "en": "representative, a person, repeat, slower, help, Spanish, cancel",
    "es": "representante, una persona, repita, más despacio, ayuda, inglés, cancelar",
}
_TOPICS: dict[Language, str] = {
    "en": "balance, my bill, pay my bill, payment arrangement, extension, due date, last payment, late fee, shut off, "
    "turn on, hours, office, customer service, leak, no water, water pressure, water quality, high bill, meter, "
    "start service, stop service, move, autopay, paperless, yes, no, goodbye",
    "es": "saldo, mi factura, mi recibo, pagar mi recibo, plan de pagos, prórroga, fecha de vencimiento, último pago, "
    "cargo por atraso, corte, reconexión, horario, oficina, servicio al cliente, fuga, no hay agua, presión, calidad "
    "del agua, recibo alto, medidor, iniciar servicio, cancelar servicio, mudanza, pago automático, sí, no, adiós",
}
_NUMBERS: dict[Language, str] = {
    "en": "$OOV_CLASS_DIGIT_SEQUENCE, zero, one, two, three, four, five, six, seven, eight, nine, double, triple, oh",
    "es": "$OOV_CLASS_DIGIT_SEQUENCE, cero, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, doble, triple",
}
_WORDS: dict[Language, str] = {
    "en": "at, dot, dash, underscore, gmail dot com, yahoo dot com, street, avenue, road, drive, court, apartment",
    "es": "arroba, punto, guion, guion bajo, gmail punto com, yahoo punto com, calle, avenida, departamento",
}


def speech_model(collect: Collect, language: Language) -> str:
    """The model that hears best what the question asks for."""
    return _MODELS[language][collect.kind]


def hints(collect: Collect, choices: Sequence[Choice], language: Language) -> str:
    """Words that are likely now: the choices first, then what the question asks for, then what can be said always."""
    titles = [spoken(choice.title).replace(",", " ").strip()[:HINT_CHARACTERS_MAX] for choice in choices[:40]]
    likely = {"digits": _NUMBERS, "speech": _WORDS, "any": _TOPICS}[collect.kind][language]
    return ", ".join([*(title for title in titles if title), likely, _COMMANDS[language]])


def session_hints(language: Language) -> str:
    """The hints of a whole ConversationRelay session, which cannot be changed in between."""
    return ", ".join([_TOPICS[language], _NUMBERS[language], _COMMANDS[language]]).replace(
        "$OOV_CLASS_DIGIT_SEQUENCE, ", ""
    )
