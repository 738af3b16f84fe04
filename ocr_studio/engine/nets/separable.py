"""Depthwise-separable convolutions (Howard et al. 2017).

Each convolution may be followed by batch normalization (Ioffe & Szegedy 2015), without which these networks hardly
train from scratch. After training it is folded into the convolution (``engine.weights.batchnorm_folding``).
"""

from __future__ import annotations

from dataclasses import dataclass

from keras import layers

from ocr_studio.engine.nets.backbone import Tensor

# Momentum of the running statistics. Variances start at 1 but are some thousandths after a depthwise convolution: with
# Keras' 0.99 it takes a thousand steps to forget that 1, and evaluations until then are nonsense.
_MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class Separable:
    """One block.

    Attributes:
        channels: Output channels.
        stride: (down, across); if size and channels stay, there is a skip connection (He et al. 2016).
    """

    channels: int
    stride: tuple[int, int] = (1, 1)


def separable(x: Tensor, plan: Separable, *, name: str, normed: bool) -> Tensor:
    """One block: (B, H, W, C) -> (B, H / down, W / across, channels)."""
    beside = x
    if plan.stride != (1, 1):
        # Pooling instead of strides: TensorFlow supports unequal strides of depthwise convolutions only with oneDNN.
        x = layers.MaxPooling2D(plan.stride)(x)
    x = after(
        layers.DepthwiseConv2D(3, padding="same", use_bias=not normed, name=f"{name}_depthwise"), x, normed=normed
    )
    x = after(layers.Conv2D(plan.channels, 1, use_bias=not normed, name=f"{name}_mix"), x, normed=normed)
    return layers.Add()([beside, x]) if beside.shape[1:] == x.shape[1:] and plan.stride == (1, 1) else x


def after(layer: layers.Layer, x: Tensor, *, normed: bool) -> Tensor:
    """Apply a convolution, normalization if requested, and a ReLU."""
    x = layer(x)
    if normed:
        x = layers.BatchNormalization(momentum=_MOMENTUM, name=f"{layer.name}_norm")(x)
    return layers.ReLU()(x)
