"""Folds batch normalizations into their convolutions.

The result is equal up to rounding, faster, and has no running statistics that further training could spoil.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

_SUFFIX: Final = "_norm"


def fold_batchnorm(normed: keras.Model, plain: keras.Model, *, norms: Mapping[str, str] | None = None) -> keras.Model:
    """Copy the weights of a network to its twin without normalization, which is returned.

    Args:
        normed: The convolution "x" is normalized by "x_norm", or as ``norms`` says.
        plain: Has layers of the same names without normalizations.
        norms: Convolution → normalization.

    Raises:
        ValueError: The layers do not match (a bug).
    """
    for layer in plain.layers:
        if not layer.weights:
            continue
        source = normed.get_layer(layer.name)
        name = layer.name + _SUFFIX if norms is None else norms.get(layer.name)
        norm = next((each for each in normed.layers if each.name == name), None)
        layer.set_weights(source.get_weights() if norm is None else _fold(source, norm))
    return plain


def _fold(layer: keras.layers.Layer, norm: keras.layers.BatchNormalization) -> list[NDArray[np.float32]]:
    """Return kernel and bias of a convolution that includes the normalization."""
    kernel, *bias = (np.asarray(part, np.float64) for part in layer.get_weights())
    gamma, beta, mean, variance = (np.asarray(part, np.float64) for part in norm.get_weights())
    factor = gamma / np.sqrt(variance + norm.epsilon)
    # The output channel is the third axis there (h × w × C × 1, h × w × out × in), else the last.
    third = isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.Conv2DTranspose)
    scaled = kernel * (factor[:, None] if third else factor)
    return [scaled.astype(np.float32), (beta + (sum(bias) - mean) * factor).astype(np.float32)]
