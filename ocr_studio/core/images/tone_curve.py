"""Brightness and contrast of what is shown of a photo; the photo itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Full contrast makes differences so many times as large, none so many times as small.
_MOST_CONTRAST = 4.0
_MIDDLE = 127.5


@dataclass(frozen=True, slots=True)
class Tones:
    """How a photo is shown. brightness, contrast: -1..1, 0 as it is."""

    brightness: float = 0.0
    contrast: float = 0.0

    @property
    def neutral(self) -> bool:
        """Whether it is shown as it is."""
        return self == Tones()

    def table(self) -> NDArray[np.uint8]:
        """(256,) uint8: how bright each of 0..255 is shown; never a darker one brighter than a brighter one."""
        gain = _MOST_CONTRAST**self.contrast
        shown = (np.arange(256) - _MIDDLE) * gain + _MIDDLE * (1 + self.brightness)
        return np.asarray(np.clip(np.round(shown), 0, 255), dtype=np.uint8)
