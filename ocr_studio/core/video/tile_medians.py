"""The board without what passes before it: for each tile, the median of the last times that it was seen."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# Frames that a median is of. A hand that was not noticed may be on two of them; and something new is believed once
# three have shown it.
DEPTH: Final = 5
NEW: Final = DEPTH // 2 + 1
# Median of five with 7 exchanges (Paeth 1990, in Graphics Gems; Devillard 1998).
_EXCHANGES: Final = ((0, 1), (3, 4), (0, 3), (1, 4), (1, 2), (2, 3), (1, 2))
# Tiles whose median is found at a time, so that they stay in the processor's cache.
_AT_ONCE: Final = 24

Tiles = NDArray[np.uint8]


class TileMedians:
    """The last ``DEPTH`` pictures of each tile."""

    def __init__(self, rows: int, columns: int, side: int) -> None:
        """side: of a tile, in pixels."""
        self._pictures = np.zeros((DEPTH, rows * columns, side, side, 3), np.uint8)

    def add(
        self, tiles: Tiles, indices: NDArray[np.intp], slots: NDArray[np.intp], *, fresh: NDArray[np.bool_]
    ) -> None:
        """Add pictures of some tiles.

        Args:
            tiles: (tiles, side, side, 3), the pictures, in the order of the indices.
            indices: Numbers of the tiles.
            slots: The slot of each, 0..DEPTH - 1.
            fresh: Which of them were never seen before: these fill all slots.
        """
        self._pictures[slots, indices] = tiles
        if fresh.any():
            self._pictures[:, indices[fresh]] = tiles[fresh]

    def find(self, indices: NDArray[np.intp]) -> Tiles:
        """Return the medians of some tiles, (tiles, side, side, 3)."""
        found = np.empty((len(indices), *self._pictures.shape[2:]), np.uint8)
        for start in range(0, len(indices), _AT_ONCE):
            found[start : start + _AT_ONCE] = _median(self._pictures[:, indices[start : start + _AT_ONCE]])
        return found

    def repeat_last(self, counts: NDArray[np.int64]) -> None:
        """Add the last two pictures of each tile once more. counts: how many each tile has had."""
        indices = np.flatnonzero(counts > 1)
        for back in (1, 2):
            target, source = (counts[indices] + back - 1) % DEPTH, (counts[indices] - back) % DEPTH
            self._pictures[target, indices] = self._pictures[source, indices]

    def fill(self, indices: NDArray[np.intp], tiles: Tiles) -> None:
        """Let all pictures of some tiles be the same."""
        self._pictures[:, indices] = tiles


def _median(values: NDArray[Any]) -> NDArray[Any]:
    """Return the median of five arrays, which change."""
    low = np.empty_like(values[0])
    for first, second in _EXCHANGES:
        np.minimum(values[first], values[second], out=low)
        np.maximum(values[first], values[second], out=values[second])
        values[first] = low
    return np.asarray(values[DEPTH // 2])
