"""The network of a detector or recognizer for scripts: it runs as in the program until its Keras model is used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from ocr_studio.api.startup import load_tensorflow, silence_tensorflow
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.networks import runtimes
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.weights import model_arrays
from ocr_studio.engine.weights.model_arrays import ModelArrays
from ocr_studio.engine.weights.weight_delta import PUBLISHED


class ScriptNetwork:
    """Weights of a model, and the network that runs them. Base of ``Detector`` and ``Recognizer``.

    Attributes:
        architecture: As in model cards.
    """

    architecture: str
    _weights: ModelArrays | None = None  # None if it began as a Keras model

    @cached_property
    def model(self) -> Any:
        """The keras.Model; from its first use, it also finds and reads, so that training has an effect."""
        assert self._weights is not None
        load_tensorflow()
        from ocr_studio.engine.weights import model_weights

        net = model_weights.build_network(self._weights)
        for reader in ("finder", "reader"):
            vars(self).pop(reader, None)
        return net

    def _use_weights(self, read: ModelArrays) -> None:
        """Use the weights of a model. Raises BadModel if they do not fit, and PretrainedError."""
        self.architecture, self._weights = read.architecture, read
        if read.architecture in PUBLISHED:
            self._weights = model_arrays.check_fit(read)
        else:
            _ = self.model  # only the Keras model shows whether they fit

    def _make_network(self, *, softmax: bool = False) -> Network:
        """Make the network that finds or reads. softmax: as for ``TensorFlowNetwork``."""
        if self._weights is not None and "model" not in vars(self):
            # ONNX Runtime lets the thread that makes a network flush subnormal numbers to zero from then on, which a
            # script's own thread must not.
            with silence_tensorflow(), ThreadPoolExecutor(1, "network") as thread:
                return thread.submit(runtimes.make_network, self._weights, ReaderOptions()).result()
        from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork

        return TensorFlowNetwork(self.model, softmax=softmax)
