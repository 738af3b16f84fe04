"""Photo → words, as CRAFT finds them: one of the networks that keras-ocr's users come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.core.settings import Finding
from ocr_studio.engine.craft_boxes import CraftThresholds, word_quads
from ocr_studio.engine.detector import Detector, DetectorOptions, Photo, Quads, along_line
from ocr_studio.engine.looking import ribbons

_STRIDE: Final = 32  # sides come in multiples of it; what is added goes on like the border
_USUAL: Final = Finding()


@dataclass(frozen=True, slots=True)
class CraftOptions(DetectorOptions):
    """How words are told from the rest of a photo: the size it is looked at, as ``DetectorOptions``, and thresholds.

    keras-ocr itself enlarges a photo twice and looks at up to 2048 pixels.
    """

    thresholds: CraftThresholds = field(default_factory=CraftThresholds)

    @classmethod
    def of(cls, finding: Finding) -> CraftOptions:
        """What a person has chosen: CRAFT's own thresholds, moved as far as the usual ones were."""
        usual = CraftThresholds()
        return cls(
            side=finding.detail,
            short=finding.detail // 2,
            thresholds=CraftThresholds(
                detection=_share(usual.detection + finding.sure - _USUAL.sure),
                text=_share(usual.text + finding.threshold - _USUAL.threshold),
                link=_share(usual.link + finding.threshold - _USUAL.threshold),
            ),
        )


class CraftDetector(Detector):
    """Finds words on photos, and no lines: what ``find`` gives holds one word each. Otherwise as ``Detector``.

    net: as ``build_craft`` or ``build_light_craft``.
    """

    def __init__(self, net: keras.Model, *, options: CraftOptions | None = None) -> None:
        super().__init__(net, options=options or CraftOptions())

    def tuned_to(self, finding: Finding) -> Detector:
        """One that finds writing in another way, with the same net."""
        other = super().tuned_to(finding)
        other.options = CraftOptions.of(finding)
        return other

    def look(self, image: Photo) -> tuple[NDArray[np.float32], float]:
        """The region and the affinity map of the photo brought to the net's size, (h/2, w/2, 2), and that scale."""
        height, width = image.shape[:2]
        scale = self.options.scale(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        padded = cv2.copyMakeBorder(small, 0, -size[1] % _STRIDE, 0, -size[0] % _STRIDE, cv2.BORDER_REPLICATE)
        pixels = padded[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
        maps: NDArray[np.float32] = self._look(tf.constant(pixels)).numpy()[0]
        return maps, scale

    def lines(self, likely: NDArray[np.float32], scale: float, *, size: tuple[int, ...]) -> Quads:
        """The words in what ``look`` has seen, (N, 6, 2), as ``Detector.find``. size: (height, width) of the photo."""
        options = self.options
        thresholds = options.thresholds if isinstance(options, CraftOptions) else CraftThresholds()
        quads = [along_line(quad) for quad in word_quads(likely, thresholds) / np.float32(scale)]
        found = ribbons(np.array(quads, np.float32).reshape(-1, 4, 2))
        height, width = size
        inside = (found.max(axis=1) > 0).all(axis=1) & (found.min(axis=1) < (width, height)).all(axis=1)
        found = found[inside]
        return np.asarray(found[np.lexsort((found[:, 0, 0], found[:, 0, 1]))], np.float32)


def _share(value: float) -> float:
    return min(0.99, max(0.01, value))
