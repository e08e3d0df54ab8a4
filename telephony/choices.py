"""Which offered choice a customer meant: by key, by number, by its own words."""

import re
import unicodedata
from collections.abc import Sequence

from telephony.messages import Channel, Choice, Language

_SWITCH = re.compile(r'/\w*language\{.*"\w*language": ?"(en|es)"')
_NUMBER_WORDS: dict[str, int] = {
    word: number
    for words in (
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        ["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"],
    )
    for number, word in enumerate(words, start=1)
}


def switched_language(payload: str) -> Language | None:
    """The language a payload switches to, None when it does something else."""
    found = _SWITCH.match(payload)
    if found is None:
        return None
    return "es" if found[1] == "es" else "en"


def picked(offered: Sequence[Choice], channel: Channel, text: str, payload: str | None) -> str | None:
    """The payload of the choice that was meant, None when the words are just words.

    A payload that was not offered is never passed on: it comes from a browser, which anyone can write.
    """
    if payload is not None and any(c.payload == payload for c in offered):
        return payload
    if not offered or not text:
        return None
    plain = plain_words(text)
    number = _number(plain, spoken=channel != "chat")
    if number is not None:
        return offered[number - 1].payload or None if number <= len(offered) else None
    for choice in offered:
        if plain and plain == plain_words(choice.title):
            return choice.payload or None
    return None


def plain_words(text: str) -> str:
    """Lower case, no accents, no punctuation at the ends: how two spellings of the same title compare."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare).strip(" .,;:!?¡¿#()\"'")


def _number(plain: str, *, spoken: bool) -> int | None:
    if re.fullmatch(r"[1-9]\d?", plain):
        return int(plain)
    if spoken:
        bare = re.sub(r"^(?:press|number|option|oprima|numero|opcion)(?: el)? ", "", plain)
        return _NUMBER_WORDS.get(bare) or (int(bare) if re.fullmatch(r"[1-9]\d?", bare) else None)
    return None
