"""A linear intent model with calibrated confidence and a threshold for what it does not know.

Held-out folds of the training data decide how sure a score is (temperature) and how low a
confidence may be (threshold: it may cost at most `loss_max` of what would have been right).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.features import Features

OUT_OF_SCOPE = "out_of_scope"
FOLDS_MAX = 4
TEMPERATURES = np.geomspace(0.02, 2.0, 40)
THRESHOLD_RANGE = (0.15, 0.6)
FAMILIARITY_MIN = 0.4


@dataclass(frozen=True)
class LinearModel:
    """Classes, one row of `coefficients` for each term, and what calibration found."""

    classes: list[str]
    features: Features
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    temperature: float
    threshold: float

    def confidences(self, text: str) -> NDArray[np.float64]:
        """One calibrated confidence for each class; they add up to 1."""
        positions, values = self.features.vector(text)
        scores = values @ self.coefficients[positions] + self.intercepts
        confidences: NDArray[np.float64] = softmax(scores[None, :] / self.temperature)[0]
        return confidences

    def knows_nothing_of(self, text: str) -> bool:
        """No word of `text` was ever seen, nor most of the pieces of its words."""
        return self.features.familiarity(text) < FAMILIARITY_MIN

    def save(self, folder: Path) -> None:
        """Write a word list and arrays; nothing that loading would run."""
        terms = sorted(self.features.positions, key=self.features.positions.__getitem__)
        named = {"classes": self.classes, "terms": terms}
        (folder / "names.json").write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "arrays.npz",
            weights=self.features.weights,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
            calibration=np.array([self.temperature, self.threshold]),
        )

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        """Read what `save` wrote."""
        named = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            positions = {term: at for at, term in enumerate(named["terms"])}
            temperature, threshold = (float(number) for number in arrays["calibration"])
            return cls(
                named["classes"],
                Features(positions, arrays["weights"]),
                arrays["coefficients"],
                arrays["intercepts"],
                temperature,
                threshold,
            )


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return result


def train_linear_model(
    texts: list[str], intents: list[str], *, strength: float = 1.0, loss_max: float = 0.03
) -> LinearModel:
    """Fit on `texts` and their `intents` (at least two different ones).

    :raises ValueError: fewer than two intents.
    """
    classes, labels = np.unique(np.array(intents), return_inverse=True)
    if len(classes) < 2:
        raise ValueError("the classifier needs examples of at least two intents")
    scores, held_out = _held_out_scores(texts, labels, len(classes), strength)
    temperature = _temperature(scores, held_out)
    threshold = _threshold(scores / temperature, held_out, list(classes), loss_max)
    features = Features.fit(texts)
    coefficients, intercepts = _fit(features, texts, labels, len(classes), strength)
    return LinearModel(list(classes), features, coefficients, intercepts, temperature, threshold)


def _fit(
    features: Features, texts: list[str], labels: NDArray[np.int64], classes: int, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Coefficients (terms, classes) and intercepts; classes without an example never win."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=strength, random_state=0)
    machine.fit(features.matrix(texts), labels)
    coefficients = np.zeros((len(features.positions), classes), dtype=np.float32)
    intercepts = np.full(classes, -3.0, dtype=np.float32)
    if len(machine.classes_) == 2:
        both = np.concatenate([-machine.coef_, machine.coef_])
        offsets = np.concatenate([-machine.intercept_, machine.intercept_])
    else:
        both, offsets = machine.coef_, machine.intercept_
    coefficients[:, machine.classes_] = both.T
    intercepts[machine.classes_] = offsets
    return coefficients, intercepts


def _held_out_scores(
    texts: list[str], labels: NDArray[np.int64], classes: int, strength: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Scores of every text by a model that was trained without it, and the labels beside them."""
    order = np.random.default_rng(0).permutation(len(texts))
    ranks = np.empty(len(texts), dtype=np.int64)
    seen: dict[int, int] = {}
    for at in order:
        ranks[at] = seen.get(int(labels[at]), 0)
        seen[int(labels[at])] = int(ranks[at]) + 1
    folds = max(2, min(FOLDS_MAX, *seen.values()))
    scores, kept = [], []
    for fold in range(folds):
        inside = np.flatnonzero(ranks % folds != fold)
        outside = np.flatnonzero(ranks % folds == fold)
        if len(np.unique(labels[inside])) < 2 or not len(outside):
            continue
        features = Features.fit([texts[at] for at in inside])
        fitted = _fit(features, [texts[at] for at in inside], labels[inside], classes, strength)
        rows = features.matrix([texts[at] for at in outside])
        scores.append(np.asarray(rows @ fitted[0]) + fitted[1])
        kept.append(labels[outside])
    if not scores:
        return np.zeros((1, classes)), np.zeros(1, dtype=np.int64)
    return np.concatenate(scores), np.concatenate(kept)


def _temperature(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """The temperature at which the held-out texts are likeliest."""
    rows = np.arange(len(labels))
    likelihoods = [np.log(softmax(scores / temperature)[rows, labels] + 1e-12).mean() for temperature in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmax(likelihoods))])


def _threshold(scores: NDArray[np.float64], labels: NDArray[np.int64], classes: list[str], loss_max: float) -> float:
    """The confidence that all but `loss_max` of the rightly understood held-out texts reach."""
    confidences = softmax(scores)
    right = confidences.argmax(axis=1) == labels
    inside = np.array([classes[label] != OUT_OF_SCOPE for label in labels])
    tops = confidences.max(axis=1)[right & inside]
    found = float(np.quantile(tops, loss_max)) if len(tops) else 0.0
    return float(np.clip(found, *THRESHOLD_RANGE))
