"""When the writing on a still picture was first and last seen: two small maps of times, and how they are stored."""

from __future__ import annotations

import base64
import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Final, TypeAlias

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from ocr_studio.core.page import Quad

Floats: TypeAlias = NDArray[np.float32]

_MOST_SIDE: Final = 2_000
# A map has one step for nothing, and the rest of 16 bits for times.
_MOST_STEPS: Final = 65_534
_FINEST: Final = 0.5

_Side: TypeAlias = Annotated[int, Meta(ge=1, le=_MOST_SIDE)]


@dataclass(frozen=True, slots=True)
class TimeMaps:
    """When the writing on a picture was first and last seen, in seconds of the video.

    Attributes:
        first: (H, W) float32, NaN where nothing is written.
        last: (H, W) float32, NaN where nothing is written.
        scale: Pixels of the picture along a pixel of the maps.
    """

    first: Floats
    last: Floats
    scale: int

    def find(self, quad: Quad) -> tuple[float, float] | None:
        """Find when what is written in a box was first and last seen, in seconds; None if nothing is written there.

        Args:
            quad: In pixels of the picture.
        """
        import cv2  # noqa: PLC0415  (texts of a project need nothing that opens photos)

        height, width = self.first.shape
        left, top, right, bottom = (each / self.scale for each in quad.bounds())
        x0, y0 = max(0, math.floor(left)), max(0, math.floor(top))
        x1, y1 = min(width, math.ceil(right)), min(height, math.ceil(bottom))
        if x0 >= x1 or y0 >= y1:
            return None
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        corners = np.round((quad.array() / self.scale - (x0, y0)) * 16).astype(np.int32)
        cv2.fillConvexPoly(mask, corners, 1, shift=4)
        first, last = self.first[y0:y1, x0:x1][mask > 0], self.last[y0:y1, x0:x1][mask > 0]
        known = ~np.isnan(first) & ~np.isnan(last)
        # Medians: ends of letters from the lines above and below may reach into the box.
        return (float(np.median(first[known])), float(np.median(last[known]))) if known.any() else None


@dataclass(frozen=True, slots=True)
class PackedTimes:
    """Time maps as a file has them: steps of 16 bits, deflated, in base64; 0 is nothing, 1 the beginning.

    Attributes:
        width: Columns of the maps.
        height: Their rows.
        scale: As in ``TimeMaps``.
        step: Seconds between two steps.
        first: The map of the first times.
        last: The map of the last times.
    """

    width: _Side
    height: _Side
    scale: Annotated[int, Meta(ge=1, le=100)]
    step: Annotated[float, Meta(gt=0, le=10_000)]
    first: str
    last: str


def pack(times: TimeMaps, seconds: float) -> PackedTimes:
    """Pack time maps. seconds: length of the video."""
    step = max(_FINEST, math.ceil(seconds / _MOST_STEPS))
    height, width = times.first.shape
    return PackedTimes(width, height, times.scale, step, _pack(times.first, step), _pack(times.last, step))


def _pack(moments: Floats, step: float) -> str:
    steps = np.where(np.isnan(moments), 0, 1 + np.clip(np.round(np.nan_to_num(moments) / step), 0, _MOST_STEPS))
    return base64.b64encode(zlib.compress(steps.astype("<u2").tobytes(), 6)).decode("ascii")


@lru_cache(maxsize=16)
def unpack(packed: PackedTimes) -> TimeMaps | None:
    """Unpack time maps; None if they are damaged."""
    first, last = _unpack(packed.first, packed), _unpack(packed.last, packed)
    return None if first is None or last is None else TimeMaps(first, last, packed.scale)


def _unpack(text: str, packed: PackedTimes) -> Floats | None:
    size = 2 * packed.width * packed.height
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), size)
    except (ValueError, zlib.error):
        return None
    if len(data) != size:
        return None
    steps: NDArray[Any] = np.frombuffer(data, "<u2").reshape(packed.height, packed.width).astype(np.float32)
    return np.where(steps == 0, np.nan, (steps - 1) * packed.step).astype(np.float32)
