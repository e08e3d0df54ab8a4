"""What callers in line say instead of pressing a key: yes, no, a person, a phone number. English and Spanish. Pure."""

import re

from telephony.choices import plain_words

_YES = re.compile(r"(yes|yeah|yep|sure|correct|right|that is right|thats right|si|claro|correcto|exacto|asi es)\b")
_NO = re.compile(r"(no|nope|another|different|wrong|otro|otra|incorrecto|equivocado)\b")
_PERSON = re.compile(
    r"\b(representative|person|somebody|someone|agent|operator|human|help|representante|persona|alguien|agente|operador"
    r"|operadora|asesor|asesora|ayuda)\b"
)
_AREA_AND_NUMBER = re.compile(r"1?([2-9][0-9]{9})")
_DIGITS: dict[str, str] = {
    word: str(digit)
    for words in (
        "zero one two three four five six seven eight nine",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
    )
    for digit, word in enumerate(words.split())
} | {"oh": "0", "o": "0"}
_TEENS = {
    word: str(number)
    for words in (
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
    )
    for number, word in enumerate(words.split(), 10)
} | {
    word: str(number)
    for number, word in enumerate(
        [
            "veintiuno",
            "veintidos",
            "veintitres",
            "veinticuatro",
            "veinticinco",
            "veintiseis",
            "veintisiete",
            "veintiocho",
            "veintinueve",
        ],
        21,
    )
}
_TENS = {
    word: str(tens)
    for words in (
        "twenty thirty forty fifty sixty seventy eighty ninety",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    )
    for tens, word in enumerate(words.split(), 2)
}
_HUNDREDS = {
    word: f"{hundreds}00"
    for hundreds, word in enumerate(
        [
            "cien",
            "doscientos",
            "trescientos",
            "cuatrocientos",
            "quinientos",
            "seiscientos",
            "setecientos",
            "ochocientos",
            "novecientos",
        ],
        1,
    )
}
_TIMES = {"double": 2, "doble": 2, "triple": 3}


def says_yes(words: str) -> bool:
    """Whether it begins with a yes."""
    return _YES.match(plain_words(words).replace("'", "")) is not None


def says_no(words: str) -> bool:
    """Whether it begins with a no, or asks for another."""
    return _NO.match(plain_words(words)) is not None


def wants_person(words: str) -> bool:
    """Whether somebody is asked for: by name of the office, or with a yes where that was the question."""
    return not says_no(words) and (says_yes(words) or _PERSON.search(plain_words(words)) is not None)


def phone_number(said: str) -> str | None:
    """The North American number in keys or words as E.164; None when it is none, or there are several."""
    digits = digits_in(said)
    found = _AREA_AND_NUMBER.fullmatch(digits)
    return f"+1{found.group(1)}" if found else None


def digits_in(said: str) -> str:
    """The digits of what was said, in order: "nine five one", "double seven", "cincuenta y uno", "(951) 777-0177"."""
    tokens = re.findall(r"[0-9]+|[^\W\d_]+", plain_words(said))
    digits, times, at = "", 1, 0
    while at < len(tokens):
        found, at = _one(tokens, at)
        if found is None:
            times = _TIMES.get(tokens[at - 1], 1)
            continue
        digits, times = digits + found * times, 1
    return digits


def _one(tokens: list[str], at: int) -> tuple[str | None, int]:
    """The digits that the word at this place stands for, with those that belong to it, and the next place."""
    word, then = tokens[at], tokens[at + 1 :]
    if word.isdecimal():
        return word, at + 1
    if word in _TENS:
        skip = 1 if then[:1] == ["y"] else 0
        unit = _DIGITS.get(then[skip]) if len(then) > skip else None
        # "cincuenta cero uno": a zero is a digit of its own.
        return (_TENS[word] + unit, at + 2 + skip) if unit not in (None, "0") else (_TENS[word] + "0", at + 1)
    if word in _DIGITS and then[:1] == ["hundred"]:
        return _DIGITS[word] + "00", at + 2
    return _DIGITS.get(word) or _TEENS.get(word) or _HUNDREDS.get(word), at + 1
