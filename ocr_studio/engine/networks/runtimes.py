"""Makes the network of a model in the runtime that suits the computer."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from ocr_studio.core.errors import LIBRARY_ERRORS, StudioError, installed_as, library_reason, reinstall_remedy
from ocr_studio.core.runtime import TITLES, choose_runtime
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import Message, message, tr
from ocr_studio.engine.networks.network import Network, RuntimeUnusable
from ocr_studio.engine.weights import bundled_weights
from ocr_studio.engine.weights.bundled_weights import PretrainedError
from ocr_studio.engine.weights.model_arrays import ModelArrays
from ocr_studio.engine.weights.weight_delta import PUBLISHED

log = logging.getLogger(__name__)

_Maker: TypeAlias = Callable[[ModelArrays, ReaderOptions, Message | None, str | None], Network]


class NoRuntime(StudioError):
    """No library can run the network of a model."""


def make_network(read: ModelArrays, options: ReaderOptions, *, below: str | None = None) -> Network:
    """Make the network of a model.

    If the chosen library can't be loaded or can't run the network, the other one takes over, and the network's notice
    says why. TensorFlow runs networks without an ONNX graph; the notice says so if the user chose ONNX Runtime.

    Args:
        read: The weights.
        options: Runtime and GPU memory.
        below: Name of a recognizer's layer; the network then ends before it, and its output is that layer's input,
            (B, T, C).

    Raises:
        BadModel: The weights do not fit.
        NoRuntime: No library can run it.
    """
    choice = choose_runtime(options.runtime)
    notice, runtimes = choice.notice, [choice.runtime, *(each for each in _MAKERS if each != choice.runtime)]
    if read.architecture not in PUBLISHED:
        log.info("%s runs in TensorFlow, as there is no ONNX graph for it", read.architecture)
        if choice.forced and choice.runtime == "onnx":
            notice = message("This model needs TensorFlow; ONNX Runtime can’t run it.")
        runtimes = ["tensorflow"]
    failures: list[tuple[str, str]] = []  # package and reason
    for runtime in runtimes:
        package, title = TITLES[runtime]
        if failures:
            (broken, reason), refused = failures[0], TITLES[choice.runtime][1]
            notice = message(
                "{runtime} can’t be used, so {other} runs the networks: {reason}. Reinstall {package}.",
                runtime=refused,
                other=title,
                reason=reason,
                package=installed_as(broken),
            )
        try:
            network = _MAKERS[runtime](read, options, notice, below)
        except PretrainedError as error:  # a graph only, as the weights have been read
            failures.append((bundled_weights.REQUIREMENT, f"{error.file}: {error.what}"))
        except (ImportError, RuntimeUnusable) as error:
            failures.append((package, library_reason(error)))
        else:
            if notice:
                log.warning("%s", notice)
            return network
    reasons = "; ".join(f"{TITLES[runtime][1]}: {why}" for runtime, (_, why) in zip(runtimes, failures, strict=True))
    raise NoRuntime(
        tr("no library can run this model’s network ({reasons})", reasons=reasons),
        file=read.file,
        remedy=reinstall_remedy(*(package for package, _ in failures)),
    )


def _make_onnx(read: ModelArrays, _: ReaderOptions, notice: Message | None, below: str | None) -> Network:
    _import_library("onnxruntime")
    from ocr_studio.engine.networks.onnx_network import OnnxNetwork

    return OnnxNetwork(read, below=below, notice=notice)


def _make_tensorflow(read: ModelArrays, options: ReaderOptions, notice: Message | None, below: str | None) -> Network:
    _import_library("tensorflow")
    from ocr_studio.engine.nets.upper_layers import split_network
    from ocr_studio.engine.networks import tensorflow_setup
    from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
    from ocr_studio.engine.weights import model_weights

    tensorflow_setup.configure(options)
    net = model_weights.build_network(read)
    if below:
        return TensorFlowNetwork(split_network(net, below)[0], notice=notice)
    return TensorFlowNetwork(net, softmax=read.charset is not None, notice=notice)


def _import_library(name: str) -> None:
    """Import a library. Raises RuntimeUnusable if that fails, in whatever way a damaged installation does."""
    try:
        importlib.import_module(name)
    except LIBRARY_ERRORS as error:
        raise RuntimeUnusable(str(error)) from error


_MAKERS: Final[Mapping[str, _Maker]] = MappingProxyType({"onnx": _make_onnx, "tensorflow": _make_tensorflow})
