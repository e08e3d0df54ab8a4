"""The interface in both languages: same keys, same blanks to fill, and times and amounts that read well."""

import string
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from backend.console.case_pane import DISPOSITIONS
from backend.console.navigation import SECTIONS
from backend.console.queue_pane import FILTERS
from backend.console.surroundings import own_path
from backend.console.words import TOPICS, WORDS, Wording, topic_words
from backend.hand_offs import rules
from backend.staff.permissions import PERMISSIONS
from backend.staff.rules import PasswordFlaw

ENGLISH, SPANISH = WORDS["en"], WORDS["es"]
CALIFORNIA = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def blanks(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_have_the_same_keys(topic: str) -> None:
    assert topic_words("en", topic).keys() == topic_words("es", topic).keys()


def test_every_section_has_a_name() -> None:
    assert {f"nav_{section.name}" for section in SECTIONS} <= ENGLISH.keys()


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_fill_the_same_blanks(key: str) -> None:
    assert blanks(ENGLISH[key]) == blanks(SPANISH[key])
    assert ENGLISH[key].strip() and SPANISH[key].strip()


def test_everything_the_services_can_say_has_words() -> None:
    needed = [f"reason_{reason}" for reason in get_args(rules.Reason)]
    needed += [f"disposition_{name}" for name in rules.DISPOSITIONS]
    needed += [f"role_{role}" for role in PERMISSIONS]
    needed += [f"flaw_{flaw}" for flaw in PasswordFlaw]
    needed += [f"filter_{name}" for name in FILTERS] + [f"queue_empty_{name}" for name in FILTERS]
    needed += [f"channel_{name}" for name in ("voice", "sms", "chat")]
    needed += [f"event_{name}" for name in ("created", "added", "taken", "answered", "given_back", "closed")]
    assert not set(needed) - ENGLISH.keys()
    assert DISPOSITIONS == rules.DISPOSITIONS


class TestWording:
    en, es = Wording("en", CALIFORNIA), Wording("es", CALIFORNIA)

    def test_times_are_the_districts(self) -> None:
        assert self.en.clock_time(NOON, NOON) == "12:00\u00a0PM"
        assert self.en.clock_time(NOON - timedelta(days=1), NOON) == "Nov 22, 2026, 12:00\u00a0PM"

    @pytest.mark.parametrize(
        ("cents", "words"), [(0, "$0.00"), (5, "$0.05"), (123456, "$1,234.56"), (-1050, "-$10.50")]
    )
    def test_amounts(self, cents: int, words: str) -> None:
        assert self.en.money(cents) == self.es.money(cents) == words

    def test_a_refusal_says_what_the_service_said(self) -> None:
        words = self.en.refusal("already_taken", {"staff_name": "Rosa Delgado"})
        assert words.startswith("Rosa Delgado took this case")
        assert self.es.refusal("already_taken", {}).startswith("– tomó este caso")
        assert self.en.refusal("never_heard_of", {"reason": "x"}) == ENGLISH["refused_other"]

    @pytest.mark.parametrize(
        ("minutes", "words"), [(0, "just now"), (59, "59 min"), (61, "1 h 1 min"), (3 * 1440, "3 d"), (-5, "just now")]
    )
    def test_spans(self, minutes: int, words: str) -> None:
        assert self.en.span(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/console/",
        "//example.org",
        "/console",
        "/v1/x",
        "/console/../v1",
        "/console/\\e",
        "/console/\n",
    ],
)
def test_no_redirect_leads_out_of_the_console(target: str) -> None:
    assert own_path(target) == "/console/"


def test_a_redirect_within_the_console_is_followed() -> None:
    assert own_path("/console/cases/1") == "/console/cases/1"
