"""How many segments carriers make of a text: what it costs, and how long the district's number is busy with it.

160 GSM-7 characters fit one segment, 153 each of several; 70 and 67 UTF-16 units when one character is outside
GSM-7. Telephony replaces typographic characters by their look-alikes before it sends, so they count as those.
"""

MESSAGE_CHARACTERS_MAX = 1_600

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
_LOOK_ALIKES = str.maketrans(
    {
        **dict.fromkeys("‘’‚", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("–—‑−•·", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\t", " "),
        **dict.fromkeys("\u200b\ufeff", ""),
        "…": "...",
    }
)


def segment_count(text: str) -> int:
    """The segments of one message; an empty one is one."""
    text = text.translate(_LOOK_ALIKES).strip()
    if all(c in _GSM_BASIC or c in _GSM_EXTENDED for c in text):
        units, single, several = sum(2 if c in _GSM_EXTENDED else 1 for c in text), 160, 153
    else:
        units, single, several = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if units <= single else -(-units // several)
