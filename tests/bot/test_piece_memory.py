"""What is worked out once for each piece."""

import numpy as np
import pytest

from bot.nlu.piece_memory import Identifiers, Matrix, PieceMemory


class Work:
    """Gives each piece its own number as a row, and tells which were asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, pieces: Identifiers) -> Matrix:
        self.asked.append(pieces.tolist())
        return np.repeat(pieces[:, None], 2, axis=1).astype(np.float32)


def known(memory: PieceMemory, *pieces: int) -> list[float]:
    return [float(number) for number in memory.rows[memory.places(np.array(pieces)), 0]]


def test_each_piece_is_worked_out_once() -> None:
    work = Work()
    memory = PieceMemory(work, 2, 4)
    assert known(memory, 7, 3, 7) == [7, 3, 7]
    assert known(memory, 3, 5) == [3, 5]
    assert work.asked == [[3, 7], [5]]


def test_when_it_is_full_it_starts_anew() -> None:
    work = Work()
    memory = PieceMemory(work, 2, 3)
    known(memory, 1, 2, 3)
    assert known(memory, 3, 4) == [3, 4]
    assert work.asked == [[1, 2, 3], [3, 4]]
    assert known(memory, 1, 3) == [1, 3]


def test_the_neighbour_that_is_not_there_is_nothing() -> None:
    memory = PieceMemory(Work(), 2, 3)
    known(memory, 1, 2, 3)
    assert memory.rows[memory.nothing].tolist() == [0, 0]


def test_more_pieces_at_once_than_can_be_known_are_refused() -> None:
    with pytest.raises(ValueError, match="at once"):
        PieceMemory(Work(), 2, 2).places(np.array([1, 2, 3]))
