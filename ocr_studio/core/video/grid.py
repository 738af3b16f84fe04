"""The sizes at which a video is looked at.

All sizes follow from the frame's longer side, so that a board looks the same to the program in a film of any size:
``work`` frames have a longer side of about 960 pixels, at which strokes of a marker are two pixels wide; ``small`` ones
half of that, which is enough to fill up strokes and to tell times of; the ground is told of a quarter, the ``coarse``
size. A tile is the unit that counts as covered or seen, about the size of a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB

_WORK_SIDE: Final = 960
WORK_TILE: Final = 16
SMALL_TILE: Final = WORK_TILE // 2
COARSE_TILE: Final = WORK_TILE // 4
# Pixels of a work frame along a pixel of the coarse size.
COARSE_FACTOR: Final = WORK_TILE // COARSE_TILE


@dataclass(frozen=True, slots=True)
class Grid:
    """The sizes for frames of one size.

    Attributes:
        width: Width of a frame in pixels.
        height: Its height.
    """

    width: int
    height: int

    @property
    def factor(self) -> int:
        """Pixels of a frame along a pixel of a work frame."""
        return max(1, round(max(self.width, self.height) / _WORK_SIDE))

    @property
    def tile(self) -> int:
        """Side of a tile in pixels of a frame."""
        return WORK_TILE * self.factor

    @property
    def rows(self) -> int:
        """Number of rows of tiles, the last one perhaps beyond the frame."""
        return -(-self.height // self.tile)

    @property
    def columns(self) -> int:
        """Number of columns of tiles."""
        return -(-self.width // self.tile)

    @property
    def work_shape(self) -> tuple[int, int]:
        """Rows and columns of a work frame."""
        return self.rows * WORK_TILE, self.columns * WORK_TILE

    @property
    def small_shape(self) -> tuple[int, int]:
        """Rows and columns of the small size."""
        return self.rows * SMALL_TILE, self.columns * SMALL_TILE

    @property
    def coarse_shape(self) -> tuple[int, int]:
        """Rows and columns of the coarse size."""
        return self.rows * COARSE_TILE, self.columns * COARSE_TILE

    def pad(self, frame: RGB) -> RGB:
        """Fill a frame up to whole tiles, by repeating its edge."""
        below, beside = self.rows * self.tile - self.height, self.columns * self.tile - self.width
        padded = cv2.copyMakeBorder(frame, 0, below, 0, beside, cv2.BORDER_REPLICATE)
        return np.asarray(padded, dtype=np.uint8)

    def to_work(self, padded: RGB) -> RGB:
        """Reduce a padded frame to the work size."""
        rows, columns = self.work_shape
        return np.asarray(cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def to_small(self, work: RGB) -> RGB:
        """Reduce a work frame to the small size."""
        rows, columns = self.small_shape
        return np.asarray(cv2.resize(work, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def split_tiles(picture: NDArray[Any], side: int) -> NDArray[Any]:
    """View a picture (rows × side, columns × side, …) as tiles (rows, columns, side, side, …)."""
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    return picture.reshape(rows, side, columns, side, *picture.shape[2:]).swapaxes(1, 2)


def copy_tiles(picture: NDArray[Any], side: int) -> NDArray[Any]:
    """Copy the tiles of a picture one after the other, (tiles, side, side, …)."""
    return np.ascontiguousarray(split_tiles(picture, side)).reshape(-1, side, side, *picture.shape[2:])


def join_tiles(tiles: NDArray[Any]) -> NDArray[Any]:
    """Put tiles (rows, columns, side, side, …) together to a picture."""
    rows, columns, side = tiles.shape[:3]
    return np.ascontiguousarray(tiles.swapaxes(1, 2)).reshape(rows * side, columns * side, *tiles.shape[4:])


def enlarge(picture: NDArray[Any], times: int) -> NDArray[Any]:
    """Enlarge a picture (H, W) by repeating its pixels, (H × times, W × times)."""
    return np.repeat(np.repeat(picture, times, 0), times, 1)


def spread_tiles(values: NDArray[Any], grid: Grid, side: int) -> NDArray[Any]:
    """Give all pixels of a tile its value, (rows × side, columns × side).

    Args:
        values: One for each tile, (tiles,).
        grid: The sizes.
        side: Of a tile, in pixels.
    """
    return enlarge(values.reshape(grid.rows, grid.columns), side)


def count_by_tile(mask: NDArray[np.bool_], side: int) -> NDArray[np.int64]:
    """Count the pixels of a mask in each tile, (rows, columns)."""
    return np.asarray(split_tiles(mask, side).sum(axis=(2, 3)), dtype=np.int64)
