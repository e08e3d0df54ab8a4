"""Card, bank and social security numbers are masked before anything is stored (PCI DSS 3, domain.md 7).

Pure: text in, masked text out. Account numbers (8 digits), telephone numbers, dates, amounts, one-time
codes and meter reads pass untouched.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.conversations.digits import Group, only_digits, runs

CARD, BANK, SSN = "card_number", "bank_number", "ssn"
_MASKS = {CARD: "[card number removed]", BANK: "[bank number removed]", SSN: "[SSN removed]"}

_CVV = re.compile(
    r"\b(?:cvv2?|cvc2?|csc|cid|c\.?v\.?v\.?|security\s+code|c[oó]digo\s+de\s+seguridad"
    r"|(?:three|3|four|4)\s+digits?\s+on\s+the\s+back|tres\s+d[ií]gitos\s+de\s+atr[aá]s)",
    re.IGNORECASE,
)
_SSN_WORD = re.compile(r"\b(?:ssn|social(?:\s+security)?|itin|seguro\s+social|n[uú]mero\s+social)\b", re.IGNORECASE)
_SSN_SHAPE = re.compile(r"(?<!\d)(?!000|666|9\d\d)\d{3}([-.\s–—])\d{2}\1\d{4}(?!\d)")
_ROUTING_WORD = re.compile(r"\b(?:routing|aba|transit\s+number|(?:n[uú]mero\s+de\s+)?ruta)\b", re.IGNORECASE)
_BANK_WORD = re.compile(
    r"\b(?:bank(?:ing)?\s+(?:account|acct)|(?:checking|savings)(?:\s+(?:account|acct))?|account\s+at\s+(?:the|my)\s+bank"
    r"|cuenta\s+(?:bancaria|corriente|de\s+cheques|de\s+ahorros?|del\s+banco))\b",
    re.IGNORECASE,
)
_REACH = 48  # characters between a keyword and its number


@dataclass(frozen=True, slots=True)
class Redacted:
    """`text` fit to store; `refused` says what was in it that we must not take (the gravest), or None."""

    text: str
    refused: str | None


def redact(text: str) -> Redacted:
    """Mask what must not be kept in `text`."""
    every = runs(text)
    if not every:
        return Redacted(text, None)
    spans = [*_cards(text, every), *_security_codes(text, every), *_social(text, every), *_bank(text, every)]
    if not spans:
        return Redacted(text, None)
    kinds = [kind for _, _, kind in spans]
    refused = next(kind for kind in (CARD, BANK, SSN) if kind in kinds)
    return Redacted(_mask(text, spans), refused)


def card_over_messages(earlier: Sequence[str], text: str) -> int:
    """How many of the `earlier` messages (newest first) make a card number together with `text`; 0 for none.

    Only messages that are a number and nothing else count, and only the lengths that cards in use have.
    """
    together = only_digits(text)
    for count, message in enumerate(earlier, 1):
        part = only_digits(message)
        if not together or not part:
            return 0
        together = part + together
        if len(together) in (15, 16) and _is_card(together):
            return count
        if len(together) > 16:
            return 0
    return 0


def mask_part_of_card() -> str:
    """What is stored in place of one part of a card number that came in several messages."""
    return _MASKS[CARD]


def luhn_valid(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def routing_valid(digits: str) -> bool:
    """Whether nine digits are an ABA routing number: its ranges and its check digit."""
    first = int(digits[:2]) if len(digits) == 9 else -1
    if not (0 <= first <= 12 or 21 <= first <= 32 or 61 <= first <= 72 or first == 80):
        return False
    weights = (3, 7, 1) * 3
    return digits != "0" * 9 and sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


# First digits of the issuers in use (ISO/IEC 7812), and the lengths of their cards.
_ISSUERS = (
    ("4", (13, 16, 19)),
    ("3[47]", (15,)),
    ("5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),
    ("6011|6[45]|6[023]|81", range(16, 20)),
    ("3[689]|30[0-5]", range(14, 20)),
    ("35", range(16, 20)),
    ("5[0678]|67", range(13, 20)),
)
_ISSUER_SHAPES = [(re.compile(first), frozenset(lengths)) for first, lengths in _ISSUERS]


def _issuer_fits(digits: str) -> bool:
    """Whether the first digits belong to a card issuer whose cards have this length."""
    return any(len(digits) in lengths and first.match(digits) for first, lengths in _ISSUER_SHAPES)


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and _issuer_fits(digits) and luhn_valid(digits)


Span = tuple[int, int, str]


# Written so, digits are money or a day, whatever stands beside them: "$426.79 on 1999-01-02".
_AMOUNT_OR_DAY = re.compile(
    r"\$\s?\d[\d,]*\.\d\d(?!\d)|(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])"
)


Runs = Sequence[Sequence[Group]]


def _runs_without_amounts(text: str, every: Runs) -> list[list[Group]]:
    """Runs of groups that may be a card number: an amount or a day ends one."""
    known = [found.span() for found in _AMOUNT_OR_DAY.finditer(text)]
    parts: list[list[Group]] = []
    for run in every:
        parts.append([])
        for group in run:
            if any(start <= group.start < end for start, end in known):
                parts.append([])
            else:
                parts[-1].append(group)
    return [part for part in parts if part]


def _cards(text: str, every: Runs) -> list[Span]:
    spans: list[Span] = []
    for run in _runs_without_amounts(text, every):
        start = 0
        while start < len(run):
            end = _card_end(run, start)
            if end:
                spans.append((run[start].start, run[end - 1].end, CARD))
                start = end
            else:
                start += 1
    if spans:
        after = min(span[1] for span in spans)
        # What stands short behind a card number is its date and its security code.
        spans += [(g.start, g.end, CARD) for r in every for g in r if g.start >= after and len(g.digits) <= 4]
    return spans


def _card_end(run: list[Group], start: int) -> int:
    """The place after the last group of a card number that begins at group `start`, or 0."""
    digits, found = "", 0
    for place in range(start, len(run)):
        digits += run[place].digits
        if len(digits) > 19:
            break
        if _is_card(digits) or _looks_mistyped(run[start : place + 1]):
            found = place + 1
    return found or (start + 1 if _holds_card(run[start].digits) else 0)


def _looks_mistyped(parts: list[Group]) -> bool:
    """Sixteen digits as cards print them are a card with a slip in it, check digit or not."""
    shape = [len(part.digits) for part in parts]
    return shape in ([16], [4, 4, 4, 4]) and _issuer_fits("".join(part.digits for part in parts))


def _holds_card(digits: str) -> bool:
    """A card number with something glued to it, in one unbroken string."""
    if len(digits) < 17:
        return False
    pieces = (digits[at : at + size] for size in (16, 15) for at in range(len(digits) - size + 1))
    return any(_is_card(piece) for piece in pieces)


def _security_codes(text: str, every: Runs) -> list[Span]:
    return [(run[0].start, run[-1].end, CARD) for run in _runs_after(text, _CVV, every) if len(_digits(run)) in (3, 4)]


def _social(text: str, every: Runs) -> list[Span]:
    spans = [(found.start(), found.end(), SSN) for found in _SSN_SHAPE.finditer(text)]
    spans += [(r[0].start, r[-1].end, SSN) for r in _runs_after(text, _SSN_WORD, every) if len(_digits(r)) in (4, 9)]
    return spans


def _bank(text: str, every: Runs) -> list[Span]:
    routing = [g for run in every for g in run if routing_valid(g.digits)]
    routing += [r[0] for r in every if len(r) > 1 and routing_valid(_digits(r))]
    long = [g for run in every for g in run if 6 <= len(g.digits) <= 17]
    if _ROUTING_WORD.search(text) and (routing or long):
        return [(r[0].start, r[-1].end, BANK) for r in every if len(_digits(r)) >= 6]
    if routing and len(long) > 1:
        return [(g.start, g.end, BANK) for g in long]
    near = [r for r in _runs_after(text, _BANK_WORD, every) if 5 <= len(_digits(r)) <= 17]
    return [(r[0].start, r[-1].end, BANK) for r in near]


def _runs_after(text: str, keyword: re.Pattern[str], every: Runs) -> Iterable[list[Group]]:
    for word in keyword.finditer(text):
        # A run may begin before the keyword ("four digits on the back four two one"): look at its groups after it.
        for run in every:
            rest = [group for group in run if group.start >= word.end()]
            if rest and rest[0].start - word.end() <= _REACH:
                yield rest
                break


def _digits(run: Sequence[Group]) -> str:
    return "".join(group.digits for group in run)


def _mask(text: str, spans: Iterable[Span]) -> str:
    masked, position = "", 0
    for start, end, kind in sorted(spans):
        if start >= position:
            masked += text[position:start] + _MASKS[kind]
        position = max(position, end)
    return masked + text[position:]
