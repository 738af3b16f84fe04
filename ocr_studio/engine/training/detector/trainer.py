"""Training steps of the detector: trainable layers and loss."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import keras
import tensorflow as tf

from ocr_studio.core.training.events import Recipe
from ocr_studio.engine.training.detector.tiles import SIDE, Tiles
from ocr_studio.engine.training.trainable_weights import TrainableWeights, check_finite

Tensor: TypeAlias = Any

# Prefixes of the layers of each of ``training.events.PARTS``: the head, the pyramid as well, the backbone's last blocks
# as well, everything.
_HEAD: Final = ("head",)
_NECK: Final = (*_HEAD, "lateral", "smooth")
LAYERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"head": _HEAD, "neck+head": _NECK, "upper": (*_NECK, "block10", "block11", "block12"), "all": ("",)}
)
# Hard negative mining: this many times as many negatives as positives count, those that look most like text (Liao et
# al. 2020); at least this many if a batch has little text.
_NEGATIVES: Final = 3.0
_MIN_NEGATIVES: Final = SIDE * SIDE / 50
# Maximum gradient norm, so that one odd tile does not undo the training.
_MAX_NORM: Final = 1.0
_TINY: Final = 1e-6


class DetectorTrainer(TrainableWeights):
    """Trains a detector. It belongs to the thread that created it."""

    def __init__(self, net: keras.Model, recipe: Recipe, *, steps: int) -> None:
        """Prepare a network of ``build_detector``, which is changed in place, for training by a recipe."""
        self.net = net
        freeze_layers(net, recipe.what)
        super().__init__(
            net, steps=steps, learning_rate=recipe.learning_rate, share=lambda _: recipe.average, max_norm=_MAX_NORM
        )
        signature = [tf.TensorSpec((None, SIDE, SIDE, channels), tf.float32) for channels in (3, 1, 1)]
        self._step = tf.function(self._train, input_signature=signature).get_concrete_function()
        self._compute_loss = tf.function(self._loss, input_signature=signature).get_concrete_function()

    def train_step(self, tiles: Tiles) -> float:
        """Train one step and return its loss. Raises TrainingFailed."""
        return check_finite(float(self._step(*_tensors(tiles))))

    def loss(self, tiles: Tiles) -> float:
        """Return the loss without training."""
        return float(self._compute_loss(*_tensors(tiles)))

    def _train(self, pixels: Tensor, cores: Tensor, known: Tensor) -> Tensor:
        with tf.GradientTape() as tape:
            loss = dbnet_loss(self.net(pixels, training=True), cores, known)
        self.apply(tape.gradient(loss, [variable.value for variable in self.variables]))
        return loss

    def _loss(self, pixels: Tensor, cores: Tensor, known: Tensor) -> Tensor:
        return dbnet_loss(self.net(pixels, training=False), cores, known)


def freeze_layers(net: keras.Model, what: str) -> None:
    """Make only one part of a network trainable. what: a key of LAYERS."""
    for layer in net.layers:
        layer.trainable = layer.name.startswith(LAYERS[what])


def _tensors(tiles: Tiles) -> tuple[Tensor, ...]:
    return tuple(tf.constant(part) for part in (tiles.pixels, tiles.cores, tiles.known))


def dbnet_loss(predicted: Tensor, cores: Tensor, known: Tensor) -> Tensor:
    """Balanced cross-entropy and dice loss (Liao et al. 2020), each 0 for a perfect map.

    Args:
        predicted: (B, h, w, 1) 0..1, predicted map.
        cores: (B, h, w, 1) 0..1, target.
        known: 1 where the target is known, else 0.
    """
    # In float64, which TensorFlow does not replace by bfloat16, which has no number between 0.996 and 1.
    predicted, cores, known = (tf.cast(part, tf.float64) for part in (predicted, cores, known))
    predicted = tf.clip_by_value(predicted, _TINY, 1 - _TINY)
    target = tf.clip_by_value(cores, _TINY, 1 - _TINY)
    # Minus the target's entropy, so that soft targets have no loss.
    entropy = target * tf.math.log(target / predicted) + (1 - target) * tf.math.log((1 - target) / (1 - predicted))
    text = known * tf.cast(cores > 0.3, tf.float64)
    negatives = tf.reshape((known - text) * entropy, [-1])
    wanted = tf.reduce_sum(text)
    count = tf.minimum(tf.cast(tf.size(negatives), tf.float64), tf.maximum(_NEGATIVES * wanted, _MIN_NEGATIVES))
    hardest, _ = tf.math.top_k(negatives, tf.cast(count, tf.int32), sorted=False)
    balanced = (tf.reduce_sum(text * entropy) + tf.reduce_sum(hardest)) / (wanted + count)
    overlap = 2 * tf.reduce_sum(known * cores * predicted)
    return balanced + 1 - (overlap + 1) / (tf.reduce_sum(known * (cores**2 + predicted**2)) + 1)
