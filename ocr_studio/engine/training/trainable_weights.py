"""The trainable weights of a network, their optimizer, and weight averaging."""

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
ShareOf: TypeAlias = Callable[[keras.Variable], NDArray[np.float32] | float]

# Share of all steps for warming up the learning rate: the first steps of Adam are erratic.
WARM_UP: Final = 0.1


class TrainingFailed(StudioError):
    """Training diverged."""


class TrainableWeights:
    """The trainable weights of a network during training. It belongs to the thread that created it."""

    def __init__(
        self, net: keras.Model, *, steps: int, learning_rate: float, share: ShareOf, max_norm: float | None = None
    ) -> None:
        """Create the optimizer.

        Args:
            net: Its trainable weights are changed.
            steps: Number of steps; the learning rate warms up, then falls like a cosine (Loshchilov & Hutter 2017).
            learning_rate: Peak learning rate.
            share: Returns for a weight the share (0..1) of the new value in the result; the rest is the old value.
            max_norm: Maximum gradient norm.
        """
        self.variables = list(net.trainable_variables)
        self.initial = self.current()
        self.shares = [share(variable) for variable in self.variables]
        warm_up = max(1, round(WARM_UP * steps))
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, steps - warm_up), warmup_target=learning_rate, warmup_steps=warm_up
        )
        self._optimizer = keras.optimizers.Adam(schedule, global_clipnorm=max_norm)
        self._optimizer.build(self.variables)

    def apply(self, gradients: list[tf.Tensor]) -> None:
        """Apply gradients, one for each of ``variables``, inside a compiled function."""
        self._optimizer.apply_gradients(zip(gradients, self.variables, strict=True))

    def averaged(self) -> Arrays:
        """Return the averaged weights."""
        pairs = zip(self.initial, self.current(), self.shares, strict=True)
        return [np.asarray(old + share * (new - old), np.float32) for old, new, share in pairs]

    def assign_weights(self, weights: Arrays) -> None:
        """Set the weights."""
        for variable, weight in zip(self.variables, weights, strict=True):
            variable.assign(weight)

    def current(self) -> Arrays:
        """Return the current weights."""
        return [variable.numpy() for variable in self.variables]

    def has_changed(self) -> bool:
        """Whether any weight differs from its initial value."""
        return any(not np.array_equal(old, new) for old, new in zip(self.initial, self.current(), strict=True))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the state for a checkpoint: weights and optimizer."""
        current = {f"learned/{index}": weight for index, weight in enumerate(self.current())}
        optimizer_state = {f"memory/{index}": each.numpy() for index, each in enumerate(self._optimizer.variables)}
        return current | optimizer_state

    def resume(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore a state. Raises KeyError or ValueError if it does not fit; the network is then unchanged."""
        current = [check_value(state[f"learned/{index}"], each) for index, each in enumerate(self.variables)]
        optimizer_state = [
            check_value(state[f"memory/{index}"], each) for index, each in enumerate(self._optimizer.variables)
        ]
        self.assign_weights(current)
        for variable, value in zip(self._optimizer.variables, optimizer_state, strict=True):
            variable.assign(value)


def check_finite(loss: float) -> float:
    """Return the loss as a number. Raises TrainingFailed if it is not finite."""
    if not math.isfinite(loss):
        raise TrainingFailed(
            tr("training diverged: the loss is no longer a number"), remedy=tr("Use a lower learning rate.")
        )
    return loss


def check_value(value: NDArray[Any], variable: Any) -> NDArray[Any]:
    """Return a saved value for a variable. Raises ValueError if it does not fit."""
    if tuple(value.shape) != tuple(variable.shape) or not np.isfinite(value).all():
        raise ValueError(f"{variable.path}: it has another shape, or is no number")
    return value
