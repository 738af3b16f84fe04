"""A light CRAFT with a small backbone.

The maps are those of CRAFT (Baek et al. 2019), the backbone has depthwise-separable convolutions (Howard et al. 2017),
and a feature pyramid adds coarse features to finer ones (Lin et al. 2017).
"""

from __future__ import annotations

import keras
from keras import layers

from ocr_studio.engine.nets.craft import ResizedLike
from ocr_studio.engine.nets.separable import Separable, after, separable

STEM = 24
BLOCKS = (
    Separable(48, (2, 2)),
    Separable(48),
    Separable(96, (2, 2)),
    Separable(96),
    Separable(96),
    Separable(160, (2, 2)),
    Separable(160),
    Separable(160),
    Separable(256, (2, 2)),
    Separable(256),
    Separable(256),
)
TAPS = (1, 4, 7, 10)  # the last block of each size: 1/4, 1/8, 1/16 and 1/32 of the photo
NECK = 64  # channels of the pyramid


def build_light_craft(*, normed: bool = False) -> keras.Model:
    """Build the network: pixels -> probability of a letter, and of a link between two letters of a word.

    In: (B, H, W, 3) float32, RGB from −1 to 1, sides multiples of 32. Out: (B, H/2, W/2, 2) float32, about 0..1: region
    and affinity map, as ``build_craft``. normed: as ``build_light_crnn``.
    """
    photo = keras.Input((None, None, 3), name="photo")
    x = layers.ZeroPadding2D(1)(photo)
    x = after(layers.Conv2D(STEM, 3, 2, use_bias=not normed, name="stem"), x, normed=normed)
    taps = []
    for index, plan in enumerate(BLOCKS):
        x = separable(x, plan, name=f"block{index}", normed=normed)
        if index in TAPS:
            taps.append(x)
    up = None
    for level in (3, 2, 1, 0):
        lateral = after(layers.Conv2D(NECK, 1, use_bias=not normed, name=f"lateral{level}"), taps[level], normed=normed)
        if up is not None:
            lateral = layers.Add()([lateral, ResizedLike()(up, lateral)])
        up = separable(lateral, Separable(NECK), name=f"up{level}", normed=normed)
    x = after(layers.Conv2DTranspose(NECK // 2, 2, 2, use_bias=not normed, name="head1"), up, normed=normed)
    x = layers.Conv2D(2, 3, padding="same", name="head2")(x)
    return keras.Model(photo, x, name="light_craft")
