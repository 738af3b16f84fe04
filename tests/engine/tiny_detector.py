"""A detector that is quick to teach, and a photo to teach it with."""

from __future__ import annotations

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.page import Quad
from ocr_studio.core.training.detector_events import CheckedPhoto

Photo = NDArray[np.uint8]
LINES = (("some first line", 60), ("second", 130), ("and a third one", 210), ("four", 280), ("the last of all", 350))


def board(words: tuple[tuple[str, int], ...] = LINES) -> tuple[Photo, tuple[Labelled, ...]]:
    """A photo of lines, and where their words are."""
    photo = np.full((400, 480, 3), 230, np.uint8)
    labelled: list[Labelled] = []
    for line, baseline in words:
        left = 40
        for word in line.split():
            before = photo.copy()
            cv2.putText(photo, word, (left, baseline), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (30, 30, 60), 3, cv2.LINE_AA)
            rows, columns = np.nonzero((photo != before).any(axis=2))
            box = Quad.from_box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            labelled.append(Labelled(box, word))
            left = int(columns.max()) + 18
    return photo, tuple(labelled)


def reviewed(name: str = "a", *, held_out: bool = False) -> CheckedPhoto:
    photo, words = board()
    return CheckedPhoto(name, lambda: photo, words, held_out)


def tiny_net() -> keras.Model:
    """A detector of eight thousand weights: it sees ink."""
    keras.utils.set_random_seed(3)
    pixels = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(12, 5, 2, "same", activation="relu", name="fine")(pixels)
    x = keras.layers.Conv2D(16, 5, 2, "same", activation="relu", name="wide")(x)
    x = keras.layers.Conv2D(16, 3, padding="same", dilation_rate=3, activation="relu", name="wider")(x)
    x = keras.layers.Conv2DTranspose(8, 2, 2, activation="relu", name="head2")(x)
    x = keras.layers.Conv2DTranspose(1, 2, 2, activation="sigmoid", name="head3")(x)
    return keras.Model(pixels, x, name="detector")
