"""How many parts a text is sent in: GSM-7 or, as soon as one character is outside it, UCS-2."""

from dataclasses import dataclass

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_EXTENDED = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Segments:
    """The parts of one text. `units` are septets (GSM-7) or UTF-16 units (UCS-2)."""

    encoding: str
    units: int
    count: int


def count_segments(body: str) -> Segments:
    """160 septets or 70 UTF-16 units in one part; 153 or 67 in each when there are several."""
    if all(character in _GSM7 or character in _GSM7_EXTENDED for character in body):
        units = sum(2 if character in _GSM7_EXTENDED else 1 for character in body)
        return Segments("GSM-7", units, _parts(units, 160, 153))
    units = len(body.encode("utf-16-le", "surrogatepass")) // 2
    return Segments("UCS-2", units, _parts(units, 70, 67))


def _parts(units: int, alone: int, joined: int) -> int:
    return 1 if units <= alone else -(-units // joined)
