"""The bench of the queue: its formula against published figures, its simulation against the formula."""

import random

import pytest

from bench.queue import POLICY, ahead_of, by_place, calls_of, erlang_c, first_come, served


@pytest.mark.parametrize(
    ("calls", "seconds", "people", "chance", "mean"),
    [(720, 240, 55, 0.2387, 8.18), (60, 300, 7, 0.3241, 48.6), (60, 300, 8, None, 16.7), (100, 300, 12, None, 14.4)],
)
def test_erlang_c(calls: int, seconds: int, people: int, chance: float | None, mean: float) -> None:
    waits, found = erlang_c(calls, seconds, people)
    assert found == pytest.approx(mean, abs=0.06)
    assert chance is None or waits == pytest.approx(chance, abs=0.0005)


def test_the_order_changes_who_waits_and_not_how_long_all_do() -> None:
    calls = calls_of(4_000, 46.5, 300, random.Random(3))
    ours, plain = served(calls, 4, by_place(ahead_of(POLICY))), served(calls, 4, first_come)
    means = [sum(map(sum, each.values())) / len(calls) for each in (ours, plain)]
    assert means[0] == pytest.approx(means[1], rel=0.1)
    assert max(ours["emergency"]) < max(plain["emergency"]) / 2
    longest = [max(map(max, each.values())) for each in (ours, plain)]
    assert longest[0] < longest[1] * 1.25, "nobody pays for it with a wait without end"
