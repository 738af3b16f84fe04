"""Overlap of many quads with many others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.intp]
Polygons: TypeAlias = NDArray[np.object_]  # shapely's

# Pairs looked at together: enough that Python's own time does not count, few enough to stay within some 100 MB.
_TOGETHER = 1 << 18
# The words of a page touch a few others each. Where this many pairs do, boxes are heaped up, and are not all compared.
MAX_PAIRS = 1 << 21


@dataclass(frozen=True, slots=True)
class Overlap:
    """The pairs of quads, one of ``a`` and one of ``b``, that share something.

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
    """Compute the overlap of (N, 4, 2) and (M, 4, 2) quads.

    Beyond MAX_PAIRS touching pairs, those of the last quads of ``a`` are left out.
    """
    import shapely

    hulls_a, hulls_b = compute_convex_hulls(a), compute_convex_hulls(b)
    tree, areas_b = shapely.STRtree(hulls_b), shapely.area(hulls_b)
    pairs: list[Indices] = [np.zeros((2, 0), np.intp)]
    shared: list[Floats] = [np.zeros(0)]
    step = max(1, _TOGETHER // max(1, len(hulls_b)))
    for start in range(0, len(hulls_a), step):
        near = tree.query(hulls_a[start : start + step])
        near = near[:, np.lexsort(near[::-1])] + np.array([[start], [0]])
        both = _intersect(hulls_a[near[0]], hulls_b[near[1]])
        pairs.append(near[:, both > 0])
        shared.append(both[both > 0])
        if sum(map(len, shared)) >= MAX_PAIRS:
            break
    rows, columns = np.concatenate(pairs, axis=1)[:, :MAX_PAIRS]
    return Overlap(rows, columns, np.concatenate(shared)[:MAX_PAIRS], shapely.area(hulls_a), areas_b)


def compute_convex_hulls(quads: ArrayLike) -> Polygons:
    """The convex hulls of (N, 4, 2) quads, (N,)."""
    import shapely

    return np.asarray(shapely.convex_hull(shapely.polygons(np.asarray(quads, np.float64).reshape(-1, 4, 2))))


def _intersect(a: Polygons, b: Polygons) -> Floats:
    """Compute the shared area of pairs of polygons, (K,) and (K,), in square pixels."""
    import shapely

    boxes_a, boxes_b = shapely.bounds(a), shapely.bounds(b)
    sides = np.minimum(boxes_a[:, 2:], boxes_b[:, 2:]) - np.maximum(boxes_a[:, :2], boxes_b[:, :2])
    shared = np.maximum(sides, 0.0).prod(axis=1)
    # Upright rectangles share what the boxes around them do, which takes a tenth of the time.
    turned = np.zeros(len(a), np.bool_)
    for polygons, boxes in ((a, boxes_a), (b, boxes_b)):
        turned |= shapely.area(polygons) != (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shared[turned] = shapely.area(shapely.intersection(a[turned], b[turned]))
    return np.asarray(shared)
