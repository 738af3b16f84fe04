"""The backbone of detector and recognizer: a stem, and blocks of depthwise convolution and a small MLP.

The layout is that of the PP-OCRv6 "small" networks (PaddleOCR, Apache-2.0) with batch normalization folded into the
convolutions. All tensors are (batch, height, width, channels), channels last.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import keras
from keras import layers, ops

from ocr_studio.engine.nets.plans import Block

Tensor: TypeAlias = Any  # keras.KerasTensor, which has no operators in its type stubs
Shape: TypeAlias = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="ocr_studio")
class HardSigmoid(layers.Layer):  # type: ignore[misc]
    """A piecewise linear sigmoid: slope · x + 0.5, clipped to 0..1.

    Keras' own has slope 1/6; the detector's neck was trained with 0.2.
    """

    def __init__(self, slope: float = 1 / 6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slope = slope

    def call(self, x: Tensor) -> Tensor:
        """Same shape as x."""
        return ops.clip(x * self.slope + 0.5, 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return the configuration for Keras."""
        return {**super().get_config(), "slope": self.slope}


@keras.saving.register_keras_serializable(package="ocr_studio")  # type: ignore[untyped-decorator]
def gelu(x: Tensor) -> Tensor:
    """The exact Gaussian error linear unit (Hendrycks & Gimpel 2016). Same shape as x.

    Written so that TensorFlow's optimizer fuses it with the product before it. Keras' own divides by √2 and is not
    fused, which takes a fifth of the network's time.
    """
    return 0.5 * (1.0 + ops.erf(x * math.sqrt(0.5))) * x


@keras.saving.register_keras_serializable(package="ocr_studio")
class Pointwise(layers.Dense):  # type: ignore[misc]
    """A 1 × 1 convolution as a matrix product: (B, H, W, C) -> (B, H, W, units)."""

    def call(self, x: Tensor) -> Tensor:
        """x: (B, H, W, C)."""
        mixed = super().call(ops.reshape(x, (-1, x.shape[-1])))
        return ops.reshape(mixed, (*ops.shape(x)[:-1], self.units))


def halving(x: Tensor, channels: int, *, name: str) -> Tensor:
    """A 3 × 3 convolution with stride 2 and ReLU.

    Padded by one pixel on every side, as in training; Keras' "same" pads only right and below, which would shift the
    image by a pixel.
    """
    x = layers.ZeroPadding2D(1)(x)
    return layers.Conv2D(channels, 3, 2, "valid", activation="relu", name=name)(x)


def squeeze_excite(x: Tensor, *, slope: float, name: str) -> Tensor:
    """Channel weights 0..1 from the means over the image, (B, 1, 1, C)."""
    channels = x.shape[-1]
    mean = layers.GlobalAveragePooling2D(keepdims=True)(x)
    few = layers.Conv2D(channels // 4, 1, activation="relu", name=f"{name}_squeeze")(mean)
    return HardSigmoid(slope)(layers.Conv2D(channels, 1, name=f"{name}_excite")(few))


def stem(x: Tensor, channels: int) -> Tensor:
    """From pixels to features at a quarter of the size, with 2 · channels: (B, H, W, 3) -> (B, H/4, W/4, 2C)."""
    x = halving(x, channels, name="stem1")
    fine = layers.Conv2D(channels // 2, 2, padding="same", activation="relu", name="stem2a")(x)
    fine = layers.Conv2D(channels, 2, padding="same", activation="relu", name="stem2b")(fine)
    x = layers.Concatenate()([layers.MaxPooling2D(2, 1, "same")(x), fine])
    x = halving(x, channels, name="stem3")
    return layers.Conv2D(2 * channels, 1, activation="relu", name="stem4")(x)


def block(x: Tensor, plan: Block, *, name: str) -> Tensor:
    """One block: a 3 × 3 depthwise convolution, channel weights, and a small MLP."""
    wide = 2 * x.shape[-1]
    keeps_size = plan.stride == (1, 1)
    down, across = plan.stride
    if down == across > 1:
        x = layers.ZeroPadding2D(1)(x)
        x = layers.DepthwiseConv2D(3, plan.stride, "valid", name=f"{name}_depthwise")(x)
    else:
        x = layers.DepthwiseConv2D(3, padding="same", name=f"{name}_depthwise")(x)
    if down != across:
        # TensorFlow supports unequal strides of depthwise convolutions only with oneDNN, not on GPUs and Macs.
        x = layers.MaxPooling2D(1, plan.stride)(x)  # pooling with size 1 drops rows
    if plan.squeeze:
        x = layers.Multiply()([x, squeeze_excite(x, slope=1 / 6, name=name)])
    mixed = Pointwise(wide, activation=gelu, name=f"{name}_expand")(x)
    mixed = Pointwise(plan.channels, name=f"{name}_project")(mixed)
    return layers.Add()([x, mixed]) if keeps_size else mixed
