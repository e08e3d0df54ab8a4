"""How sure a prediction is: the probability that it is right, learned from examples left out.

What was left out stands for customers: each example judged by a model that has not seen it. None of these is out of
scope where the training data has no such examples: there, likeness to an example of its intent counts for a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
OUT_OF_SCOPE = "out_of_scope"
THRESHOLD_RANGE = (0.1, 0.8)
_ROUNDS = 30
_RIDGE = 1e-2
_SHARPNESS = 12.0
"""How quickly the likelihood of an intent falls with its score."""
_NEARNESS = 4.0
"""What likeness to an example of the intent counts beside the log odds, where nothing says what is out of scope."""


@dataclass(frozen=True)
class Calibration:
    """A logistic curve over log odds and nearness (a slope for each, and an offset), and the confidence to ask for."""

    coefficients: NDArray[np.float64]
    threshold: float

    def confidence(self, scores: Matrix, nearness: Matrix) -> NDArray[np.float64]:
        """For each row the probability that its best score is right.

        `nearness`: likeness to the nearest example of the class that has the best score, 0 to 1.
        """
        return _logistic(_with_offset(np.column_stack([log_odds(scores), nearness])) @ self.coefficients)


def log_odds(scores: Matrix) -> NDArray[np.float64]:
    """Of each row's best score among all: high when it is both large and alone."""
    rows, best = np.arange(len(scores)), scores.argmax(axis=1)
    powers = np.exp(_SHARPNESS * (scores - scores[rows, best][:, None]).astype(np.float64))
    powers[rows, best] = 0.0
    odds: NDArray[np.float64] = -np.log(powers.sum(axis=1) + 1e-12)
    return odds


def spread(scores: Matrix, confidence: float) -> NDArray[np.float64]:
    """One share for each class, adding up to 1: `confidence` for the best, the rest by score."""
    powers = np.exp(_SHARPNESS * (scores.astype(np.float64) - scores.max()))
    best = int(scores.argmax())
    powers[best] = 0.0
    shares: NDArray[np.float64] = powers * ((1 - confidence) / max(powers.sum(), 1e-300))
    shares[best] = confidence
    return shares


def calibrate(
    left_out: Matrix, nearness: Matrix, labels: NDArray[np.int64], classes: Sequence[str], loss_max: float
) -> Calibration:
    """From the scores of examples by a model without them, and their nearness to other examples (as in `confidence`).

    `loss_max`: the share of right predictions that the threshold may turn away.
    """
    weight = 0.0 if OUT_OF_SCOPE in classes else _NEARNESS
    right = left_out.argmax(axis=1) == labels
    inside = np.array([name != OUT_OF_SCOPE for name in classes])[labels]
    slope, offset = _fit(log_odds(left_out) + weight * nearness, right)
    made = Calibration(np.array([slope, slope * weight, offset]), 0.0)
    sure = made.confidence(left_out, nearness)[right & inside]
    found = float(np.quantile(sure, loss_max)) if len(sure) else 0.0
    return replace(made, threshold=float(np.clip(found, *THRESHOLD_RANGE)))


def _fit(evidences: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method: slope and offset."""
    rows = _with_offset(evidences)
    found = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        guess = _logistic(rows @ found)
        slope = rows.T @ (right - guess) - _RIDGE * found
        bend = (rows * (guess * (1 - guess))[:, None]).T @ rows + _RIDGE * np.eye(rows.shape[1])
        found = found + np.linalg.solve(bend, slope)
    return found


def _with_offset(evidences: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([evidences, np.ones(len(evidences))])


def _logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return result
