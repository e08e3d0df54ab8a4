"""Whole conversations as they are written down in `conversations/<topic>.yml`.

A file is a list of conversations. Each has a `name`, a `channel` (`sms`, `voice`, `chat`), perhaps `who` it is (see
`cast.py`; nobody the district knows, when it is left out), `phone: own` when it comes from the customer's own number,
`case` (the reason of the case that must be open afterwards, or `none`), and what is said, in English and Spanish:

    en: |
      > what's my balance            the customer says it (on the phone: speaks)
      < account number               the answer has these words, in any case
      ! {balance}                    the answer does not
      > {account}, PIN {pin}         {…} is a fact of the account, from the backend's API
      < {balance} … {due_date}       these, in this order; a|b is either of the two
      > [press {pin}#]               keys; also [silence], and [saves a visa] on the page whose link was sent
      > {code}                       the one-time code that was texted to the phone on file
      = Autopay is on                a text that says so reaches the phone on file
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "conversations"
LANGUAGES = ("en", "es")
_KNOWN = {"name", "channel", "who", "phone", "case", *LANGUAGES}


@dataclass(slots=True)
class Move:
    """What the customer does, and what is expected after it: `(sign, words)` with a sign of `< ! =`."""

    words: str
    expected: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation in one language on one channel."""

    topic: str
    name: str
    channel: str
    language: str
    who: str
    own_phone: bool
    case: str | None
    moves: tuple[Move, ...]

    @property
    def id(self) -> str:
        return f"{self.topic}: {self.name} ({self.channel}, {self.language})"


def read_talks(folder: Path = FOLDER) -> list[Talk]:
    """Every conversation, one for each of its languages.

    :raises ValueError: a file says something that means nothing, or two conversations have one name.
    """
    found = [talk for path in sorted(folder.glob("*.yml")) for talk in _talks_of(path)]
    ids = [talk.id for talk in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"there are two conversations named {twice[0]}")
    return found


def _talks_of(path: Path) -> Iterator[Talk]:
    for entry in yaml.safe_load(path.read_text()):
        unknown = set(entry) - _KNOWN
        if unknown or not set(LANGUAGES) & set(entry):
            raise ValueError(f"{path.name}: {entry.get('name')}: {sorted(unknown) or 'nothing is said'}")
        for language in LANGUAGES:
            if language in entry:
                yield _talk(path.stem, entry, language)


def _talk(topic: str, entry: dict[str, Any], language: str) -> Talk:
    moves: list[Move] = []
    for line in entry[language].splitlines():
        sign, words = line[:1], line[2:].strip()
        if sign == ">":
            moves.append(Move(words))
        elif sign in {"<", "!", "="} and words and moves:
            moves[-1].expected.append((sign, words))
        else:
            raise ValueError(f"{topic}: {entry['name']}: {line!r} is not a line of a conversation")
    if not any(sign == "<" for move in moves for sign, _ in move.expected):
        raise ValueError(f"{topic}: {entry['name']}: no answer is expected")
    return Talk(
        topic=topic,
        name=entry["name"],
        channel=entry["channel"],
        language=language,
        who=entry.get("who", "stranger"),
        own_phone=entry.get("phone") == "own",
        case=entry.get("case"),
        moves=tuple(moves),
    )
