"""The weights of a net that learn, the optimizer that moves them, and what of it all is kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr

Arrays: TypeAlias = list[NDArray[np.float32]]
Share: TypeAlias = Callable[[keras.Variable], NDArray[np.float32] | float]

# Share of all steps in which the rate rises from zero: the first steps of Adam go anywhere.
WARM_UP: Final = 0.1


class TrainingFailed(StudioError):
    """The numbers ran away."""


class MovingWeights:
    """Those weights of a net that may learn, while they do. Belongs to the thread that made it."""

    def __init__(
        self, net: keras.Model, *, steps: int, learning_rate: float, share: Share, longest: float | None = None
    ) -> None:
        """net: its trainable weights move. steps: how many there will be; the rate rises to ``learning_rate``, then
        falls like a cosine (Loshchilov & Hutter 2017). share: for a weight how much, 0..1, of what was learned is kept
        of it, the rest is what the net knew. longest: gradients that are longer are shortened to it.
        """
        self.learned = list(net.trainable_variables)
        self.start = self.now()
        self.shares = [share(variable) for variable in self.learned]
        warm = max(1, round(WARM_UP * steps))
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, steps - warm), warmup_target=learning_rate, warmup_steps=warm
        )
        self._optimizer = keras.optimizers.Adam(schedule, global_clipnorm=longest)
        self._optimizer.build(self.learned)

    def apply(self, gradients: list[tf.Tensor]) -> None:
        """One step of the optimizer, inside a compiled function. gradients: one for each of ``learned``."""
        self._optimizer.apply_gradients(zip(gradients, self.learned, strict=True))

    def kept(self) -> Arrays:
        """What would be kept now: the mean of what was known and what was learned."""
        pairs = zip(self.start, self.now(), self.shares, strict=True)
        return [np.asarray(old + share * (new - old), np.float32) for old, new, share in pairs]

    def take(self, weights: Arrays) -> None:
        """Have these weights."""
        for variable, weight in zip(self.learned, weights, strict=True):
            variable.assign(weight)

    def now(self) -> Arrays:
        """The weights that learn, as they are."""
        return [variable.numpy() for variable in self.learned]

    def state(self) -> dict[str, NDArray[Any]]:
        """All that going on needs: weights, the optimizer's memory."""
        learned = {f"learned/{index}": weight for index, weight in enumerate(self.now())}
        memory = {f"memory/{index}": each.numpy() for index, each in enumerate(self._optimizer.variables)}
        return learned | memory

    def resume(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from there. Raises KeyError or ValueError where it does not fit; the net is then as it was."""
        learned = [fitted(state[f"learned/{index}"], each) for index, each in enumerate(self.learned)]
        memory = [fitted(state[f"memory/{index}"], each) for index, each in enumerate(self._optimizer.variables)]
        self.take(learned)
        for variable, value in zip(self._optimizer.variables, memory, strict=True):
            variable.assign(value)


def sound(loss: float) -> float:
    """The loss of a step. Raises TrainingFailed where it is no number."""
    if not math.isfinite(loss):
        raise TrainingFailed(
            tr("training went astray: the loss is no number any more"), remedy=tr("Learn at a lower rate.")
        )
    return loss


def fitted(value: NDArray[Any], variable: Any) -> NDArray[Any]:
    """A value that was kept for a variable. Raises ValueError where it does not fit."""
    if tuple(value.shape) != tuple(variable.shape) or not np.isfinite(value).all():
        raise ValueError(f"{variable.path}: it has another shape, or is no number")
    return value
