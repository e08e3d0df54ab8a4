"""What the sentence encoder works out of a piece by itself, kept: customers use few words, over and over.

The cost of the network is that of reading its weights, which is the same for one piece as for ten. So what does not
depend on a piece's neighbours (more than half of the network) is worked out once for each piece.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Identifiers = NDArray[Any]


class PieceMemory:
    """Rows of `columns` numbers by piece. One thread at a time.

    `work_out` gives the rows of pieces that are not known yet. When `pieces_max` are known it starts anew.
    """

    def __init__(self, work_out: Callable[[Identifiers], Matrix], columns: int, pieces_max: int) -> None:
        self._work_out = work_out
        self._places: dict[int, int] = {}
        self.rows: Matrix = np.zeros((pieces_max + 1, columns), dtype=np.float32)
        self.nothing = pieces_max
        """The place of a row of zeros: the neighbour that is not there."""

    def places(self, pieces: Identifiers) -> NDArray[np.int64]:
        """Where the row of each of `pieces` is in `rows`, until the next call.

        :raises ValueError: these are more different pieces than can be known.
        """
        wanted = pieces.tolist()
        unknown = {piece for piece in wanted if piece not in self._places}
        if unknown:
            if len(self._places) + len(unknown) > self.nothing:
                self._places.clear()
                unknown = set(wanted)
            self._learn(sorted(unknown))
        return np.array([self._places[piece] for piece in wanted], dtype=np.int64)

    def _learn(self, pieces: list[int]) -> None:
        if len(pieces) > self.nothing:
            raise ValueError(f"{len(pieces)} pieces at once, but {self.nothing} can be known")
        first = len(self._places)
        self.rows[first : first + len(pieces)] = self._work_out(np.array(pieces))
        self._places.update(zip(pieces, range(first, first + len(pieces)), strict=True))
