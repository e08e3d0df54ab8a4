"""The directory of the district's people: who is meant when a caller or a visitor says a name."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend.district.queue import Phone
from backend.district.schemas import InTwoLanguages

ALIKE_MIN = 0.84
"""From this likeness on (0 to 1) two names sound the same: "Navaro" is Navarro, "Martin" is not Marsh."""
_LETTERS_MIN = 5
"""Shorter names must be just so: Tran is not Tram."""
_WORD = re.compile(r"[a-z']+")
_BEFORE_A_NAME = frozenset(
    {"to", "with", "for", "see", "meet", "meeting", "visit", "visiting", "reach", "call", "get", "ask"}
    | {"con", "a", "para", "ver", "visitar", "llamar", "buscar", "comunicar", "comunique", "pasar", "pase"}
)


class Person(BaseModel):
    """One entry of `people.toml`: `phone` is rung when they are asked for, `text_phone` is told of their visitors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=2, max_length=80)]
    title: InTwoLanguages
    department: str
    phone: Phone | None = None
    text_phone: Phone | None = None


def person_named(people: Mapping[str, Person], said: str) -> str | None:
    """The key of the one person that `said` names; None when it names nobody, or could be several.

    A surname is enough, as it sounds; so is a first name where a name is to be expected ("talk to Grace"), or alone;
    so is what they are ("the general manager").
    """
    words = list(_words(said))
    for means in (_by_both, _by_surname, _by_first_name, _by_title):
        found = [key for key, person in people.items() if means(person, words)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _by_both(person: Person, words: list[str]) -> bool:
    name = list(_words(person.name))
    return len(name) > 1 and all(_holds(part, words) for part in name)


def _by_surname(person: Person, words: list[str]) -> bool:
    return _holds(list(_words(person.name))[-1], words)


def _by_title(person: Person, words: list[str]) -> bool:
    titles = (list(_words(title)) for title in (person.title.en, person.title.es))
    return any(title and set(title) <= set(words) for title in titles)


def _by_first_name(person: Person, words: list[str]) -> bool:
    first = next(_words(person.name), "")
    places = [place for place, word in enumerate(words) if word == first]
    return any(place == 0 or words[place - 1] in _BEFORE_A_NAME for place in places)


def _holds(part: str, words: list[str]) -> bool:
    return any(word == part or _sounds_like(word, part) for word in words)


def _sounds_like(word: str, part: str) -> bool:
    if min(len(word), len(part)) < _LETTERS_MIN or word[0] != part[0]:
        return False
    return SequenceMatcher(None, word, part).ratio() >= ALIKE_MIN


def _words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    for word in _WORD.findall(plain):
        yield word.removesuffix("'s").replace("'", "")
