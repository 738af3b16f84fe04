"""The detector: a backbone, a feature pyramid, and a map of text probabilities.

PP-OCRv6 "small" (PaddleOCR, Apache-2.0): the head is that of differentiable binarization (Liao et al. 2020), of which
inference needs only the probability map.
"""

from __future__ import annotations

import keras
from keras import layers

from ocr_studio.engine.nets.backbone import Tensor, block, squeeze_excite, stem
from ocr_studio.engine.nets.plans import DETECTOR_BLOCKS

TAPS = (1, 4, 9, 12)  # the last block of each size: 1/4, 1/8, 1/16 and 1/32 of the photo
NECK = 96  # channels of the pyramid


def build_detector(maps: int = 1) -> keras.Model:
    """Build the network: pixels -> probability of text, in one map or, for training, several.

    In: (B, H, W, 3) float32, RGB from −1 to 1, H and W multiples of 32. Out: (B, H, W, maps) float32, 0..1.
    """
    photo = keras.Input((None, None, 3), name="photo")
    x = stem(photo, 24)
    taps = []
    for index, plan in enumerate(DETECTOR_BLOCKS):
        x = block(x, plan, name=f"block{index}")
        if index in TAPS:
            taps.append(x)

    lateral = [_weighed(_narrow(tap, NECK, f"lateral{level}"), f"lateral{level}") for level, tap in enumerate(taps)]
    for level in (2, 1, 0):  # coarse features are added to finer ones, top down
        coarse = layers.UpSampling2D(2, interpolation="nearest")(lateral[level + 1])
        lateral[level] = layers.Add()([lateral[level], coarse])

    smooth = []
    for level, features in enumerate(lateral):
        near = layers.DepthwiseConv2D(7, padding="same", name=f"smooth{level}_depthwise")(features)
        near = _weighed(_narrow(near, NECK // 4, f"smooth{level}"), f"smooth{level}")
        smooth.append(layers.UpSampling2D(2**level, interpolation="nearest")(near) if level else near)
    x = layers.Concatenate()(smooth[::-1])

    x = layers.Conv2D(NECK // 4, 3, padding="same", activation="relu", name="head1")(x)
    x = layers.Conv2DTranspose(NECK // 4, 2, 2, activation="relu", name="head2")(x)
    x = layers.Conv2DTranspose(maps, 2, 2, activation="sigmoid", name="head3")(x)
    return keras.Model(photo, x, name="detector")


def _narrow(x: Tensor, channels: int, name: str) -> Tensor:
    """Reduce the channels with a 1 × 1 convolution."""
    return layers.Conv2D(channels, 1, use_bias=False, name=name)(x)


def _weighed(x: Tensor, name: str) -> Tensor:
    """Add the channels scaled by their weights to x."""
    return layers.Add()([x, layers.Multiply()([x, squeeze_excite(x, slope=0.2, name=name)])])
