"""Reads crops of words with a CRNN of keras-ocr: all of one size, grey, at most six times as wide as high."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK, Charset
from ocr_studio.core.models.card import TEMPERATURE
from ocr_studio.engine.nets.plans import CrnnPlan
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.recognition.recognizer import Crop, FrameProbabilities, Recognizer

_TOGETHER: Final = 32  # crops per call


class CrnnRecognizer(Recognizer):
    """A ``Recognizer`` with a network of ``build_crnn``. As lines would be squeezed, the line reader passes it single
    words.

    Attributes:
        plan: Dimensions of the network.
    """

    plan = CrnnPlan()

    def __init__(self, network: Network, charset: Charset, *, name: str, temperature: float = TEMPERATURE) -> None:
        super().__init__(network, charset, name=name, temperature=temperature)
        self.widest_word = self.plan.width / self.plan.height
        self.width_factors = ()  # its input has a fixed width

    def run(self, crops: Sequence[Crop], *, width_factors: Sequence[float] | None = None) -> list[FrameProbabilities]:
        """Run the network on crops, see ``Recognizer.run``. The steps that it drops are blank.

        ``width_factors`` is ignored, as the input has a fixed width.
        """
        found: list[FrameProbabilities] = []
        for start in range(0, len(crops), _TOGETHER):
            some = crops[start : start + _TOGETHER]
            fitted = [self.fitted(crop) for crop in some]
            seen = self.network(np.stack([pixels for pixels, _ in fitted]))
            blank = np.zeros((len(some), self.plan.dropped, seen.shape[2]), np.float32)
            blank[:, :, BLANK] = 1.0
            whole = np.concatenate([blank, seen], axis=1)
            found += [
                FrameProbabilities(row, self.plan.pool**2 / scale)
                for row, (_, scale) in zip(whole, fitted, strict=True)
            ]
        return found

    def fitted(self, crop: Crop) -> tuple[NDArray[np.float32], float]:
        """Resize a crop to the network's input, (31, 200, 1) from 0 to 1, padded with black, and return the scale.

        Like ``warpBox`` of keras-ocr 0.9.3 (MIT). crop: (h, w, 3) uint8 RGB. Raises ValueError for an empty one.
        """
        height, width = int(crop.shape[0]), int(crop.shape[1])
        if height == 0 or width == 0:
            raise ValueError(f"a crop of {width} x {height} pixels")
        scale = min(self.plan.width / width, self.plan.height / height)
        size = max(1, int(scale * width)), max(1, int(scale * height))
        shades = crop if self.plan.colour else cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(shades, size)
        pixels = np.zeros((self.plan.height, self.plan.width, 3 if self.plan.colour else 1), np.float32)
        pixels[: size[1], : size[0]] = small.reshape(size[1], size[0], -1) / np.float32(255)
        return pixels, scale
