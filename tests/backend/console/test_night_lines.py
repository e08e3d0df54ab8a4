"""Everything a night counts has words in both languages."""

from zoneinfo import ZoneInfo

import pytest

from backend.console.night_lines import line_key, line_words
from backend.console.words import WORDS, Wording
from backend.nightly import rules
from backend.nightly.rules import Line

EVERYTHING = dict.fromkeys(
    (name for lines in rules._LINES.values() for line in lines for name in (line[0], line[2]) if name),
    7,
)


@pytest.mark.parametrize("step", rules.STEPS)
def test_a_step_and_its_lines_are_named(step: str) -> None:
    for words in WORDS.values():
        assert f"step_{step}" in words
        for line in rules.lines(step, EVERYTHING):
            assert line_key(line.what) in words


def test_what_nobody_has_words_for_is_said_in_english() -> None:
    t = Wording("es", ZoneInfo("America/Los_Angeles"))
    assert line_words(t, Line(2, "late fees", 500)) == "cargos por atraso"
    assert line_words(t, Line(2, "brand new things", 500)) == "brand new things"
