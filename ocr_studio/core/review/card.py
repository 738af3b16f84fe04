"""The picture of a word for review: large, level, with its line around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.warping import Photo
from ocr_studio.core.page import Quad

# Of the card: how high the word stands on it, so that the lines above and below are seen, and how wide it may be.
_HIGH, _WIDE = 0.3, 0.62
# Pixels of the card for one of the photo, at most: more shows nothing more.
_MOST_ENLARGED: Final = 8.0
# Degrees: what leans less than this is shown as the photo has it.
_LEVEL: Final = 8.0
# Of a word's height: what is seen around it where it is shown alone.
_AROUND: Final = 0.15


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A word and its surroundings. picture: (H, W, 3) uint8 RGB; corners: (4, 2) of the word in its pixels."""

    picture: Photo
    corners: Floats


def cut_card(photo: Pyramid, quad: Quad, size: tuple[int, int]) -> ReviewCard:
    """Cut out the card of a word, turned level; beyond the photo its border is repeated.

    Args:
        photo: The photo.
        quad: The word.
        size: (width, height) of the picture, which is narrower if the photo is small.
    """
    most = 2 * sum(photo.level(0).shape[:2])  # as much as is ever made of a photo, see warping.warp_piece
    size = min(size[0], most), min(size[1], most)
    corners = np.asarray(quad.corners, dtype=np.float64)
    along, across = (max(1.0, float(side)) for side in geometry.measure_sizes(corners)[0])
    scale = min(_HIGH * size[1] / across, _WIDE * size[0] / along, _MOST_ENLARGED)
    reach = np.array(size, dtype=np.float64) / scale
    middle = corners.mean(axis=0)
    if abs(geometry.measure_angle(quad)) < _LEVEL:
        axis, middle = np.array([1.0, 0.0]), _shift_inside(middle, reach, photo.level(0))
    else:
        axis = geometry.find_directions(corners)[0]
    axes = np.stack([axis, [-axis[1], axis[0]]])  # along, across
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    frame = middle + (signs * reach) @ axes
    placed = (corners - middle) @ axes.T * scale + np.array(size) / 2
    return ReviewCard(photo.warp(frame, size), placed)


def crop_word(card: ReviewCard) -> Photo:
    """Crop the word from its card, with a small margin: (h, w, 3), at least one pixel."""
    high, wide = card.picture.shape[:2]
    air = _AROUND * float(np.linalg.norm(card.corners[3] - card.corners[0]))
    left, top = np.clip(np.floor(card.corners.min(axis=0) - air), 0, [wide - 1, high - 1]).astype(int)
    right, bottom = np.clip(np.ceil(card.corners.max(axis=0) + air), [left + 1, top + 1], [wide, high]).astype(int)
    return card.picture[top:bottom, left:right]


def _shift_inside(middle: Floats, reach: Floats, image: Photo) -> Floats:
    """Shift the centre of a piece so that it lies on the photo as far as possible."""
    photo = np.array([image.shape[1], image.shape[0]], dtype=np.float64)
    low, high = np.minimum(reach / 2, photo / 2), np.maximum(photo - reach / 2, photo / 2)
    return np.asarray(np.clip(middle, low, high), dtype=np.float64)
