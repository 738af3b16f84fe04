"""A net small enough to learn in seconds, with the inputs, outputs and last layers of the real one."""

from __future__ import annotations

import cv2
import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from ocr_studio.engine.nets.plans import HEIGHT
from ocr_studio.engine.training.training_data import TrainingExample

Crop = NDArray[np.uint8]


def build_tiny(classes: int, *, seed: int = 0) -> keras.Model:
    """(B, 48, W, 3) -> logits (B, W/8, classes)."""
    keras.utils.set_random_seed(seed)
    line = keras.Input((HEIGHT, None, 3), name="line")
    x = line
    for index, channels in enumerate((16, 24, 32)):
        x = layers.Conv2D(channels, 3, 2, "same", activation="relu", name=f"block{index}_conv")(x)
    x = layers.Conv2D(64, (6, 3), padding="same", activation="relu", name="block3_conv")(x)
    x = layers.MaxPooling2D((6, 1))(x)
    x = layers.Reshape((-1, x.shape[-1]))(x)
    x = layers.LayerNormalization(name="block3_norm")(x)
    x = layers.Conv1D(96, 5, padding="same", activation="relu", name="beside")(x)
    x = layers.LayerNormalization(name="beside_norm")(x)
    return keras.Model(line, layers.Dense(classes, name="characters")(x), name="tiny")


def printed(text: str, *, scale: float = 1.2) -> TrainingExample:
    """A word in a font that OpenCV can draw; ß, Ж and → are drawn here, as it has none of them."""
    face, weight = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(2 * scale))
    parts = [_odd(letter, scale) if letter in _ODD else _plain(letter, face, scale, weight) for letter in text]
    return TrainingExample(np.ascontiguousarray(np.concatenate(parts, axis=1)), text, name=text)


def _plain(letter: str, face: int, scale: float, weight: int) -> Crop:
    (width, _), _ = cv2.getTextSize(letter, face, scale, weight)
    board = np.full((round(40 * scale), width + 8, 3), 235, np.uint8)
    cv2.putText(board, letter, (4, round(30 * scale)), face, scale, (30, 30, 60), weight, cv2.LINE_AA)
    return board


# Strokes in a box 20 wide and 40 high.
_ODD = {
    "ß": ([(4, 31), (4, 12), (10, 8), (15, 13), (9, 18), (16, 24), (9, 31)],),
    "Ж": ([(2, 8), (18, 31)], [(18, 8), (2, 31)], [(10, 8), (10, 31)]),
    "→": ([(1, 20), (19, 20)], [(13, 14), (19, 20), (13, 26)]),
}


def _odd(letter: str, scale: float) -> Crop:
    board = np.full((round(40 * scale), round(26 * scale), 3), 235, np.uint8)
    for stroke in _ODD[letter]:
        path = np.round((np.array(stroke) + (3, 0)) * scale).astype(np.int32)
        cv2.polylines(board, [path], False, (30, 30, 60), max(1, round(2 * scale)), cv2.LINE_AA)
    return board
