"""Text messages as carriers count them: GSM-7 or UCS-2, segments, and where to cut a long text.

160 GSM-7 characters fit one segment, 153 each of several; 70 and 67 UTF-16 units when one character is outside
GSM-7. Twilio takes 1,600 characters at most and recommends 320.
"""

import re

MESSAGE_CHARACTERS_MAX = 1_600
MESSAGE_CHARACTERS_PREFERRED = 320

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
# Look-alikes: one curly quote would more than double the price of a message.
_LOOK_ALIKES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "…": "...",
        "•": "*",
        "·": "-",
        "\u00a0": " ",
        "\u2007": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u200b": "",
        "\ufeff": "",
        "\t": " ",
    }
)
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))


def smart_replace(text: str) -> str:
    """The text with typographic characters replaced by their GSM-7 look-alikes; letters stay as they are."""
    return text.translate(_LOOK_ALIKES)


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM-7 alphabet or its extension."""
    return all(c in _GSM_BASIC or c in _GSM_EXTENDED for c in text)


def segment_count(text: str) -> int:
    """How many segments a carrier makes of `text`; an empty message is one."""
    if is_gsm7(text):
        units, single, several = sum(2 if c in _GSM_EXTENDED else 1 for c in text), 160, 153
    else:
        units, single, several = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if units <= single else -(-units // several)


def split_message(text: str, preferred: int = MESSAGE_CHARACTERS_PREFERRED) -> list[str]:
    """Cut `text` into messages of at most `preferred` characters: between paragraphs, lines, sentences, words.

    A single word longer than that is cut where it must be. No part is blank; blank text gives no part.
    """
    rest = smart_replace(text).strip()
    parts = []
    while rest:
        cut = _cut(rest, min(preferred, MESSAGE_CHARACTERS_MAX))
        part, rest = rest[:cut].rstrip(), rest[cut:].lstrip()
        parts.append(part)
    return parts


def _cut(text: str, size: int) -> int:
    """Where the first part ends: the last good place that leaves it at least a third full."""
    if len(text) <= size:
        return len(text)
    window = text[: size + 1]
    for pattern in _CUTS:
        ends = [found.start() for found in pattern.finditer(window) if size // 3 <= found.start() <= size]
        if ends:
            return ends[-1]
    return size
