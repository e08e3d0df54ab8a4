"""Segments are counted here as telephony, which sends them, counts them."""

import pytest

from backend.outbox.segments import segment_count
from telephony.twilio.segments import segment_count as sent_segments
from telephony.twilio.segments import smart_replace

TEXTS = [
    "",
    "Hello",
    "a" * 160,
    "a" * 161,
    "a" * 306,
    "a" * 307,
    "€" * 80,
    "€" * 81,
    "Su cuenta de agua vence el 3 de diciembre. ¿Preguntas? Llámenos.",
    "ñ" * 161,
    "á" * 70,
    "á" * 71,
    "💧" * 35,
    "💧" * 36,
    "“Curly” — and … dots • here" * 7,
    "a\u00a0b\tc" * 54,
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_on_both_sides(text: str) -> None:
    assert segment_count(text) == sent_segments(smart_replace(text).strip())


def test_an_accent_outside_the_alphabet_makes_segments_short() -> None:
    assert segment_count("ñ" * 160) == 1 and segment_count("í" * 160) == 3
