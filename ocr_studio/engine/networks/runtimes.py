"""Makes the network of a model in the runtime that suits the computer."""

from __future__ import annotations

import logging

from ocr_studio.core.runtime import choose_runtime
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.weights.model_arrays import ModelArrays
from ocr_studio.engine.weights.weight_delta import PUBLISHED

log = logging.getLogger(__name__)


def make_network(read: ModelArrays, options: ReaderOptions) -> Network:
    """Make the network of a model.

    TensorFlow takes over where there is no ONNX graph, or where ONNX Runtime can't be used.

    Raises:
        BadModel: The weights do not fit.
        PretrainedError: The published graph is missing.
    """
    if choose_runtime(options.runtime).runtime == "onnx":
        if read.architecture not in PUBLISHED:
            log.info("%s runs in TensorFlow, as there is no ONNX graph for it", read.architecture)
        else:
            try:
                from ocr_studio.engine.networks.onnx_network import OnnxNetwork

                return OnnxNetwork(read)
            except (ImportError, RuntimeError) as error:  # RuntimeError: OnnxUnusable, which may not be importable
                log.warning("ONNX Runtime can’t be used, TensorFlow takes over: %s", " ".join(str(error).split()))
    from ocr_studio.engine.networks import tensorflow_setup
    from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
    from ocr_studio.engine.weights import model_weights

    tensorflow_setup.configure(options)
    return TensorFlowNetwork(model_weights.build_network(read), softmax=read.charset is not None)
