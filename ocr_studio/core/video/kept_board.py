"""The kept picture of a board and its writing.

What is new on the board is added; a tile whose writing is seen to be gone is frozen, so that it stays as it was until
it is known whether the board is being wiped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.video import board_ink
from ocr_studio.core.video.board_ground import BoardGround
from ocr_studio.core.video.grid import (
    COARSE_FACTOR,
    SMALL_TILE,
    WORK_TILE,
    Grid,
    copy_tiles,
    count_by_tile,
    enlarge,
    join_tiles,
    spread_tiles,
)
from ocr_studio.core.video.recent_tiles import Floats, Indices, Mask, RecentTiles
from ocr_studio.core.video.tile_medians import NEW, Tiles

# A picture is a state of its own if this share of its writing, and of that of the state before, is not on the latter;
# else it is what is left while the board is being wiped.
NOVEL: Final = 0.05
# Pixels of a work frame: less is dust.
DUST: Final = 8
# Share of a tile's writing from which the tile is frozen.
_TILE_GONE: Final = 0.2
# A state was last seen before this share of the tiles that are wiped was.
_FIRST_GONE: Final = 0.15
# Seconds between two copies of tiles in which nothing is new.
_COPY_EVERY: Final = 20.0


@dataclass(frozen=True, eq=False, slots=True)
class _Earlier:
    """A tile as it was before something was written on it while something else was gone already.

    Attributes:
        picture: (side, side, 3).
        seen: When it was last seen so, in seconds.
    """

    picture: Tiles
    seen: float


class KeptBoard:
    """The kept picture of a board, and when its writing came.

    Attributes:
        frozen: Which tiles have writing that is gone, (tiles,) bool.
        since: Since when they are frozen, in seconds.
        shown_count: Pixels of writing on the last state, at the small size.
    """

    def __init__(self, grid: Grid, ground: BoardGround, recent: RecentTiles, picture: RGB) -> None:
        """Begin with a board.

        Args:
            grid: The sizes.
            ground: The bare board.
            recent: What is seen of it.
            picture: What it looks like until its tiles are seen, (rows × side, columns × side, 3).
        """
        self._grid, self._ground, self._recent = grid, ground, recent
        count = grid.rows * grid.columns
        self._tiles = copy_tiles(picture, grid.tile)
        # The writing at the work size; at the small size, when it came, and whether no state shows it yet.
        self._ink = np.zeros(grid.work_shape, np.bool_)
        self._born = np.full(grid.small_shape, np.nan, np.float32)
        self._novel = np.zeros(grid.small_shape, np.bool_)
        # Where writing came or went on tiles that had been seen before.
        self._changed = np.zeros(grid.work_shape, np.bool_)
        self._lost = np.zeros(grid.work_shape, np.bool_)
        self._copied = np.full(count, -np.inf, np.float32)
        self.frozen = np.zeros(count, np.bool_)
        self.since = np.zeros(count, np.float32)
        self._last_seen = np.zeros(count, np.float32)
        self._earlier: dict[int, _Earlier] = {}
        self.shown_count = 0

    # ------------------------------------------------------------------------------------------------- interrupted runs

    def save(self) -> dict[str, NDArray[Any]]:
        """Return what is needed to go on after an interruption; only while nothing is frozen."""
        return {
            "tiles": self._tiles,
            "ink": self._ink,
            "born": self._born,
            "novel": self._novel,
            "changed": self._changed,
            "seen": self._recent.seen,
        }

    def resume(self, arrays: Mapping[str, NDArray[Any]], shown_count: int) -> None:
        """Go on with what ``save`` returned, and with ``shown_count`` as it was."""
        self._tiles, self._ink, self._born = (arrays[name].copy() for name in ("tiles", "ink", "born"))
        self._novel, self._changed = arrays["novel"].copy(), arrays["changed"].copy()
        self._copied[arrays["seen"]] = self._recent.at
        self.shown_count = shown_count

    # ------------------------------------------------------------------------------------------------------- comparison

    def compare(self, work: RGB, seconds: float) -> int:
        """Compare the board as it is now with what is kept of it, and copy what is new.

        Args:
            work: The board, a work frame.
            seconds: The time.

        Returns:
            Pixels of writing that came on the tiles where something is gone.
        """
        ink, weak = self._find_ink(work)
        self._lost = self._ink & ~_widen(weak)
        lost, had = (count_by_tile(each, WORK_TILE).reshape(-1) for each in (self._lost, self._ink))
        gone = lost > np.maximum(DUST, _TILE_GONE * had)
        newly = np.flatnonzero(gone & ~self.frozen)
        self.since[newly], self._last_seen[newly] = seconds, self._recent.time_of(newly, NEW + 1)
        self.frozen = gone
        self._copy(ink, np.flatnonzero(self._recent.seen & ~gone))
        again = count_by_tile(ink & ~_widen(self._ink), WORK_TILE).reshape(-1)
        return int(again[gone].sum())

    def count_lost(self, tiles: Mask) -> int:
        """Count the pixels of writing that are gone from some tiles. tiles: which ones, (tiles,) bool."""
        return int(count_by_tile(self._lost, WORK_TILE).reshape(-1)[tiles].sum())

    def count_written(self) -> int:
        """Count the pixels of writing on the kept picture."""
        return int(self._find_written().sum())

    def count_before(self) -> int:
        """Count the pixels of writing that were there when wiping began.

        What is written elsewhere meanwhile is not a part of the state that ends.
        """
        if not self.frozen.any():
            return self.count_written()
        began = np.quantile(self.since[self.frozen], _FIRST_GONE)
        early = enlarge(self._born < began, 2)
        return int((self._find_written() & early).sum())

    def find_last_seen(self) -> float:
        """Return when the kept picture was last seen as it is, in seconds: before much of it was gone.

        Only while something is frozen. Single tiles may have been covered for long before.
        """
        return float(np.quantile(self._last_seen[self.frozen], _FIRST_GONE))

    def is_novel(self) -> bool:
        """Whether enough of the writing on the kept picture is on no state yet.

        Its place doesn't tell: new words often stand where others were.
        """
        written = _shrink(self._find_written())
        count = int(written.sum())
        return int((written & self._novel).sum()) >= max(DUST, NOVEL * max(count, self.shown_count))

    def _find_ink(self, work: RGB) -> tuple[Mask, Mask]:
        """Find the writing on the board, and where there may be some, (H, W) bool at the work size."""
        ink, weak = board_ink.find_ink(work, self._ground)
        return ink & spread_tiles(self._recent.seen, self._grid, WORK_TILE), weak

    def _find_written(self) -> Mask:
        """Find the writing on the kept picture: not edges on and around the board that never change."""
        first = board_ink.find_letters(self._ink & ~self._changed & enlarge(self._ground.board, COARSE_FACTOR))
        return self._ink & (first | self._changed | self._lost)

    # ---------------------------------------------------------------------------------------------------------- copies

    def _copy(self, ink: Mask, indices: Indices) -> None:
        """Copy tiles in which something is new, or that were not copied for long, to the kept picture."""
        new = ink & ~_widen(self._ink)
        fresh = count_by_tile(new, WORK_TILE).reshape(-1)[indices] >= DUST // 2
        old = self._recent.time_of(indices, 1) > self._copied[indices] + _COPY_EVERY
        chosen = indices[fresh | old]
        if len(chosen):
            self._keep_earlier(indices[fresh])
            self._tiles[chosen] = self._recent.find(chosen)
            self._take_ink(ink, new, chosen)

    def _keep_earlier(self, indices: Indices) -> None:
        """Keep tiles as they were before they were written on, if that came after something else was wiped.

        What was covered since then may be older; a state that is being wiped shows it.
        """
        if not self.frozen.any():
            self._earlier.clear()
            return
        end = self.find_last_seen()
        for index, seen in zip(indices.tolist(), self._recent.time_of(indices, NEW + 1).tolist(), strict=True):
            known = self._earlier.get(index)
            if seen >= end and (known is None or known.seen < end):
                self._earlier[index] = _Earlier(self._tiles[index].copy(), seen)

    def _take_ink(self, ink: Mask, new: Mask, chosen: Indices) -> None:
        """Note the writing on tiles that were copied.

        Args:
            ink: The writing on the board, (H, W) bool at the work size.
            new: What of it is not on the kept picture.
            chosen: Numbers of the tiles.
        """
        grid = self._grid
        here = self._mark(chosen, WORK_TILE)
        # What appears on a tile that was seen before is writing; what is there at first may be a part of the board.
        self._changed |= new & here & spread_tiles(np.isfinite(self._copied), grid, WORK_TILE)
        self._copied[chosen] = self._recent.at
        self._ink = np.where(here, ink, self._ink)
        when = np.zeros(grid.rows * grid.columns, np.float32)
        when[chosen] = self._recent.time_of(chosen, NEW)
        fresh = _shrink(ink & here) & (_shrink(new & here) | np.isnan(self._born))
        self._born[fresh] = spread_tiles(when, grid, SMALL_TILE)[fresh]
        self._novel |= fresh

    def commit(self, tiles: Mask) -> tuple[Mask, Floats]:
        """Let the kept picture show some tiles as they are now; what was on them is gone.

        Args:
            tiles: Which ones, (tiles,) bool; not none.

        Returns:
            Where writing is gone, and when it was last seen there, in seconds; both at the small size.
        """
        grid, indices = self._grid, np.flatnonzero(tiles)
        here = self._mark(indices, WORK_TILE)
        ink, _ = self._find_ink(self._recent.work)
        gone = _shrink(self._lost & here) & ~_shrink(ink & here)
        when = spread_tiles(np.where(tiles, self._last_seen, np.float32(0)), grid, SMALL_TILE)
        new = ink & ~_widen(self._ink) & here
        self._born[gone] = np.nan
        self._novel &= ~gone
        self._tiles[indices] = self._recent.find(indices)
        self._take_ink(ink, new, indices)
        self.frozen[indices] = False
        self._lost &= ~here
        return gone, when

    def _mark(self, indices: Indices, side: int) -> Mask:
        marked = np.zeros(self._grid.rows * self._grid.columns, np.bool_)
        marked[indices] = True
        return spread_tiles(marked, self._grid, side)

    def show(self, end: float) -> tuple[RGB, Floats]:
        """Show the kept picture, as a state; what is on it is novel no more.

        Args:
            end: When it was last seen so, in seconds. Writing that came later is on the next state.

        Returns:
            The picture, (H, W, 3), and when the writing on it came, at the small size, NaN where there is none.
        """
        grid, tiles = self._grid, self._tiles
        indices = [index for index, each in self._earlier.items() if each.seen >= end]
        if indices:
            tiles = tiles.copy()
            tiles[indices] = [self._earlier[index].picture for index in indices]
        later = self._mark(np.array(indices, np.intp), SMALL_TILE) & (self._born > end)
        first = np.where(_shrink(self._ink) & ~later, self._born, np.nan).astype(np.float32)
        self._novel &= later
        self.shown_count = int((_shrink(self._find_written()) & ~later).sum())
        picture = join_tiles(tiles.reshape(grid.rows, grid.columns, grid.tile, grid.tile, 3))
        return np.ascontiguousarray(picture[: grid.height, : grid.width]), first


def _widen(ink: Mask) -> Mask:
    """Add the pixels around."""
    return cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _shrink(mask: Mask) -> Mask:
    """Reduce a mask from the work to the small size; a pixel is set if any of its four is."""
    return mask[::2, ::2] | mask[1::2, ::2] | mask[::2, 1::2] | mask[1::2, 1::2]
