"""Networks in TensorFlow: on GPUs, in training, and those for which there is no ONNX graph."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.core.translation import Message


class TensorFlowNetwork:
    """A Keras network, compiled. See ``Network``.

    Args:
        net: Network as from ``engine.nets``.
        softmax: Whether its outputs are logits, to be converted to probabilities; so are those of recognizers.
        notice: See ``Network``.
    """

    runtime = "tensorflow"
    # On two cores, two calls take 10 to 25 % less time than one after the other, as not all operations use every core;
    # three slightly less still.
    parallel_calls = 3
    # A call has an overhead of 2 to 3 ms; larger batches do not fit into the cache and keep cores waiting at the end.
    batch_pixels = 2048

    def __init__(self, net: keras.Model, *, softmax: bool = False, notice: Message | None = None) -> None:
        self.notice = notice
        self.classes = int(net.output_shape[-1])

        def run(pixels: tf.Tensor) -> tf.Tensor:
            seen = net(pixels, training=False)
            return tf.nn.softmax(seen) if softmax else seen

        # One compiled function for all sizes: tracing takes a second, and calling the network directly seven times as
        # long. It is traced here, as TensorFlow warns of retracing at calls, counting all networks of a process.
        signature = [tf.TensorSpec(net.input_shape, tf.float32)]
        self._run = tf.function(run, input_signature=signature).get_concrete_function()

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network."""
        seen: NDArray[np.float32] = self._run(tf.constant(pixels)).numpy()
        return seen
