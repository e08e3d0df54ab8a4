"""What the queue says to people: a text after a missed call, the whisper before a caller is put through."""

from typing import Any

from sqlalchemy import Row

_MISSED = {
    "en": "{district}: sorry we missed you. Your case is {reference}. Reply here and one of us will answer you.",
    "es": "{district}: sentimos no haberle atendido. Su caso es {reference}. Responda aquí y le contestaremos.",
}
_WHISPER = {
    "en": {
        "call": "Call from {who}.",
        "callback": "Call back to {who}.",
        "consult": "A colleague asks for you. The caller is {who}.",
        "supervisor": "You will listen to the call with {who}.",
        "es": "Speaks Spanish.",
        "en": "",
        "verified": "Identity is verified.",
        "unverified": "Identity is not verified.",
        "nobody": "an unknown customer",
    },
    "es": {
        "call": "Llamada de {who}.",
        "callback": "Devolver la llamada a {who}.",
        "consult": "Un colega le necesita. Quien llama es {who}.",
        "supervisor": "Va a escuchar la llamada con {who}.",
        "en": "Habla inglés.",
        "es": "",
        "verified": "Identidad verificada.",
        "unverified": "Identidad sin verificar.",
        "nobody": "una persona desconocida",
    },
}
_AGAIN = {
    "en": {2: "Second call today.", 3: "Third call today.", 0: "{n} calls today."},
    "es": {2: "Segunda llamada de hoy.", 3: "Tercera llamada de hoy.", 0: "{n} llamadas hoy."},
}
SUMMARY_CHARACTERS_MAX = 240


def missed(language: str, district: str, reference: str) -> str:
    """The text after somebody hung up while they waited."""
    return _MISSED["es" if language == "es" else "en"].format(district=district, reference=reference)


def emergency_missed(district: str, reference: str, caller: str | None) -> str:
    """The text to those on call, in English as everything of cases is."""
    who = f"from {caller}" if caller else "from a hidden number"
    return f"{district}: nobody took the emergency call {who}. Case {reference} waits in the console. Act on it now."


def whisper(call: Row[Any], role: str, language: str, calls_today: int) -> str:
    """What a person hears before the caller, in that person's language; the case's summary follows in its own."""
    words = _WHISPER["es" if language == "es" else "en"]
    kind = role if role in ("consult", "supervisor") else "callback" if call.contact == "callback" else "call"
    verified = words["verified" if call.verification_level >= 2 else "unverified"]
    parts = (
        words[kind].format(who=call.customer_name or words["nobody"]),
        words["es" if call.language == "es" else "en"],
        verified,
        again(calls_today, language),
    )
    return " ".join(part for part in parts if part)


def again(calls_today: int, language: str) -> str:
    """Which call of the day it is, from the second on."""
    spoken = _AGAIN["es" if language == "es" else "en"]
    return spoken.get(calls_today, spoken[0].format(n=calls_today)) if calls_today > 1 else ""


def short(summary: str) -> str:
    """A summary as far as it can be listened to."""
    if len(summary) <= SUMMARY_CHARACTERS_MAX:
        return summary
    return summary[:SUMMARY_CHARACTERS_MAX].rsplit(" ", 1)[0] + "."
