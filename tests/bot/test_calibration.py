"""How sure a prediction is, against how often it is right."""

import numpy as np
import pytest

from bot.nlu.calibration import THRESHOLD_RANGE, Calibration, Matrix, calibrate, log_odds, spread

CLASSES = ["balance", "hours", "leak", "out_of_scope"]


def made_up_scores(seed: int, count: int = 4000) -> "tuple[Matrix, np.ndarray[tuple[int], np.dtype[np.int64]]]":
    """Scores as a classifier of middling skill gives them, and the right classes."""
    numbers = np.random.default_rng(seed)
    labels = numbers.integers(0, len(CLASSES), count)
    scores = numbers.normal(0, 0.15, (count, len(CLASSES)))
    scores[np.arange(count), labels] += numbers.normal(0.5, 0.3, count)
    return scores.astype(np.float32), labels


def alike(scores: Matrix, nearness: float = 0.5) -> Matrix:
    """That every message is as near as any other to an example of the intent it is taken for."""
    return np.full(len(scores), nearness, dtype=np.float32)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    scores, labels = made_up_scores(1)
    return calibrate(scores, alike(scores), labels, CLASSES, loss_max=0.03)


def test_evidence_is_high_when_the_best_stands_alone() -> None:
    clear, crowded = log_odds(np.array([[1.0, 0.0, 0.0], [1.0, 0.9, 0.9]], dtype=np.float32))
    assert clear > 5 > crowded


def test_the_surer_the_oftener_right(calibration: Calibration) -> None:
    scores, labels = made_up_scores(2)
    sure, right = calibration.confidence(scores, alike(scores)), scores.argmax(axis=1) == labels
    order = np.argsort(sure)
    shares = [right[part].mean() for part in np.array_split(order, 5)]
    assert shares == sorted(shares)
    assert shares[-1] > 0.95


def test_the_threshold_costs_the_share_of_right_answers_it_may(calibration: Calibration) -> None:
    scores, labels = made_up_scores(3)
    right = (scores.argmax(axis=1) == labels) & (labels != CLASSES.index("out_of_scope"))
    lost = (calibration.confidence(scores[right], alike(scores[right])) < calibration.threshold).mean()
    assert lost == pytest.approx(0.03, abs=0.015)


def test_the_threshold_stays_within_reason() -> None:
    perfect = np.eye(4, dtype=np.float32)[np.arange(400) % 4]
    made = calibrate(perfect, alike(perfect), np.arange(400) % 4, CLASSES, loss_max=0.03)
    assert THRESHOLD_RANGE[0] <= made.threshold <= THRESHOLD_RANGE[1]


def test_a_stranger_is_believed_less_where_nothing_says_what_is_out_of_scope() -> None:
    scores, labels = made_up_scores(4)
    made = calibrate(scores, alike(scores), labels, ["balance", "hours", "leak", "rates"], loss_max=0.03)
    near, far = (made.confidence(scores, alike(scores, nearness)) for nearness in (0.6, 0.2))
    assert (near > far).all()


def test_where_examples_say_what_is_out_of_scope_they_alone_decide(calibration: Calibration) -> None:
    scores, _ = made_up_scores(4)
    near, far = (calibration.confidence(scores, alike(scores, nearness)) for nearness in (0.6, 0.2))
    assert (near == far).all()


def test_the_rest_is_shared_by_score() -> None:
    shares = spread(np.array([0.1, 0.9, 0.2], dtype=np.float32), 0.7)
    assert shares.sum() == pytest.approx(1)
    assert shares[1] == pytest.approx(0.7)
    assert shares[2] > shares[0]
