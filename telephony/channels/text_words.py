"""Words about the texts themselves: pure. "Please stop texting me" withdraws consent, "stop my water service" does not.

A single word that carriers know is theirs as well as ours: they act on it, and answer it, before we see it.
Anything else that a reasonable person would read as "no more texts" counts too (47 CFR 64.1200(a)(10)).
"""

import re
from dataclasses import dataclass
from typing import Literal

from telephony.messages import Language

# Whole messages only. "YES" opens a closed number as well, but as an answer to our question it reaches the assistant.
STOP_WORDS = frozenset(["stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"])
START_WORDS = frozenset(["start", "unstop"])
HELP_WORDS = frozenset(["help", "info"])
Word = Literal["stop", "start", "yes", "help"]
_KEYWORDS: dict[str, Word] = {
    **dict.fromkeys(STOP_WORDS, "stop"),
    **dict.fromkeys(START_WORDS, "start"),
    **dict.fromkeys(HELP_WORDS, "help"),
    "yes": "yes",
}

_TEXTS = (
    r"(?:text(?:s|ing|ear)?|text messag(?:es|ing)|messag(?:es?|ing)|sms|msgs?|notifications?|alerts?|reminders?"
    r"|mensajes?(?: de texto)?|mensajitos|textos|avisos|notificaciones|alertas|recordatorios)"
)
_POLITE = r"(?:please|pls|plz|por favor|porfavor|now|ya|thanks|thank you|gracias|ok|hi|hello|hola|hey)"
_KEYWORD = r"(?:stop|stop all|stopall|unsubscribe|opt ?out|quit|alto|parar?|cancelar suscripcion)"
_STOPS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:{_POLITE} )*{_KEYWORD}(?: {_POLITE})*$",
        rf"^(?:{_POLITE} )*{_KEYWORD} (?:{_KEYWORD} ?)+(?:{_POLITE} ?)*$",
        # English: stop / quit / no more / do not … texting, texts to me
        rf"\b(?:stop|quit|cease|end) (?:sending |getting )?(?:me )?"
        rf"(?:all |any |these |those |the |your |more )*{_TEXTS}\b"
        r"(?! (?:about|for) (?:my|the) (?:wife|husband|son|daughter))",
        r"\b(?:stop|quit) (?:sending|messaging|texting)\b",
        r"\b(?:do not|dont|don t|never) (?:ever )?(?:text|message|sms)(?: me| this number| us)?\b",
        rf"\b(?:do not|dont|don t|never) (?:ever )?(?:send|want|wish|need)(?: me| to (?:get|receive|have))?"
        rf"(?: any| anymore| more| these| your| the| get| receive)* {_TEXTS}\b",
        rf"\bno more {_TEXTS}\b",
        r"\b(?:unsubscribe|opt) me\b|\bopt(?:ing)? out\b|\bunsubscribe (?:from|this)\b",
        rf"\b(?:take|remove|delete) (?:me|my (?:phone|cell|mobile)?(?: ?number)?|this number) (?:off|from)\b"
        rf".*\b(?:list|{_TEXTS})",
        r"\blose my number\b",
        # Spanish: no me manden más, dejen de mandar, ya no quiero mensajes
        rf"\bno (?:me |nos )?(?:mande[ns]?|envie[ns]?|escriba[ns]?|textee[ns]?|mandes|envies)\b"
        rf"(?: mas| ya| nunca| otro| ningun| esos| estos| sus| los)*(?: {_TEXTS}| textos?)?(?: mas)?$",
        rf"\bno (?:me |nos )?(?:mande[ns]?|envie[ns]?)\b.*\b{_TEXTS}\b",
        r"\b(?:deje[ns]?|pare[ns]?|deja) de (?:mandar|enviar|escribir|textear)(?:me|nos|le)?\b",
        rf"\b(?:no quiero|no deseo|ya no quiero|no queremos) (?:recibir |que me (?:manden|envien) )?"
        rf"(?:mas |sus |esos |estos |ningun |los )*{_TEXTS}\b",
        rf"\bno mas {_TEXTS}\b|\bni un mensaje mas\b",
        rf"\b(?:quite[ns]?me|saque[ns]?me|borre[ns]?me|quiten mi numero|saquen mi numero)\b.*\b(?:lista|{_TEXTS})",
        r"\b(?:cancelar?|cancele[ns]?) (?:los |mis |sus )?(?:mensajes|textos|avisos por texto)\b",
    )
)
# Aloud, "stop", "no more reminders" and "take me off your list" may be about anything: texts must be named.
_TEXTS_ALOUD: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:text(?:s|ing)?|messag(?:e|es|ing)|sms)\b"),
    "es": re.compile(r"\b(?:mensajes?|mensajitos|textos|texte[ns]?|textear(?:me|nos)?)\b"),
}
_BY_VOICE = re.compile(r"\b(?:voice ?mails?|voice ?messages?|mensajes? de voz|buzon)\b")
_STARTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:start|resume|begin) (?:sending |getting )?(?:me )?(?:the |your |my )?{_TEXTS}(?: me)?(?: again)?\b",
        r"\byou (?:can|may) (?:text|message) me(?: again)?\b",
        rf"\bi (?:do )?want (?:to (?:get|receive) )?(?:the |your )?{_TEXTS} again\b",
        rf"\b(?:puede[ns]?|pueden) (?:volver a )?(?:mandar|enviar|escribir)(?:me|nos)\b"
        rf".*\b(?:otra vez|de nuevo|{_TEXTS})",
        rf"\b(?:quiero|deseo) (?:volver a )?recibir (?:sus |los )?{_TEXTS}(?: otra vez| de nuevo)?\b",
        r"\bvuelva[ns]? a (?:mandar|enviar)(?:me|nos)?\b",
    )
)
# "I did not get a text", "why did you stop texting me", "stop the shut-off": not a wish for no texts.
_ABOUT_SOMETHING_ELSE = re.compile(
    r"\bwhy (?:did|do|have|are)\b|\bpor que\b|\bdid(?:n t| not|nt) (?:get|receive)\b"
    r"|\bi stopped (?:getting|receiving)\b|\b(?:do not|don t|dont) stop\b|\bno (?:deje[ns]?|pare[ns]?) de\b"
)
_ACCENTS = str.maketrans("áéíóúüñ", "aeiouun")
WORDS_MAX = 40


@dataclass(frozen=True, slots=True)
class TextWord:
    """A word about texts. `is_keyword`: the carrier heard it as well."""

    word: Word
    is_keyword: bool


def text_word(text: str) -> TextWord | None:
    """What a message says about texts themselves; None when it is about something else."""
    single = text.casefold().strip()
    if (keyword := _KEYWORDS.get(single)) is not None:
        return TextWord(keyword, is_keyword=True)
    plain = _plain(single)
    if not plain or len(plain.split()) > WORDS_MAX or _ABOUT_SOMETHING_ELSE.search(plain):
        return None
    if any(pattern.search(plain) for pattern in _STOPS):
        return TextWord("stop", is_keyword=False)
    if any(pattern.search(plain) for pattern in _STARTS):
        return TextWord("start", is_keyword=False)
    return None


def stops_texts_aloud(words: str) -> Language | None:
    """The language in which a caller asks for no more texts; None when what was said is about something else."""
    found = text_word(words)
    plain = _plain(words.casefold())
    if found is None or found.word != "stop" or found.is_keyword or _BY_VOICE.search(plain):
        return None
    return next((language for language, named in _TEXTS_ALOUD.items() if named.search(plain)), None)


def _plain(text: str) -> str:
    """Letters and digits only, without accents, single spaces."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.translate(_ACCENTS)).split())
