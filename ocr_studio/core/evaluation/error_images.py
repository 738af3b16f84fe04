"""Pictures of mistakes: the place on the photo, the true boxes and those that were found drawn on it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.evaluation.results import Mistake
from ocr_studio.core.images.pixel_formats import encode_image

RGB = NDArray[np.uint8]

# Pixels of the picture: writing is easily read at this height, and a page of a hundred stays small.
_HEIGHT, _WIDTH = 110, 420
_LARGEST_SCALE = 3.0
# Of the mistake's height, at least that many pixels: what stands round it often tells why it went wrong.
_AIR, _LEAST_AIR = 0.45, 8
# Blue is wanted, orange is found: told apart by most colour-blind people, and by their width.
WANTED, READ = (0, 82, 204), (224, 102, 0)
_OVERVIEW = 1600
_QUALITY = 82


def draw_mistake(image: RGB, mistake: Mistake) -> bytes:
    """The place of a mistake as JPEG. image: the upright photo, (H, W, 3) uint8 RGB."""
    left, top, right, bottom = mistake.bounds
    air = max(_LEAST_AIR, _AIR * min(bottom - top, right - left))
    height, width = image.shape[:2]
    x0, y0 = int(np.clip(left - air, 0, width - 1)), int(np.clip(top - air, 0, height - 1))
    x1, y1 = int(np.clip(right + air, x0 + 1, width)), int(np.clip(bottom + air, y0 + 1, height))
    piece = image[y0:y1, x0:x1]
    scale = min(_LARGEST_SCALE, _HEIGHT / piece.shape[0], _WIDTH / piece.shape[1])
    shown = _scale(piece, scale)
    _draw(shown, mistake.wanted, (x0, y0), scale, WANTED, 3)
    _draw(shown, mistake.read, (x0, y0), scale, READ, 1)
    return _encode_jpeg(shown)


def draw_overview(image: RGB) -> bytes:
    """The whole photo, small enough for a page, as JPEG. image: as for ``draw_mistake``."""
    return _encode_jpeg(_scale(image, min(1.0, _OVERVIEW / max(image.shape[:2]))))


def _scale(piece: RGB, scale: float) -> RGB:
    size = max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.array(cv2.resize(piece, size, interpolation=how), dtype=np.uint8)


def _draw(
    shown: RGB, words: Sequence[Labelled], origin: tuple[int, int], scale: float, colour: Sequence[int], width: int
) -> None:
    for word in words:
        corners = (np.asarray(word.quad.corners) - origin) * scale
        # OpenCV counts in 16th of a pixel here, and keeps that in 32 bits.
        points = np.clip(corners * 16, -(1 << 20), 1 << 20).round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(shown, [points], True, tuple(colour), width, cv2.LINE_AA, shift=4)


def _encode_jpeg(image: RGB) -> bytes:
    return encode_image(image, ".jpg", quality=_QUALITY)
