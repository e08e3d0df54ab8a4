"""Segments and cuts, as properties over any text."""

from hypothesis import given
from hypothesis import strategies as st

from telephony.twilio.segments import is_gsm7, segment_count, smart_replace, split_message

texts = st.text(st.characters(codec="utf-8"), max_size=1_200)
words = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40), max_size=120)


@given(texts, st.integers(20, 400))
def test_no_part_is_blank_or_too_long(text: str, preferred: int) -> None:
    for part in split_message(text, preferred):
        assert part.strip()
        assert len(part) <= preferred


@given(words, st.integers(60, 400))
def test_no_word_is_lost_or_changed(said: list[str], preferred: int) -> None:
    text = smart_replace(" ".join(said))
    assert "".join(split_message(text, preferred)).replace(" ", "") == "".join(text.split())


@given(texts)
def test_splitting_twice_changes_nothing(text: str) -> None:
    for part in split_message(text, 160):
        assert split_message(part, 160) == [part]


@given(texts)
def test_segments_hold_what_they_may(text: str) -> None:
    count = segment_count(text)
    units = len(text.encode("utf-16-le")) // 2
    if is_gsm7(text):
        assert len(text) <= 160 if count == 1 else len(text) <= count * 153
        assert count <= max(1, -(-2 * len(text) // 153))
    else:
        assert units <= 70 if count == 1 else (count - 1) * 67 < units <= count * 67


def test_worked_examples() -> None:
    assert segment_count("") == 1
    assert segment_count("a" * 160) == 1
    assert segment_count("a" * 161) == 2
    assert segment_count("€" * 80) == 1
    assert segment_count("€" * 81) == 2
    assert segment_count("á" * 70) == 1
    assert segment_count("😀" * 35) == 1
    assert segment_count("😀" * 36) == 2
    assert segment_count("¿Cuánto?") == 1 and not is_gsm7("¿Cuánto?")


def test_typographic_characters_do_not_cost_a_segment() -> None:
    text = "Don’t worry — it’s “fine”…"
    assert smart_replace(text) == "Don't worry - it's \"fine\"..."
    assert is_gsm7(smart_replace(text)) and not is_gsm7(text)


def test_spanish_letters_stay() -> None:
    assert smart_replace("Cuánto debo, señor Peña: ¿qué día?") == "Cuánto debo, señor Peña: ¿qué día?"


def test_cuts_fall_between_paragraphs_then_sentences_then_words() -> None:
    paragraphs = "First part is here.\n\nSecond part is here, and it is longer. Third sentence."
    assert split_message(paragraphs, 50)[0] == "First part is here."
    sentences = "One sentence is here. Another sentence is here. And a last one."
    assert split_message(sentences, 50) == ["One sentence is here. Another sentence is here.", "And a last one."]
    assert split_message("abcdefghij" * 4, 25) == ["abcdefghijabcdefghijabcde", "fghijabcdefghij"]
