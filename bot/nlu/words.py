"""Words and number words of English and Spanish, folded (lower case, no accents).

Pure: nothing here knows Rasa or spaCy.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


@dataclass(frozen=True)
class Word:
    """One token: its `text`, the same `folded`, and where it stands in the message (characters)."""

    text: str
    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents: "Mañana" → "manana"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")


def _numbered(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + index * step for index, word in enumerate(words.split())}


@dataclass(frozen=True)
class NumberWords:
    """The number words of one language, by the part they play."""

    digits: dict[str, int]
    teens: dict[str, int]
    tens: dict[str, int]
    hundreds: dict[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    repeats: dict[str, int]
    joins_tens: frozenset[str]
    joins_hundreds: frozenset[str]
    ordinals: dict[str, int]
    sounds_like: dict[str, int]
    """Words that recognition writes for a digit: they count only between digits."""
    pronouns: frozenset[str]
    """Number words that alone are more often something else: "this one", "una pregunta"."""


ENGLISH = NumberWords(
    digits={**_numbered("zero one two three four five six seven eight nine", 0), "oh": 0, "nought": 0},
    teens=_numbered("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10),
    tens={**_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10), "fourty": 40},
    hundreds={},
    hundred=frozenset({"hundred"}),
    thousand=frozenset({"thousand"}),
    repeats={"double": 2, "triple": 3},
    joins_tens=frozenset({"-"}),
    joins_hundreds=frozenset({"and"}),
    ordinals={
        **_numbered("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1),
        **_numbered("thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 13),
        "thirtieth": 30,
    },
    sounds_like={"o": 0, "won": 1, "to": 2, "too": 2, "for": 4, "fore": 4, "ate": 8},
    pronouns=frozenset({"one", "oh", "second"}),
)

SPANISH = NumberWords(
    digits={
        **_numbered("cero uno dos tres cuatro cinco seis siete ocho nueve", 0),
        "un": 1,
        "una": 1,
    },
    teens={
        **_numbered("diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 10),
        **_numbered("veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis", 20),
        **_numbered("veintisiete veintiocho veintinueve", 27),
        "veintiun": 21,
    },
    tens=_numbered("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
    hundreds={
        **_numbered("cien doscientos trescientos cuatrocientos quinientos", 100, 100),
        **_numbered("seiscientos setecientos ochocientos novecientos", 600, 100),
        "ciento": 100,
    },
    hundred=frozenset(),
    thousand=frozenset({"mil"}),
    repeats={"doble": 2, "triple": 3},
    joins_tens=frozenset({"y"}),
    joins_hundreds=frozenset(),
    ordinals={"primero": 1, "primer": 1},
    sounds_like={"sero": 0, "sinco": 5, "ceis": 6, "ciete": 7},
    pronouns=frozenset({"uno", "un", "una"}),
)

NUMBER_WORDS: dict[Language, NumberWords] = {"en": ENGLISH, "es": SPANISH}

MONTHS: dict[Language, dict[str, int]] = {
    "en": {
        **_numbered("january february march april may june july august september october november", 1),
        "december": 12,
        **_numbered("jan feb mar apr", 1),
        **_numbered("jun jul aug sep oct nov dec", 6),
        "sept": 9,
    },
    "es": {
        **_numbered("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre", 1),
        "diciembre": 12,
        "setiembre": 9,
    },
}

WEEKDAYS: dict[Language, dict[str, int]] = {
    "en": _numbered("monday tuesday wednesday thursday friday saturday sunday", 0),
    "es": _numbered("lunes martes miercoles jueves viernes sabado domingo", 0),
}
