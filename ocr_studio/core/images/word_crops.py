"""The picture of a word as the recognizer sees it: turned level, of one height, as wide as whole steps of the net."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats, Photo
from ocr_studio.core.images.pyramid import Pyramid

# Of the recognizer's net: the height of what it reads, and the pixels across that one step of its output stands for.
HEIGHT: Final = 48
STEP: Final = 8


def compute_crop_size(corners: Floats, *, height: int = HEIGHT, step: int = STEP) -> tuple[int, int]:
    """(width, height) of the level picture of a quad, (4, 2)."""
    along, across = geometry.measure_sizes(corners)[0]
    return step * max(1, math.ceil(height * along / max(across, 1.0) / step)), height


def extract_crop(photo: Pyramid, corners: Floats, *, height: int = HEIGHT, step: int = STEP) -> Photo:
    """The piece inside a quad, (4, 2), turned level: (height, w, 3) uint8, w in whole steps."""
    return photo.warp(corners, compute_crop_size(corners, height=height, step=step))


def count_ctc_steps(text: Sequence[object]) -> int:
    """How many steps a CTC net needs to write a text, of letters or of their classes: one each, and a blank between
    two that are alike."""
    return len(text) + sum(left == right for left, right in itertools.pairwise(text))
