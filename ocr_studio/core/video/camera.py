"""The camera: where the board of the reference frame lies on another frame.

Corners on the board are followed from the reference (pyramidal Lucas-Kanade, Bouguet 2000); RANSAC finds the homography
of those that move together, so that a lecturer does no harm. A camera on a stand is only seen to stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

# Corners are taken from all parts of the frame, or those of a patterned shirt would be all there are.
_PARTS = 8, 14
_IN_PART: Final = 5
# Least eigenvalue of a corner, as OpenCV scales it: about three levels of brightness a pixel. Noise has a tenth.
_SHARP: Final = 1e-4
# Fewer that agree prove nothing.
_LEAST: Final = 16
# So many corners are enough to follow, whatever is covered.
_ENOUGH: Final = 60
_AGREEING: Final = 0.35
# Share of the frame's width and height over which they are spread.
_WIDE: Final = 0.4
# Pixels of a work frame within which corners of a camera on a stand stay, and the share of them that shows it.
_STANDING: Final = 0.5
_MOST_STAND: Final = 0.6
# Corners that stay, for each that a movement of the camera explains, from which there was none.
_STANDS: Final = 0.75
# Pixels by which a corner that is followed there and back may miss itself.
_BACK: Final = 0.5
# Pixels within which corners agree with a homography.
_WITHIN: Final = 1.5
# Share of a frame's side by which a board may have moved before it is another view.
_FARTHEST: Final = 0.45
_FLOW: Final[dict[str, Any]] = {
    "winSize": (21, 21), "maxLevel": 4, "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.03),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """How a frame shows the board.

    Attributes:
        matrix: (3, 3), pixels of the reference → pixels of the frame, both at the work size; None if they are the same.
        found: Whether the board was found.
    """

    matrix: Floats | None
    found: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class _Reference:
    """A grey picture of the board, and corners on it, (N, 1, 2)."""

    grey: Any
    corners: NDArray[np.float32]


class Camera:
    """Follows the board from a reference picture that is renewed as the board changes."""

    def __init__(self, work: RGB, useful: Mask | None = None) -> None:
        """Begin with a reference.

        Args:
            work: The picture, a work frame.
            useful: Where it shows what will stay, (H, W) bool; None for everywhere.
        """
        self._shape = work.shape[:2]
        self._last: Floats | None = None
        grey = _to_grey(work)
        corners = _find_corners(grey, useful)
        if len(corners) < _ENOUGH:
            corners = _find_corners(grey, None)
        self._first = self._newest = _Reference(grey, corners)

    def renew(self, work: RGB, useful: Mask) -> None:
        """Take another picture of the same board, in the same place, as the reference, if enough can be seen on it.

        Args:
            work: The picture, a work frame.
            useful: Where it shows what will stay, (H, W) bool.
        """
        grey = _to_grey(work)
        corners = _find_corners(grey, useful)
        if len(corners) >= max(_ENOUGH, len(self._newest.corners) // 2):
            self._newest = _Reference(grey, corners)

    def find(self, work: RGB) -> View:
        """Find the board of the reference on a work frame."""
        if len(self._newest.corners) < _LEAST:
            return View(None)
        grey = _to_grey(work)
        guesses = (self._last, None) if self._last is not None else (None,)
        # The first reference has what is around the board, which stays when all writing is wiped off.
        references = (self._newest,) if self._newest is self._first else (self._newest, self._first)
        for reference in references:
            for guess in guesses:
                view = self._follow(reference, grey, guess)
                if view.found:
                    self._last = view.matrix
                    return view
        for reference in references:
            view = self._match(reference, grey)
            if view.found:
                self._last = view.matrix
                return view
        return View(None, found=False)

    @property
    def stood(self) -> bool:
        """Whether the camera had not moved when the board was found last."""
        return self._last is None

    def _follow(self, reference: _Reference, grey: Any, guess: Floats | None) -> View:
        """Follow the corners. guess: as in ``View.matrix``."""
        corners = reference.corners
        if len(corners) < _LEAST:
            return View(None, found=False)
        start = corners if guess is None else cv2.perspectiveTransform(corners.astype(np.float64), guess)
        start = np.array(start, np.float32)
        flags = cv2.OPTFLOW_USE_INITIAL_FLOW
        ends, found, _ = cv2.calcOpticalFlowPyrLK(reference.grey, grey, corners, start, flags=flags, **_FLOW)
        # Followed back, what is covered or was noise comes out elsewhere (Kalal et al. 2010).
        back, again, _ = cv2.calcOpticalFlowPyrLK(grey, reference.grey, ends, corners.copy(), flags=flags, **_FLOW)
        good = (np.asarray(found) > 0).reshape(-1) & (np.asarray(again) > 0).reshape(-1)
        good &= np.abs(np.asarray(back) - corners).reshape(-1, 2).max(axis=1) < _BACK
        if good.sum() < _LEAST:
            return View(None, found=False)
        begin, end = corners.reshape(-1, 2)[good], np.asarray(ends, np.float32).reshape(-1, 2)[good]
        still = int((np.abs(end - begin).max(axis=1) < _STANDING).sum())
        if still > _MOST_STAND * len(begin):
            return View(None)
        fitted = self._fit(begin, end)
        if fitted.matrix is not None:
            moved = np.asarray(cv2.perspectiveTransform(begin.reshape(-1, 1, 2).astype(np.float64), fitted.matrix))
            explained = int((np.abs(moved.reshape(-1, 2) - end).max(axis=1) < _STANDING).sum())
            # Moving explains hardly more than standing does: what moves is noise.
            return View(None) if still > _STANDS * explained else fitted
        return View(None) if still >= _LEAST else fitted

    def _match(self, reference: _Reference, grey: Any) -> View:
        """Find the board without knowing where it was, by ORB features (Rublee et al. 2011)."""
        finder = cv2.ORB.create(1500)
        here, these = finder.detectAndCompute(reference.grey, None)
        there, those = finder.detectAndCompute(grey, None)
        if these is None or those is None or len(here) < _LEAST or len(there) < _LEAST:
            return View(None, found=False)
        pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(these, those)
        if len(pairs) < _LEAST:
            return View(None, found=False)
        begin = np.array([here[pair.queryIdx].pt for pair in pairs], np.float32)
        end = np.array([there[pair.trainIdx].pt for pair in pairs], np.float32)
        rough = self._fit(begin, end, within=4.0)
        # Places of ORB are those of whole pixels; following the corners from there is exact.
        return self._follow(reference, grey, rough.matrix) if rough.found else rough

    def _fit(self, begin: Floats, end: Floats, *, within: float = _WITHIN) -> View:
        matrix, inside = cv2.findHomography(begin, end, cv2.RANSAC, within, maxIters=1000, confidence=0.999)
        if matrix is None:
            return View(None, found=False)
        found = np.asarray(matrix, np.float64)
        agree = begin[np.asarray(inside).reshape(-1) > 0]
        good = len(agree) >= max(_LEAST, _AGREEING * len(begin)) and self._is_possible(found)
        # A lecturer on an empty board moves together, too, but is narrow.
        good = good and bool((np.ptp(agree, axis=0) > _WIDE * np.array(self._shape[::-1])).all())
        return View(found) if good else View(None, found=False)

    def _is_possible(self, matrix: Floats) -> bool:
        """Whether a hand that holds a camera can have moved it so."""
        height, width = self._shape
        corners = np.array([[[0, 0]], [[width, 0]], [[width, height]], [[0, height]]], np.float64)
        moved = np.asarray(cv2.perspectiveTransform(corners, matrix)).reshape(4, 2)
        if not np.isfinite(moved).all() or not cv2.isContourConvex(moved.astype(np.float32)):
            return False
        share = cv2.contourArea(moved.astype(np.float32)) / (width * height)
        return bool(0.4 < share < 2.5 and np.abs(moved - corners.reshape(4, 2)).max() < _FARTHEST * max(width, height))


def _to_grey(work: RGB) -> Any:
    """Return a grey picture without most of its noise, which has corners, too."""
    return cv2.GaussianBlur(cv2.cvtColor(work, cv2.COLOR_RGB2GRAY), (0, 0), 0.8)


def _find_corners(grey: Any, useful: Mask | None) -> NDArray[np.float32]:
    """Find the sharpest corners of each part of a grey picture, (N, 1, 2) x and y."""
    sharp = cv2.cornerMinEigenVal(grey, 3)
    peaks = (sharp >= cv2.dilate(sharp, np.ones((9, 9), np.uint8))) & (sharp > _SHARP)
    peaks[:8], peaks[-8:], peaks[:, :8], peaks[:, -8:] = False, False, False, False
    if useful is not None:
        peaks &= useful
    ys, xs = np.nonzero(peaks)
    order = np.argsort(-sharp[ys, xs], kind="stable")
    ys, xs = ys[order], xs[order]
    height, width = grey.shape
    part = ys * _PARTS[0] // height * _PARTS[1] + xs * _PARTS[1] // width
    chosen = np.concatenate([np.flatnonzero(part == each)[:_IN_PART] for each in np.unique(part)] or [np.zeros(0, int)])
    return np.stack([xs[chosen], ys[chosen]], axis=1).astype(np.float32).reshape(-1, 1, 2)


def register(frame: RGB, matrix: Floats, *, factor: int = 1) -> RGB:
    """Return a frame as the reference camera would have seen it.

    Args:
        frame: (H, W, 3).
        matrix: As in ``View``, at the work size.
        factor: Pixels of the frame along a pixel of a work frame.
    """
    # The centre of pixel 0 of a reduced frame lies at (factor - 1) / 2 of the frame.
    shift = (factor - 1) / 2
    enlarge = np.array([[factor, 0, shift], [0, factor, shift], [0, 0, 1]], np.float64)
    full = enlarge @ matrix @ np.linalg.inv(enlarge)
    height, width = frame.shape[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(frame, full, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def find_inside(shape: tuple[int, int], matrix: Floats) -> Mask:
    """Find which pixels of the reference a frame shows, (H, W) bool at the work size.

    Args:
        shape: Rows and columns of a work frame.
        matrix: As in ``View``.
    """
    height, width = shape
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    ones = np.ones((height, width), np.uint8)
    return cv2.warpPerspective(ones, matrix, (width, height), flags=flags, borderValue=0) > 0
