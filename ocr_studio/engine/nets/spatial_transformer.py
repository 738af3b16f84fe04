"""A net that turns, shifts and stretches what it sees before it reads on (Jaderberg et al. 2015).

A small net looks at the features and gives the six numbers of an affine map, for each picture its own; a sampler then
takes the features from where that map leads. Both learn from nothing but the text that should have been read.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ocr_studio.engine.nets.backbone import Shape, Tensor

NUMBERS = 6  # of an affine map: [[a, b, c], [d, e, f]] of (x, y, 1), each from -1 at the near edge to 1 at the far one


@keras.saving.register_keras_serializable(package="ocr_studio")
class Sampler(layers.Layer):  # type: ignore[misc]
    """Features as an affine map leads to them, by bilinear interpolation.

    In: features (B, H, W, C), H and W known and at least 2, and maps (B, 6). Out: (B, H, W, C).

    beyond: the way of keras-ocr 0.9.3 (MIT), with which published weights were trained: -1 … 1 stands for 0 … W and not
    for the middles of the first and the last pixel, 0 … W - 1, and from the last pixel's middle on there is nothing, 0.
    Otherwise the border goes on for ever.
    """

    def __init__(self, *, beyond: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beyond = beyond

    def call(self, features: Tensor, maps: Tensor) -> Tensor:
        """features: (B, H, W, C); maps: (B, 6). Same shape as the features."""
        _, height, width, channels = features.shape
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        grid = np.stack([across.ravel(), down.ravel(), np.ones(height * width)]).astype(np.float32)
        places = ops.matmul(ops.reshape(maps, (-1, 2, 3)), grid)  # B x 2 x H·W
        x, left, right = self._pixels(places[:, 0], width)
        y, upper, lower = self._pixels(places[:, 1], height)

        flat = ops.reshape(features, (-1, channels))
        first = ops.expand_dims(ops.arange(ops.shape(features)[0], dtype="int32") * (height * width), 1)

        def seen(row: Tensor, column: Tensor, share: Tensor) -> Tensor:
            index = first + ops.cast(row, "int32") * width + ops.cast(column, "int32")
            return ops.take(flat, index, axis=0) * ops.expand_dims(share, 2)

        mixed = seen(upper, left, (right - x) * (lower - y)) + seen(lower, left, (right - x) * (y - upper))
        mixed = mixed + seen(upper, right, (x - left) * (lower - y)) + seen(lower, right, (x - left) * (y - upper))
        return ops.reshape(mixed, (-1, height, width, channels))

    def compute_output_shape(self, features_shape: Shape, maps_shape: Shape) -> Shape:
        """That of the features."""
        return features_shape

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to build it again."""
        return {**super().get_config(), "beyond": self.beyond}

    def _pixels(self, place: Tensor, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """A place in pixels along one axis, and the pixels before and after it; float32, as ``place``, (B, N)."""
        if self.beyond:
            pixel = 0.5 * (place + 1.0) * size
            before = ops.floor(pixel)
            return pixel, ops.clip(before, 0.0, size - 1.0), ops.clip(before + 1.0, 0.0, size - 1.0)
        pixel = ops.clip(0.5 * (place + 1.0) * (size - 1), 0.0, size - 1.0)
        before = ops.minimum(ops.floor(pixel), size - 2.0)
        return pixel, before, before + 1.0


def straightened(x: Tensor, *, channels: tuple[int, int] = (16, 32), units: int = 64, beyond: bool = False) -> Tensor:
    """Features as a small net of two convolutions and two dense layers wants to see them; at first as they are.

    x: (B, H, W, C) -> same. beyond: see ``Sampler``.
    """
    look = layers.Conv2D(channels[0], 5, padding="same", activation="relu", name="locate_conv1")(x)
    look = layers.Conv2D(channels[1], 5, padding="same", activation="relu", name="locate_conv2")(look)
    look = layers.Dense(units, activation="relu", name="locate_fc1")(layers.Flatten()(look))
    unmoved = keras.initializers.Constant(np.array([1, 0, 0, 0, 1, 0], np.float32))
    maps = layers.Dense(NUMBERS, kernel_initializer="zeros", bias_initializer=unmoved, name="locate_fc2")(look)
    return Sampler(beyond=beyond, name="straighten")(x, maps)
