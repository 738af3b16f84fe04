"""Networks in ONNX Runtime, which starts in a second and needs half of TensorFlow's memory."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors

from ocr_studio.core.translation import Message
from ocr_studio.engine.networks.network import RuntimeUnusable
from ocr_studio.engine.weights import bundled_weights, model_arrays
from ocr_studio.engine.weights.model_arrays import ModelArrays
from ocr_studio.engine.weights.weight_delta import PUBLISHED

log = logging.getLogger(__name__)

_DIGITS: Final = 6  # of a number of threads; longer ones are too large anyway
# They have no base class of their own.
_ERRORS: Final = (
    onnx_errors.EPFail, onnx_errors.EngineError, onnx_errors.Fail, onnx_errors.InvalidArgument,
    onnx_errors.InvalidGraph, onnx_errors.InvalidProtobuf, onnx_errors.NoModel, onnx_errors.NotImplemented,
    onnx_errors.RuntimeException,
)  # fmt: skip


class OnnxNetwork:
    """A published graph with the weights of a model. See ``Network``.

    Args:
        read: Weights of an architecture in ``PUBLISHED``.
        below: Name of a layer; the network then ends before it, and its output is that layer's input.
        notice: See ``Network``.

    Raises:
        BadModel: The weights do not fit.
        PretrainedError: The published graph is missing.
        RuntimeUnusable: ONNX Runtime can’t load it.
    """

    runtime = "onnx"
    # A call has an overhead of 1 ms, a pixel takes 0.07 ms in batches of any size: small ones keep all cores busy.
    batch_pixels = 512

    def __init__(self, read: ModelArrays, *, below: str | None = None, notice: Message | None = None) -> None:
        self.notice = notice
        self._below = below
        read = model_arrays.check_fit(read)
        graph = bundled_weights.fill_graph(PUBLISHED[read.architecture], read.arrays, below=below)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors only
        # Activations come close to zero, and products of subnormal numbers take up to 100 times as long.
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        finds, threads = read.charset is None, _limit_threads()
        # On two cores, two calls with a thread each read three boards in 4.1 s, one call with two threads in 4.7 s.
        self.parallel_calls = 1 if finds else threads or os.cpu_count() or 1
        options.intra_op_num_threads = threads if finds else 1
        try:
            # The calling thread flushes subnormal numbers from then on, too, and shares the work of later calls.
            self._session = onnxruntime.InferenceSession(
                graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
        except _ERRORS as error:
            raise RuntimeUnusable(str(error)) from error
        self._run_options = onnxruntime.RunOptions()
        if finds:
            # The detector's memory for one photo would be kept for the next: 350 MB of 740 after three boards.
            self._run_options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        self._input = self._session.get_inputs()[0].name
        self.classes = 1 if read.charset is None else len(read.charset)

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network."""
        # Channels come first in the published graphs.
        seen: NDArray[np.float32]
        inputs = {self._input: np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))}
        (seen,) = self._session.run(None, inputs, self._run_options)
        if seen.ndim == 3:
            return seen
        seen = seen.transpose(0, 2, 3, 1)
        return seen[:, 0] if self._below else seen


def _limit_threads(environment: Mapping[str, str] = os.environ) -> int:
    """Return ``OCR_STUDIO_THREADS``, at most the number of cores; 0, which means all of them, if it is not set."""
    asked = environment.get("OCR_STUDIO_THREADS", "")
    if not (asked.isascii() and asked.isdecimal()):
        if asked:
            log.warning("OCR_STUDIO_THREADS=%s is not a number and is ignored", asked)
        return 0
    return min(int(asked.lstrip("0")[:_DIGITS] or "0"), os.cpu_count() or 1)
