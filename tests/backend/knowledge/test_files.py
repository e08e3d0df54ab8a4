"""The answers as they ship, and every mistake in one named by file and line."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from backend.district.files import DistrictFileError
from backend.district.service import District
from backend.knowledge.facts import facts_of, known_facts
from backend.knowledge.service import ArticleNotFoundError, Knowledge
from backend.rates.service import RateBook

DISTRICT = Path(__file__).parents[3] / "district"
TODAY = date(2026, 11, 23)
WORDS_MAX = 20
"""In one sentence: these are read aloud on the phone."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DISTRICT, tmp_path / "district"))


def test_there_are_answers_to_forty_questions_and_more() -> None:
    assert len(Knowledge.load(DISTRICT).slugs) >= 40


def test_every_answer_can_be_said_today() -> None:
    district, book, knowledge = District.load(DISTRICT), RateBook.load(DISTRICT), Knowledge.load(DISTRICT)
    for slug in knowledge.slugs:
        answer = knowledge.answer(slug, district, book, TODAY)
        values = {name: fact.value for name, fact in answer.facts.items()}
        for article in answer.articles.values():
            assert "{" not in article.text.format(**values)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_sentence_is_too_long_for_the_phone(language: str) -> None:
    for article in Knowledge.load(DISTRICT).articles[language].values():
        for sentence in re.split(r"(?<=[.!?])\s+", article.text):
            assert len(sentence.split()) <= WORDS_MAX, f"{article.slug}: {sentence}"


def test_no_question_leads_to_two_answers() -> None:
    for articles in Knowledge.load(DISTRICT).articles.values():
        asked: dict[str, str] = {}
        for article in articles.values():
            for question in article.questions:
                assert asked.setdefault(question.lower(), article.slug) == article.slug, question


def test_prices_are_those_of_the_rates_and_the_policy() -> None:
    facts = facts_of(District.load(DISTRICT), RateBook.load(DISTRICT), TODAY)
    # rates.toml from July 2026: 3.47 up to 9 units, 3.96 up to 29, then 9.52; the 5/8 inch meter 28.81.
    assert [facts[f"tier_{step}_price"].value for step in ("one", "two", "three")] == [347, 396, 952]
    assert [facts[f"tier_{step}_units"].value for step in ("one", "two")] == [9, 29]
    assert facts["meter_charge"].value == 2881
    assert facts["late_fee"].value == 1000


def test_prices_of_another_day_are_that_day_s() -> None:
    facts = facts_of(District.load(DISTRICT), RateBook.load(DISTRICT), date(2026, 6, 30))
    assert facts["tier_one_price"].value == 330


def test_every_fact_is_known_by_its_name() -> None:
    assert facts_of(District.load(DISTRICT), RateBook.load(DISTRICT), TODAY).keys() <= known_facts()


def test_an_unknown_answer_is_not_found() -> None:
    with pytest.raises(ArticleNotFoundError):
        Knowledge.load(DISTRICT).answer("moon", District.load(DISTRICT), RateBook.load(DISTRICT), TODAY)


def test_a_district_without_answers_starts(folder: Path) -> None:
    shutil.rmtree(folder / "knowledge")
    assert Knowledge.load(folder).slugs == []


ARTICLE = """---
title: What a unit of water is
questions:
  - what is a ccf
  - what is a unit of water
  - how many gallons in a unit
  - what does hcf mean
  - how much is one ccf
  - what is a billing unit
  - units on my bill
  - convert ccf to gallons
---
One unit is 100 cubic feet, also called a CCF. That is 748 gallons.
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("---\n", "", 1, "begin with a head"),
        ("title: What a unit of water is", "title: [", 4, "expected"),
        ("title: What a unit of water is\n", "", 2, "give it a title"),
        ("  - what is a billing unit\n", "", 3, "8 or more different questions"),
        ("questions:", "question:", 3, "the head knows only"),
        ("questions:", "notices: soon\nquestions:", 3, "notices is true or false"),
        ("One unit is", "One {unit} is", 13, "no fact {unit}"),
        ("One unit is", "One { unit is", 13, "write {{ for a brace"),
    ],
)
def test_a_mistake_is_named_by_its_line(folder: Path, old: str, new: str, line: int, says: str) -> None:
    path = folder / "knowledge" / "en" / "ccf.md"
    assert old in ARTICLE
    path.write_text(ARTICLE.replace(old, new, 1), "utf-8")
    with pytest.raises(DistrictFileError) as refused:
        Knowledge.load(folder)
    assert "missing" not in str(refused.value)
    named = [one for one in str(refused.value).splitlines() if one.startswith(f"{path}:")]
    assert any(says in one for one in named), refused.value
    assert any(one.startswith(f"{path}:{line}:") for one in named), refused.value


def test_an_answer_in_one_language_alone_is_a_mistake(folder: Path) -> None:
    missing = folder / "knowledge" / "es" / "ccf.md"
    missing.unlink()
    with pytest.raises(DistrictFileError, match=re.escape(f"{missing}:1: this file is missing")):
        Knowledge.load(folder)


def test_both_languages_say_the_same_facts(folder: Path) -> None:
    path = folder / "knowledge" / "es" / "late_fee.md"
    path.write_text(path.read_text("utf-8").replace("{late_fee}", "10 dólares"), "utf-8")
    with pytest.raises(DistrictFileError, match="says other facts than the English one: late_fee"):
        Knowledge.load(folder)


def test_both_languages_tell_the_notices_that_are_on_or_neither(folder: Path) -> None:
    path = folder / "knowledge" / "es" / "boil_notice.md"
    path.write_text(path.read_text("utf-8").replace("notices: true\n", ""), "utf-8")
    with pytest.raises(DistrictFileError, match="`notices` is not what it is in the English one"):
        Knowledge.load(folder)


def test_a_file_name_is_plain(folder: Path) -> None:
    path = folder / "knowledge" / "en" / "ccf.md"
    path.rename(path.with_name("CCF units.md"))
    with pytest.raises(DistrictFileError, match="small letters"):
        Knowledge.load(folder)
