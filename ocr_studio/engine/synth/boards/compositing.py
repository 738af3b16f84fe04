"""Draws the words and strokes of a board onto its photo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.boards.board_area import BoardWord, PaperSheet
from ocr_studio.engine.synth.handwriting import marker
from ocr_studio.engine.synth.handwriting.marker import Colour, Pen
from ocr_studio.engine.synth.handwriting.pen_drawings import Stroke
from ocr_studio.engine.synth.photo.board_surface import BoardPlacement

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
Random: TypeAlias = np.random.Generator

# Strokes are drawn with this capital height, as their pen is given by its width in pixels.
_CAPITAL = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class InkOnPhoto:
    """Ink on a photo. ink: (h, w) uint8; left, top: position of its first pixel."""

    ink: Picture
    left: int
    top: int


def project_word(word: BoardWord, place: BoardPlacement) -> InkOnPhoto | None:
    """Return the ink of a word on the photo; None if none of it is on it."""
    ink = word.ink.writing.ink
    to_photo = place.matrix @ np.vstack([word.matrix, (0.0, 0.0, 1.0)])
    height, width = ink.shape
    ends = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    corners = cv2.perspectiveTransform(ends[None], to_photo)[0]
    low = np.clip(np.floor(corners.min(axis=0)), 0, (place.width, place.height)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, (place.width, place.height)).astype(int)
    if (high <= low).any():
        return None
    # OpenCV counts from pixel centres, this program from corners.
    half, back = np.eye(3), np.eye(3)
    half[:2, 2], back[:2, 2] = 0.5, -0.5 - low
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    seen = cv2.warpPerspective(ink, back @ to_photo @ half, size, flags=cv2.INTER_LINEAR)
    return InkOnPhoto(np.asarray(seen, np.uint8), int(low[0]), int(low[1]))


def word_contrast(word: BoardWord, place: BoardPlacement, grey: Picture) -> float:
    """Return by how many levels a word's ink differs from its surroundings. grey: the photo, (H, W) uint8."""
    seen = project_word(word, place)
    if seen is None:
        return 0.0
    height, width = seen.ink.shape
    part = grey[seen.top : seen.top + height, seen.left : seen.left + width]
    return marker.measure_contrast(part, seen.ink)


def project_stroke(stroke: Stroke, pen: Pen, place: BoardPlacement, rng: Random) -> InkOnPhoto | None:
    """Return the ink of a stroke on the photo, drawn with a pen of the stroke's width."""
    points = place.on(stroke.points)
    before = np.linalg.norm(np.diff(stroke.points, axis=0), axis=1).sum()
    grown = np.linalg.norm(np.diff(points, axis=0), axis=1).sum() / before if before > 0 else 1.0
    around = 2 * (float(stroke.widths.max()) * grown + marker.MARGIN)
    if not np.isfinite(points).all() or (points.max(axis=0) < -around).any():
        return None
    if (points.min(axis=0) > np.array([place.width, place.height]) + around).any() or np.ptp(points) > 12000:
        return None
    width = float(np.mean(stroke.widths)) * grown / _CAPITAL
    drawn = marker.draw_strokes([points], replace(pen, width=width), size=_CAPITAL, rng=rng)
    left, top = round(drawn.corner[0]), round(drawn.corner[1])
    ink = drawn.ink[max(0, -top) : max(0, place.height - top), max(0, -left) : max(0, place.width - left)]
    return InkOnPhoto(ink, max(0, left), max(0, top)) if ink.size else None


def paste_paper(scene: Picture, paper: PaperSheet, place: BoardPlacement) -> None:
    """Draw a piece of paper with its shadow onto a photo, in place."""
    corners = place.on(paper.corners)
    reach = 0.012 * float(np.ptp(corners, axis=0).max()) + 1
    shadow = np.round((corners + (0.7 * reach, reach)) * 16).astype(np.int32)
    low = np.clip(np.floor(corners.min(axis=0) - 2), 0, (place.width, place.height)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0) + 2 * reach + 2), 0, (place.width, place.height)).astype(int)
    if (high <= low).any():
        return
    part = scene[low[1] : high[1], low[0] : high[0]]
    darker = part.copy()
    cv2.fillConvexPoly(darker, shadow - 16 * low.astype(np.int32), (60, 60, 62), cv2.LINE_AA, 4)
    cv2.addWeighted(part, 0.6, cv2.GaussianBlur(darker, (0, 0), max(0.6, reach / 2)), 0.4, 0, dst=part)
    points = np.round(corners * 16).astype(np.int32) - 16 * low.astype(np.int32)
    cv2.fillConvexPoly(part, points, paper.colour, cv2.LINE_AA, 4)


def draw_ink(scene: Picture, seen: InkOnPhoto, colour: Colour, *, strength: float, opaque: bool) -> None:
    """Draw ink onto a photo, (h, w, 3), in place. strength: 0..1, of fresh ink."""
    height, width = seen.ink.shape
    part = scene[seen.top : seen.top + height, seen.left : seen.left + width]
    ink = seen.ink if strength > 0.99 else np.asarray(cv2.convertScaleAbs(seen.ink, alpha=strength), np.uint8)
    part[:] = marker.blend_ink(part, ink, colour, opaque=opaque)


def draw_words(
    scene: Picture, words: Iterable[BoardWord], place: BoardPlacement, *, opaque: bool, rough: Picture | None
) -> None:
    """Draw words onto a photo, in place. rough: (H, W) uint8, how much ink the surface takes."""
    for word in words:
        seen = project_word(word, place)
        if seen is None:
            continue
        if rough is not None:
            height, width = seen.ink.shape
            take = rough[seen.top : seen.top + height, seen.left : seen.left + width]
            seen = InkOnPhoto(np.asarray(cv2.multiply(seen.ink, take, scale=1 / 255), np.uint8), seen.left, seen.top)
        draw_ink(scene, seen, word.scribe.colour, strength=word.scribe.strength * word.fresh, opaque=opaque)
