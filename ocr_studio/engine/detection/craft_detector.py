"""Photo → words, as CRAFT finds them: one of the networks that keras-ocr's users come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.settings import Finding
from ocr_studio.engine.detection.craft_boxes import HALF, CraftThresholds, word_quads
from ocr_studio.engine.detection.detector import Detector, DetectorOptions, Photo, Quads, along_line
from ocr_studio.engine.recognition.line_crops import ribbons

# What keras-ocr looks at, pixels of the longer side: writing is larger there than the usual detector needs it.
SIDE: Final = 2048
_USUAL: Final = Finding()


@dataclass(frozen=True, slots=True)
class CraftOptions(DetectorOptions):
    """How words are told from the rest of a photo: the size it is looked at, as ``DetectorOptions``, and thresholds.

    By default as keras-ocr has it: enlarged twice, up to 2048 pixels.
    """

    side: int = SIDE
    short: int = SIDE // 2
    thresholds: CraftThresholds = field(default_factory=CraftThresholds)

    @classmethod
    def of(cls, finding: Finding) -> CraftOptions:
        """What a person has chosen: CRAFT's own size, larger or smaller as the usual one was made, and its own
        thresholds, moved as far as the usual ones were.
        """
        usual = CraftThresholds()
        side = round(SIDE * finding.detail / _USUAL.detail)
        return cls(
            side=side,
            short=side // 2,
            thresholds=CraftThresholds(
                detection=_share(usual.detection + (finding.sure - _USUAL.sure)),
                text=_share(usual.text + (finding.threshold - _USUAL.threshold)),
                link=_share(usual.link + (finding.threshold - _USUAL.threshold)),
            ),
        )


class CraftDetector(Detector):
    """Finds words on photos, and no lines: what ``find`` gives holds one word each. Otherwise as ``Detector``.

    net: as ``build_craft`` or ``build_light_craft``.
    """

    finds_words = True
    _coarse = HALF

    def __init__(self, net: keras.Model, *, options: CraftOptions | None = None) -> None:
        super().__init__(net, options=options or CraftOptions())

    def tuned_to(self, finding: Finding) -> Detector:
        """One that finds writing in another way, with the same net."""
        other = super().tuned_to(finding)
        other.options = CraftOptions.of(finding)
        return other

    def look(self, image: Photo) -> tuple[NDArray[np.float32], float]:
        """The region and the affinity map of the photo brought to the net's size, (h/2, w/2, 2), and that scale."""
        scale = self.options.scale(*image.shape[:2])
        return self._look_at(image, scale), scale

    def _seen(self, small: Photo) -> NDArray[np.float32]:
        return self._maps_of(small)

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
