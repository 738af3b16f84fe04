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
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.video import board_ground, camera
from ocr_studio.core.video.board_ground import BoardGround
from ocr_studio.core.video.camera import Camera, View
from ocr_studio.core.video.grid import COARSE_TILE, WORK_TILE, Grid, count_by_tile, join_tiles, spread_tiles
from ocr_studio.core.video.kept_board import DUST, NOVEL, KeptBoard
from ocr_studio.core.video.recent_tiles import Mask, RecentTiles
from ocr_studio.core.video.time_maps import TimeMaps

# Share of the writing that must be gone for a state to end; less is a correction.
_WIPED: Final = 0.15
# Seconds without any loss after which wiping is over.
_WIPING: Final = 4.0
# Seconds after which a small loss counts as a correction.
_CORRECTED: Final = 30.0
# Seconds between two comparisons.
_COMPARE_EVERY: Final = 1.0
# Seconds between two references of the camera.
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


@dataclass(eq=False, slots=True)
class BoardState:
    """A state of the board.

    Attributes:
        start: When the board began to show it, in seconds: when the one before was wiped off.
        end: When it was last seen as it is on the picture.
        times: When its writing was seen. The last times are completed while the video is read on.
    """

    start: float
    end: float
    times: TimeMaps


@dataclass(frozen=True, slots=True)
class FoundState:
    """A state as it is found.

    Attributes:
        state: The state.
        picture: The board without the lecturer, (H, W, 3) uint8 RGB.
    """

    state: BoardState
    picture: RGB


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
        self._began = 0.0
        self._begin_scene(self._draw_bare_board(), self._began)

    def _draw_bare_board(self) -> RGB:
        """Draw the board as it counts until its tiles are seen, (rows × side, columns × side, 3)."""
        size = self._grid.columns * self._grid.tile, self._grid.rows * self._grid.tile
        bare = np.clip(np.round(cv2.resize(self._ground.ground, size, interpolation=cv2.INTER_LINEAR)), 0, 255)
        return bare.astype(np.uint8)

    def _begin_scene(self, picture: RGB, seconds: float) -> None:
        """Begin with a board that looks like a picture at a time."""
        self._recent = RecentTiles(self._grid, picture, seconds)
        self._kept = KeptBoard(self._grid, self._ground, self._recent, picture)
        self._compared = self._renewed = -np.inf
        self._lost_before = self._wiped = 0
        self._wiping = -np.inf
        self._away_since = np.nan
        self._standing, self._viewed = 0, -np.inf
        self._looks: list[RGB] | None = None

    # ------------------------------------------------------------------------------------------------------- frames

    def add(self, frame: RGB, seconds: float) -> Iterator[FoundState]:
        """Add the next frame.

        Args:
            frame: (H, W, 3) uint8 RGB.
            seconds: Its time.

        Yields:
            The states that it ends.
        """
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
        share = covered[self._ground.board].mean()
        # A camera on a stand still stands where most of the board is hidden or empty.
        if share > _ELSEWHERE or not (view.found or self._camera.stood):
            stands = view.found and self._camera.stood
            yield from self._notice_absence(work, seconds, _OTHER_SCENE if stands else _LOST)
            return
        self._away_since = np.nan
        self._recent.at = seconds
        seen = count_by_tile(covered, COARSE_TILE).reshape(-1) == 0
        if inside is not None:
            seen &= count_by_tile(~inside, WORK_TILE).reshape(-1) == 0
        if view.matrix is not None:
            padded = camera.register(padded, view.matrix, factor=self._grid.factor)
        self._recent.add(padded, work, seen, gain)
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
        """End the video at a time, in seconds; yields the last states."""
        # What was seen only twice, because the lecturer stands before it now, is on the last state, too.
        self._recent.repeat_last()
        yield from self._finish_scene(seconds)
        if not self.states:
            yield self._make_state(self._recent.at)
        self._end_all(seconds)

    @property
    def is_calm(self) -> bool:
        """Whether nothing is being wiped off, so that the tracker can be saved."""
        return not self._kept.frozen.any() and self._looks is None

    # ------------------------------------------------------------------------------------------------- interrupted runs

    def save(self) -> dict[str, NDArray[Any]]:
        """Return what is needed to go on after an interruption; only while ``is_calm``."""
        maps = [each for state in self.states for each in (state.times.first, state.times.last)]
        return {
            **self._kept.save(),
            "ground": self._ground.ground,
            "board": self._ground.board,
            "maps": np.stack(maps) if maps else np.zeros((0, *self._grid.small_shape), np.float32),
            "spans": np.array([(state.start, state.end) for state in self.states], np.float64).reshape(-1, 2),
            "times": np.array(
                [self._began, self._recent.at, self._lost_before, self._kept.shown_count, self._ground.chalk],
                np.float64,
            ),
        }

    @classmethod
    def load(cls, grid: Grid, arrays: Mapping[str, NDArray[Any]], *, count: int) -> BoardTracker | None:
        """Go on with what ``save`` returned.

        Args:
            grid: The sizes, the same as before.
            arrays: What it returned.
            count: The number of states that were found by then.

        Returns:
            A tracker; None if the arrays are damaged or of other sizes.
        """
        for name, (kind, shape) in _find_forms(grid, count).items():
            if name not in arrays or arrays[name].dtype != kind or arrays[name].shape != shape:
                return None
        tracker = cls.__new__(cls)
        tracker._resume(grid, arrays)
        maps = arrays["maps"]
        for (start, end), first, last in zip(arrays["spans"], maps[::2], maps[1::2], strict=True):
            times = TimeMaps(first.copy(), last.copy(), 2 * grid.factor)
            tracker.states.append(BoardState(float(start), float(end), times))
        return tracker

    def _resume(self, grid: Grid, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._grid = grid
        self._began, at, lost, count, chalk = (float(each) for each in arrays["times"])
        self._ground = BoardGround(arrays["ground"].copy(), chalk=chalk > 0, board=arrays["board"])
        self.states = []
        picture = join_tiles(arrays["tiles"].reshape(grid.rows, grid.columns, grid.tile, grid.tile, 3))
        self._begin_scene(picture, at)
        self._lost_before = int(lost)
        self._recent.fill(arrays["seen"], picture)
        self._kept.resume(arrays, int(count))
        self._camera = Camera(self._recent.work)

    # --------------------------------------------------------------------------------------------------- other views

    def _notice_absence(self, work: RGB, seconds: float, most: float) -> Iterator[FoundState]:
        """End the scene if the board can't be seen for long: the camera shows something else.

        Args:
            work: A work frame that doesn't show the board.
            seconds: Its time.
            most: Seconds that the board may be away.
        """
        if np.isnan(self._away_since):
            self._away_since = seconds
        if seconds < self._away_since + most:
            return
        yield from self._finish_scene(seconds)
        self._end_all(self._recent.at)
        self._looks = []
        self._camera = Camera(work)
        self._began = seconds

    def _finish_scene(self, seconds: float) -> Iterator[FoundState]:
        """End a scene at a time: yield its last state, and what was written since that began to be wiped."""
        yield from self._compare(seconds)
        frozen = self._kept.frozen
        if self._kept.count_lost(frozen) < _WIPED * self._kept.count_before():
            self._commit(frozen)
        if self._kept.frozen.any() and self._kept.is_novel():
            yield self._make_state(self._kept.find_last_seen())
        self._commit(self._kept.frozen)
        if self._kept.is_novel():
            yield self._make_state(self._recent.at)

    def _look_again(self, work: RGB, seconds: float) -> None:
        """Look at a new scene until its bare board is known."""
        assert self._looks is not None
        self._looks.append(self._grid.to_small(work))
        if seconds >= self._began + _LOOK_AGAIN:
            self._ground = _find_bare_board(self._looks)
            self._begin_scene(self._draw_bare_board(), self._began)

    def _end_all(self, seconds: float) -> None:
        for state in self.states:
            open_ = np.isnan(state.times.last) & ~np.isnan(state.times.first)
            state.times.last[open_] = seconds

    # --------------------------------------------------------------------------------------------------- comparison

    def _compare(self, seconds: float) -> Iterator[FoundState]:
        """Compare the board as it is now with what is kept of it."""
        work = self._recent.update()
        again = self._kept.compare(work, seconds)
        if seconds >= self._renewed + _RENEW_EVERY:
            self._renewed = seconds
            self._camera.renew(work, spread_tiles(self._recent.seen, self._grid, WORK_TILE))
        if self._kept.frozen.any():
            yield from self._judge(again, seconds)

    def _judge(self, again: int, seconds: float) -> Iterator[FoundState]:
        """Judge what is gone: the end of a state, or a correction.

        Args:
            again: Pixels of writing that came on the tiles where something is gone.
            seconds: The time.
        """
        kept = self._kept
        total, all_ink = kept.count_lost(kept.frozen), kept.count_written()
        novel = kept.is_novel()
        if novel and total > 4 * DUST and total + self._lost_before >= _WIPED * kept.count_before():
            # Whoever wipes uncovers other writing of the same state: it ends when the wiping does.
            if total > self._wiped + 4 * DUST:
                self._wiped, self._wiping = total, seconds
            if again < max(4 * DUST, NOVEL * all_ink) and seconds < self._wiping + _WIPING:
                return
            yield self._make_state(kept.find_last_seen())
            novel = False
        self._wiped = 0
        if not novel:
            # The last state shows what is gone.
            self._lost_before = 0
            self._commit(kept.frozen)
            return
        old = kept.frozen & (kept.since < seconds - _CORRECTED)
        count = kept.count_lost(old)
        self._lost_before += count if count > NOVEL * all_ink else 0
        self._commit(old)

    def _commit(self, tiles: Mask) -> None:
        """Let the kept picture show some tiles as they are now, and end the times of what was on them."""
        if not tiles.any():
            return
        gone, when = self._kept.commit(tiles)
        for state in self.states:
            ends = gone & np.isnan(state.times.last) & ~np.isnan(state.times.first)
            state.times.last[ends] = np.maximum(when, state.times.first)[ends]

    # ------------------------------------------------------------------------------------------------------- states

    def _make_state(self, end: float) -> FoundState:
        picture, first = self._kept.show(end)
        end = max(end, self._began)
        times = TimeMaps(first, np.full_like(first, np.nan), 2 * self._grid.factor)
        state = BoardState(self._began, end, times)
        self.states.append(state)
        self._began = end
        return FoundState(state, picture)


def _find_forms(grid: Grid, states: int) -> dict[str, tuple[type[np.generic], tuple[int, ...]]]:
    """Return the kinds and shapes of what is saved of a tracker that has found so many states."""
    tiles, side = grid.rows * grid.columns, grid.tile
    return {
        "tiles": (np.uint8, (tiles, side, side, 3)),
        "ink": (np.bool_, grid.work_shape),
        "born": (np.float32, grid.small_shape),
        "novel": (np.bool_, grid.small_shape),
        "changed": (np.bool_, grid.work_shape),
        "seen": (np.bool_, (tiles,)),
        "ground": (np.float32, (*grid.coarse_shape, 3)),
        "board": (np.bool_, grid.coarse_shape),
        "maps": (np.float32, (2 * states, *grid.small_shape)),
        "spans": (np.float64, (states, 2)),
        "times": (np.float64, (5,)),
    }


def _find_bare_board(looks: Sequence[RGB]) -> BoardGround:
    chalk = board_ground.is_chalk(looks)
    return BoardGround(board_ground.find_ground(looks, chalk=chalk), chalk=chalk)
