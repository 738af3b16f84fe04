"""Word detection with the network of ``Detector``, trained to mark the cores of words instead of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.detection.detector import Detector, DetectorOptions, Quads, measure_growth

_DEFAULTS: Final = DetectionOptions()
# Unclip ratio with which a core grows to the size of its word as people draw boxes; see ``dbnet_targets``. With the
# detector's larger ratio there is a margin around the word, which the recognizer was trained with.
_TIGHT: Final = 0.95


@dataclass(frozen=True, slots=True)
class WordDetectorOptions(DetectorOptions):
    """Options as in ``DetectorOptions``.

    They were chosen on diagrams by writers that the network did not learn from. With a lower box threshold, drawings
    become words; with a higher one, single letters are missed.
    """

    text: float = 0.4
    surely: float = 0.5
    grow: float = 1.3

    @classmethod
    def of(cls, detection: DetectionOptions) -> WordDetectorOptions:
        """Convert the user's detection options: they are changed as far as the user changed those for lines."""
        usual = cls()
        return cls(
            side=detection.limit_side,
            short=detection.limit_side // 2,
            text=min(0.99, max(0.01, usual.text + (detection.threshold - _DEFAULTS.threshold))),
            surely=min(0.99, max(0.01, usual.surely + (detection.box_threshold - _DEFAULTS.box_threshold))),
            grow=max(0.1, usual.grow + (detection.unclip_ratio - _DEFAULTS.unclip_ratio)),
        )


class WordDetector(Detector):
    """Finds words on photos instead of lines: each result of ``find`` is a word. Otherwise like ``Detector``."""

    finds_words = True
    usual = WordDetectorOptions()

    def trim_margins(self, quads: Quads) -> Quads:
        """Return the corners without the margins; see ``Detector.trim_margins``."""
        grow, corners = self.options.grow, quads[:, :4]
        if grow <= _TIGHT or not len(quads):
            return corners
        sizes = geometry.measure_sizes(corners)
        growth = np.array([measure_growth(width, height, grow=grow) for width, height in sizes])
        x, y = (growth[:, None] * (1 - _TIGHT / grow) / 2 / np.maximum(sizes, 1e-6)).T[..., None]
        across, down = x * (corners[:, 1] - corners[:, 0]), y * (corners[:, 3] - corners[:, 0])
        inwards = np.stack([across + down, down - across, -across - down, across - down], axis=1)
        return np.asarray(corners + inwards, np.float32)
