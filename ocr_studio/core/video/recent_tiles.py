"""What was seen of the board last: pictures of each tile at two sizes, with the times at which it was seen."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.video.grid import WORK_TILE, Grid, copy_tiles, join_tiles, split_tiles
from ocr_studio.core.video.tile_medians import DEPTH, TileMedians, Tiles

Indices = NDArray[np.intp]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


class RecentTiles:
    """The last pictures of each tile of the board.

    Attributes:
        at: The time of the last frame that showed the board, in seconds.
        work: The medians of all tiles, as ``update`` found them, as a work frame.
    """

    def __init__(self, grid: Grid, picture: RGB, at: float) -> None:
        """Begin with a board.

        Args:
            grid: The sizes.
            picture: What it looks like until its tiles are seen, (rows × side, columns × side, 3).
            at: The time, in seconds.
        """
        self._grid, self.at = grid, at
        count = grid.rows * grid.columns
        self._full = TileMedians(grid.rows, grid.columns, grid.tile)
        self._work = TileMedians(grid.rows, grid.columns, WORK_TILE)
        self.work = grid.to_work(picture)
        self._medians = copy_tiles(self.work, WORK_TILE)
        # How often each tile was seen, when it was seen last, and whether it was since its median was found.
        self._counts = np.zeros(count, np.int64)
        self._times = np.zeros((DEPTH, count), np.float32)
        self._dirty = np.zeros(count, np.bool_)

    @property
    def seen(self) -> Mask:
        """Which tiles were seen."""
        return self._counts > 0

    def add(self, padded: RGB, work: RGB, seen: Mask, gain: Floats) -> None:
        """Add the tiles that a frame shows, at the time ``at``.

        Args:
            padded: The frame, (rows × side, columns × side, 3).
            work: The same at the work size.
            seen: Which tiles show the board.
            gain: Factors of red, green and blue that give it the exposure of the others.
        """
        indices = np.flatnonzero(seen)
        if not len(indices):
            return
        if np.abs(gain - 1).max() > 0.004:
            padded, work = _expose(padded, gain), _expose(work, gain)
        slots, fresh = (self._counts[indices] % DEPTH).astype(np.intp), self._counts[indices] == 0
        place = np.divmod(indices, self._grid.columns)
        self._full.add(split_tiles(padded, self._grid.tile)[place], indices, slots, fresh=fresh)
        self._work.add(split_tiles(work, WORK_TILE)[place], indices, slots, fresh=fresh)
        self._times[slots, indices] = self.at
        self._times[:, indices[fresh]] = self.at
        self._counts[indices] += 1
        self._dirty[indices] = True

    def repeat_last(self) -> None:
        """Add the last two pictures of each tile once more, as what was seen only twice by then is new."""
        self._full.repeat_last(self._counts)
        self._work.repeat_last(self._counts)
        self._dirty |= self._counts > 1

    def fill(self, seen: Mask, picture: RGB) -> None:
        """Let a picture of the board be all that was seen of some tiles, as in ``__init__``."""
        indices = np.flatnonzero(seen)
        self._full.fill(indices, copy_tiles(picture, self._grid.tile)[indices])
        self._work.fill(indices, copy_tiles(self._grid.to_work(picture), WORK_TILE)[indices])
        self._counts[indices] = DEPTH
        self._times[:, indices] = self.at

    def find(self, indices: Indices) -> Tiles:
        """Return the medians of some tiles, (tiles, side, side, 3)."""
        return self._full.find(indices)

    def update(self) -> RGB:
        """Find the medians of the tiles that were seen since the last call, and return ``work``."""
        dirty = np.flatnonzero(self._dirty)
        self._dirty[dirty] = False
        self._medians[dirty] = self._work.find(dirty)
        tiles = self._medians.reshape(self._grid.rows, self._grid.columns, WORK_TILE, WORK_TILE, 3)
        self.work = join_tiles(tiles)
        return self.work

    def time_of(self, indices: Indices, back: int) -> Floats:
        """Return when some tiles were seen the ``back``-th last time, 1 being the last."""
        return np.asarray(np.sort(self._times[:, indices], axis=0)[-back], dtype=np.float32)


def _expose(picture: RGB, gain: NDArray[Any]) -> RGB:
    """Multiply red, green and blue by factors."""
    # OpenCV takes four numbers for those of a pixel.
    return np.asarray(cv2.multiply(picture, np.append(gain, 0).astype(np.float64)), dtype=np.uint8)
