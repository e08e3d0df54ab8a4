"""How well the assistant understands: the rows of `tests/bot/understanding`, judged by a model that never saw them.

One CSV (`text,intent`) for each topic and language, written apart from the training data, in three parts: `test`, which
judges and is never looked into; `dev`, to improve by; `read`, older rows that improvements were once made after.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.calibration import OUT_OF_SCOPE
from bot.nlu.intent_model import IntentModel
from bot.nlu.words import LANGUAGES, fold

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "bot" / "understanding"
PARTS = ("test", "dev", "read")
NOTHING = "nlu_fallback"
LOSS_MAX = 0.03
_NO_WORD = re.compile(r"[^\w$]+")


@dataclass(frozen=True)
class Said:
    """Something a customer said, what it means, and in which language; `article` where one answer alone is right."""

    text: str
    intent: str
    language: str
    article: str = ""


@dataclass(frozen=True)
class Judged:
    """What the model made of it: the likeliest intent (and article), how sure it is, its answer with the threshold."""

    said: Said
    likeliest: str
    confidence: float
    answer: str
    article: str = ""

    @property
    def right(self) -> bool:
        right_article = not self.said.article or self.article == self.said.article
        return self.likeliest == self.said.intent and right_article


def read_said(part: str = "test") -> list[Said]:
    """All rows of one of `PARTS`, by language and topic.

    :raises ValueError: a file without the columns, or an empty text.
    """
    found = []
    for language in LANGUAGES:
        for path in sorted((FOLDER / part / language).glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as lines:
                for number, row in enumerate(csv.DictReader(lines), start=2):
                    if not row.get("text") or not row.get("intent"):
                        raise ValueError(f"{path}, line {number}: needs a text and an intent")
                    intent, _, article = row["intent"].partition("/")
                    found.append(Said(row["text"], intent, language, article))
    return found


def sameness(text: str) -> str:
    """Two texts with one of these are the same to a reader: case, accents and punctuation are not looked at."""
    return _NO_WORD.sub(" ", fold(text)).strip()


def judge(model: IntentModel, rows: Sequence[Said]) -> list[Judged]:
    """Each row as the classifier takes it; an article of the district's knowledge counts where the row names one."""
    confidences = model.confidences([row.text for row in rows])
    judged = []
    for row, shares in zip(rows, confidences, strict=True):
        best = int(shares.argmax())
        likeliest, _, article = model.classes[best].partition("/")
        confidence = float(shares[best])
        sure = confidence >= model.threshold and not model.knows_nothing_of(row.text)
        judged.append(Judged(row, likeliest, confidence, likeliest if sure else NOTHING, article))
    return judged


@dataclass(frozen=True)
class Summary:
    """Shares of rows: right in scope by language, and out-of-scope rows found at `LOSS_MAX` of in-scope loss."""

    accuracy: dict[str, float]
    out_of_scope_recall: float
    threshold: float
    shipped_recall: float


def summarise(judged: Sequence[Judged]) -> Summary:
    """The figures that have a bar."""
    inside = [one for one in judged if one.said.intent != OUT_OF_SCOPE]
    outside = [one for one in judged if one.said.intent == OUT_OF_SCOPE]
    accuracy: dict[str, float] = {}
    for language in LANGUAGES:
        mine = [one.right for one in inside if one.said.language == language]
        accuracy[language] = sum(mine) / len(mine) if mine else 0.0
    sure = sorted(one.confidence for one in inside if one.right)
    threshold = sure[int(LOSS_MAX * len(inside))] if len(sure) > LOSS_MAX * len(inside) else 0.0
    found = [one.likeliest == OUT_OF_SCOPE or one.confidence < threshold for one in outside]
    shipped = [one.answer in (OUT_OF_SCOPE, NOTHING) for one in outside]
    return Summary(accuracy, _share(found), threshold, _share(shipped))


def confusions(judged: Iterable[Judged]) -> list[tuple[str, str, list[Said]]]:
    """(meant, taken for, what was said), the most frequent first."""
    wrong: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in judged:
        if not one.right:
            meant, taken = _named(one.said.intent, one.said.article), _named(one.likeliest, one.article)
            wrong[meant, taken].append(one.said)
    ordered = sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(meant, taken, rows) for (meant, taken), rows in ordered]


def _named(intent: str, article: str) -> str:
    return f"{intent}/{article}" if article else intent


def by_intent(judged: Iterable[Judged]) -> dict[str, dict[str, tuple[int, int]]]:
    """For each intent and language: (right, all)."""
    right, total = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in judged:
        key = (one.said.intent, one.said.language)
        total[key] += 1
        right[key] += one.right
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for (intent, language), count in sorted(total.items()):
        found[intent][language] = (right[intent, language], count)
    return dict(found)


def reliability(judged: Sequence[Judged], parts: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, rows) of rows in order of confidence, in `parts` of one size."""
    ordered = sorted(judged, key=lambda one: one.confidence)
    pieces: list[NDArray[np.int64]] = np.array_split(np.arange(len(ordered)), parts)
    found = []
    for piece in pieces:
        rows = [ordered[at] for at in piece]
        if rows:
            confidence = sum(one.confidence for one in rows) / len(rows)
            found.append((confidence, _share([one.right for one in rows]), len(rows)))
    return found


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
