"""Reviewed turns become training examples, in the file of their intent and language."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from redis import Redis

from ops.embedded import running_valkey
from ops.review import HELD_OUT, STREAM, ReviewError, add_example, drop, learn, waiting

EXAMPLES = """version: "3.1"

nlu:
  - intent: ask_balance
    examples: |
      - what do I owe
      - my balance

  - intent: ask_hours
    examples: |
      - when are you open
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for language in ("en", "es"):
        folder = tmp_path / "nlu" / language
        folder.mkdir(parents=True)
        (folder / "balance.yml").write_text(EXAMPLES)
    return tmp_path


def examples(data: Path, language: str = "en") -> str:
    return (data / "nlu" / language / "balance.yml").read_text()


class TestExamples:
    def test_go_to_the_end_of_their_intent(self, data: Path) -> None:
        add_example(data, "en", "ask_balance", "the damage on my bill")
        assert "      - my balance\n      - the damage on my bill\n\n  - intent: ask_hours" in examples(data)
        add_example(data, "en", "ask_hours", "open late?")
        assert examples(data).endswith("      - when are you open\n      - open late?\n")

    def test_are_added_once(self, data: Path) -> None:
        add_example(data, "en", "ask_balance", "my balance")
        assert examples(data) == EXAMPLES

    def test_of_one_language_leave_the_other_alone(self, data: Path) -> None:
        add_example(data, "es", "ask_balance", "cuánto debo")
        assert examples(data, "en") == EXAMPLES
        assert "- cuánto debo" in examples(data, "es")

    def test_of_an_intent_that_is_not_there_are_refused_with_those_that_are(self, data: Path) -> None:
        with pytest.raises(ReviewError, match="ask_balance, ask_hours"):
            add_example(data, "en", "ask_nothing", "hm")


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("review") / "valkey") as url:
        yield url


@pytest.fixture
def redis(valkey: str) -> Iterator[Redis]:
    client: Redis = Redis.from_url(valkey)
    client.delete(STREAM)
    yield client
    client.close()


def keep(redis: Redis, text: str, language: str = "en") -> str:
    """As the engine does; gives the id."""
    entry = {
        "text": text,
        "language": language,
        "guesses": json.dumps([["ask_hours", 0.21]]),
        "at": "2026-11-27T01:00:00Z",
    }
    kept: bytes = redis.xadd(STREAM, entry)
    return kept.decode()


class TestReview:
    def test_shows_the_oldest_first_with_the_guesses(self, redis: Redis) -> None:
        keep(redis, "first")
        keep(redis, "segundo", "es")
        found = waiting(redis, 10)
        assert [(entry.text, entry.language) for entry in found] == [("first", "en"), ("segundo", "es")]
        assert found[0].guesses == [("ask_hours", 0.21)]
        assert len(waiting(redis, 1)) == 1

    def test_what_was_learned_is_an_example_and_waits_no_more(self, redis: Redis, data: Path) -> None:
        path = learn(redis, keep(redis, "the damage on my bill"), "ask_balance", data=data)
        assert path == data / "nlu" / "en" / "balance.yml"
        assert "- the damage on my bill" in examples(data)
        assert waiting(redis, 10) == []

    def test_masked_words_need_others(self, redis: Redis, data: Path) -> None:
        entry_id = keep(redis, "open till •••")
        with pytest.raises(ReviewError, match="--text"):
            learn(redis, entry_id, "ask_hours", data=data)
        learn(redis, entry_id, "ask_hours", "open till nine", data=data)
        assert "- open till nine" in examples(data)

    @pytest.mark.parametrize("words", ["pay [this](amount)", "two\nlines {x}", "  "])
    def test_words_that_a_training_file_would_read_otherwise_are_refused(
        self, redis: Redis, data: Path, words: str
    ) -> None:
        entry_id = keep(redis, words)
        with pytest.raises(ReviewError):
            learn(redis, entry_id, "ask_hours", data=data)
        assert examples(data) == EXAMPLES
        assert len(waiting(redis, 10)) == 1

    def test_a_refused_intent_leaves_it_waiting(self, redis: Redis, data: Path) -> None:
        with pytest.raises(ReviewError, match="no intent"):
            learn(redis, keep(redis, "hm"), "nothing", data=data)
        assert len(waiting(redis, 10)) == 1

    def test_a_general_question_goes_to_its_article_once(self, redis: Redis, data: Path, tmp_path: Path) -> None:
        article = tmp_path / "knowledge" / "en" / "hardness.md"
        article.parent.mkdir(parents=True)
        article.write_text("---\ntitle: Hard water\nquestions:\n  - how hard is it\n---\nVery hard.\n---\n")
        for words in ("is it hard: yes or no", "is it hard: yes or no"):
            path = learn(redis, keep(redis, words), "ask_knowledge/hardness", data=data, district=tmp_path)
            assert path == article
        head, answer = article.read_text().split("---\n", 2)[1:]
        assert yaml.safe_load(head)["questions"] == ["how hard is it", "is it hard: yes or no"]
        assert answer == "Very hard.\n---\n"
        with pytest.raises(ReviewError, match="There are: hardness"):
            learn(redis, keep(redis, "hm"), "ask_knowledge/rain", data=data, district=tmp_path)

    def test_words_that_test_the_assistant_are_refused(self, redis: Redis, data: Path) -> None:
        with (HELD_OUT / "test" / "es" / "pay.csv").open() as rows:
            words = next(csv.DictReader(rows))["text"]
        with pytest.raises(ReviewError, match=r"pay\.csv"):
            learn(redis, keep(redis, f"¡{words.upper()}!", "es"), "ask_hours", data=data)
        assert examples(data) == EXAMPLES

    def test_what_was_dropped_waits_no_more(self, redis: Redis) -> None:
        drop(redis, keep(redis, "asdf"))
        assert waiting(redis, 10) == []

    @pytest.mark.parametrize("entry_id", ["1-1", "everything", "*"])
    def test_an_id_that_is_none_is_told(self, redis: Redis, entry_id: str) -> None:
        with pytest.raises(ReviewError, match="headgate review list"):
            drop(redis, entry_id)
