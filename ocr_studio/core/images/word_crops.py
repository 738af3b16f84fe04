"""Crops of words as the recognizer sees them: level, of fixed height, as wide as whole steps of the network."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.warping import Photo

# Of the recognizer's net: the height of what it reads, and the pixels across that one step of its output stands for.
HEIGHT: Final = 48
STEP: Final = 8


def compute_crop_size(corners: Floats, *, height: int = HEIGHT, step: int = STEP) -> tuple[int, int]:
    """Compute (width, height) of the level crop of a quad, (4, 2)."""
    along, across = geometry.measure_sizes(corners)[0]
    return step * max(1, math.ceil(height * along / max(across, 1.0) / step)), height


def extract_crop(photo: Pyramid, corners: Floats, *, height: int = HEIGHT, step: int = STEP) -> Photo:
    """Extract the level crop of a quad, (4, 2): (height, w, 3) uint8, w in whole steps."""
    return photo.warp(corners, compute_crop_size(corners, height=height, step=step))


def count_ctc_steps(text: Sequence[object]) -> int:
    """Count the steps that CTC needs for letters or classes: one each, and a blank between equal neighbours."""
    return len(text) + sum(left == right for left, right in itertools.pairwise(text))
