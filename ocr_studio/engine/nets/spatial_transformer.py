"""Spatial transformer: rotates, shifts and scales its input before it is read (Jaderberg et al. 2015).

A small network predicts an affine map for each image, and a sampler resamples the features accordingly. Both are
trained only by the text to be read.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import keras
import numpy as np
from keras import layers, ops

from ocr_studio.engine.nets.backbone import Shape, Tensor

NUMBERS = 6  # of an affine map: [[a, b, c], [d, e, f]] of (x, y, 1)

_FAR = 1e6  # pixels; no line is longer
# Along one axis: the pixels before and after each place, (B, N) int32, and their weights, (B, N).
_Pixels: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor]


@keras.saving.register_keras_serializable(package="ocr_studio")
class Sampler(layers.Layer):  # type: ignore[misc]
    """Resamples features of a fixed size by affine maps, with bilinear interpolation.

    In: features (B, H, W, C), H and W known, and maps (B, 6) in coordinates from −1 to 1. Out: (B, H, W, C).

    As in keras-ocr 0.9.3 (MIT), with which the published weights were trained: −1 … 1 stands for 0 … W instead of the
    centres of the first and last pixel, 0 … W − 1, and beyond the last pixel's centre the features are 0.
    """

    def call(self, features: Tensor, maps: Tensor) -> Tensor:
        """features: (B, H, W, C); maps: (B, 6). Same shape as the features."""
        _, height, width, _ = features.shape
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        grid = np.stack([across.ravel(), down.ravel(), np.ones(height * width)]).astype(np.float32)
        places = ops.matmul(ops.reshape(maps, (-1, 2, 3)), grid)  # B x 2 x H·W
        return _mixed(features, _ending(places[:, 0], width), _ending(places[:, 1], height))

    def compute_output_shape(self, features_shape: Shape, maps_shape: Shape) -> Shape:
        """Shape of the features."""
        return features_shape


@keras.saving.register_keras_serializable(package="ocr_studio")
class LineSampler(layers.Layer):  # type: ignore[misc]
    """Resamples lines of any length by affine maps, with bilinear interpolation; the border is repeated.

    In: lines (B, H, W, C), H known, and maps (B, 6) in half heights from the middle of the left edge, so that padding
    does not change their meaning. Out: (B, H, W, C).
    """

    def call(self, lines: Tensor, maps: Tensor) -> Tensor:
        """lines: (B, H, W, C); maps: (B, 6). Same shape as the lines."""
        height, width = lines.shape[1], ops.shape(lines)[2]
        half = height / 2
        x, y = (ops.reshape(place, (1, -1)) for place in line_places(lines))
        a, b, c, d, e, f = (maps[:, place, None] for place in range(NUMBERS))
        # Offsets instead of positions: a compiled function may use eight bits of precision here, which distinguish
        # tenths of a pixel but not position 671 from 672.
        to_right = ((a - 1) * x + b * y + c) * half
        downwards = (d * x + (e - 1) * y + f) * half
        columns, rows = ops.meshgrid(ops.arange(width, dtype="int32"), ops.arange(height, dtype="int32"))
        across = _moved(ops.reshape(columns, (1, -1)), to_right, width)
        down = _moved(ops.reshape(rows, (1, -1)), downwards, height)
        return _mixed(lines, across, down)

    def compute_output_shape(self, lines_shape: Shape, maps_shape: Shape) -> Shape:
        """Shape of the lines."""
        return lines_shape


@keras.saving.register_keras_serializable(package="ocr_studio")
class WithPlaces(layers.Layer):  # type: ignore[misc]
    """Adds the coordinates of each pixel as two channels: (B, H, W, C) -> (B, H, W, C + 2)."""

    def call(self, lines: Tensor) -> Tensor:
        """lines: (B, H, W, C)."""
        same = ops.zeros_like(lines[..., :1])
        return ops.concatenate([lines, *(same + place[None, ..., None] for place in line_places(lines))], axis=-1)

    def compute_output_shape(self, lines_shape: Shape) -> Shape:
        """Two more channels."""
        return (*lines_shape[:-1], (lines_shape[-1] or 0) + 2)


@keras.saving.register_keras_serializable(package="ocr_studio")
class WeighedMean(layers.Layer):  # type: ignore[misc]
    """Weighted mean over an image: (B, H, W, C), (B, H, W, 1) logits -> (B, C). Unlike a plain mean it can ignore
    padding.
    """

    def call(self, features: Tensor, logits: Tensor) -> Tensor:
        """features: (B, H, W, C); logits: (B, H, W, 1)."""
        channels = features.shape[-1]
        shares = ops.softmax(ops.reshape(logits, (ops.shape(logits)[0], -1)), axis=-1)
        return ops.sum(ops.reshape(features, (ops.shape(features)[0], -1, channels)) * shares[..., None], axis=1)

    def compute_output_shape(self, features_shape: Shape, logits_shape: Shape) -> Shape:
        """One vector of the features' channels."""
        return (features_shape[0], features_shape[-1])


def line_places(lines: Tensor) -> tuple[Tensor, Tensor]:
    """Return the pixel centres of lines (B, H, W, C): x and y, each (H, W), in half heights from the middle of the left
    edge.
    """
    height, width = lines.shape[1], ops.shape(lines)[2]
    across = (ops.cast(ops.arange(width), "float32") + 0.5) / (height / 2)
    down = (np.arange(height, dtype=np.float32) + 0.5) / (height / 2) - 1
    flat = ops.zeros((height, 1), "float32")
    return flat + across[None], ops.zeros_like(across)[None] + down[:, None]


def straightened(x: Tensor) -> Tensor:
    """Spatial transformer of the published CRNN, initially almost the identity: (B, H, W, C) -> same."""
    look = layers.Conv2D(16, 5, padding="same", activation="relu", name="locate_conv1")(x)
    look = layers.Conv2D(32, 5, padding="same", activation="relu", name="locate_conv2")(look)
    look = layers.Dense(64, activation="relu", name="locate_fc1")(layers.Flatten()(look))
    return Sampler(name="straighten")(x, _map(look, name="locate_fc2"))


def straightened_line(line: Tensor) -> Tensor:
    """Spatial transformer for lines of any length, initially the identity: (B, 48, W, C) -> same."""
    look = layers.AveragePooling2D(2)(WithPlaces(name="places")(line))
    for number, wide in enumerate((16, 32), start=1):
        look = layers.Conv2D(wide, 3, 2, "same", activation="relu", name=f"locate_conv{number}")(look)
    counts = layers.Conv2D(1, 1, name="locate_where")(look)
    look = layers.Dense(32, activation="relu", name="locate_fc1")(WeighedMean(name="looked")(look, counts))
    return LineSampler(name="straighten")(line, _map(look, name="locate_fc2"))


def _map(look: Tensor, *, name: str) -> Tensor:
    """Predict an affine map, initially the identity: (B, C) -> (B, 6)."""
    unmoved = keras.initializers.Constant(np.array([1, 0, 0, 0, 1, 0], np.float32))
    return layers.Dense(NUMBERS, kernel_initializer="zeros", bias_initializer=unmoved, name=name)(look)


def _ending(places: Tensor, size: int) -> _Pixels:
    """Interpolate at places from −1 to 1.

    Beyond the last pixel both neighbours are that pixel, with weights 1 and −1.
    """
    pixels = 0.5 * (places + 1.0) * size
    before = ops.floor(pixels)
    first, second = ops.clip(before, 0.0, size - 1.0), ops.clip(before + 1.0, 0.0, size - 1.0)
    return ops.cast(first, "int32"), ops.cast(second, "int32"), second - pixels, pixels - first


def _moved(index: Tensor, shift: Tensor, size: Any) -> _Pixels:
    """Shift pixel indices (1, N) by (B, N) pixels; the border is repeated."""
    whole = ops.floor(shift)
    share = shift - whole
    first = index + ops.cast(ops.clip(whole, -_FAR, _FAR), "int32")
    return ops.clip(first, 0, size - 1), ops.clip(first + 1, 0, size - 1), 1.0 - share, share


def _mixed(features: Tensor, across: _Pixels, down: _Pixels) -> Tensor:
    """Interpolate the features bilinearly between the four neighbours of each place."""
    channels = features.shape[-1]
    batch, height, width = ops.shape(features)[:3]
    flat = ops.reshape(features, (-1, channels))
    first = ops.expand_dims(ops.arange(batch, dtype="int32") * (height * width), 1)
    (left, right, of_left, of_right), (upper, lower, of_upper, of_lower) = across, down

    def seen(row: Tensor, column: Tensor, share: Tensor) -> Tensor:
        return ops.take(flat, first + row * width + column, axis=0) * ops.expand_dims(share, 2)

    mixed = seen(upper, left, of_left * of_upper) + seen(lower, left, of_left * of_lower)
    mixed = mixed + seen(upper, right, of_right * of_upper) + seen(lower, right, of_right * of_lower)
    return ops.reshape(mixed, (batch, height, width, channels))
