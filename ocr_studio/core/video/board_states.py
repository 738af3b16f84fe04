"""The states of a board: a still picture of it each time before much of its writing is wiped off.

Frames come one after the other. Tiles of them that show the board enter a median each; what is covered is not erased.
The writing in those medians is compared with the writing that is kept: what is new is added to the kept picture, and a
tile whose writing is seen to be gone is frozen there. Once so much is gone that the board was wiped, the kept picture
is a state. A correction, which removes little, is taken over instead when nothing else follows it.

Davila and Zanibbi, "Whiteboard Video Summarization via Spatio-Temporal Conflict Minimization" (ICDAR 2017), end a
segment where writing is in conflict with other writing at the same place; here, where it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.video import board_ground, board_ink, camera
from ocr_studio.core.video.board_ground import BoardGround
from ocr_studio.core.video.camera import Camera, View
from ocr_studio.core.video.grid import COARSE_TILE, SMALL_TILE, WORK_TILE, Grid, count_by_tile, join_tiles, split_tiles
from ocr_studio.core.video.tile_medians import DEPTH, NEW, TileMedians
from ocr_studio.core.video.time_maps import TimeMaps

# Share of the writing that must be gone for a state to end; less is a correction.
_WIPED: Final = 0.15
# Share of a picture's writing, and of that of the state before, that the latter doesn't show; with less it is no state
# of its own, but what is left while the board is being wiped.
_NOVEL: Final = 0.05
# Pixels of a work frame: less is dust.
_DUST: Final = 8
# Share of a tile's writing from which the tile is frozen.
_TILE_GONE: Final = 0.2
# A state was last seen before this share of the tiles that are wiped was.
_FIRST_GONE: Final = 0.15
# Seconds without any loss after which wiping is over.
_WIPING: Final = 4.0
# Seconds after which a small loss counts as a correction.
_CORRECTED: Final = 30.0
# Seconds between two comparisons, and between two copies of tiles in which nothing is new.
_COMPARE_EVERY: Final = 1.0
_COPY_EVERY: Final = 20.0
# The reference of the camera is renewed as often, in seconds.
_RENEW_EVERY: Final = 10.0
# After so many frames of a camera that stands, only one in so many seconds is checked for movement.
_STOOD: Final = 10
_VIEW_EVERY: Final = 4.0
# Share of the board that is covered where a frame shows something else; and for how many seconds that must last.
_ELSEWHERE: Final = 0.75
_OTHER_SCENE: Final = 12.0
# The same for a camera in a hand. It is often lost before an empty board until words are written by which its view is
# known again; taken for another scene, what was seen before would become a state of its own.
_LOST: Final = 40.0
# Seconds of a new scene that are looked at for its bare board.
_LOOK_AGAIN: Final = 20.0

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(eq=False, slots=True)
class BoardState:
    """A state of the board.

    Attributes:
        start: Since when the board has begun to show it, in seconds: when the one before was wiped off.
        end: When it was last seen as it is on the picture.
        times: When its writing was seen. The last times are completed while the video is read on.
    """

    start: float
    end: float
    times: TimeMaps


@dataclass(frozen=True, slots=True)
class FoundState:
    """A state was found. picture: (H, W, 3) uint8 RGB, the board without the lecturer."""

    state: BoardState
    picture: RGB


@dataclass(slots=True)
class _Kept:
    """The kept picture and its writing, in the order of the tiles or as work and small frames."""

    tiles: NDArray[np.uint8]
    ink: Mask
    born: Floats
    novel: Mask
    copied: Floats
    frozen: Mask
    since: Floats
    last_seen: Floats
    lost: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    earlier: dict[int, _Earlier] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class _Earlier:
    """A tile as it was before something was written on it while something else was gone already.

    Attributes:
        picture: (side, side, 3).
        seen: When it was last seen so, in seconds.
    """

    picture: NDArray[np.uint8]
    seen: float


class BoardTracker:
    """Finds the states of the board in the frames of a video.

    Attributes:
        states: Those that were found so far.
    """

    def __init__(self, grid: Grid, reference: RGB, looks: Sequence[RGB]) -> None:
        """Begin with a video.

        Args:
            grid: The sizes.
            reference: The work frame whose view of the board all pictures have.
            looks: Small frames from the first minutes, registered, to find the bare board by.
        """
        self._grid = grid
        self._ground = _find_bare_board(looks)
        covered, _ = self._ground.look(grid.to_small(reference), 0.0)
        rows, columns = grid.work_shape
        bare = cv2.resize((~covered).astype(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST) > 0
        self._camera = Camera(reference, bare)
        self.states: list[BoardState] = []
        self._emitted_count = 0
        self._began = 0.0
        self._begin_scene()

    def _begin_scene(self) -> None:
        grid, count = self._grid, self._grid.rows * self._grid.columns
        self._full = TileMedians(grid.rows, grid.columns, grid.tile)
        self._work = TileMedians(grid.rows, grid.columns, WORK_TILE)
        self._pushes = np.zeros(count, np.int64)
        self._times = np.zeros((DEPTH, count), np.float32)
        self._dirty = np.zeros(count, np.bool_)
        side = grid.tile
        bare = cv2.resize(self._ground.ground, (grid.columns * side, grid.rows * side), interpolation=cv2.INTER_LINEAR)
        # Until a tile is seen, it counts as bare.
        picture = np.clip(np.round(bare), 0, 255).astype(np.uint8)
        tiles = split_tiles(picture, side)
        self._board = np.ascontiguousarray(split_tiles(grid.to_work(picture), WORK_TILE))
        self._board = self._board.reshape(count, WORK_TILE, WORK_TILE, 3)
        self._kept = _Kept(
            np.ascontiguousarray(tiles).reshape(count, side, side, 3),
            np.zeros(grid.work_shape, np.bool_),
            np.full(grid.small_shape, np.nan, np.float32),
            np.zeros(grid.small_shape, np.bool_),
            np.full(count, -np.inf, np.float32),
            np.zeros(count, np.bool_),
            np.zeros(count, np.float32),
            np.zeros(count, np.float32),
        )
        self._changed = np.zeros(grid.work_shape, np.bool_)
        self._compared = self._renewed = -np.inf
        self._lost_before = self._wiped = 0
        self._wiping = -np.inf
        self._away_since = np.nan
        self._standing, self._viewed = 0, -np.inf
        self._looks: list[RGB] | None = None
        self._at = self._began

    # ------------------------------------------------------------------------------------------------------- frames

    def add(self, frame: RGB, seconds: float) -> Iterator[FoundState]:
        """Add the next frame, (H, W, 3) uint8 RGB; yields the state that it ends, if any."""
        padded = self._grid.pad(frame)
        work = self._grid.to_work(padded)
        view = self._find_view(work, seconds)
        inside: Mask | None = None
        if view.matrix is not None:
            work = camera.register(work, view.matrix)
            inside = camera.find_inside(self._grid.work_shape, view.matrix)
        if self._looks is not None:
            self._look_again(work, seconds)
            return
        small = self._grid.to_small(work)
        covered, gain = self._ground.look(small, seconds, None if inside is None else inside[2::4, 2::4])
        share = covered[self._ground.board].mean() if self._ground.board.any() else 1.0
        # A camera on a stand still stands where most of the board is hidden or empty.
        if share > _ELSEWHERE or not (view.found or self._camera.stood):
            stands = view.found and self._camera.stood
            yield from self._notice_absence(work, seconds, _OTHER_SCENE if stands else _LOST)
            return
        self._away_since = np.nan
        self._at = seconds
        seen = count_by_tile(covered, COARSE_TILE).reshape(-1) == 0
        if inside is not None:
            seen &= count_by_tile(~inside, WORK_TILE).reshape(-1) == 0
        if view.matrix is not None:
            padded = camera.register(padded, view.matrix, factor=self._grid.factor)
        self._push(padded, work, seen, gain, seconds)
        if seconds >= self._compared + _COMPARE_EVERY:
            self._compared = seconds
            yield from self._compare(seconds)

    def _find_view(self, work: RGB, seconds: float) -> View:
        """Find how a frame shows the board; of a camera that has long stood still, not for every frame."""
        if self._standing > _STOOD and seconds < self._viewed + _VIEW_EVERY:
            return View(None)
        view = self._camera.find(work)
        self._standing = self._standing + 1 if view.found and view.matrix is None else 0
        self._viewed = seconds
        return view

    def finish(self, seconds: float) -> Iterator[FoundState]:
        """The video is over, at a time; yields the last state."""
        # What was seen only twice, because the lecturer stands before it now, is on the last state, too.
        self._full.repeat_last(self._pushes)
        self._work.repeat_last(self._pushes)
        self._dirty |= self._pushes > 1
        yield from self._finish_scene(seconds)
        if not self.states:
            yield self._make_state(self._at)
        self._end_all(seconds)

    @property
    def is_calm(self) -> bool:
        """Whether nothing is being wiped off, so that the tracker can be saved."""
        return not self._kept.frozen.any() and self._looks is None

    # ------------------------------------------------------------------------------------------------- interrupted runs

    def save(self) -> dict[str, NDArray[Any]]:
        """Return what is needed to go on after an interruption; only while ``is_calm``."""
        kept = self._kept
        maps = [each for state in self.states for each in (state.times.first, state.times.last)]
        return {
            "tiles": kept.tiles,
            "ink": kept.ink,
            "born": kept.born,
            "changed": self._changed,
            "seen": self._pushes > 0,
            "ground": self._ground.ground,
            "board": self._ground.board,
            "novel": kept.novel,
            "maps": np.stack(maps) if maps else np.zeros((0, *self._grid.small_shape), np.float32),
            "spans": np.array([(state.start, state.end) for state in self.states], np.float64).reshape(-1, 2),
            "times": np.array(
                [self._began, self._at, self._lost_before, self._emitted_count, self._ground.chalk], np.float64
            ),
        }

    @classmethod
    def load(cls, grid: Grid, arrays: Mapping[str, NDArray[Any]]) -> BoardTracker | None:
        """Go on with what ``save`` returned for frames of the same size; None if that is damaged."""
        forms = _find_forms(grid)
        found = {name: arrays.get(name) for name in (*forms, "maps", "spans")}
        good = {name: each for name, each in found.items() if each is not None}
        if len(good) < len(found) or any(
            good[name].dtype != kind or good[name].shape != shape for name, (kind, shape) in forms.items()
        ):
            return None
        spans, maps = good["spans"], good["maps"]
        if maps.shape != (2 * len(spans), *grid.small_shape):
            return None
        tracker = cls.__new__(cls)
        tracker._resume(grid, good)
        for (start, end), first, last in zip(spans, maps[::2], maps[1::2], strict=True):
            times = TimeMaps(first.copy(), last.copy(), 2 * grid.factor)
            tracker.states.append(BoardState(float(start), float(end), times))
        return tracker

    def _resume(self, grid: Grid, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._grid = grid
        self._began, at, lost, count, chalk = (float(each) for each in arrays["times"])
        self._ground = BoardGround(arrays["ground"].copy(), chalk=chalk > 0, board=arrays["board"])
        self.states = []
        self._begin_scene()
        self._at, self._lost_before, self._emitted_count = at, int(lost), int(count)
        kept, seen = self._kept, np.flatnonzero(arrays["seen"])
        kept.tiles, kept.ink, kept.born = arrays["tiles"].copy(), arrays["ink"].copy(), arrays["born"].copy()
        kept.novel = arrays["novel"].copy()
        kept.copied[seen] = at
        self._changed = arrays["changed"].copy()
        picture = join_tiles(kept.tiles.reshape(grid.rows, grid.columns, grid.tile, grid.tile, 3))
        work = grid.to_work(np.ascontiguousarray(picture))
        tiles = np.ascontiguousarray(split_tiles(work, WORK_TILE)).reshape(-1, WORK_TILE, WORK_TILE, 3)
        self._board[:] = tiles
        self._work.fill(seen, tiles[seen])
        self._full.fill(seen, kept.tiles[seen])
        self._pushes[seen] = DEPTH
        self._times[:, seen] = at
        self._camera = Camera(work)

    # --------------------------------------------------------------------------------------------------- other views

    def _notice_absence(self, work: RGB, seconds: float, most: float) -> Iterator[FoundState]:
        """The board is not to be seen; if that lasts for so many seconds, the camera shows something else."""
        if np.isnan(self._away_since):
            self._away_since = seconds
        if seconds < self._away_since + most:
            return
        yield from self._finish_scene(seconds)
        self._end_all(self._at)
        self._looks = []
        self._camera = Camera(work)
        self._began = seconds

    def _finish_scene(self, seconds: float) -> Iterator[FoundState]:
        """The board won't be seen any more; yields the last state, and what was written since it began to be wiped."""
        yield from self._compare(seconds)
        if int(self._kept.lost.sum()) < _WIPED * self._count_before():
            self._commit(np.flatnonzero(self._kept.frozen))
        if self._kept.frozen.any() and self._is_novel():
            yield self._make_state(self._last_seen())
        self._commit(np.flatnonzero(self._kept.frozen))
        if self._is_novel():
            yield self._make_state(self._at)

    def _look_again(self, work: RGB, seconds: float) -> None:
        """Look at a new scene until its bare board is known."""
        assert self._looks is not None
        self._looks.append(self._grid.to_small(work))
        if seconds >= self._began + _LOOK_AGAIN:
            self._ground = _find_bare_board(self._looks)
            self._emitted_count = 0
            self._begin_scene()

    def _end_all(self, seconds: float) -> None:
        for state in self.states:
            open_ = np.isnan(state.times.last) & ~np.isnan(state.times.first)
            state.times.last[open_] = seconds

    # -------------------------------------------------------------------------------------------------- the medians

    def _push(self, padded: RGB, work: RGB, seen: Mask, gain: Floats, seconds: float) -> None:
        indices = np.flatnonzero(seen)
        if not len(indices):
            return
        if np.abs(gain - 1).max() > 0.004:
            padded, work = _expose(padded, gain), _expose(work, gain)
        slots, fresh = (self._pushes[indices] % DEPTH).astype(np.intp), self._pushes[indices] == 0
        columns = self._grid.columns
        at = indices // columns, indices % columns
        self._full.add(split_tiles(padded, self._grid.tile)[at], indices, slots, fresh=fresh)
        self._work.add(split_tiles(work, WORK_TILE)[at], indices, slots, fresh=fresh)
        self._times[slots, indices] = seconds
        self._times[:, indices[fresh]] = seconds
        self._pushes[indices] += 1
        self._dirty[indices] = True

    def _time_of(self, indices: NDArray[np.intp], back: int) -> Floats:
        """Return the time of the ``back``-th last push of tiles, 1 being the last."""
        return np.asarray(np.sort(self._times[:, indices], axis=0)[-back], dtype=np.float32)

    # --------------------------------------------------------------------------------------------------- comparison

    def _compare(self, seconds: float) -> Iterator[FoundState]:
        """Compare the board as it is now with what is kept of it."""
        grid, kept = self._grid, self._kept
        dirty = np.flatnonzero(self._dirty)
        self._dirty[dirty] = False
        self._board[dirty] = self._work.find(dirty)
        work = join_tiles(self._board.reshape(grid.rows, grid.columns, WORK_TILE, WORK_TILE, 3))
        seen = self._pushes > 0
        ink, weak = self._find_ink(work, seen)
        near = cv2.dilate(weak.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        kept.lost = kept.ink & ~near
        lost = count_by_tile(kept.lost, WORK_TILE).reshape(-1)
        had = count_by_tile(kept.ink, WORK_TILE).reshape(-1)
        gone = lost > np.maximum(_DUST, _TILE_GONE * had)
        newly = np.flatnonzero(gone & ~kept.frozen)
        kept.since[newly], kept.last_seen[newly] = seconds, self._time_of(newly, NEW + 1)
        kept.frozen = gone
        self._copy(ink, np.flatnonzero(seen & ~gone), seconds)
        if seconds >= self._renewed + _RENEW_EVERY:
            self._renewed = seconds
            self._camera.renew(work, _to_work(seen, grid))
        if gone.any():
            again = ink & ~cv2.dilate(kept.ink.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)
            yield from self._judge(lost, int(count_by_tile(again, WORK_TILE).reshape(-1)[gone].sum()), seconds)

    def _judge(self, lost: NDArray[np.int64], again: int, seconds: float) -> Iterator[FoundState]:
        """Judge what is gone: the end of a state, or a correction.

        Args:
            lost: Pixels of writing that are gone, by tile.
            again: Pixels of writing that came on the tiles where something is gone.
            seconds: The time.
        """
        kept = self._kept
        total, all_ink = int(lost[kept.frozen].sum()), int(self._find_written().sum())
        novel = self._is_novel()
        if novel and total > 4 * _DUST and total + self._lost_before >= _WIPED * self._count_before():
            # Whoever wipes uncovers other writing of the same state: it ends when the wiping does.
            if total > self._wiped + 4 * _DUST:
                self._wiped, self._wiping = total, seconds
            if again < max(4 * _DUST, _NOVEL * all_ink) and seconds < self._wiping + _WIPING:
                return
            yield self._make_state(self._last_seen())
            novel = False
        self._wiped = 0
        if not novel:
            # The last state shows what is gone.
            self._lost_before = 0
            self._commit(np.flatnonzero(kept.frozen))
            return
        old = kept.frozen & (kept.since < seconds - _CORRECTED)
        count = int(lost[old].sum())
        self._lost_before += count if count > _NOVEL * all_ink else 0
        self._commit(np.flatnonzero(old))

    def _count_before(self) -> int:
        """Count the pixels of writing that were there when wiping began.

        What is written elsewhere meanwhile is not a part of the state that ends.
        """
        kept = self._kept
        if not kept.frozen.any():
            return int(self._find_written().sum())
        began = np.quantile(kept.since[kept.frozen], _FIRST_GONE)
        early = np.repeat(np.repeat(kept.born < began, 2, 0), 2, 1)
        return int((self._find_written() & early).sum())

    def _last_seen(self) -> float:
        """Return when the kept picture was last seen as it is: before much of it was gone.

        Single tiles may have been covered for long before.
        """
        kept = self._kept
        return float(np.quantile(kept.last_seen[kept.frozen], _FIRST_GONE)) if kept.frozen.any() else self._at

    def _find_ink(self, work: RGB, seen: Mask) -> tuple[Mask, Mask]:
        """Find the writing on the board, and where there may be some, (H, W) bool at the work size."""
        ink, weak = board_ink.find_ink(work, self._ground)
        return ink & _to_work(seen, self._grid), weak

    def _copy(self, ink: Mask, indices: NDArray[np.intp], seconds: float) -> None:
        """Copy tiles in which something is new, or that were not copied for long, to the kept picture."""
        kept = self._kept
        around = cv2.dilate(kept.ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        new = ink & ~around
        fresh = count_by_tile(new, WORK_TILE).reshape(-1)[indices]
        old = self._time_of(indices, 1) > kept.copied[indices] + _COPY_EVERY
        chosen = indices[(fresh >= _DUST // 2) | old]
        if not len(chosen):
            return
        self._keep_earlier(indices[fresh >= _DUST // 2])
        kept.tiles[chosen] = self._full.find(chosen)
        self._take_ink(ink, new, chosen)

    def _keep_earlier(self, indices: NDArray[np.intp]) -> None:
        """Keep tiles as they were before they were written on, if that came after something else was wiped.

        What was covered since then may be older; a state that is being wiped shows it.
        """
        kept = self._kept
        if not kept.frozen.any():
            kept.earlier.clear()
            return
        end = self._last_seen()
        for index, seen in zip(indices.tolist(), self._time_of(indices, NEW + 1).tolist(), strict=True):
            known = kept.earlier.get(index)
            if seen > end and (known is None or known.seen <= end):
                kept.earlier[index] = _Earlier(kept.tiles[index].copy(), seen)

    def _take_ink(self, ink: Mask, new: Mask, chosen: NDArray[np.intp]) -> None:
        grid, kept = self._grid, self._kept
        picked = np.zeros(grid.rows * grid.columns, np.bool_)
        picked[chosen] = True
        when = np.zeros(grid.rows * grid.columns, np.float32)
        when[chosen] = self._time_of(chosen, NEW)
        here = _to_work(picked, grid)
        # What appears on a tile that was seen before is writing; what is there at first may be a part of the board.
        known = np.isfinite(kept.copied)
        self._changed |= new & here & _to_work(known, grid)
        kept.copied[chosen] = self._at
        kept.ink = np.where(here, ink, kept.ink)
        born = _shrink(new & here)
        moments = np.repeat(np.repeat(when.reshape(grid.rows, grid.columns), SMALL_TILE, 0), SMALL_TILE, 1)
        written = _shrink(ink & here)
        fresh = written & (born | np.isnan(kept.born))
        kept.born[fresh] = moments[fresh]
        kept.novel |= fresh

    def _commit(self, indices: NDArray[np.intp]) -> None:
        """Let the kept picture show tiles as they are now; what was on them is gone."""
        if not len(indices):
            return
        grid, kept = self._grid, self._kept
        work = join_tiles(self._board.reshape(grid.rows, grid.columns, WORK_TILE, WORK_TILE, 3))
        ink, _ = self._find_ink(work, self._pushes > 0)
        picked = np.zeros(grid.rows * grid.columns, np.bool_)
        picked[indices] = True
        here = _to_work(picked, grid)
        gone = _shrink(kept.lost & here) & ~_shrink(ink & here)
        when = np.where(picked, kept.last_seen, 0.0).astype(np.float32)
        moments = np.repeat(np.repeat(when.reshape(grid.rows, grid.columns), SMALL_TILE, 0), SMALL_TILE, 1)
        for state in self.states:
            ends = gone & np.isnan(state.times.last) & ~np.isnan(state.times.first)
            state.times.last[ends] = np.maximum(moments, state.times.first)[ends]
        around = cv2.dilate(kept.ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        kept.born[gone] = np.nan
        kept.novel &= ~gone
        kept.tiles[indices] = self._full.find(indices)
        self._take_ink(ink, ink & ~around & here, indices)
        kept.frozen[indices] = False
        kept.lost &= ~here

    # ------------------------------------------------------------------------------------------------------- states

    def _is_novel(self) -> bool:
        """Whether enough of the writing on the kept picture is on no state yet.

        Its place doesn't tell: new words often stand where others were.
        """
        written = _shrink(self._find_written())
        count = int(written.sum())
        new = int((written & self._kept.novel).sum())
        return new >= max(_DUST, _NOVEL * max(count, self._emitted_count))

    def _find_written(self) -> Mask:
        """Find the writing on the kept picture: not edges on and around the board that never change."""
        kept = self._kept
        lost = kept.lost if kept.lost.size else np.zeros_like(kept.ink)
        first = board_ink.find_letters(kept.ink & ~self._changed & board_ink.enlarge(self._ground.board))
        return kept.ink & (first | self._changed | lost)

    def _make_state(self, end: float) -> FoundState:
        grid, kept = self._grid, self._kept
        tiles, later = kept.tiles, np.zeros(grid.rows * grid.columns, np.bool_)
        earlier = {index: each for index, each in kept.earlier.items() if each.seen > end}
        if earlier:
            indices = list(earlier)
            tiles = tiles.copy()
            tiles[indices] = [each.picture for each in earlier.values()]
            later[indices] = True
        # Writing that came after the end is on the next state.
        since = np.repeat(np.repeat(later.reshape(grid.rows, grid.columns), SMALL_TILE, 0), SMALL_TILE, 1)
        since &= kept.born > end
        first = np.where(_shrink(kept.ink) & ~since, kept.born, np.nan).astype(np.float32)
        end = max(end, self._began)
        times = TimeMaps(first, np.full(grid.small_shape, np.nan, np.float32), 2 * grid.factor)
        state = BoardState(self._began, end, times)
        self.states.append(state)
        kept.novel &= since
        self._emitted_count = int((_shrink(self._find_written()) & ~since).sum())
        self._began = end
        picture = join_tiles(tiles.reshape(grid.rows, grid.columns, grid.tile, grid.tile, 3))
        return FoundState(state, np.ascontiguousarray(picture[: grid.height, : grid.width]))


def _find_forms(grid: Grid) -> dict[str, tuple[type[np.generic], tuple[int, ...]]]:
    """Return the kinds and shapes of what is saved of a tracker."""
    count, side = grid.rows * grid.columns, grid.tile
    return {
        "tiles": (np.uint8, (count, side, side, 3)),
        "ink": (np.bool_, grid.work_shape),
        "born": (np.float32, grid.small_shape),
        "novel": (np.bool_, grid.small_shape),
        "changed": (np.bool_, grid.work_shape),
        "seen": (np.bool_, (count,)),
        "ground": (np.float32, (*grid.coarse_shape, 3)),
        "board": (np.bool_, grid.coarse_shape),
        "times": (np.float64, (5,)),
    }


def _find_bare_board(looks: Sequence[RGB]) -> BoardGround:
    chalk = board_ground.is_chalk(looks)
    return BoardGround(board_ground.find_ground(looks, chalk=chalk), chalk=chalk)


def _expose(picture: RGB, gain: NDArray[Any]) -> RGB:
    """Multiply red, green and blue by factors."""
    # OpenCV takes four numbers for those of a pixel.
    return np.asarray(cv2.multiply(picture, np.append(gain, 0).astype(np.float64)), dtype=np.uint8)


def _shrink(mask: Mask) -> Mask:
    """Reduce a mask from the work to the small size; a pixel is set if any of its four is."""
    return mask[::2, ::2] | mask[1::2, ::2] | mask[::2, 1::2] | mask[1::2, 1::2]


def _to_work(tiles: Mask, grid: Grid) -> Mask:
    """Enlarge a mask of tiles to the work size."""
    return np.repeat(np.repeat(tiles.reshape(grid.rows, grid.columns), WORK_TILE, 0), WORK_TILE, 1)
