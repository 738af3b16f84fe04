"""CRNN, the recognizer of keras-ocr: convolutions, a spatial transformer, two pairs of LSTMs, CTC.

CRNN (Shi et al. 2017) as in keras-ocr 0.9.3 (MIT), after kurapan's. Layers with weights have the same names, except the
last, ``characters``, and those of the spatial transformer, ``locate_…``. Oddities that the published weights depend on
are kept: the image is transposed and upside down, backward LSTMs return their steps in reverse order, and the first two
steps are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
from keras import layers, ops

from ocr_studio.engine.nets.backbone import Tensor
from ocr_studio.engine.nets.plans import CrnnPlan
from ocr_studio.engine.nets.spatial_transformer import straightened

PUBLISHED_HEAD = "fc_12"  # keras-ocr's name of the last layer, whose last class is the blank


def build_crnn(classes: int, plan: CrnnPlan | None = None) -> keras.Model:
    """Build the network: a word -> a score for every character at every step.

    In: (B, 31, 200, 1) float32, grey from 0 to 1, or as in the plan. Out: logits (B, 48, classes) float32, class 0
    being CTC's blank. A step is 4 pixels wide; the first begins at the 8th pixel.
    """
    plan = plan or CrnnPlan()
    word = keras.Input((plan.height, plan.width, 3 if plan.colour else 1), name="word")
    x = _features(word, plan)
    if plan.straighten:
        x = straightened(x)
    x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]))(x)  # B x T x h x C --> B x T x h·C
    x = layers.Dense(plan.units[0], activation="relu", name="fc_9")(x)
    x = layers.Add()([_lstm(x, plan.units[0], "lstm_10"), _lstm(x, plan.units[0], "lstm_10_back")])
    x = layers.Concatenate()([_lstm(x, plan.units[1], "lstm_11"), _lstm(x, plan.units[1], "lstm_11_back")])
    x = layers.Dropout(plan.dropout)(x)
    x = layers.Dense(classes, kernel_initializer="he_normal", name="characters")(x)
    return keras.Model(word, layers.Cropping1D((plan.dropped, 0))(x), name="crnn")


def crnn_layers(plan: CrnnPlan | None = None, *, top: bool = True) -> Iterator[str]:
    """Return the names of the layers with weights, in the order of keras-ocr's files; ``top`` includes the last one."""
    for index in range(1, 8):
        yield f"conv_{index}"
        if index in _NORMED:
            yield f"bn_{index}"
    if (plan or CrnnPlan()).straighten:
        yield from ("locate_conv1", "locate_conv2", "locate_fc1", "locate_fc2")
    yield from ("fc_9", "lstm_10", "lstm_10_back", "lstm_11", "lstm_11_back")
    if top:
        yield "characters"


_NORMED = (3, 5, 7)  # convolutions with normalization; the first two of them also have pooling


def _features(word: Tensor, plan: CrnnPlan) -> Tensor:
    """(B, H, W, C) -> (B, W/4, H/4, 512), from left to right, each step from bottom to top."""
    x = layers.Permute((2, 1, 3))(word)
    x = UpsideDown()(x)
    for index, channels in enumerate(plan.filters, start=1):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu", name=f"conv_{index}")(x)
        if index in _NORMED:
            x = layers.BatchNormalization(name=f"bn_{index}")(x)
        if index in _NORMED[:2]:
            x = layers.MaxPooling2D(plan.pool)(x)
    return x


@keras.saving.register_keras_serializable(package="ocr_studio")
class UpsideDown(layers.Layer):  # type: ignore[misc]
    """Reverses the third axis: (B, W, H, C) -> same."""

    def call(self, x: Tensor) -> Tensor:
        """Same shape as x."""
        return ops.flip(x, axis=2)


def _lstm(x: Tensor, units: int, name: str) -> Tensor:
    """(B, T, C) -> (B, T, units). A backward one starts at the last step and returns the steps in reverse order."""
    return layers.LSTM(
        units, kernel_initializer="he_normal", return_sequences=True, go_backwards=name.endswith("_back"), name=name
    )(x)
