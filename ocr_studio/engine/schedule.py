"""What every training shares: how fast is learned at which step, and the mean of what a net knew and has learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Weights: TypeAlias = Sequence[NDArray[np.float32]]

_WARMING: Final = 0.1  # share of the steps in which the rate climbs: an optimizer knows nothing of gradients at first


def rate(step: int, steps: int, *, highest: float) -> float:
    """The learning rate of a step, 0 the first: climbs evenly, then falls as half a cosine wave to nothing
    (Loshchilov & Hutter 2017).
    """
    warming = max(1, round(_WARMING * steps))
    if step < warming:
        return highest * (step + 1) / warming
    return highest * 0.5 * (1 + math.cos(math.pi * (step - warming) / max(1, steps - warming)))


def averaged(known: Weights, learned: Weights, share: float) -> list[NDArray[Any]]:
    """Weights in between: share 0 gives what a net knew, 1 what it has learned (Wortsman et al. 2022)."""
    return [
        np.asarray(old + np.float32(share) * (new - old), np.float32) for old, new in zip(known, learned, strict=True)
    ]
