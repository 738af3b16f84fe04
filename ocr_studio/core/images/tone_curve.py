"""Brightness and contrast of the displayed photo; the photo itself isn't changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Full contrast makes differences so many times as large, none so many times as small.
_MOST_CONTRAST = 4.0
_MIDDLE = 127.5


@dataclass(frozen=True, slots=True)
class Tones:
    """Display settings of a photo. brightness, contrast: -1..1, 0 is neutral."""

    brightness: float = 0.0
    contrast: float = 0.0

    @property
    def neutral(self) -> bool:
        """Whether the photo is shown unchanged."""
        return self == Tones()

    def table(self) -> NDArray[np.uint8]:
        """Return the lookup table, (256,) uint8, which never decreases."""
        gain = _MOST_CONTRAST**self.contrast
        shown = (np.arange(256) - _MIDDLE) * gain + _MIDDLE * (1 + self.brightness)
        return np.asarray(np.clip(np.round(shown), 0, 255), dtype=np.uint8)
