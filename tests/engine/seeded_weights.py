"""Weights of chance that come out the same wherever they are made: for nets here, and for those of keras-ocr.

Nothing but NumPy is needed, of any version: a name and a shape give the numbers.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

# Where the spatial transformer looks: turned and squeezed a little, so that nothing is as if it were not there.
MAP = (0.9, 0.06, 0.03, -0.04, 0.85, 0.02)


def seeded(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The weight of a layer, called ``layer/kind`` as in files of keras-ocr: "conv_1/kernel", "bn_3/moving_mean"."""
    spread = np.random.default_rng(zlib.crc32(name.encode())).random(shape) * 2 - 1  # uniform, the same in every NumPy
    kind = name.rsplit("/", 1)[-1]
    if kind in ("gamma", "moving_variance"):
        values = 1.1 + 0.7 * spread
    elif kind in ("beta", "moving_mean", "bias"):
        values = 0.3 * spread
    else:
        incoming = float(np.prod(shape[:-1]))
        values = spread * np.sqrt(3 * 2 / incoming)  # variance 2 / incoming (He et al. 2015)
    if shape == (6,):  # the bias of the affine map
        values = np.array(MAP) + 0.03 * spread
    elif shape == (64, 6):
        values = 0.005 * spread
    elif name.startswith("conv_cls.8/"):  # as large as the maps of a trained net
        values = 0.1 * values
    elif name.startswith("fc_12/"):  # as sure as a trained net
        values = 4 * values
    return np.asarray(values, np.float32)


def named(layer: str, position: int, kind: str) -> str:
    """What a weight is called for ``seeded``: those of a model in a model by their position, as its name is chance."""
    return f"locate{position}/{kind}" if layer.startswith(("model", "functional")) else f"{layer}/{kind}"
