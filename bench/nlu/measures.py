"""What predictions are worth. Pure: standard library only."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.nlu.data import OUT_OF_SCOPE, Row

LOSS_MAX = 0.03
"""The share of in-scope messages that may be lost to find what is out of scope."""


@dataclass(frozen=True)
class Prediction:
    """The likeliest intent, how sure it is, and whether the pipeline itself would rather not answer."""

    intent: str
    confidence: float
    declined: bool = False


@dataclass(frozen=True)
class Quality:
    """Accuracy and macro-F1 are of in-scope rows; `recall` and `threshold` at `LOSS_MAX` points of loss."""

    rows: int
    out_of_scope_rows: int
    accuracy: float
    macro_f1: float
    threshold: float
    recall: float | None
    matthews: float
    shipped_accuracy: float
    shipped_recall: float | None
    shipped_matthews: float


def judge(rows: Sequence[Row], predictions: Sequence[Prediction]) -> Quality:
    """All measures of `predictions` for `rows`."""
    inside = [(row, found) for row, found in zip(rows, predictions, strict=True) if row.in_scope]
    outside = [found for row, found in zip(rows, predictions, strict=True) if not row.in_scope]
    right = [found.intent == row.intent for row, found in inside]
    threshold = _threshold(
        [found.confidence for (_, found), good in zip(inside, right, strict=True) if good], len(inside)
    )
    wanted = [row.intent for row in rows]
    cut = [_answer(found, found.confidence < threshold) for found in predictions]
    shipped = [_answer(found, found.declined) for found in predictions]
    return Quality(
        rows=len(inside),
        out_of_scope_rows=len(outside),
        accuracy=_share(right),
        macro_f1=_macro_f1([row.intent for row, _ in inside], [found.intent for _, found in inside]),
        threshold=threshold,
        recall=_recall(wanted, cut),
        matthews=matthews(wanted, cut),
        shipped_accuracy=_share([got == row.intent for row, got in zip(rows, shipped, strict=True) if row.in_scope]),
        shipped_recall=_recall(wanted, shipped),
        shipped_matthews=matthews(wanted, shipped),
    )


def _answer(found: Prediction, turned_away: bool) -> str:
    return OUT_OF_SCOPE if turned_away else found.intent


def _threshold(sure_and_right: Sequence[float], inside: int) -> float:
    """The highest confidence to ask for that loses `LOSS_MAX` of the in-scope rows at most."""
    ordered = sorted(sure_and_right)
    lost = int(LOSS_MAX * inside)
    return ordered[lost] if lost < len(ordered) else 0.0


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _recall(wanted: Sequence[str], got: Sequence[str]) -> float | None:
    found = [there == OUT_OF_SCOPE for here, there in zip(wanted, got, strict=True) if here == OUT_OF_SCOPE]
    return _share(found) if found else None


def _macro_f1(wanted: Sequence[str], got: Sequence[str]) -> float:
    scores = []
    pairs = Counter(zip(wanted, got, strict=True))
    of_wanted, of_got = Counter(wanted), Counter(got)
    for name, count in of_wanted.items():
        scores.append(2 * pairs[name, name] / (count + of_got[name]))
    return sum(scores) / len(scores) if scores else 0.0


def matthews(wanted: Sequence[str], got: Sequence[str]) -> float:
    """Matthews correlation coefficient over all classes (Gorodkin 2004); 0 when one side is constant."""
    total, right = len(wanted), sum(here == there for here, there in zip(wanted, got, strict=True))
    of_wanted, of_got = Counter(wanted), Counter(got)
    shared = sum(of_wanted[name] * of_got[name] for name in of_wanted)
    spread = (total**2 - sum(n * n for n in of_got.values())) * (total**2 - sum(n * n for n in of_wanted.values()))
    return (right * total - shared) / math.sqrt(spread) if spread else 0.0
