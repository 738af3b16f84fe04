"""A net that has learned with batch normalisation → the same net without: each becomes part of its convolution.

What comes out is the same to rounding, it is faster, and has no running statistics that learning on could spoil.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

_SUFFIX: Final = "_norm"


def folded(normed: keras.Model, plain: keras.Model, *, norms: Mapping[str, str] | None = None) -> keras.Model:
    """Give the weights of a net to its twin without normalisation, which is returned.

    normed: the convolution "x" is normalised by "x_norm", or as ``norms`` says. plain: layers of the same names but
    without those. Raises ValueError where a layer of the one is not in the other (a bug).
    """
    for layer in plain.layers:
        if not layer.weights:
            continue
        learned = normed.get_layer(layer.name)
        name = layer.name + _SUFFIX if norms is None else norms.get(layer.name)
        norm = next((each for each in normed.layers if each.name == name), None)
        layer.set_weights(learned.get_weights() if norm is None else _folded(learned, norm))
    return plain


def _folded(layer: keras.layers.Layer, norm: keras.layers.BatchNormalization) -> list[NDArray[np.float32]]:
    """Kernel and bias of a convolution that does what the one and its normalisation did."""
    kernel, *bias = (np.asarray(part, np.float64) for part in layer.get_weights())
    gamma, beta, mean, variance = (np.asarray(part, np.float64) for part in norm.get_weights())
    factor = gamma / np.sqrt(variance + norm.epsilon)
    # The channel that comes out is the third axis there (h x w x C x 1, h x w x out x in), else the last.
    third = isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.Conv2DTranspose)
    scaled = kernel * (factor[:, None] if third else factor)
    return [scaled.astype(np.float32), (beta + (sum(bias) - mean) * factor).astype(np.float32)]
