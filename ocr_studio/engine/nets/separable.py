"""Depthwise-separable convolutions (Howard et al. 2017): every channel looks around for itself, then all are mixed.

Each convolution may have a batch normalisation (Ioffe & Szegedy 2015) after it, without which these nets hardly learn
from nothing; once they have learned it becomes part of the convolution (``engine.folding``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keras import layers

from ocr_studio.engine.nets.backbone import Tensor

# Of the running statistics. Variances begin at 1 and are some thousandths after a depthwise convolution: with Keras'
# 0.99 it takes a thousand steps until that first 1 is forgotten, and what is read meanwhile is nonsense.
_MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class Separable:
    """One block. channels: what it gives. stride: (down, across); where it keeps size and channels, what came is added
    (He et al. 2016).
    """

    channels: int
    stride: tuple[int, int] = (1, 1)


def separable(x: Tensor, plan: Separable, *, name: str, normed: bool) -> Tensor:
    """One block: (B, H, W, C) -> (B, H / down, W / across, channels)."""
    beside = x
    if plan.stride != (1, 1):
        # A pool and not a stride: TensorFlow strides a depthwise convolution unequally only where oneDNN runs it.
        x = layers.MaxPooling2D(plan.stride)(x)
    x = after(
        layers.DepthwiseConv2D(3, padding="same", use_bias=not normed, name=f"{name}_depthwise"), x, normed=normed
    )
    x = after(layers.Conv2D(plan.channels, 1, use_bias=not normed, name=f"{name}_mix"), x, normed=normed)
    return layers.Add()([beside, x]) if beside.shape[1:] == x.shape[1:] and plan.stride == (1, 1) else x


def separable_layers(blocks: Sequence[Separable]) -> Iterator[str]:
    """The names of the layers with weights, in the order the picture passes them."""
    for index in range(len(blocks)):
        yield from (f"block{index}_depthwise", f"block{index}_mix")


def after(layer: layers.Layer, x: Tensor, *, normed: bool) -> Tensor:
    """What a convolution makes of x, normalised where it shall be, and a ReLU."""
    x = layer(x)
    if normed:
        x = layers.BatchNormalization(momentum=_MOMENTUM, name=f"{layer.name}_norm")(x)
    return layers.ReLU()(x)
