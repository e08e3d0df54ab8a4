"""Finding numbers in what people write and say: digits of any script, and number words in two languages."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

UNITS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "cero": "0", "uno": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5",
    "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
}  # fmt: skip
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14", "quince": "15",
    "dieciseis": "16", "diecisiete": "17", "dieciocho": "18", "diecinueve": "19",
    "veintiuno": "21", "veintidos": "22", "veintitres": "23", "veinticuatro": "24", "veinticinco": "25",
    "veintiseis": "26", "veintisiete": "27", "veintiocho": "28", "veintinueve": "29",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
    "veinte": "2", "treinta": "3", "cuarenta": "4", "cincuenta": "5", "sesenta": "6", "setenta": "7",
    "ochenta": "8", "noventa": "9",
}  # fmt: skip
REPEATS = {"double": 2, "doble": 2, "triple": 3, "treble": 3, "quadruple": 4}
# Words people say between the parts of one number.
FILLERS = frozenset(
    {
        "and", "then", "uh", "um", "er", "eh", "em", "next", "space", "dash", "hyphen", "minus", "dot",
        "point", "comma", "followed", "by", "the", "rest", "is", "last", "first", "now", "y", "luego",
        "despues", "entonces", "espacio", "guion", "raya", "punto", "coma", "seguido", "de", "el",
        "resto", "es", "ultimos", "ahora", "este",
    }
)  # fmt: skip
ACCOUNT_DIGITS = 8
SECRET_DIGITS_MIN, SECRET_DIGITS_MAX = 4, 6
_WORD = re.compile(r"[^\W\d_]+")
_SECRET_WORD = re.compile(r"\b(?:pin|p\.i\.n|nip|code|c[oó]digo|clave|password|contraseña)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that stand together in the text at [start, end)."""

    start: int
    end: int
    digits: str
    spoken: bool = False


def groups(text: str) -> list[Group]:
    """The groups of digits of `text`, in order."""
    found = sorted([*_written(text), *_spoken(text)], key=lambda group: group.start)
    return [group for group in found if group.digits]


def runs(text: str) -> list[list[Group]]:
    """Groups that may be parts of one number: nothing but marks and filler words between them."""
    together: list[list[Group]] = []
    for group in groups(text):
        if together and _joins(text[together[-1][-1].end : group.start]):
            together[-1].append(group)
        else:
            together.append([group])
    return together


def only_digits(text: str) -> str:
    """The digits of a message that is a number and nothing else, else an empty string."""
    found = runs(text)
    if len(found) != 1:
        return ""
    outside = text[: found[0][0].start] + text[found[0][-1].end :]
    return "".join(group.digits for group in found[0]) if _joins(outside) else ""


def without_digits(text: str) -> str:
    """The text with a dot in place of every digit, written or said."""
    kept, position = "", 0
    for group in groups(text):
        if group.start >= position:
            kept += text[position : group.start] + "•" * len(group.digits)
            position = group.end
    return kept + text[position:]


def without_stated_secrets(text: str) -> str:
    """The text with dots for a PIN or code that is named as one ("pin 1234") or follows an account number."""
    kept, position, account_before = "", 0, False
    for run in runs(text):
        is_named = _SECRET_WORD.search(text[position : run[0].start]) is not None
        for group in _secret_part(run, is_named or account_before):
            kept += text[position : group.start] + "•" * len(group.digits)
            position = group.end
        kept, position = kept + text[position : run[-1].end], run[-1].end
        account_before = account_before or sum(len(group.digits) for group in run) == ACCOUNT_DIGITS
    return kept + text[position:]


def _secret_part(run: list[Group], is_secret: bool) -> list[Group]:
    """The groups of a run that are a PIN or code: all of it, or what stands behind eight digits."""
    for number in range(len(run)):
        before, rest = (sum(len(group.digits) for group in part) for part in (run[:number], run[number:]))
        long_enough = SECRET_DIGITS_MIN <= rest <= SECRET_DIGITS_MAX
        if long_enough and (before == ACCOUNT_DIGITS or (before == 0 and is_secret)):
            return run[number:]
    return []


def _written(text: str) -> Iterator[Group]:
    start, digits = 0, ""
    for place, character in enumerate(text):
        digit = unicodedata.digit(character, None)
        if digit is not None:
            start = start if digits else place
            digits += str(digit)
        elif digits and unicodedata.category(character) not in ("Cf", "Mn", "Me"):
            # Invisible and combining marks (zero width, keycap) do not end a group.
            yield Group(start, place, digits)
            digits = ""
    if digits:
        yield Group(start, len(text), digits)


def _spoken(text: str) -> Iterator[Group]:
    words = [(_plain(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]
    place = 0
    while place < len(words):
        digits, used = _number_at([word for word, _, _ in words[place : place + 4]])
        if used:
            yield Group(words[place][1], words[place + used - 1][2], digits, spoken=True)
        place += used or 1


def _number_at(words: list[str]) -> tuple[str, int]:
    """The digits that the first words say, and how many words that took (0: no number)."""
    word, after = words[0], words[1:]
    alone = UNITS.get(word) or TEENS.get(word)
    if alone is not None:
        return alone, 1
    if word in TENS:
        return _tens(TENS[word], after)
    if word in REPEATS and after and after[0] in UNITS:
        return UNITS[after[0]] * REPEATS[word], 2
    return "", 0


def _tens(tens: str, after: list[str]) -> tuple[str, int]:
    if after and after[0] in UNITS:
        return tens + UNITS[after[0]], 2
    if len(after) > 1 and after[0] == "y" and after[1] in UNITS:
        return tens + UNITS[after[1]], 3
    return tens + "0", 1


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _joins(gap: str) -> bool:
    words = [word for word in map(_plain, _WORD.findall(gap)) if word not in FILLERS]
    return len(gap) <= 60 and sum(map(len, words)) <= 2
