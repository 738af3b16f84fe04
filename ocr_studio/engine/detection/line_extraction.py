"""Connected components of a text map → cores of lines: straight ones, bent ones, and several that touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Map: TypeAlias = NDArray[np.float32]
Points: TypeAlias = NDArray[np.float32]
Contour: TypeAlias = NDArray[np.signedinteger[Any]]

# A straight line fills its rectangle except for the corners; with this share empty it is bent, or several lines.
_MIN_FILL = 0.7
# Touching lines have grey values between them; these thresholds are tried in turn …
_HIGHER_THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
# … until at least two parts have this share of the whole. Parts below the other share are ignored.
_MIN_PART, _MIN_SCRAP = 0.1, 0.02
# Lines that fill their rectangle together are one above the other: parts that are longer than thick, next to each other
# along this share of the shorter one.
_MIN_ASPECT, _MIN_BESIDE = 1.5, 0.5
# A line is bent if its middle is this far from the straight line between its ends, and a parabola if all of it is
# within the other distance of one; shares of its thickness.
_MIN_BEND, _MAX_DEVIATION = 0.3, 0.3
# Number of points that describe the shape of a component.
_SHAPE_POINTS = 16


@dataclass(frozen=True, slots=True)
class Core:
    """The shrunk core of a line, as the network marks it (Liao et al. 2020).

    Attributes:
        middle: Centre between its ends, (2,).
        length: In map pixels.
        thickness: In map pixels.
        degrees: Direction from end to end.
        sag: (2,), from that centre to the middle of the line.
        outline: (K, 1, 2) int32 in map pixels.
    """

    middle: Points
    length: float
    thickness: float
    degrees: float
    sag: Points
    outline: Contour

    def expanded_corners(self, reach: float) -> Points:
        """Return the corners of the rectangle around it, grown by ``reach`` pixels, (4, 2)."""
        # An outline runs through pixel centres, half a pixel off the pixels' corners.
        middle = (float(self.middle[0]) + 0.5, float(self.middle[1]) + 0.5)
        corners = cv2.boxPoints((middle, (self.length + reach, self.thickness + reach), self.degrees))
        return np.asarray(corners, np.float32)


def find_cores(text_map: Map, *, text: float) -> Iterator[Core]:
    """Return the cores of the lines in a map, (h, w) 0..1. ``text`` is the value from which a pixel is text."""
    for outline in _outlines(text_map > text):
        yield from _split_core(text_map, outline, text)


def _split_core(text_map: Map, outline: Contour, threshold: float) -> Iterator[Core]:
    middle, (width, height), degrees = cv2.minAreaRect(outline)
    # An outline runs through pixel centres: half a pixel is missing on every side.
    width, height = width + 1.0, height + 1.0
    area = cv2.contourArea(outline) + cv2.arcLength(outline, True) / 2 + 1
    fills = area >= _MIN_FILL * width * height
    for higher in (value for value in _HIGHER_THRESHOLDS if value > threshold):
        inside = _outlines_above(text_map, outline, higher)
        large = [piece for piece in inside if cv2.contourArea(piece) >= _MIN_PART * area]
        if len(large) >= 2:
            if fills and not _are_stacked(large):
                break
            for piece in inside:
                if cv2.contourArea(piece) >= _MIN_SCRAP * area:
                    yield from _split_core(text_map, piece, higher)
            return
    straight = Core(np.asarray(middle, np.float32), width, height, degrees, np.zeros(2, np.float32), outline)
    yield straight if fills else _fit_parabola(straight) or straight


def _are_stacked(pieces: Sequence[Contour]) -> bool:
    """Whether these outlines are lines one above the other, and not parts of one."""
    largest = max(pieces, key=cv2.contourArea)
    _, (width, height), degrees = cv2.minAreaRect(largest)
    if max(width, height) <= _MIN_ASPECT * min(width, height):
        return False
    angle = np.radians(degrees if width >= height else degrees + 90)
    spans = [(piece[:, 0] @ (np.cos(angle), np.sin(angle))) for piece in pieces]
    low, high = (spans[0].min(), spans[0].max())
    return all(
        min(high, span.max()) - max(low, span.min()) > _MIN_BESIDE * min(high - low, np.ptp(span)) for span in spans[1:]
    )


def _outlines_above(text_map: Map, outline: Contour, threshold: float) -> list[Contour]:
    """Return the outlines of what is above a threshold inside an outline."""
    left, top, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline], -1, 1, cv2.FILLED, offset=(-left, -top))
    above = (text_map[top : top + height, left : left + width] > threshold) & (inside > 0)
    return [piece + np.array([left, top], piece.dtype) for piece in _outlines(above)]


def _outlines(mask: NDArray[np.bool_]) -> list[Contour]:
    """Return the outer outlines of the components of a mask, including components inside holes."""
    contours, hierarchy = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return [np.asarray(contour) for index, contour in enumerate(contours) if hierarchy[0, index, 3] < 0]


def _fit_parabola(straight: Core) -> Core | None:
    """Return the core as a parabola, or None if it is not one."""
    long_first = straight.length >= straight.thickness
    length = max(straight.length, straight.thickness)
    angle = np.radians(straight.degrees + (0 if long_first else 90))
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    pixels = _pixels_inside(straight.outline) - straight.middle
    place, off = pixels @ along / (length / 2), pixels @ across  # −1 … 1 along; pixels across
    which = np.clip(((place + 1) / 2 * _SHAPE_POINTS).astype(int), 0, _SHAPE_POINTS - 1)
    counts = np.bincount(which, minlength=_SHAPE_POINTS)
    if (counts == 0).any():
        return None
    means = np.bincount(which, weights=off, minlength=_SHAPE_POINTS) / counts
    at = (np.arange(_SHAPE_POINTS) + 0.5) / _SHAPE_POINTS * 2 - 1
    bend, slope, height = np.polyfit(at, means, 2)
    thickness = len(pixels) / length
    if (
        np.abs(np.polyval([bend, slope, height], at) - means).max() > _MAX_DEVIATION * thickness
        or abs(bend) < _MIN_BEND * thickness
    ):
        return None
    middle = straight.middle + across * (height + bend)
    way = along * length + across * 2 * slope
    degrees = float(np.degrees(np.arctan2(way[1], way[0])))
    return Core(
        middle.astype(np.float32), float(np.hypot(*way)), thickness, degrees, (-bend * across).astype(np.float32),
        straight.outline,
    )  # fmt: skip


def _pixels_inside(outline: Contour) -> NDArray[np.float64]:
    """Return the pixels inside an outline, (N, 2) x and y."""
    left, top, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [outline], -1, 1, cv2.FILLED, offset=(-left, -top))
    rows, columns = np.nonzero(inside)
    return np.stack([columns + left, rows + top], axis=1).astype(np.float64)
