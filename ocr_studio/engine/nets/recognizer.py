"""The recognizer: a backbone, two attention blocks, and a score for every character at every step.

PP-OCRv6 "small" (PaddleOCR, Apache-2.0): the neck is that of SVTR (Du et al. 2022), the head is trained with CTC
(Graves et al. 2006).
"""

from __future__ import annotations

import keras
from keras import layers

from ocr_studio.engine.nets.backbone import Tensor, block, stem
from ocr_studio.engine.nets.plans import ATTENTION_BLOCKS, HEADS, HEIGHT, RECOGNIZER_BLOCKS

WIDTH = 120  # channels of the attention blocks


def build_recognizer(classes: int) -> keras.Model:
    """Build the network: a line -> a score for every character at every step.

    In: (B, 48, W, 3) float32, RGB from −1 to 1, W a multiple of 8. Out: logits (B, W/8, classes) float32, class 0 being
    CTC's blank; their softmax over the classes is the probability.
    """
    line = keras.Input((HEIGHT, None, 3), name="line")
    x = stem(line, 48)
    for index, plan in enumerate(RECOGNIZER_BLOCKS):
        x = block(x, plan, name=f"block{index}")
    x = layers.AveragePooling2D((3, 2))(x)
    x = layers.Reshape((-1, x.shape[-1]))(x)  # B x 1 x T x C --> B x T x C

    beside = layers.Dense(WIDTH, activation="silu", name="beside")(x)
    x = layers.Dense(WIDTH, activation="silu", name="narrow")(x)
    near = layers.DepthwiseConv1D(7, padding="same", activation="silu", name="near")(x)
    x = layers.Add()([x, near])
    for index in range(ATTENTION_BLOCKS):
        x = _attention_block(x, name=f"mix{index}")
    x = layers.LayerNormalization(epsilon=1e-6, name="mixed_norm")(x)
    x = layers.Add()([x, beside])
    return keras.Model(line, layers.Dense(classes, name="characters")(x), name="recognizer")


def _attention_block(x: Tensor, *, name: str) -> Tensor:
    """Self-attention over the steps and an MLP: (B, T, WIDTH) -> same."""
    normal = layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm1")(x)
    seen = layers.MultiHeadAttention(HEADS, WIDTH // HEADS, name=f"{name}_attention")(normal, normal)
    x = layers.Add()([x, seen])
    thought = layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm2")(x)
    thought = layers.Dense(2 * WIDTH, activation="silu", name=f"{name}_expand")(thought)
    return layers.Add()([x, layers.Dense(WIDTH, name=f"{name}_project")(thought)])
