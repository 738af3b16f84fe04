"""A light recognizer for lines: a spatial transformer, depthwise-separable convolutions, two pairs of LSTMs, CTC.

Inspired by CRNN_OCR_lite: CRNN (Shi et al. 2017) with the convolutions of MobileNet (Howard et al. 2017). Inputs and
outputs are those of ``build_recognizer``, so it works with the same code.
"""

from __future__ import annotations

import keras
from keras import layers

from ocr_studio.engine.nets.plans import HEIGHT
from ocr_studio.engine.nets.separable import Separable, after, separable
from ocr_studio.engine.nets.spatial_transformer import straightened_line

BLOCKS = (
    Separable(48),
    Separable(64, (2, 2)),
    Separable(64),
    Separable(128, (2, 1)),
    Separable(128),
    Separable(128),
    Separable(192, (2, 2)),
    Separable(192),
)
STEM = 32
UNITS = 96  # units of an LSTM in each direction


def build_light_crnn(classes: int, *, normed: bool = False) -> keras.Model:
    """Build the network: a line -> a score for every character at every step.

    In: (B, 48, W, 3) float32, RGB from −1 to 1, W a multiple of 8. Out: logits (B, W/8, classes) float32, class 0 being
    CTC's blank.

    Args:
        classes: Number of classes, including the blank.
        normed: With batch normalization after every convolution, for training from scratch; without it, as
            ``batchnorm_folding.fold_batchnorm`` creates it after training.
    """
    line = keras.Input((HEIGHT, None, 3), name="line")
    x = straightened_line(line)
    x = layers.ZeroPadding2D(1)(x)
    x = after(layers.Conv2D(STEM, 3, 2, use_bias=not normed, name="stem"), x, normed=normed)
    for index, plan in enumerate(BLOCKS):
        x = separable(x, plan, name=f"block{index}", normed=normed)
    # From three rows to one; each row counts, to tell descenders from ascenders.
    x = after(layers.Conv2D(2 * UNITS, (x.shape[1], 1), use_bias=not normed, name="rows"), x, normed=normed)
    x = layers.Reshape((-1, x.shape[-1]))(x)  # B x 1 x T x C --> B x T x C
    for index in range(2):
        # Weights are named after it.
        one_way = layers.LSTM(UNITS, return_sequences=True, name="lstm")
        x = layers.Bidirectional(one_way, name=f"around{index}")(x)
    return keras.Model(line, layers.Dense(classes, name="characters")(x), name="light_crnn")
