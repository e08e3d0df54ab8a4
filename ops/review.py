"""What the assistant did not understand, reviewed: listed, dropped, or made a training example.

The engine keeps it, masked, in a stream of Redis (bot/misunderstood.py). An example goes to the file of its
intent, `data/nlu/<language>/<topic>.yml`, or to the questions of the district's article for
`ask_knowledge/<article>`; the next training learns it.
"""

import csv
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis

from ops.settings import ROOT

STREAM = "headgate:engine:misunderstood"
LANGUAGES = ("en", "es")
MASK = "•••"
GENERAL_QUESTION = "ask_knowledge/"
"""Before the name of an article of the district's knowledge."""
HELD_OUT = ROOT / "tests" / "bot" / "understanding"
_INTENT = re.compile(r"^  - intent: (\S+)\s*$", re.MULTILINE)
_SYNTAX = re.compile(r"[\[\]{}()\n\r]")


class ReviewError(Exception):
    """A review cannot be carried out; the message says why and what to do."""


@dataclass(frozen=True)
class Misunderstood:
    """One turn that was not understood: masked words, and what the assistant would have guessed."""

    id: str
    text: str
    language: str
    guesses: list[tuple[str, float]]
    at: str


def waiting(redis: Redis, count: int) -> list[Misunderstood]:
    """The oldest `count` that nobody has looked at."""
    entries: Any = redis.xrange(STREAM, count=count)
    return [_read(entry_id.decode(), fields) for entry_id, fields in entries]


def one(redis: Redis, entry_id: str) -> Misunderstood:
    """:raises ReviewError: there is none with this id."""
    if not re.fullmatch(r"\d+-\d+", entry_id):
        raise ReviewError(f"{entry_id} is no id: `headgate review list` shows them")
    entries: Any = redis.xrange(STREAM, entry_id, entry_id)
    if not entries:
        raise ReviewError(f"nothing with the id {entry_id} waits for review: `headgate review list` shows what does")
    return _read(entries[0][0].decode(), entries[0][1])


def drop(redis: Redis, entry_id: str) -> None:
    """Nothing is to be learned from it.

    :raises ReviewError: there is none with this id.
    """
    redis.xdel(STREAM, one(redis, entry_id).id)


def learn(
    redis: Redis,
    entry_id: str,
    intent: str,
    text: str | None = None,
    *,
    data: Path = ROOT / "data",
    district: Path = ROOT / "district",
) -> Path:
    """Make it an example of `intent`, in the words `text` when it was masked or misspelled; gives the file.

    :raises ReviewError: no such id, intent or article, or words that must not become an example.
    """
    entry = one(redis, entry_id)
    words = " ".join((text or entry.text).split())
    if MASK in words:
        raise ReviewError(f"the words were masked ({words}): give them with --text, with numbers made up")
    if not words or _SYNTAX.search(words):
        raise ReviewError("an example is one line without brackets: give it with --text")
    judging = held_out(words)
    if judging:
        raise ReviewError(
            f"{judging.relative_to(ROOT)} tests the assistant with these very words: give others with --text"
        )
    if intent.startswith(GENERAL_QUESTION):
        path = add_question(district, entry.language, intent.removeprefix(GENERAL_QUESTION), words)
    else:
        path = add_example(data, entry.language, intent, words)
    redis.xdel(STREAM, entry.id)
    return path


def held_out(words: str) -> Path | None:
    """The file of messages kept for tests that has `words`: what was learned by heart tests nothing."""
    for path in sorted(HELD_OUT.glob("*/*/*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            if any(_plain(row["text"]) == _plain(words) for row in csv.DictReader(lines)):
                return path
    return None


def _plain(text: str) -> str:
    """Without case, accents and punctuation."""
    letters = unicodedata.normalize("NFD", text.lower())
    return " ".join(re.findall(r"[\w$]+", "".join(one for one in letters if unicodedata.category(one) != "Mn")))


def add_example(data: Path, language: str, intent: str, words: str) -> Path:
    """Put `words` at the end of the examples of `intent`; once is enough.

    :raises ReviewError: no file of this language has the intent.
    """
    for path in sorted((data / "nlu" / language).glob("*.yml")):
        content = path.read_text("utf-8")
        for found in _INTENT.finditer(content):
            if found[1] == intent:
                path.write_text(_with_example(content, found.end(), words), "utf-8")
                return path
    known = sorted(
        {name for path in (data / "nlu" / language).glob("*.yml") for name in _INTENT.findall(path.read_text())}
    )
    raise ReviewError(f"there is no intent {intent} in data/nlu/{language}. There are: {', '.join(known)}")


def add_question(district: Path, language: str, article: str, words: str) -> Path:
    """Put `words` at the end of the questions that `article` answers; once is enough.

    :raises ReviewError: the district has no such article in this language.
    """
    folder = district / "knowledge" / language
    known = {path.stem: path for path in sorted(folder.glob("*.md"))}
    if article not in known:
        raise ReviewError(f"there is no article {article} in {folder}. There are: {', '.join(known)}")
    path = known[article]
    _, head, answer = path.read_text("utf-8").split("---\n", 2)
    line = f"  - {json.dumps(words, ensure_ascii=False) if ': ' in words else words}\n"
    if line not in head:
        path.write_text(f"---\n{head}{line}---\n{answer}", "utf-8")
    return path


def _with_example(content: str, start: int, words: str) -> str:
    following = _INTENT.search(content, start)
    end = following.start() if following else len(content)
    block = content[start:end].rstrip()
    line = f"      - {words}"
    if line in block.splitlines():
        return content
    rest = content[end:]
    return f"{content[:start]}{block}\n{line}\n" + (f"\n{rest}" if rest else "")


def _read(entry_id: str, fields: dict[bytes, bytes]) -> Misunderstood:
    values = {name.decode(): value.decode() for name, value in fields.items()}
    guesses = [(str(name), float(confidence)) for name, confidence in json.loads(values["guesses"])]
    return Misunderstood(entry_id, values["text"], values["language"], guesses, values["at"])
