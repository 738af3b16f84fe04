"""Word detection with CRAFT, as in keras-ocr."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import ribbons
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.detection.craft_boxes import HALF, CraftThresholds, word_quads
from ocr_studio.engine.detection.detector import Detector, DetectorOptions, Photo, Quads, order_line_corners
from ocr_studio.engine.networks.network import Network

# Longer side in keras-ocr, in pixels: letters are larger there than the default detector needs.
SIDE: Final = 2048
_DEFAULTS: Final = DetectionOptions()


@dataclass(frozen=True, slots=True)
class CraftOptions(DetectorOptions):
    """Input size, as in ``DetectorOptions``, and thresholds. The defaults are those of keras-ocr: enlarged twice, up to
    2048 pixels.
    """

    side: int = SIDE
    short: int = SIDE // 2
    thresholds: CraftThresholds = field(default_factory=CraftThresholds)

    @classmethod
    def of(cls, detection: DetectionOptions) -> CraftOptions:
        """Convert the user's detection options: size and thresholds are changed from CRAFT's defaults as far as the
        user changed those of the default detector.
        """
        usual = CraftThresholds()
        side = round(SIDE * detection.limit_side / _DEFAULTS.limit_side)
        return cls(
            side=side,
            short=side // 2,
            thresholds=CraftThresholds(
                detection=_clamp(usual.detection + (detection.box_threshold - _DEFAULTS.box_threshold)),
                text=_clamp(usual.text + (detection.threshold - _DEFAULTS.threshold)),
                link=_clamp(usual.link + (detection.threshold - _DEFAULTS.threshold)),
            ),
        )


class CraftDetector(Detector):
    """Finds words on photos instead of lines: each result of ``find`` is a single word. Otherwise like ``Detector``.

    The network is one of ``build_craft`` or ``build_light_craft``.
    """

    finds_words = True
    _map_stride = HALF

    def __init__(self, network: Network, *, options: CraftOptions | None = None) -> None:
        super().__init__(network, options=options or CraftOptions())

    def compute_map(self, image: Photo) -> tuple[NDArray[np.float32], float]:
        """Run the network.

        Returns:
            Region and affinity map, (h/2, w/2, 2), of the resized photo, and the scale.
        """
        scale = self.options.scale(*image.shape[:2])
        return self._map_at_scale(image, scale), scale

    def _map_of(self, resized: Photo) -> NDArray[np.float32]:
        return self._run_network(resized)

    def _extract(self, text_map: NDArray[np.float32], scale: np.float32) -> Quads:
        options = self.options
        thresholds = options.thresholds if isinstance(options, CraftOptions) else CraftThresholds()
        quads = [order_line_corners(quad) for quad in word_quads(text_map, thresholds) / scale]
        return ribbons.straight_ribbons(np.array(quads, np.float32).reshape(-1, 4, 2))


def _clamp(value: float) -> float:
    return min(0.99, max(0.01, value))
