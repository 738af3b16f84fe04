"""The bare board behind the writing, and what covers it.

Writing is thin: filled up from its sides (a morphological closing; of chalk, an opening), only the ground is left, and
what is wider than strokes stays. Whatever changes the ground, a lecturer or a shadow, covers the board. What it looks
like bare is found by looking at the first minutes: of each place, the colour that it has most often while nothing moves
there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

# Shares of the longer side of a frame. Strokes and lines of dense writing are narrower than this, most arms wider.
_STROKE: Final = 0.028
# What covers the board reaches this much further than its ground tells, and is no smaller than a hand.
_NEIGHBOURHOOD: Final = 0.031
_HAND: Final = 0.012
# Share of a frame that is thin for other reasons than writing.
_LITTLE: Final = 0.0005
# Levels of 255. A board darker than the first is one for chalk; each time the second that it is brighter, its bright
# lines must be e times as many as its dark ones for them to be chalk.
_DARK, _DARKER = 110.0, 20.0
# Levels of 255, and share of the brightness, by which the ground differs from the bare board where it is covered.
# Compression and noise are below, as medians of a hundred pixels hardly change; so is a faint shadow, which does no
# harm.
_LEVELS, _SHARE = 5.0, 0.05
# A pixel moves where it changes by so many levels between two frames.
_MOVED: Final = 18
# Share of a tile's pixels that moved, from which something passes before it.
_PASSING: Final = 0.12
# The bare board is found by at most so many frames. Colours are alike within so many levels.
_MOST_LOOKS: Final = 40
_ALIKE: Final = 6.0
# A colour that a place has on this share of the frames is the board's; one that it has on less than the other is not.
_SURE: Final = 0.85
_RARE: Final = 0.1
# For each so many levels that a colour is off its surroundings, it counts e times less; at most e to this power times.
_OFF: Final = 20.0
_MOST_OFF: Final = 3.0
# Steps of brightness between neighbours within a board; at its frame they are larger.
_SMOOTH: Final = 5.0
_LEAST_BOARD: Final = 0.15
# What did not move for so many seconds is no person: a filled shape on the board, or a thing put before it.
_STILL: Final = 90.0
# Sooner, where it is smaller than this share of the frame, as a person is not.
_SOON: Final = 15.0
_PERSON: Final = 0.012
# Ground that changes by fewer levels between two frames does not move.
_CALM: Final = 4
# Weight of a frame's ground, by which the bare board follows light that changes slowly.
_FOLLOW: Final = 0.02


def measure_ground(small: RGB, *, chalk: bool) -> RGB:
    """Return the ground behind the writing of a small frame, at the coarse size.

    Args:
        small: The frame.
        chalk: Whether the writing is brighter than the ground.
    """
    return np.asarray(cv2.medianBlur(_halve(_fill_strokes(small, chalk=chalk)), 3), dtype=np.uint8)


def _fill_strokes(small: RGB, *, chalk: bool) -> RGB:
    wide = round(_STROKE * max(small.shape[:2])) | 1
    filled = cv2.morphologyEx(small, cv2.MORPH_OPEN if chalk else cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))
    return np.asarray(filled, dtype=np.uint8)


def _halve(picture: RGB) -> RGB:
    rows, columns = picture.shape[:2]
    return np.asarray(cv2.resize(picture, (columns // 2, rows // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def is_chalk(looks: Sequence[RGB]) -> bool:
    """Whether the writing on small frames is brighter than its ground.

    What is thin is of the one kind or the other, and boards for chalk are dark. Each counts: a shirt may have a bright
    pattern, and a whiteboard may be filmed in the dark.
    """
    dark = bright = _LITTLE
    for look in looks:
        dark += float((_most(cv2.subtract(_fill_strokes(look, chalk=False), look)) > _MOVED).mean()) / len(looks)
        bright += float((_most(cv2.subtract(look, _fill_strokes(look, chalk=True))) > _MOVED).mean()) / len(looks)
    level = float(np.median([np.median(look) for look in looks]))
    return math.log(bright / dark) + (_DARK - level) / _DARKER > 0


def find_ground(looks: Sequence[RGB], *, chalk: bool) -> Floats:
    """Find the bare board by small frames.

    Each place takes one of the colours that it was seen in: one that it had often, and that continues the colours of
    the places that hardly change. So a lecturer who stands before a place for most of a short film does no harm.

    Args:
        looks: Small frames, seconds apart.
        chalk: Whether the writing is brighter than the ground.

    Returns:
        (H, W, 3) float32, at the coarse size.
    """
    looks = looks[:: -(-len(looks) // _MOST_LOOKS)]
    grounds = _even_out(np.stack([measure_ground(look, chalk=chalk) for look in looks]))
    found = np.asarray(np.median(grounds, axis=0), np.float32)
    sure = (_measure_off(grounds, found) < _ALIKE).mean(axis=0) >= _SURE
    continued = _continue(found, sure)
    doubtful = ~sure
    found[doubtful] = _choose(grounds[:, doubtful], continued[doubtful])
    # Single places that were taken for something else are not the board.
    return np.asarray(cv2.medianBlur(found, 5), dtype=np.float32)


def _choose(colours: Floats, continued: Floats) -> Floats:
    """Choose the colour of the board for some places, (P, 3).

    Args:
        colours: Those that each place was seen in, (N, P, 3).
        continued: Those that continue what is around, (P, 3).
    """
    count = len(colours)
    support = np.ones(colours.shape[:2], np.float32)
    for first in range(count - 1):
        alike = _measure_off(colours[first + 1 :], colours[first]) < _ALIKE
        support[first] += alike.sum(axis=0)
        support[first + 1 :] += alike
    score = np.log(support / count) - np.minimum(_measure_off(colours, continued) / _OFF, _MOST_OFF)
    chosen = score.argmax(axis=0)[None]
    found = np.take_along_axis(colours, chosen[..., None], axis=0)[0]
    # The middle of all that are like it has less noise.
    alike = _measure_off(colours, found) < _ALIKE
    found = np.where(alike[..., None], colours, 0).sum(axis=0) / alike.sum(axis=0)[..., None]
    rare = np.take_along_axis(support, chosen, axis=0)[0] < min(_RARE * count, count - 1)
    return np.asarray(np.where(rare[..., None], continued, found), np.float32)


def _measure_off(colours: Floats, other: Floats) -> Floats:
    """Measure the largest difference of red, green and blue."""
    off = np.abs(colours[..., 0] - other[..., 0])
    for channel in (1, 2):
        np.maximum(off, np.abs(colours[..., channel] - other[..., channel]), out=off)
    return np.asarray(off, np.float32)


def _continue(ground: NDArray[Any], sure: Mask) -> Floats:
    """Fill the places of a ground that are not sure with what is around them: smoothly, from near and far."""
    found = np.where(sure[..., None], ground, 0).astype(np.float32)
    weight = sure.astype(np.float32)
    filled, share = found.copy(), weight.copy()
    for reach in (2, 4, 8, 16, 32, 64):
        total = cv2.GaussianBlur(weight, (0, 0), reach)
        near = cv2.GaussianBlur(found, (0, 0), reach) / np.maximum(total, 1e-6)[..., None]
        more = np.clip(total * 4, 0, 1) * (1 - share)
        filled += near * more[..., None]
        share += more
    usual = np.median(ground[sure] if sure.any() else ground.reshape(-1, 3), axis=0)
    return np.asarray(filled + usual * (1 - share)[..., None], dtype=np.float32)


def _even_out(grounds: NDArray[np.uint8]) -> Floats:
    """Give grounds the exposure of their median."""
    usual = np.median(grounds[:: max(1, len(grounds) // 15)], axis=0).astype(np.float32)
    found = grounds.astype(np.float32)
    shares = usual[::4, ::4] / np.maximum(found[:, ::4, ::4], 1)
    return np.asarray(found * np.median(shares, axis=(1, 2))[:, None, None], dtype=np.float32)


def find_board(ground: Floats) -> Mask:
    """Find the largest area of even ground on a coarse frame: the board without its frame and what is around it.

    All of the frame if there is no such area.
    """
    smooth = cv2.GaussianBlur(ground, (0, 0), 1)
    step = np.zeros(ground.shape[:2], np.float32)
    for axis in (0, 1):
        step = np.maximum(step, np.abs(np.gradient(smooth, axis=axis)).max(axis=2))
    even = (step < _SMOOTH).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    areas = np.asarray(stats)[1:, cv2.CC_STAT_AREA]
    if not len(areas) or areas.max() < _LEAST_BOARD * even.size:
        return np.ones(even.shape, np.bool_)
    board = _fill_holes(labels == 1 + int(areas.argmax()))
    # The steps at its edge are as wide as they were smoothed.
    return cv2.dilate(board.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _fill_holes(mask: Mask) -> Mask:
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return filled > 0


class BoardGround:
    """What the bare board looks like, and where a frame shows something else.

    Attributes:
        ground: (H, W, 3) float32, at the coarse size.
        chalk: Whether the writing is brighter than it.
        board: Where the board is, (H, W) bool.
        around: The same with whatever is before it, and a margin: all that may be written on.
    """

    def __init__(self, ground: Floats, *, chalk: bool, board: Mask | None = None) -> None:
        """Begin with a bare board.

        Args:
            ground: (H, W, 3) float32, at the coarse size; it changes with the frames.
            chalk: Whether the writing is brighter than it.
            board: Where the board is, (H, W) bool; found by the ground by default.
        """
        self.ground, self.chalk = ground, chalk
        self.board = find_board(ground) if board is None else board
        side = max(self.board.shape)
        wide = round(_NEIGHBOURHOOD * side) | 1
        self._inside = cv2.erode(self.board.astype(np.uint8), np.ones((2 * wide + 1, 2 * wide + 1), np.uint8))
        points = cv2.findNonZero(self.board.astype(np.uint8))
        around = np.zeros(self.board.shape, np.uint8)
        cv2.fillConvexPoly(around, cv2.convexHull(points), 1)
        self.around = cv2.dilate(around, np.ones((wide, wide), np.uint8)) > 0
        # Steps of the ground: there, a camera that moves by a pixel, or compression, changes much.
        kernel = np.ones((3, 3), np.uint8)
        self._rough = _most(cv2.dilate(ground, kernel) - cv2.erode(ground, kernel))
        self._before: Floats | None = None
        self._bare_before: Floats | None = None
        self._still = np.zeros(ground.shape[:2], np.float32)  # seconds
        self._at = 0.0

    def look(self, small: RGB, seconds: float, inside: Mask | None = None) -> tuple[Mask, Floats]:
        """Look at the next frame.

        Args:
            small: The small frame, registered.
            seconds: Its time.
            inside: Which of its pixels the camera saw, (H, W) bool at the coarse size; None for all.

        Returns:
            What covers the board, (H, W) bool, at the coarse size; and the factors of red, green and blue that give the
            frame the exposure of the ground.
        """
        found = measure_ground(small, chalk=self.chalk)
        gain = self._measure_gain(found)
        bare, frame = (each.astype(np.float32) * gain for each in (found, _halve(small)))
        off = cv2.absdiff(bare, self.ground)
        differs = _most(off - _SHARE * self.ground) > _LEVELS + self._rough
        if inside is not None:
            differs &= inside
        if self._bare_before is not None and self._before is not None:
            calm = _most(cv2.absdiff(bare, self._bare_before)) < _CALM
            self._still = np.where(differs & calm, self._still + (seconds - self._at), 0.0).astype(np.float32)
            # What has differed without any movement for long is ground.
            long = (self._still > _STILL) | self._find_still_parts(differs)
            self.ground[long] = bare[long]
            # Something thin passes, such as a hand that writes; where it has just left, the bare board is back.
            moves = _most(cv2.absdiff(frame, self._before)) > _MOVED
            differs = (differs & ~long) | self._fill_passing(moves & (_most(cv2.absdiff(frame, self.ground)) > _MOVED))
        covered = self._complete(differs)
        cv2.accumulateWeighted(bare, self.ground, _FOLLOW, (~covered).astype(np.uint8))
        self._before, self._bare_before, self._at = frame, bare, seconds
        return covered, gain

    def _find_still_parts(self, differs: Mask) -> Mask:
        """Find what is smaller than a person and has not moved at all, such as dense writing or a magnet.

        What reaches into the frame from outside may be a part of a person.
        """
        count, labels, stats, _ = cv2.connectedComponentsWithStats(differs.astype(np.uint8))
        restless = np.bincount(labels[self._still < _SOON], minlength=count)
        still = (np.asarray(stats)[:, cv2.CC_STAT_AREA] < _PERSON * differs.size) & (restless == 0)
        still[labels[0]] = still[labels[-1]] = still[labels[:, 0]] = still[labels[:, -1]] = False
        still[0] = False
        return np.asarray(still[labels])

    def _measure_gain(self, found: RGB) -> Floats:
        """Find the exposure by most of the board, whoever stands before it."""
        step = np.s_[::2, ::2]
        board = self.board[step]
        ratio = self.ground[step][board] / np.maximum(found[step][board], 1)
        return np.clip(np.median(ratio, axis=0), 0.5, 2.0).astype(np.float32) if len(ratio) else np.ones(3, np.float32)

    def _fill_passing(self, moves: Mask) -> Mask:
        """Fill neighbourhoods in which much moves."""
        wide = round(_NEIGHBOURHOOD * max(moves.shape)) | 1
        dense = cv2.blur(moves.astype(np.float32), (wide, wide)) > _PASSING
        return cv2.dilate(dense.astype(np.uint8), np.ones((wide, wide), np.uint8)) > 0

    def _complete(self, differs: Mask) -> Mask:
        """Complete what differs to what covers: shapes without holes, with a margin; specks are noise."""
        side = max(differs.shape)
        hand, wide = round(_HAND * side) | 1, round(_NEIGHBOURHOOD * side) | 1
        closed = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))
        opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((hand, hand), np.uint8))
        covered = opened.copy()
        # A white shirt before a white board leaves notches; a person has none that writing could be read in. The frame
        # of the board, which a hand-held camera moves a little, is left out: it goes round all of it.
        outlines, _ = cv2.findContours(
            cv2.bitwise_and(opened, self._inside), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        for outline in outlines:
            cv2.fillConvexPoly(covered, cv2.convexHull(outline), 1)
        return cv2.dilate(covered, np.ones((wide, wide), np.uint8)) > 0


def _most(values: Any) -> NDArray[Any]:
    """Return the largest of red, green and blue, (H, W)."""
    red, green, blue = cv2.split(values)
    return np.asarray(cv2.max(cv2.max(red, green), blue))


def measure_contrast(work: RGB, *, chalk: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Measure how much the writing on a work frame differs from the ground around it.

    Args:
        work: The frame.
        chalk: Whether the writing is brighter than the ground.

    Returns:
        The contrast, the largest of red, green and blue, (H, W) uint8; and the brightness of the ground, (H, W) uint8.
    """
    rows, columns = work.shape[:2]
    ground = measure_ground(_halve(work), chalk=chalk)
    ground = np.asarray(cv2.resize(ground, (columns, rows), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return _most(cv2.absdiff(work, ground)), np.asarray(cv2.cvtColor(ground, cv2.COLOR_RGB2GRAY), np.uint8)
