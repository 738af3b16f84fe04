"""CRAFT, the detector of keras-ocr: probabilities of letter centres and of links between letters.

CRAFT (Baek et al. 2019): a VGG-16 backbone with batch normalization (Simonyan & Zisserman 2015), two convolutions with
a large receptive field, and four upsampling steps with skip connections. Layers with weights are named as in keras-ocr
0.9.3 (MIT), after the authors' own (NAVER Corp., MIT).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from keras import layers, ops

from ocr_studio.engine.nets.backbone import Shape, Tensor

# The backbone: index of a convolution, its channels, its slice. The index after it is its normalization, then its ReLU;
# the missing indices are poolings.
_BODY = (
    (0, 64, 1), (3, 64, 1), (7, 128, 1), (10, 128, 1),
    (14, 256, 2), (17, 256, 2), (20, 256, 3), (24, 512, 3), (27, 512, 3),
    (30, 512, 4), (34, 512, 4), (37, 512, 4),
)  # fmt: skip
_POOLED = (3, 10, 20, 30)  # a pooling follows these
# Skip connections at 1/2, 1/4, 1/8 and 1/16 of the photo. The last is taken before its ReLU.
_TAPS = (10, 17, 27, 37)
_UP = (512, 256, 128, 64)  # channels inside each upsampling step; its output has half as many
_HEAD = ((0, 32, 3), (2, 32, 3), (4, 16, 3), (6, 16, 1), (8, 2, 1))  # index, channels, kernel size of convolutions

# ImageNet's mean and standard deviation per channel, as used to train the backbone.
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_EPSILON = 1e-5
# Keras' momentum is the share that stays; PyTorch's, where the weights come from, the share that is new: 0.1 there.
_MOMENTUM = 0.9


def build_craft(*, normed: bool = True) -> keras.Model:
    """Build the network: pixels -> probability of a letter, and of a link between two letters of a word.

    In: (B, H, W, 3) float32, RGB from −1 to 1, sides of at least 16 pixels. Out: (B, H/2, W/2, 2) float32, about 0..1:
    region and affinity map.

    Args:
        normed: With batch normalization, as published and for training from scratch; without it, as
            ``batchnorm_folding.fold_batchnorm`` creates it, it is faster and cannot be spoiled by further training.
    """
    photo = keras.Input((None, None, 3), name="photo")
    taps = list(_body(as_imagenet(photo), normed=normed))
    x = layers.MaxPooling2D(3, 1, "same")(taps[-1])
    x = layers.Conv2D(1024, 3, padding="same", dilation_rate=6, name="basenet.slice5.1")(x)
    x = layers.Conv2D(1024, 1, name="basenet.slice5.2")(x)
    for step, (tap, channels) in enumerate(zip(reversed(taps), _UP, strict=True), start=1):
        if step > 1:
            x = ResizedLike()(x, tap)
        x = _up(layers.Concatenate()([x, tap]), channels, f"upconv{step}.conv", normed=normed)
    for number, channels, kernel in _HEAD:
        last = number == _HEAD[-1][0]
        x = layers.Conv2D(
            channels, kernel, padding="same", activation=None if last else "relu", name=f"conv_cls.{number}"
        )(x)
    return keras.Model(photo, x, name="craft")


def craft_layers() -> Iterator[str]:
    """Return the names of the layers with weights, in the order of keras-ocr's files."""
    for number, _, part in _BODY:
        yield f"basenet.slice{part}.{number}"
        yield f"basenet.slice{part}.{number + 1}"
    yield from ("basenet.slice5.1", "basenet.slice5.2")
    for step in range(1, len(_UP) + 1):
        yield from (f"upconv{step}.conv.{number}" for number in (0, 1, 3, 4))
    yield from (f"conv_cls.{number}" for number, _, _ in _HEAD)


@keras.saving.register_keras_serializable(package="ocr_studio")
class ResizedLike(layers.Layer):  # type: ignore[misc]
    """Bilinear resizing to the size of other features: (B, h, w, C), (B, H, W, D) -> (B, H, W, C)."""

    # Keras' own does not support sizes that are only known at run time.
    def call(self, x: Tensor, like: Tensor) -> Tensor:
        """Resize x to the size of ``like``."""
        height, width = ops.shape(like)[1:3]
        return self._along(self._along(x, width, axis=2), height, axis=1)

    def compute_output_shape(self, x_shape: Shape, like_shape: Shape) -> Shape:
        """Size of the second input, channels of the first."""
        return (x_shape[0], *like_shape[1:3], x_shape[3])

    def _along(self, x: Tensor, size: Any, *, axis: int) -> Tensor:
        """Resize along one axis, repeating the border."""
        length = ops.cast(ops.shape(x)[axis], "float32")
        place = (ops.cast(ops.arange(size), "float32") + 0.5) * (length / ops.cast(size, "float32")) - 0.5
        place = ops.minimum(ops.maximum(place, 0.0), length - 1.0)
        before = ops.floor(place)
        after = ops.minimum(before + 1.0, length - 1.0)
        share = ops.reshape(place - before, (-1,) + (1,) * (3 - axis))
        first = ops.take(x, ops.cast(before, "int32"), axis=axis)
        return first + (ops.take(x, ops.cast(after, "int32"), axis=axis) - first) * share


def as_imagenet(photo: Tensor) -> Tensor:
    """Normalize RGB from −1 to 1 with ImageNet's mean and standard deviation. Same shape."""
    scale = [0.5 / spread for spread in _SPREAD]
    offset = [(0.5 - mean) / spread for mean, spread in zip(_MEAN, _SPREAD, strict=True)]
    return layers.Rescaling(scale, offset, name="as_imagenet")(photo)


def craft_norms() -> dict[str, str]:
    """Return the normalization layer of each convolution."""
    body = {f"basenet.slice{part}.{number}": f"basenet.slice{part}.{number + 1}" for number, _, part in _BODY}
    up = {
        f"upconv{step}.conv.{number}": f"upconv{step}.conv.{number + 1}"
        for step in range(1, len(_UP) + 1)
        for number in (0, 3)
    }
    return body | up


def _normed(x: Tensor, name: str, *, normed: bool) -> Tensor:
    """Normalize x if requested. Same shape."""
    return layers.BatchNormalization(epsilon=_EPSILON, momentum=_MOMENTUM, name=name)(x) if normed else x


def _body(x: Tensor, *, normed: bool) -> Iterator[Tensor]:
    """Return the backbone's features at four sizes, the finest first."""
    for number, channels, part in _BODY:
        x = layers.Conv2D(channels, 3, padding="same", name=f"basenet.slice{part}.{number}")(x)
        x = _normed(x, f"basenet.slice{part}.{number + 1}", normed=normed)
        if number == _TAPS[-1]:
            yield x
            return
        x = layers.ReLU()(x)
        if number in _TAPS:
            yield x
        if number in _POOLED:
            x = layers.MaxPooling2D(2)(x)


def _up(x: Tensor, channels: int, name: str, *, normed: bool) -> Tensor:
    """(B, h, w, C) -> (B, h, w, channels / 2)."""
    x = layers.Conv2D(channels, 1, name=f"{name}.0")(x)
    x = layers.ReLU()(_normed(x, f"{name}.1", normed=normed))
    x = layers.Conv2D(channels // 2, 3, padding="same", name=f"{name}.3")(x)
    return layers.ReLU()(_normed(x, f"{name}.4", normed=normed))
