"""Words about automatic calls: pure. "Stop calling me" withdraws consent, "why did you call me?" does not.

Anything that a reasonable person would read as "no more calls" counts (47 CFR 64.1200(a)(10)).
"""

import re

from telephony.choices import plain_words
from telephony.messages import Language

WORDS_MAX = 30
_STOPS: dict[Language, tuple[re.Pattern[str], ...]] = {
    "en": tuple(
        re.compile(pattern)
        for pattern in (
            r"\b(?:stop|quit|cease) (?:calling|phoning|robo ?calling)\b(?! (?:the|it|him|her|them)\b)",
            r"\b(?:stop|quit|end|cease) (?:with )?(?:all |any |these |those |the |your |making )*"
            r"(?:automatic |automated |robot |recorded )*(?:robo ?)?calls\b",
            r"\b(?:do not|don'?t|never) (?:ever )?(?:call|phone|robo ?call) (?:me|us|this number|here)\b"
            r"(?! back| (?:on|at|until|before|after|today|tomorrow|tonight|now|yet|if|when|unless))",
            r"\bno more (?:automatic |automated |robot |recorded )*(?:robo ?)?calls\b",
            r"\b(?:take|remove|delete) (?:me|us|my (?:phone )?number|this number) (?:off|from) (?:your |the )?"
            r"(?:robo ?)?call(?:ing)? list\b",
        )
    ),
    "es": tuple(
        re.compile(pattern)
        for pattern in (
            r"\b(?:dejen?|paren?) de llamar(?:me|nos|le)?\b",
            r"\b(?:ya )?no (?:me|nos) llamen?(?: mas| nunca| otra vez| ya)?$",
            r"\bya no (?:me|nos) llamen?\b",
            r"\bno (?:quiero|deseo|queremos) (?:recibir )?(?:mas |sus |esas |estas )*llamadas\b",
            r"\b(?:no mas|ni una) llamadas?(?: mas)?\b",
            r"\b(?:quite[ns]?me|saque[ns]?me|borre[ns]?me|quiten mi numero|saquen mi numero) de (?:su |la )?"
            r"lista de llamadas\b",
        )
    ),
}
# "why did you stop calling me", "they don't call me back": no wish.
_ABOUT_SOMETHING_ELSE = re.compile(r"\bwhy\b|\bpor que\b|\bcall(?:ed|s)? (?:me|us) back\b|\bdon'?t stop\b|\bdevolv\w+")


def stops_calls(text: str) -> Language | None:
    """The language in which somebody asks for no more automatic calls; None when it is about something else."""
    plain = plain_words(text)
    if not plain or len(plain.split()) > WORDS_MAX or _ABOUT_SOMETHING_ELSE.search(plain):
        return None
    for language, patterns in _STOPS.items():
        if any(pattern.search(plain) for pattern in patterns):
            return language
    return None
