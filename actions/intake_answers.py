"""How the answer to a question of an intake is read from a message. Pure."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from actions.intake_amounts import read_amount, read_bare_amount
from actions.intake_types import SKIPPED, THIS_PHONE, Heard, Kind, OutOfRangeError, Question

TEXT_MAX = 500
_SURE = 0.8
_QUESTION_SURE = 0.6
QUESTION = re.compile(
    r"\?\s*$|^\s*(?:who|what|when|where|which|why|how|is|are|do|does|did|can|could|will|quién|quien|qué|que|cuándo|"
    r"cuando|dónde|donde|cuál|cual|por qué|cómo|como|cuánto|cuanto|puedo|puede|hay)\b",
    re.IGNORECASE,
)
_NAME_OPENING = re.compile(
    r"^(?:(?:yes|sí|si|ok|sure)[,. ]+)?(?:my name is|the name is|it'?s|it is|this is|i am|i'?m|name:?|"
    r"me llamo|mi nombre es|el nombre es|se llama|es|soy|a nombre de)\s+",
    re.IGNORECASE,
)
_ADDRESS_OPENING = re.compile(r"^(?:it'?s|it is|(?:the|my) address is|at|es|la dirección es|en)\s+", re.IGNORECASE)
_ASKS_FOR_PERSON = re.compile(
    r"\b(?:persons?|people|human|agents?|rep|representative|operator|some(?:one|body)|anybody|talk|speak|transfer|connect"
    r"|want|need|help|csr|customer|service|live|real|supervisor|persona|humano|gente|agente|representante|operadora?"
    r"|alguien|hablar|comun\w+|p[aá]se\w*|quiero|necesito|ayuda|atenci[oó]n)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:[ ,]+[^\W\d_][\w.'’-]*){0,5}")
_DAY_ALONE = re.compile(
    r"\W*(?:(?:next|this|on|el|este|pr[oó]ximo)\s+)*(?:today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|hoy|"
    r"mañana|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)(?:\s+(?:next|pr[oó]ximo))?\W*",
    re.IGNORECASE,
)
_WORDS = frozenset({"nlu_fallback", "out_of_scope", "give_details", "do_not_know"})
_WISHES = frozenset({"cancel", "turn_it_on", "turn_it_off"})
_ONLY_AS_QUESTIONS = frozenset({"ask_knowledge", "greet"})
_GREETING = re.compile(r"^\W*(?:hi|hello|hey|hola|buen[oa]s)\b", re.IGNORECASE)
_NEVER_TEXT = frozenset({"affirm", "deny", "repeat", "ask_to_wait", "thanks", "switch_language", "choose_account"})
_ADDRESS = re.compile(
    r"(?<!\d)\d{1,6}\s+(?:\w+[.\s]+)*(?:[^\W\d]\w{2,}|\d+(?:st|nd|rd|th))\b|"
    r"\b(?:apt|unit|suite|calle|avenida|avenue|street|road|drive|lane|court|boulevard|lot|space)\b",
    re.IGNORECASE,
)
_SKIP_ALONE = re.compile(
    r"\W*(?:skip(?: (?:it|that|this))?|omitir|om[ií]tal[oa]|s[aá]lt(?:el[oa]|al[oa]|arl[oa]))\W*", re.I
)
CORRECTION = re.compile(
    r"^(?:no|nope|wait|sorry|actually|espere|perdón|perdon)\b|\b(?:i meant|i mean|actually|correction|quise decir|"
    r"quiero decir|me equivoqué|me equivoque|mejor dicho|change (?:it|that|the)|cambie)\b",
    re.IGNORECASE,
)
_THIS_PHONE = re.compile(r"\b(?:(?:this|same) (?:one|number|phone)|(?:este|mismo) (?:n[uú]mero|tel[eé]fono))\b", re.I)
_GIVES_UP = re.compile(
    r"\b(?:never ?mind|cancel\w*|stop|forget|quit|leave it|ya no|par[ae]|olv[ií]d\w+|d[eé]j[ea]\w*)\b", re.I
)
_SKIP = re.compile(
    r"\b(?:skip|none|no idea|don'?t have|do not have|ninguno|ninguna|no tengo|no sé|no se|omitir)\b", re.I
)


def read_answer(question: Question, heard: Heard) -> Any | None:
    """The answer that the message gives to `question`, or None when it gives none.

    Dates are ISO text, amounts cents, phones ten digits; a left-out optional answer is `SKIPPED`.

    :raises OutOfRangeError: a date outside the days allowed.
    """
    return SKIPPED if leaves_out(question, heard) else _READERS[question.kind](question, heard)


def read_asked(question: Question, heard: Heard) -> Any | None:
    """As `read_answer`, of what was just asked for: there a bare number is dollars, "50" or "about 50 a month".

    :raises OutOfRangeError: a date outside the days allowed.
    """
    value = read_answer(question, heard)
    return read_bare_amount(heard) if value is None and question.kind is Kind.AMOUNT else value


def leaves_out(question: Question, heard: Heard) -> bool:
    """Whether the message passes over an optional question: "skip", "I don't have one", no."""
    passes = heard.intent == "do_not_know" or _SKIP.search(heard.text) is not None
    return question.optional and (passes or (heard.intent == "deny" and question.kind is not Kind.YES_NO))


def asks_to_skip(heard: Heard) -> bool:
    """ "Skip": of a question that needs an answer that is no giving up of the whole."""
    return _SKIP_ALONE.fullmatch(heard.text) is not None


def means_this_phone(question: Question, heard: Heard) -> bool:
    """ "This phone" where one is asked for; in a chat there is none that could be seen."""
    return question.kind is Kind.PHONE and heard.intent == "use_calling_number"


def wishes_in_words(question: Question, heard: Heard) -> bool:
    """ "Take it off", "turn it off" sound like giving up, and answer a question in own words or one of choices."""
    if question.kind is Kind.CHOICE:
        return _read_choice(question, heard) is not None
    return question.kind is Kind.TEXT and heard.intent in _WISHES and not _GIVES_UP.search(heard.text)


def names_somebody(question: Question, heard: Heard) -> bool:
    """ "Mrs. Castle" where a name is asked for: elsewhere it asks for her, as "a person" does here as well."""
    return question.kind is Kind.NAME and heard.intent == "ask_person" and not _ASKS_FOR_PERSON.search(heard.text)


def _read_text(question: Question, heard: Heard) -> str | None:
    words = " ".join(heard.text.split())[:TEXT_MAX]
    free = heard.intent not in _NEVER_TEXT and (_is_free_text(heard) or wishes_in_words(question, heard))
    return words if len(words) > 1 and free else None


def _is_free_text(heard: Heard) -> bool:
    """A message that is surely about another topic is that, and no answer; a question sooner than a statement.

    What sounds like a general question or a greeting and asks nothing is an answer: "the toilet", "this morning".
    """
    asks = QUESTION.search(heard.text) is not None
    if heard.intent in _ONLY_AS_QUESTIONS and not asks and not _GREETING.search(heard.text):
        return True
    sure = _QUESTION_SURE if asks else _SURE
    return heard.intent in _WORDS or heard.confidence < sure


def _read_name(question: Question, heard: Heard) -> str | None:
    words = _NAME_OPENING.sub("", " ".join(heard.text.split())).strip(" .!")
    if heard.intent in _NEVER_TEXT or QUESTION.search(heard.text) or _DAY_ALONE.fullmatch(words):
        return None
    free = _is_free_text(heard) or names_somebody(question, heard)
    return words if free and _NAME.fullmatch(words) else None


def _read_address(question: Question, heard: Heard) -> str | None:
    words = _ADDRESS_OPENING.sub("", CORRECTION.sub("", " ".join(heard.text.split())[:TEXT_MAX]).strip(" ,.!"))
    return words if _ADDRESS.search(words) else None


def _read_date(question: Question, heard: Heard) -> str | None:
    for found in heard.entities.get("date", ()):
        days = (date.fromisoformat(found) - heard.today).days
        if not question.days[0] <= days <= question.days[1]:
            raise OutOfRangeError(found)
        return str(found)
    return None


def read_phone(question: Question, heard: Heard) -> str | None:
    for group in heard.entities.get("digits", ()):
        digits = group[1:] if len(group) == 11 and group.startswith("1") else group
        if len(digits) == 10:
            return str(digits)
    meant = heard.intent == "use_calling_number" or _THIS_PHONE.search(heard.text)
    return THIS_PHONE if heard.has_calling_number and meant else None


def _read_email(question: Question, heard: Heard) -> str | None:
    return next(iter(heard.entities.get("email", ())), None)


def _read_digits(question: Question, heard: Heard) -> str | None:
    return next(iter(heard.entities.get("digits", ())), None)


def _read_choice(question: Question, heard: Heard) -> str | None:
    for value in heard.entities.get("choice", ()):
        if any(option.value == value for option in question.options):
            return str(value)
    numbers = [int(group) for group in heard.entities.get("digits", ()) if group.isdigit() and len(group) == 1]
    if numbers and 1 <= numbers[0] <= len(question.options):
        return question.options[numbers[0] - 1].value
    said = f"{heard.text} {_bare(heard.text)}"
    meant = [option.value for option in question.options if re.search(option.words, said, re.IGNORECASE)]
    return meant[0] if len(meant) == 1 else None


def _bare(text: str) -> str:
    """Without accents, as many write."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def _read_yes_no(question: Question, heard: Heard) -> str | None:
    return {"affirm": "yes", "deny": "no"}.get(heard.intent)


_READERS: dict[Kind, Callable[[Question, Heard], Any | None]] = {
    Kind.TEXT: _read_text,
    Kind.NAME: _read_name,
    Kind.ADDRESS: _read_address,
    Kind.DATE: _read_date,
    Kind.PHONE: read_phone,
    Kind.EMAIL: _read_email,
    Kind.AMOUNT: read_amount,
    Kind.DIGITS: _read_digits,
    Kind.CHOICE: _read_choice,
    Kind.YES_NO: _read_yes_no,
}
