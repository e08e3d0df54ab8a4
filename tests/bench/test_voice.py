"""When the measurement of phone calls fails."""

import pytest

from bench.turns import Measured
from bench.voice import Result


@pytest.mark.parametrize(
    ("figure_ms", "lost", "is_reached"), [(99.0, 0, True), (100.0, 0, True), (100.1, 0, False), (50.0, 1, False)]
)
def test_a_missed_goal_and_a_lost_call_fail(figure_ms: float, lost: int, is_reached: bool) -> None:
    measured = Measured(1, 1, 1.0, (figure_ms,))
    assert Result("webhooks", measured, figure_ms, 100.0, lost).is_reached is is_reached
