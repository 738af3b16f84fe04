"""CRAFT's region and affinity maps → word boxes (Baek et al. 2019).

The results are those of ``getBoxes`` of keras-ocr 0.9.3 (MIT), except that each word is processed in its own part of
the maps, and words that would raise an error there are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Maps: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.uint8]
Quads: TypeAlias = NDArray[np.float32]

HALF: Final = 2  # photo pixels per map pixel
# A nearly square rectangle may stand on a corner; within this share it is made upright.
_SQUARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class CraftThresholds:
    """Thresholds of word extraction.

    Attributes:
        text: Region score from which a map pixel is a letter.
        link: Affinity score from which a map pixel is a link.
        detection: Minimum peak region score of a word.
        size: Minimum number of map pixels of a word.
    """

    detection: float = 0.7
    text: float = 0.4
    link: float = 0.4
    size: int = 10


def word_quads(maps: Maps, thresholds: CraftThresholds | None = None) -> Quads:
    """Extract word boxes from region and affinity maps, (h, w, 2), as from ``build_craft``.

    Returns:
        (N, 4, 2) float32 in pixels of the network's input (twice the maps'), clockwise from the corner nearest to the
        top left; sorted by the tops of the words.
    """
    limits = thresholds or CraftThresholds()
    region, affinity = np.ascontiguousarray(maps[..., 0]), maps[..., 1]
    letters, links = region > limits.text, affinity > limits.link
    _, labels, stats, _ = cv2.connectedComponentsWithStats((letters | links).astype(np.uint8), connectivity=4)
    quads = [
        HALF * _fit_rectangle(contour)
        for label in range(1, len(stats))
        if stats[label, cv2.CC_STAT_AREA] >= limits.size
        for contour in _find_outline(
            label, labels, stats[label], region=region, links_inside=letters & links, min_peak=limits.detection
        )
    ]
    return np.asarray(quads, np.float32).reshape(-1, 4, 2)


def _find_outline(
    label: int,
    labels: NDArray[Any],
    stats: NDArray[Any],
    *,
    region: Maps,
    links_inside: NDArray[np.bool_],
    min_peak: float,
) -> Iterator[NDArray[Any]]:
    """Yield the outline of a word, (K, 1, 2) map pixels, unless it is not one."""
    left, top, width, height, size = (int(number) for number in stats)
    # Grown so that whole letters are inside: more for thick words.
    grow = int(np.sqrt(size * min(width, height) / (width * height)) * 2)
    rows = slice(max(top - grow, 0), min(top + height + grow + 1, labels.shape[0]))
    columns = slice(max(left - grow, 0), min(left + width + grow + 1, labels.shape[1]))
    own = labels[rows, columns] == label
    if region[rows, columns][own].max() < min_peak:
        return
    core = (own & ~links_inside[rows, columns]).astype(np.uint8)
    core = cv2.dilate(core, cv2.getStructuringElement(cv2.MORPH_RECT, (1 + grow, 1 + grow)))
    outlines, _ = cv2.findContours(core, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE, offset=(columns.start, rows.start))
    yield from outlines[:1]


def _fit_rectangle(outline: NDArray[Any]) -> Quads:
    """Return the rectangle around an outline, (4, 2)."""
    box = cv2.boxPoints(cv2.minAreaRect(outline))
    sides = np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[1] - box[2])
    if abs(1 - max(sides) / (min(sides) + 1e-5)) <= _SQUARE:
        (left, top), (right, bottom) = outline[:, 0].min(axis=0), outline[:, 0].max(axis=0)
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return np.asarray(np.roll(box, -int(box.sum(axis=1).argmin()), axis=0), np.float32)
