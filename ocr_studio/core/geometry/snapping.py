"""Snapping: edges of a box that is being placed jump to the baselines, tops and sides of neighbouring boxes.

Everywhere: pixels of the upright photo; edges as in ``BoxSide``. Slanted writing snaps along its own slope.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.page import Point, Quad

Guide: TypeAlias = tuple[Point, Point]

# Writing that slopes otherwise is no neighbour to line up with.
_COS_PARALLEL = math.cos(math.radians(10))
# How far beyond the end of a neighbour's edge it still counts, in heights of the neighbour: along a line of writing a
# few words, across it a few lines.
_ALONG, _ACROSS = 8.0, 4.0


class BoxSide(IntEnum):
    """The edges of a box, each from the corner of that number to the next, clockwise from the text's top left."""

    TOP, RIGHT, BOTTOM, LEFT = range(4)


# Words stand on one baseline and under one top; their sides line up, or one begins where the other ends.
_LIKE = {
    BoxSide.TOP: (BoxSide.TOP,),
    BoxSide.BOTTOM: (BoxSide.BOTTOM,),
    BoxSide.LEFT: (BoxSide.LEFT, BoxSide.RIGHT),
    BoxSide.RIGHT: (BoxSide.RIGHT, BoxSide.LEFT),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge that may snap, or one end of it. way: unit vector that it moves along. start, end: may be one point."""

    side: BoxSide
    start: Point
    end: Point
    way: Point

    @property
    def middle(self) -> Point:
        """The point where the distance to snap is measured."""
        return (self.start[0] + self.end[0]) / 2, (self.start[1] + self.end[1]) / 2


@dataclass(frozen=True, slots=True)
class Snap:
    """The offset, (dx, dy), that snaps the edges, and at most two guide lines to show."""

    by: Point = (0.0, 0.0)
    guides: tuple[Guide, ...] = ()


@dataclass(frozen=True, slots=True)
class _EdgeMatch:
    """A neighbour's edge within reach. by: its distance along the edge's way."""

    edge: Edge
    start: Floats
    end: Floats
    by: float


def box_edges(quad: Quad) -> tuple[Edge, ...]:
    """Return all edges of a box that is moved as a whole."""
    along, across = _find_ways(quad)
    corners = quad.corners
    return tuple(Edge(side, corners[side], corners[(side + 1) % 4], along if side % 2 else across) for side in BoxSide)


def side_edges(quad: Quad, side: BoxSide) -> tuple[Edge, ...]:
    """Return one side of a box that is dragged across itself."""
    along, across = _find_ways(quad)
    way = along if side % 2 else across
    return (Edge(side, quad.corners[side], quad.corners[(side + 1) % 4], way),)


def corner_edges(quad: Quad, index: int) -> tuple[Edge, ...]:
    """Return the two edges at one corner, 0..3, of a box that is dragged by it."""
    along, across = _find_ways(quad)
    point = quad.corners[index]
    return tuple(
        Edge(side, point, point, along if side % 2 else across) for side in (BoxSide((index - 1) % 4), BoxSide(index))
    )


def shift_edges(edges: Iterable[Edge], by: Point) -> tuple[Edge, ...]:
    """Shift edges by (dx, dy) pixels."""
    return tuple(replace(edge, start=_move_point(edge.start, by), end=_move_point(edge.end, by)) for edge in edges)


def snap_edges(edges: Iterable[Edge], neighbours: ArrayLike, reach: float) -> Snap:
    """Snap edges across and along the writing, each to the nearest line within reach.

    neighbours: (N, 4, 2), boxes that stay where they are; those far from the edges, or sloping otherwise, do not count.
    reach: pixels.
    """
    corners = np.asarray(neighbours, dtype=np.float64).reshape(-1, 4, 2)
    if len(corners) == 0 or reach <= 0:
        return Snap()
    met = [found for edge in edges if (found := _find_nearest(edge, corners, reach))]
    best = [
        min(group, key=lambda each: abs(each.by))
        for parity in (0, 1)
        if (group := [each for each in met if each.edge.side % 2 == parity])
    ]
    if not best:
        return Snap()
    by = _merge_matches(best)
    return Snap((float(by[0]), float(by[1])), tuple(_make_guide(each, by) for each in best))


def _move_point(point: Point, by: Point) -> Point:
    return point[0] + by[0], point[1] + by[1]


def _find_ways(quad: Quad) -> tuple[Point, Point]:
    x, y = geometry.find_directions(quad.array())[0]
    return (float(x), float(y)), (-float(y), float(x))


def _find_nearest(edge: Edge, corners: Floats, reach: float) -> _EdgeMatch | None:
    """Find the neighbour's edge with the shortest distance to this one."""
    sides = [int(side) for side in _LIKE[edge.side]]
    start = np.concatenate([corners[:, side] for side in sides])
    end = np.concatenate([corners[:, (side + 1) % 4] for side in sides])
    heights = np.tile(geometry.measure_sizes(corners)[:, 1], len(sides))
    line, way = end - start, np.asarray(edge.way)
    length = np.maximum(np.hypot(line[:, 0], line[:, 1]), 1e-6)
    crossing = _cross(way, line)
    parallel = np.abs(crossing) >= _COS_PARALLEL * length
    away = start - np.asarray(edge.middle)
    by = _cross(away, line) / np.where(parallel, crossing, 1.0)
    share = ((way * by[:, None] - away) * line).sum(axis=1) / length**2
    beyond = np.maximum(0.0, np.maximum(-share, share - 1.0)) * length
    near = beyond <= (_ACROSS if edge.side % 2 else _ALONG) * heights
    fits = np.flatnonzero(parallel & near & (np.abs(by) <= reach))
    if len(fits) == 0:
        return None
    # Of several as near, the one that stands nearest.
    best = fits[np.lexsort((beyond[fits], np.abs(by[fits]).round(1)))[0]]
    return _EdgeMatch(edge, start[best], end[best], float(by[best]))


def _merge_matches(met: Sequence[_EdgeMatch]) -> Floats:
    """Find the one move that brings each edge onto its line."""
    normals = np.array([_find_normal(each.end - each.start) for each in met])
    lacking = [normal @ (each.start - np.asarray(each.edge.middle)) for normal, each in zip(normals, met, strict=True)]
    if len(met) == 1:
        return np.asarray(met[0].edge.way) * met[0].by
    return np.asarray(np.linalg.solve(normals, np.array(lacking)))


def _make_guide(met: _EdgeMatch, by: Floats) -> Guide:
    """Make a guide line long enough to connect the neighbour's edge and the snapped one."""
    along = (met.end - met.start) / max(float(np.linalg.norm(met.end - met.start)), 1e-6)
    points = np.array([met.start, met.end, np.asarray(met.edge.start) + by, np.asarray(met.edge.end) + by])
    places = (points - met.start) @ along
    first, last = met.start + along * places.min(), met.start + along * places.max()
    return (float(first[0]), float(first[1])), (float(last[0]), float(last[1]))


def _find_normal(line: Floats) -> Floats:
    return np.array([-line[1], line[0]]) / max(float(np.hypot(*line)), 1e-6)


def _cross(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
