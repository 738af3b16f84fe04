"""Makes the network of a model in the runtime that suits the computer."""

from __future__ import annotations

import logging

from ocr_studio.core.runtime import choose_runtime
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import tr
from ocr_studio.engine.networks.network import Network
from ocr_studio.engine.weights.model_arrays import ModelArrays
from ocr_studio.engine.weights.weight_delta import PUBLISHED

log = logging.getLogger(__name__)


def make_network(read: ModelArrays, options: ReaderOptions) -> Network:
    """Make the network of a model.

    TensorFlow takes over where there is no ONNX graph, or where ONNX Runtime can't be used; the network's notice says
    so if ONNX Runtime was chosen by the user or failed.

    Raises:
        BadModel: The weights do not fit.
        PretrainedError: The published graph is missing.
    """
    choice, notice = choose_runtime(options.runtime), ""
    if choice.runtime == "onnx":
        if read.architecture not in PUBLISHED:
            log.info("%s runs in TensorFlow, as there is no ONNX graph for it", read.architecture)
            if choice.forced:
                notice = tr("This model needs TensorFlow; ONNX Runtime can’t run it.")
        else:
            try:
                from ocr_studio.engine.networks.onnx_network import OnnxNetwork

                return OnnxNetwork(read)
            except (ImportError, RuntimeError) as error:  # RuntimeError: OnnxUnusable, which may not be importable
                log.warning("ONNX Runtime can’t be used", exc_info=error)
                reason = " ".join(str(error).split())
                notice = tr(
                    "ONNX Runtime failed; TensorFlow is used instead and starts more slowly: {reason}", reason=reason
                )
    from ocr_studio.engine.networks import tensorflow_setup
    from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
    from ocr_studio.engine.weights import model_weights

    tensorflow_setup.configure(options)
    return TensorFlowNetwork(model_weights.build_network(read), softmax=read.charset is not None, notice=notice)
