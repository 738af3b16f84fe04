"""Training steps of CRAFT, from scratch or further."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.engine.training.trainable_weights import TrainableWeights, check_finite

Tensor: TypeAlias = Any

# Target value from which a map pixel is positive.
_POSITIVE: Final = 0.1
# Hard negative mining: this many times as many negatives as positives count, those with the largest loss (Shrivastava
# et al. 2016); at least this share of all if a batch has little text.
_NEGATIVES: Final = 3.0
_MIN_NEGATIVES: Final = 0.02
# Maximum gradient norm, so that one odd tile does not undo the training.
_MAX_NORM: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class CraftTiles:
    """The input of one training step.

    Attributes:
        pixels: (B, h, w, 3) float32, −1 to 1.
        run_batch: (B, h/2, w/2, 2) float32, as from ``craft_targets.draw_targets``.
        known: (B, h/2, w/2, 1), 1 where the maps are known.
    """

    pixels: NDArray[np.float32]
    run_batch: NDArray[np.float32]
    known: NDArray[np.float32]


class CraftTrainer(TrainableWeights):
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
        super().__init__(net, steps=steps, learning_rate=learning_rate, share=lambda _: average, max_norm=_MAX_NORM)
        signature = [tf.TensorSpec((None, None, None, channels), tf.float32) for channels in (3, 2, 1)]
        self._step = tf.function(self._train, input_signature=signature).get_concrete_function()
        self._compute_loss = tf.function(self._loss, input_signature=signature).get_concrete_function()

    def train_step(self, tiles: CraftTiles) -> float:
        """Train one step and return its loss. Raises TrainingFailed."""
        return check_finite(float(self._step(*_tensors(tiles))))

    def loss(self, tiles: CraftTiles) -> float:
        """Return the loss without training."""
        return float(self._compute_loss(*_tensors(tiles)))

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

    def _train(self, pixels: Tensor, maps: Tensor, known: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            loss = craft_loss(self.net(pixels, training=True), maps, known)
        self.apply(tape.gradient(loss, [variable.value for variable in self.variables]))
        return loss

    def _loss(self, pixels: Tensor, maps: Tensor, known: Tensor) -> Tensor:
        return craft_loss(self.net(pixels, training=False), maps, known)


def craft_loss(predicted: Tensor, maps: Tensor, known: Tensor) -> Tensor:
    """Mean squared error of the maps (Baek et al. 2019), with equal weight on positives and hard negatives.

    Args:
        predicted: (B, h, w, 2), predicted maps.
        maps: (B, h, w, 2), target maps.
        known: (B, h, w, 1), 1 where the targets are known.
    """
    errors = known * tf.square(predicted - maps)
    positives = known * tf.cast(maps > _POSITIVE, tf.float32)
    count = tf.reduce_sum(positives)
    negatives = tf.reshape((1 - positives) * errors, [-1])
    everything = tf.cast(tf.size(negatives), tf.float32)
    worst = tf.minimum(everything, tf.maximum(_NEGATIVES * count, _MIN_NEGATIVES * everything))
    hardest, _ = tf.math.top_k(negatives, tf.cast(worst, tf.int32), sorted=False)
    return tf.reduce_sum(positives * errors) / tf.maximum(count, 1.0) + tf.reduce_sum(hardest) / worst


def _tensors(tiles: CraftTiles) -> tuple[Tensor, ...]:
    return tuple(tf.constant(part) for part in (tiles.pixels, tiles.run_batch, tiles.known))
