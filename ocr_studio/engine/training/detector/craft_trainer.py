"""Training steps of CRAFT, from scratch or further."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.engine.training.trainable_weights import MovingWeights, sound

Tensor: TypeAlias = Any

# Target value from which a map pixel is positive.
_HILL: Final = 0.1
# Hard negative mining: this many times as many negatives as positives count, those with the largest loss (Shrivastava
# et al. 2016); at least this share of all if a batch has little text.
_OTHERS: Final = 3.0
_LEAST: Final = 0.02
# Maximum gradient norm, so that one odd tile does not undo the training.
_LONGEST: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class CraftTiles:
    """The input of one training step.

    Attributes:
        pixels: (B, h, w, 3) float32, −1 to 1.
        maps: (B, h/2, w/2, 2) float32, as from ``craft_targets.draw``.
        known: (B, h/2, w/2, 1), 1 where the maps are known.
    """

    pixels: NDArray[np.float32]
    maps: NDArray[np.float32]
    known: NDArray[np.float32]


class CraftTrainee(MovingWeights):
    """Trains a network of ``build_craft`` or ``build_light_craft``. It belongs to the thread that created it."""

    def __init__(self, net: keras.Model, *, steps: int, learning_rate: float, average: float = 1.0) -> None:
        """Prepare the network, which is changed in place; layers that are not trainable stay.

        Args:
            net: The network.
            steps: Number of steps.
            learning_rate: Peak learning rate.
            average: See ``Recipe``; 1 for training from scratch.
        """
        self.net = net
        super().__init__(net, steps=steps, learning_rate=learning_rate, share=lambda _: average, longest=_LONGEST)
        signature = [tf.TensorSpec((None, None, None, channels), tf.float32) for channels in (3, 2, 1)]
        self._step = tf.function(self._learn, input_signature=signature).get_concrete_function()
        self._look = tf.function(self._examine, input_signature=signature).get_concrete_function()

    def learn(self, tiles: CraftTiles) -> float:
        """Train one step and return its loss. Raises TrainingFailed."""
        return sound(float(self._step(*_tensors(tiles))))

    def loss(self, tiles: CraftTiles) -> float:
        """Return the loss without training."""
        return float(self._look(*_tensors(tiles)))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return the state for a checkpoint, including the running statistics of normalizations."""
        return super().state() | {f"running/{index}": each.numpy() for index, each in enumerate(self._running())}

    def resume(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Restore a state. Raises KeyError or ValueError if it does not fit."""
        running = [np.asarray(state[f"running/{index}"]) for index, _ in enumerate(self._running())]
        for variable, value in zip(self._running(), running, strict=True):
            if tuple(value.shape) != tuple(variable.shape) or not np.isfinite(value).all():
                raise ValueError(f"{variable.path}: it has another shape, or is no number")
        super().resume(state)
        for variable, value in zip(self._running(), running, strict=True):
            variable.assign(value)

    def _running(self) -> list[keras.Variable]:
        return [weight for weight in self.net.non_trainable_weights if "/moving_" in weight.path]

    def _learn(self, pixels: Tensor, maps: Tensor, known: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(self.net(pixels, training=True), maps, known)
        self.apply(tape.gradient(loss, [variable.value for variable in self.learned]))
        return loss

    def _examine(self, pixels: Tensor, maps: Tensor, known: Tensor) -> Tensor:
        return loss_of(self.net(pixels, training=False), maps, known)


def loss_of(seen: Tensor, maps: Tensor, known: Tensor) -> Tensor:
    """Mean squared error of the maps (Baek et al. 2019), with equal weight on positives and hard negatives.

    Args:
        seen: (B, h, w, 2), predicted maps.
        maps: (B, h, w, 2), target maps.
        known: (B, h, w, 1), 1 where the targets are known.
    """
    errors = known * tf.square(seen - maps)
    hills = known * tf.cast(maps > _HILL, tf.float32)
    many = tf.reduce_sum(hills)
    others = tf.reshape((1 - hills) * errors, [-1])
    everything = tf.cast(tf.size(others), tf.float32)
    worst = tf.minimum(everything, tf.maximum(_OTHERS * many, _LEAST * everything))
    hardest, _ = tf.math.top_k(others, tf.cast(worst, tf.int32), sorted=False)
    return tf.reduce_sum(hills * errors) / tf.maximum(many, 1.0) + tf.reduce_sum(hardest) / worst


def _tensors(tiles: CraftTiles) -> tuple[Tensor, ...]:
    return tuple(tf.constant(part) for part in (tiles.pixels, tiles.maps, tiles.known))
