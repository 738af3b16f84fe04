"""What detectors and recognizers run: an array in, an array out."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.translation import Message


class RuntimeUnusable(Exception):
    """A library can't load a network, although the weights fit."""


class Network(Protocol):
    """A detector's or recognizer's network with its weights. It may be called by several threads.

    Attributes:
        runtime: The library that runs it: "onnx" or "tensorflow".
        classes: Number of classes of a recognizer; maps of a detector.
        parallel_calls: How many calls at once use the processor best.
        batch_pixels: Best total width of the crops in one call of a recognizer.
        notice: Why another library runs it than was asked for, a line for the user.
    """

    runtime: str
    notice: Message | None
    classes: int
    parallel_calls: int
    batch_pixels: int

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network.

        Args:
            pixels: (B, H, W, C) float32 images of the same size.

        Returns:
            Of a detector, its maps, (B, h, w, classes); of a recognizer, the probabilities of the classes at each step,
            (B, T, classes), adding up to 1.
        """
