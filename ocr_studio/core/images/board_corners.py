"""Detection of the board on a photo, and its rectification.

After Zhang and He, "Whiteboard scanning and image enhancement" (Microsoft Research, MSR-TR-2003-39, 2004): straight
edges, the four of them that make the likeliest board, and its true proportions from the way it is foreshortened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images.pixel_formats import shrink_image
from ocr_studio.core.images.warping import Photo
from ocr_studio.core.page import Quad

# Pixels of the longer side a board is looked for on: its edges are long, letters are not to be seen one by one.
_LOOKED_AT: Final = 640
# A side of a board may slope so far from level, or from upright, on a photo taken by hand.
_SLOPE: Final = math.radians(35.0)
# Of the photo's longer side: the shortest piece of an edge that counts, and how far beside each other pieces of one
# edge may lie.
_PIECE, _BESIDE = 0.04, 0.008
# So many of the strongest edges of either way are tried, together with the photo's own borders.
_EDGES: Final = 7
# Of the photo: a smaller quad is a sheet, a window or a screen rather than the board the photo was taken of.
_LEAST_AREA: Final = 0.2
# Levels of 255: a step in brightness or colour this high beside a side is as good as any higher one.
_CLEAR_STEP: Final = 24.0
# How far either way from a side its two grounds are compared, as a share of the photo's longer side: beyond the frame.
_AWAY: Final = 0.02
# What the photo's own border is worth for a side: neither for a board nor against one.
_BORDER_WORTH: Final = 0.5
# At least so sure, or no board is said to be there: more than the borders of the photo alone say.
_SURE: Final = 0.55
_SAMPLES: Final = 72


@dataclass(frozen=True, slots=True)
class Board:
    """A board on a photo.

    Attributes:
        quad: Its corners, clockwise from the top left of the photo.
        confidence: 0..1, how much of its four sides is visible as edges.
    """

    quad: Quad
    confidence: float


def make_whole_quad(image: Photo) -> Quad:
    """Return the corners of the whole photo."""
    return Quad.from_box(0, 0, image.shape[1], image.shape[0])


def find_board(image: Photo) -> Board | None:
    """Find the board on a photo; None without one.

    image: (H, W, 3) uint8 RGB. A side that the photo cuts off is the photo's border; at least two sides must be seen.
    """
    small = shrink_image(image, side=_LOOKED_AT)
    size = small.shape[1], small.shape[0]
    if min(size) < 32:
        return None
    level, upright = _find_edges(small)
    best: tuple[float, float, Floats] | None = None
    for top, bottom in _pair_sides(level, size[1]):
        for left, right in _pair_sides(upright, size[0]):
            sides = (top, right, bottom, left)
            if sum(side.seen for side in sides) < 2:
                continue
            corners = _intersect_sides(sides)
            if corners is None or not _is_like_a_board(corners, size):
                continue
            lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
            worth = _rate_board(sides, corners)
            sure = float(np.dot(worth, lengths) / lengths.sum())
            # Of two quads whose sides are seen as well, the larger one is the board, the other a sheet on it.
            rank = sure + 0.25 * math.sqrt(cv2.contourArea(corners.astype(np.float32)) / (size[0] * size[1]))
            if best is None or rank > best[0]:
                best = rank, sure, corners
    if best is None or best[1] < _SURE:
        return None
    corners = best[2] * (image.shape[1] / size[0], image.shape[0] / size[1])
    corners = np.clip(corners, 0, (image.shape[1], image.shape[0]))
    return Board(Quad.from_array(corners), min(1.0, best[1]))


@dataclass(frozen=True, slots=True)
class _BoardSide:
    """A line that may be a side of the board.

    Attributes:
        normal: Unit normal, pointing right or down.
        away: n·x = away.
        seen: Whether it is an edge on the photo, not the photo's border.
        along: (K,) Sample positions in pixels along the line from its foot.
        worth: (K,) How clearly an edge is visible there, 0..1.
    """

    normal: NDArray[np.float64]
    away: float
    seen: bool
    along: NDArray[np.float64]
    worth: NDArray[np.float64]


def _find_edges(small: Photo) -> tuple[list[_BoardSide], list[_BoardSide]]:
    """Find horizontal and vertical candidates, including the photo's borders."""
    height, width = small.shape[:2]
    longer = max(height, width)
    lab = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.5), cv2.COLOR_RGB2LAB), dtype=np.uint8)
    found = []
    for channel in (lab[..., 0], cv2.addWeighted(lab[..., 1], 2.0, lab[..., 2], 2.0, -255)):
        lines = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(np.ascontiguousarray(channel))[0]
        if lines is not None:
            found.append(np.asarray(lines).reshape(-1, 4))
    pieces = np.concatenate(found).astype(np.float64) if found else np.zeros((0, 4))
    run = pieces[:, 2:] - pieces[:, :2]
    lengths = np.hypot(run[:, 0], run[:, 1])
    keep = lengths >= _PIECE * longer
    pieces, run, lengths = pieces[keep], run[keep], lengths[keep]
    angles = np.arctan2(run[:, 1], run[:, 0])
    sides: tuple[list[_BoardSide], list[_BoardSide]] = ([], [])
    for way, wanted in enumerate((0.0, math.pi / 2)):
        turned = (angles - wanted + math.pi / 2) % math.pi - math.pi / 2
        mine = np.abs(turned) <= _SLOPE
        across = np.array([0.0, 1.0]) if way == 0 else np.array([1.0, 0.0])
        for normal, away in _merge_lines(pieces[mine], lengths[mine], turned[mine] + wanted, longer, across):
            sides[way].append(_rate_side(lab, normal, away))
        sides[way].sort(key=lambda side: -float(side.worth.sum()))
        del sides[way][_EDGES:]
        for away in (0.0, float(height if way == 0 else width)):
            sides[way].append(_BoardSide(across, away, False, np.zeros(0), np.zeros(0)))
    return sides


def _merge_lines(
    pieces: Floats, lengths: Floats, angles: Floats, longer: int, across: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], float]]:
    """Merge collinear pieces into lines, longest first: letters and hands interrupt a board's edge."""
    left = np.ones(len(pieces), dtype=bool)
    found: list[tuple[NDArray[np.float64], float]] = []
    for first in np.argsort(-lengths):
        if not left[first] or len(found) >= 4 * _EDGES:
            continue
        normal = np.array([-math.sin(angles[first]), math.cos(angles[first])])
        normal = normal if normal @ across > 0 else -normal
        ends = pieces.reshape(-1, 2, 2)
        off = np.abs(ends @ normal - pieces[first, :2] @ normal).max(axis=1)
        mine = left & (off <= _BESIDE * longer)
        points, weights = ends[mine].reshape(-1, 2), np.repeat(lengths[mine], 2)
        middle = np.average(points, axis=0, weights=weights)
        spread = (points - middle) * np.sqrt(weights)[:, None]
        normal = np.linalg.svd(spread, full_matrices=False)[2][1]
        normal = normal if normal @ across > 0 else -normal
        left &= ~mine
        found.append((np.asarray(normal, dtype=np.float64), float(middle @ normal)))
    return found


def _rate_side(lab: Photo, normal: NDArray[np.float64], away: float) -> _BoardSide:
    """Rate how clearly an edge is visible along a line: a step in brightness or colour, and another ground beyond."""
    height, width = lab.shape[:2]
    way = np.array([normal[1], -normal[0]])
    along = np.linspace(-1.0, 1.0, 4 * _SAMPLES) * math.hypot(height, width)
    points = normal * away + along[:, None] * way
    inside = (points >= 1).all(axis=1) & (points[:, 0] < width - 1) & (points[:, 1] < height - 1)
    along, points = along[inside], points[inside]
    far = _AWAY * max(height, width)

    def at(off: float) -> Floats:
        place = points + off * normal
        x = np.clip(place[:, 0], 0, width - 1).astype(int)
        y = np.clip(place[:, 1], 0, height - 1).astype(int)
        return np.asarray(lab[y, x], dtype=np.float64)

    # Of a board the step goes the same way all along; strokes of a line of writing interrupt it, and go both ways.
    steps = max(
        (at(off + 1.5) - at(off - 1.5) for off in (-1.5, 0.0, 1.5)), key=lambda each: float(np.abs(each.mean(0)).sum())
    )
    way_of_step = np.median(steps, axis=0)
    length = float(np.linalg.norm(way_of_step))
    step = steps @ (way_of_step / length) if length > 1.0 else np.zeros(len(steps))
    grounds = np.abs(at(far) - at(-far)).max(axis=1)
    frames = np.abs(at(0.0) - (at(far) + at(-far)) / 2).max(axis=1)  # a narrow frame before a wall like the board
    beyond = np.sqrt(np.minimum(1.0, np.maximum(grounds, frames) / _CLEAR_STEP))
    worth = np.clip(step / _CLEAR_STEP, 0.0, 1.0) * beyond
    return _BoardSide(normal, away, True, along, worth)


def _pair_sides(sides: list[_BoardSide], length: int) -> list[tuple[_BoardSide, _BoardSide]]:
    """Pair possible opposite sides: the first nearer to the top or the left, far enough from the second."""
    middle = [_middle(side, length, sides) for side in sides]
    return [
        (one, other)
        for i, one in enumerate(sides)
        for j, other in enumerate(sides)
        if middle[j] - middle[i] >= 0.25 * length
    ]


def _middle(side: _BoardSide, length: int, sides: list[_BoardSide]) -> float:
    # Lines slope by less than 45°, so their feet tell their order well enough.
    axis = 1 if abs(side.normal[1]) > abs(side.normal[0]) else 0
    if not side.seen or not len(side.along):
        return side.away
    way = np.array([side.normal[1], -side.normal[0]])
    return float((side.normal * side.away + float(side.along.mean()) * way)[axis])


def _intersect_sides(sides: tuple[_BoardSide, _BoardSide, _BoardSide, _BoardSide]) -> Floats | None:
    """Intersect neighbouring sides, (4, 2), clockwise from the top left."""
    top, right, bottom, left = sides
    corners = []
    for one, other in ((top, left), (top, right), (bottom, right), (bottom, left)):
        system = np.array([one.normal, other.normal])
        if abs(np.linalg.det(system)) < 0.3:
            return None
        corners.append(np.linalg.solve(system, np.array([one.away, other.away])))
    return np.array(corners)


def _is_like_a_board(corners: Floats, size: tuple[int, int]) -> bool:
    """Whether the corners are convex, large enough, not too oblique, and on the photo."""
    slack = 0.02 * max(size)
    if (corners < -slack).any() or (corners > np.array(size) + slack).any():
        return False
    run = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(run, axis=1)
    if lengths.min() < 0.2 * min(size) or cv2.contourArea(corners.astype(np.float32)) < _LEAST_AREA * size[0] * size[1]:
        return False
    before = -np.roll(run, 1, axis=0)
    turn = before[:, 0] * run[:, 1] - before[:, 1] * run[:, 0]
    sines = turn / (lengths * np.roll(lengths, 1))
    # All corners turn the same way, none by less than 50°.
    return bool((sines < -math.sin(math.radians(50.0))).all())


def _rate_board(sides: tuple[_BoardSide, _BoardSide, _BoardSide, _BoardSide], corners: Floats) -> NDArray[np.float64]:
    """Rate how clearly each of the four sides is visible between its corners, 0..1."""
    worth = np.full(4, _BORDER_WORTH)
    for index, side in enumerate(sides):
        if side.seen:
            way = np.array([side.normal[1], -side.normal[0]])
            low, high = sorted((float(corners[index] @ way), float(corners[(index + 1) % 4] @ way)))
            mine = (side.along >= low) & (side.along <= high)
            worth[index] = float(side.worth[mine].mean()) if mine.any() else 0.0
    return worth


def straighten_board(image: Photo, quad: Quad) -> tuple[Photo, NDArray[np.float64]]:
    """Straighten the board inside a quad; returns the picture and the homography to it.

    Its width is that of its longer level side and its height follows from ``estimate_aspect``, so that no writing gets
    smaller along the longer sides. Returns (h, w, 3) uint8 and (3, 3) float64: pixels of the photo → pixels of the
    picture, see ``transform_points``. Raises ValueError for a quad that is not convex.
    """
    matrix, (width, height) = compute_straightening(quad, image.shape[1], image.shape[0])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    # The matrix leads from pixel edges to pixel edges, OpenCV counts from the middle of a pixel.
    centred = np.linalg.inv(half) @ matrix @ half
    picture = cv2.warpPerspective(
        image, centred, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(picture, dtype=np.uint8), matrix


def compute_straightening(quad: Quad, width: int, height: int) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Compute the matrix of ``straighten_board`` and the picture's (width, height). Raises ValueError."""
    corners = np.asarray(quad.corners, dtype=np.float64)
    run = np.roll(corners, -1, axis=0) - corners
    after = np.roll(run, -1, axis=0)
    if not (run[:, 0] * after[:, 1] - run[:, 1] * after[:, 0] > 0).all():
        raise ValueError("the corners of a board do not go round it")
    lengths = np.linalg.norm(run, axis=1)
    wide, ratio = max(lengths[0], lengths[2]), estimate_aspect(quad, width, height)
    # Neither side loses pixels, and the picture never has many more than the photo.
    wide = max(wide, max(lengths[1], lengths[3]) * ratio)
    wide = min(wide, math.sqrt(1.5 * width * height * ratio), 30_000.0, 30_000.0 * ratio)
    size = max(1, round(wide)), max(1, round(wide / ratio))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(quad.array(), target), dtype=np.float64), size


def estimate_aspect(quad: Quad, width: int, height: int) -> float:
    """Estimate width / height of the flat rectangle that appears as this quad on a photo of this size.

    From the foreshortening, for a camera with square pixels whose axis goes through the photo's middle (Zhang and He,
    section 3.3). Where two sides are all but parallel that says nothing, and where a side is the photo's own border it
    says something wrong: the answer is held within a third of that of the mean sides.
    """
    corners = np.asarray(quad.corners, dtype=np.float64)
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    plain = float((lengths[0] + lengths[2]) / max(1e-6, lengths[1] + lengths[3]))
    # In units of the photo's size, homogeneous, from its middle: top left, top right, bottom left, bottom right.
    scale = max(width, height)
    m1, m2, m4, m3 = (np.array([(x - width / 2) / scale, (y - height / 2) / scale, 1.0]) for x, y in corners)
    k2 = float(np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3))
    k3 = float(np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2))
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    with np.errstate(all="ignore"):
        focal = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2]) if abs(n2[2] * n3[2]) > 1e-4 else 0.0
    # Lenses of cameras are between a wide angle of 100° and a tele of 10°.
    if not 0.4**2 <= focal <= 6.0**2:
        return plain
    across = math.sqrt((n2[0] ** 2 + n2[1] ** 2) / focal + n2[2] ** 2)
    down = math.sqrt((n3[0] ** 2 + n3[1] ** 2) / focal + n3[2] ** 2)
    return min(plain * 4 / 3, max(plain * 3 / 4, across / down)) if down > 0 else plain


def transform_points(matrix: Floats, points: Floats) -> NDArray[np.float64]:
    """Transform points, (…, 2), by a (3, 3) homography. Those on or behind the horizon become NaN."""
    flat = np.asarray(points, dtype=np.float64)
    mapped = np.concatenate([flat, np.ones((*flat.shape[:-1], 1))], axis=-1) @ matrix.T
    depth = np.where(mapped[..., 2:] > 1e-9, mapped[..., 2:], np.nan)
    return np.asarray(mapped[..., :2] / depth)


def transform_quad(matrix: Floats, quad: Quad) -> Quad | None:
    """Transform a quad by a homography; None if it is beyond the horizon."""
    corners = transform_points(matrix, np.asarray(quad.corners, dtype=np.float64))
    return Quad.from_array(corners) if np.isfinite(corners).all() and np.abs(corners).max() < 1e6 else None


def is_clockwise(quad: Quad) -> bool:
    """Whether the corners run clockwise around an area."""
    corners = np.asarray(quad.corners, dtype=np.float64)
    run = np.roll(corners, -1, axis=0) - corners
    after = np.roll(run, -1, axis=0)
    return bool((run[:, 0] * after[:, 1] - run[:, 1] * after[:, 0] > 1.0).all()) and geometry.measure_area(quad) >= 64.0
