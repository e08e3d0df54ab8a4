"""What predictions are worth, against figures worked by hand."""

import pytest

from bench.nlu.data import OUT_OF_SCOPE, Row
from bench.nlu.measures import Prediction, judge, matthews


def test_matthews_of_two_classes_is_the_usual_formula() -> None:
    wanted = ["y"] * 6 + ["n"] * 4
    got = ["y"] * 5 + ["n"] + ["n"] * 3 + ["y"]
    tp, fn, tn, fp = 5, 1, 3, 1
    usual = (tp * tn - fp * fn) / ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5
    assert matthews(wanted, got) == pytest.approx(usual)


def test_matthews_of_everything_right_is_one_and_of_one_answer_for_all_zero() -> None:
    assert matthews(["a", "b", "c"], ["a", "b", "c"]) == 1
    assert matthews(["a", "b", "c"], ["a", "a", "a"]) == 0


def test_accuracy_and_f1_leave_out_of_scope_rows_aside() -> None:
    rows = [Row("1", "a"), Row("2", "a"), Row("3", "b"), Row("4", OUT_OF_SCOPE)]
    found = [Prediction("a", 0.9), Prediction("b", 0.8), Prediction("b", 0.9), Prediction("a", 0.1)]
    quality = judge(rows, found)
    assert (quality.rows, quality.out_of_scope_rows) == (3, 1)
    assert quality.accuracy == pytest.approx(2 / 3)
    assert quality.macro_f1 == pytest.approx((2 / 3 + 2 / 3) / 2)


def test_recall_is_at_the_threshold_that_loses_three_points() -> None:
    rows = [Row(str(number), "a") for number in range(100)] + [Row("x", OUT_OF_SCOPE)] * 4
    found = [Prediction("a", (number + 1) / 100) for number in range(100)]
    found += [Prediction("a", confidence) for confidence in (0.01, 0.035, 0.04, 0.5)]
    quality = judge(rows, found)
    assert quality.threshold == 0.04
    assert quality.recall == 0.5
    kept = sum(one.confidence >= quality.threshold for one in found[:100])
    assert kept == 97


def test_a_trained_class_for_it_counts_as_found_whatever_the_threshold() -> None:
    rows = [Row("1", "a"), Row("2", OUT_OF_SCOPE)]
    quality = judge(rows, [Prediction("a", 0.5), Prediction(OUT_OF_SCOPE, 0.99)])
    assert quality.recall == 1


def test_as_shipped_is_what_the_pipeline_decides_itself() -> None:
    rows = [Row("1", "a"), Row("2", "a"), Row("3", OUT_OF_SCOPE)]
    found = [Prediction("a", 0.9), Prediction("a", 0.2, declined=True), Prediction("a", 0.3)]
    quality = judge(rows, found)
    assert quality.shipped_accuracy == 0.5
    assert quality.shipped_recall == 0


def test_without_out_of_scope_rows_there_is_no_recall() -> None:
    assert judge([Row("1", "a")], [Prediction("a", 1.0)]).recall is None
