"""How much quads overlap, many with many at once: pairs that touch, and what they share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.intp]

# Pairs looked at together: enough that Python's own time does not count, few enough to stay within some 100 MB.
_TOGETHER = 1 << 21
# The words of a page touch a few others each. Where this many pairs do, boxes are heaped up, and are not all compared.
MAX_PAIRS = 1 << 21
_CLIPPED_TOGETHER = 1 << 16


@dataclass(frozen=True, slots=True)
class Overlap:
    """The pairs of quads, one of ``a`` and one of ``b``, whose upright boxes share something.

    rows, columns: (K,), indices into a and b, sorted. shared: (K,), square pixels. areas_a, areas_b: of all quads. A
    quad that is not convex counts as its convex hull.
    """

    rows: Indices
    columns: Indices
    shared: Floats
    areas_a: Floats
    areas_b: Floats

    @property
    def iou(self) -> Floats:
        """(K,), intersection over union, 0..1; 0 where either has no area."""
        union = self.areas_a[self.rows] + self.areas_b[self.columns] - self.shared
        return np.clip(self.shared / np.maximum(union, 1e-9), 0.0, 1.0)

    @property
    def cover_a(self) -> Floats:
        """(K,), which share of the quad of ``a`` lies in that of ``b``, 0..1."""
        return np.clip(self.shared / np.maximum(self.areas_a[self.rows], 1e-9), 0.0, 1.0)

    @property
    def cover_b(self) -> Floats:
        """(K,), which share of the quad of ``b`` lies in that of ``a``, 0..1."""
        return np.clip(self.shared / np.maximum(self.areas_b[self.columns], 1e-9), 0.0, 1.0)

    def matrix(self, values: Floats) -> NDArray[np.float64]:
        """Values of the pairs as (N, M), 0 elsewhere."""
        whole = np.zeros((len(self.areas_a), len(self.areas_b)))
        whole[self.rows, self.columns] = values
        return whole


def compute_overlap(a: ArrayLike, b: ArrayLike) -> Overlap:
    """The overlap of (N, 4, 2) and (M, 4, 2) quads. The time grows with N × M by nanoseconds, the memory does not.

    Beyond MAX_PAIRS touching pairs, those of the last quads of ``a`` are left out.
    """
    quads_a, quads_b = (np.asarray(quads, dtype=np.float64).reshape(-1, 4, 2) for quads in (a, b))
    hulls_a, hulls_b = compute_convex_hulls(quads_a), compute_convex_hulls(quads_b)
    found = list(_touching(quads_a, quads_b))
    rows, columns, boxes = (np.concatenate(parts) for parts in zip(*found, strict=True)) if found else _NOTHING
    shared = boxes.copy()
    turned = np.flatnonzero(~(_upright(quads_a)[rows] & _upright(quads_b)[columns]))
    for start in range(0, len(turned), _CLIPPED_TOGETHER):
        some = turned[start : start + _CLIPPED_TOGETHER]
        shared[some] = _intersections(hulls_a[rows[some]], hulls_b[columns[some]])
    return Overlap(rows, columns, shared, compute_areas(hulls_a), compute_areas(hulls_b))


def compute_areas(polygons: Floats) -> Floats:
    """(N, V, 2) -> (N,): square pixels inside each, by the shoelace formula."""
    return np.abs(_signed(polygons))


def compute_convex_hulls(quads: Floats) -> Floats:
    """(N, 4, 2) -> (N, 4, 2): the convex hulls, clockwise on the screen; where one has three corners, one is twice."""
    along = np.roll(quads, -1, axis=1) - quads
    turns = _cross(along, np.roll(along, -1, axis=1))
    hulls = np.where((_signed(quads) < 0)[:, None, None], quads[:, ::-1], quads)
    for index in np.flatnonzero(~((turns >= 0).all(axis=1) | (turns <= 0).all(axis=1))):
        hulls[index] = _hull(quads[index])
    return hulls


_NOTHING = (np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))


def _touching(a: Floats, b: Floats) -> Iterator[tuple[Indices, Indices, Floats]]:
    """Pairs whose upright boxes share something, and how much, some rows at a time."""
    low_a, high_a, low_b, high_b = a.min(axis=1), a.max(axis=1), b.min(axis=1), b.max(axis=1)
    step, left = max(1, _TOGETHER // max(1, len(b))), MAX_PAIRS
    for start in range(0, len(a) if len(b) else 0, step):
        some = slice(start, start + step)
        across, down = (
            np.minimum(high_a[some, None, axis], high_b[None, :, axis])
            - np.maximum(low_a[some, None, axis], low_b[None, :, axis])
            for axis in (0, 1)
        )
        rows, columns = (places[:left] for places in np.nonzero((across > 0) & (down > 0)))
        left -= len(rows)
        yield rows + start, columns, across[rows, columns] * down[rows, columns]
        if not left:
            return


def _upright(quads: Floats) -> NDArray[np.bool_]:
    """Which of (N, 4, 2) are the upright rectangle around themselves, corners clockwise from the top left."""
    low, high = quads.min(axis=1), quads.max(axis=1)
    x0, y0, x1, y1 = low[:, 0], low[:, 1], high[:, 0], high[:, 1]
    boxes = np.stack([x0, y0, x1, y0, x1, y1, x0, y1], axis=1).reshape(-1, 4, 2)
    return np.asarray((quads == boxes).all(axis=(1, 2)))


def _intersections(subjects: Floats, windows: Floats) -> Floats:
    """(K, 4, 2) convex and (K, 4, 2) convex, clockwise -> (K,): the area of what each two share.

    Sutherland and Hodgman 1974, all pairs at once; OpenCV's own errs on shared edges.
    """
    origin = subjects[:, :1]  # near it numbers are small, and their products exact enough
    windows = windows - origin
    polygons: Floats = subjects - origin
    for corner in range(4):
        polygons = _clipped(polygons, windows[:, corner], windows[:, (corner + 1) % 4])
    return compute_areas(polygons)


def _clipped(polygons: Floats, start: Floats, end: Floats) -> Floats:
    """(K, V, 2) -> (K, V + 1, 2): what lies to the right of the lines from start to end, (K, 2) each.

    A polygon with fewer corners repeats its last one.
    """
    side = _cross((end - start)[:, None], polygons - start[:, None])
    before, side_before = np.roll(polygons, 1, axis=1), np.roll(side, 1, axis=1)
    crosses = side_before * side < 0
    share = side_before / np.where(crosses, side_before - side, 1.0)
    count, corners = side.shape
    points = np.empty((count, 2 * corners, 2))
    points[:, 0::2], points[:, 1::2] = before + (polygons - before) * share[..., None], polygons
    kept = np.empty((count, 2 * corners), np.bool_)
    kept[:, 0::2], kept[:, 1::2] = crosses, side >= 0
    first = np.argsort(~kept, axis=1, kind="stable")
    last = np.maximum(kept.sum(axis=1) - 1, 0)
    chosen = np.take_along_axis(first, np.minimum(np.arange(corners + 1), last[:, None]), axis=1)
    return np.take_along_axis(points, chosen[..., None], axis=1)


def _signed(polygons: Floats) -> Floats:
    # Seen from the first corner numbers are small.
    local = polygons - polygons[:, :1]
    return np.asarray(_cross(local, np.roll(local, -1, axis=1)).sum(axis=1) / 2)


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _hull(points: Floats) -> Floats:
    """The convex hull of four points, clockwise on the screen: (4, 2), the last one repeated where there are fewer."""
    origin = points.mean(axis=0)  # float32, all that OpenCV takes, is exact enough near the origin only
    hull = cv2.convexHull((points - origin).astype(np.float32), clockwise=True, returnPoints=False)
    # OpenCV finds none where all points are one.
    chosen = points[:1] if hull is None else points[hull.reshape(-1)]
    padded = chosen[np.minimum(np.arange(4), len(chosen) - 1)]
    return padded if _signed(padded[None])[0] >= 0 else padded[::-1]
