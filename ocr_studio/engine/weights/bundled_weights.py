"""Published weights from a dependency → arrays for our networks, and back into the published graphs.

The package ``rapidocr`` (Apache-2.0) contains the PP-OCRv6 "small" networks of PaddleOCR (Apache-2.0) as ONNX files in
its wheel. Only their numbers are read here; nothing of that package is imported or run.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from ocr_studio.core.errors import StudioError, reinstall_remedy
from ocr_studio.core.language.charset import BLANK, Alphabet, Charset
from ocr_studio.core.translation import tr
from ocr_studio.engine.nets.plans import HEADS, detector_layers, recognizer_layers

Array: TypeAlias = NDArray[np.float32]
Arrays: TypeAlias = Mapping[str, Array]
Weights: TypeAlias = tuple[Array, ...]  # kernel and, if any, bias

PACKAGE = "rapidocr"
VERSION = "3.10.0"
REQUIREMENT = f"{PACKAGE}=={VERSION}"  # as pip takes it
_KERNELS = ("Conv", "ConvTranspose", "MatMul")  # operations with a constant kernel
_DENSE = ("expand", "project", "beside", "narrow", "characters")  # ends of names of layers that are matrix products
_INWARD = ("query", "key", "value")


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """A file of published weights. file: path inside its package, with "/"; sha256: of its bytes."""

    name: str
    file: str
    sha256: str


DETECTOR = PublishedWeights(
    "PP-OCRv6 small detector",
    "rapidocr/models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
RECOGNIZER = PublishedWeights(
    "PP-OCRv6 small recognizer",
    "rapidocr/models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)


class PretrainedError(StudioError):
    """The published weights are missing or have another version."""


def locate(published: PublishedWeights) -> Path:
    """Return the path of a published file. Raises PretrainedError if the package is missing or has another version."""
    remedy = reinstall_remedy(REQUIREMENT)
    try:
        distribution = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as error:
        what = tr("the weights come with the package {package}, which is not installed", package=PACKAGE)
        raise PretrainedError(what, file=published.file, remedy=remedy) from error
    if distribution.version != VERSION:
        what = tr(
            "the weights come with {package} {version}, but {installed} is installed",
            package=PACKAGE,
            version=VERSION,
            installed=distribution.version,
        )
        raise PretrainedError(what, file=published.file, remedy=remedy)
    return Path(str(distribution.locate_file(published.file)))


def read_detector(path: Path | None = None) -> Arrays:
    """Read the weights of the detector, by name as in ``build_detector``.

    path: The file, if not that of the package. Raises PretrainedError if it is missing or another file.
    """
    return name_weights(DETECTOR, read_graph(DETECTOR, path))


def name_weights(published: PublishedWeights, model: onnx.ModelProto) -> dict[str, Array]:
    """Return the weights in a graph like the published one, by name as in our networks."""
    layers = detector_layers() if published is DETECTOR else recognizer_layers()
    return _name_arrays(layers, _iter_weights(model))


def read_recognizer(alphabet: Alphabet = "latin", path: Path | None = None) -> tuple[Arrays, Charset]:
    """Read the weights of the recognizer, by name as in ``build_recognizer``, and its charset.

    alphabet: which of the 18,709 characters to keep; the others are removed from the last layer. path and errors: as in
    ``read_detector``.
    """
    graph = read_graph(RECOGNIZER, path)
    charset, kept = Charset(_published_characters(graph)).cut(alphabet)
    *body, (kernel, bias) = _iter_weights(graph)
    return _name_arrays(recognizer_layers(), [*body, (kernel[:, list(kept)], bias[list(kept)])]), charset


def read_recognizer_for(charset: Charset) -> Arrays:
    """Read the weights of the recognizer for any charset, by name as in ``build_recognizer``.

    Kernel and bias of the last layer are 0 for characters that are not in the published alphabet. Raises as
    ``read_detector``.
    """
    graph = read_graph(RECOGNIZER)
    *body, (kernel, bias) = _iter_weights(graph)
    places = {character: place for place, character in enumerate(_published_characters(graph), start=1)}
    known = [(BLANK, BLANK)]
    known += [(place, places[each]) for place, each in enumerate(charset.characters, start=1) if each in places]
    target_places, source_places = (list(each) for each in zip(*known, strict=True))
    head = (np.zeros((len(kernel), len(charset)), np.float32), np.zeros(len(charset), np.float32))
    head[0][:, target_places], head[1][target_places] = kernel[:, source_places], bias[source_places]
    return _name_arrays(recognizer_layers(), [*body, head])


def load_character_weights(letters: Iterable[str]) -> dict[str, tuple[Array, float]]:
    """Return the last layer's kernel (C,) and bias for those characters that are in the published alphabet. Raises
    as ``read_detector``.
    """
    graph = read_graph(RECOGNIZER)
    *_, (kernel, bias) = _iter_weights(graph)
    places = {character: place for place, character in enumerate(_published_characters(graph), start=1)}
    known = [letter for letter in letters if letter in places]
    return {letter: (kernel[:, places[letter]], float(bias[places[letter]])) for letter in known}


def fill_graph(published: PublishedWeights, arrays: Arrays, *, below: str | None = None) -> onnx.ModelProto:
    """Return the published file's graph with other weights.

    Args:
        published: The file.
        arrays: Weights by name, as from ``read_detector`` or ``read_recognizer``; the last layer may have any number
            of classes.
        below: Name of a layer whose input is the output; None for the graph's own output.

    Returns:
        The model, which takes RGB like our networks, while the file's takes BGR.

    Raises:
        PretrainedError: The published file is missing or another one.
        KeyError: Weights are missing (a bug: models are checked when they are loaded).
    """
    model = read_graph(published)
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    inputs: dict[str, str] = {}  # of each layer
    slots = _find_slots(model.graph)
    for layer in detector_layers() if published is DETECTOR else recognizer_layers():
        for weights in _file_weights(layer, arrays):
            slot = next(slots)
            inputs.setdefault(layer, slot.node.input[0])
            _fill_slot(slot, weights, constants)
    # Sizes in the file are those of another number of classes.
    del model.graph.value_info[:]
    if below:
        seen = onnx.helper.make_tensor_value_info(inputs[below], onnx.TensorProto.FLOAT, None)
        del model.graph.output[:]
        model.graph.output.append(seen)
    else:
        for output in model.graph.output:
            output.type.tensor_type.shape.dim[-1].ClearField("value")
    return model


def _published_characters(graph: onnx.ModelProto) -> tuple[str, ...]:
    known = next(entry.value for entry in graph.metadata_props if entry.key == "character").split("\n")
    return (*known, " ")  # the space is the last class and is not in the list


def read_graph(published: PublishedWeights, path: Path | None = None) -> onnx.ModelProto:
    """Return the file's graph after checking its SHA-256. Raises PretrainedError."""
    path = path or locate(published)
    remedy = reinstall_remedy(REQUIREMENT)
    try:
        data = path.read_bytes()
    except OSError as error:
        what = tr(
            "the weights of the {name} can’t be read: {reason}", name=published.name, reason=error.strerror or error
        )
        raise PretrainedError(what, file=path, remedy=remedy) from error
    if hashlib.sha256(data).hexdigest() != published.sha256:
        what = tr("this is not the published file of the {name} (different SHA-256)", name=published.name)
        raise PretrainedError(what, file=path, remedy=remedy)
    return onnx.load_from_string(data)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where the weights of a layer are in a graph, as names of initializers.

    Attributes:
        node: The convolution or product.
        kernel: Its kernel.
        bias: The bias, if any: an addition after it.
        norm: The batch normalization after it, if any.
    """

    node: onnx.NodeProto
    kernel: str
    bias: str = ""
    norm: onnx.NodeProto | None = None


def _find_slots(graph: onnx.GraphProto) -> Iterator[_Slot]:
    """Find the weights of every layer, in the order of the file.

    A bias is an addition after the convolution or product; the scale and shift of a layer norm are a product and an
    addition.
    """
    sizes = {tensor.name: math.prod(tensor.dims) for tensor in graph.initializer}
    consumers = _find_consumers(graph)
    for node in graph.node:
        kernel = next((name for name in node.input if name in sizes), "")
        if not kernel or not (node.op_type in _KERNELS or (node.op_type == "Mul" and sizes[kernel] > 1)):
            continue
        slot = _Slot(node, kernel)
        for after in consumers.get(node.output[0], ()):
            bias = next((name for name in after.input if name in sizes), "")
            if after.op_type == "Add" and bias:
                slot = replace(slot, bias=bias)
            elif after.op_type == "BatchNormalization":
                slot = replace(slot, norm=after)
        yield slot


def _iter_weights(model: onnx.ModelProto) -> Iterator[Weights]:
    """Return kernel and bias of every layer with Keras' axes, in the order of the file."""
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for slot in _find_slots(model.graph):
        kernel = _keras_axes(slot.node, constants[slot.kernel])
        if slot.norm is not None:
            norm = [constants[name] for name in slot.norm.input[1:]]
            yield _fold_batchnorm(kernel, norm, epsilon=_attribute(slot.norm, "epsilon"))
        elif slot.bias:
            yield kernel, constants[slot.bias].reshape(-1)
        else:
            yield (kernel,)


def _fill_slot(slot: _Slot, weights: Weights, constants: Mapping[str, onnx.TensorProto]) -> None:
    """Put kernel and bias of a layer into a graph; batch normalization after it adds the bias only."""

    def put(name: str, values: Array) -> None:
        constants[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))

    kernel, *biases = weights
    put(slot.kernel, _file_axes(slot.node, kernel, constants[slot.kernel].dims))
    for bias in biases:
        if slot.norm is None:
            # Of the last layer's bias the number of classes is another one.
            put(slot.bias, bias.reshape([bias.size if length > 1 else 1 for length in constants[slot.bias].dims]))
            continue
        _, scale, shift, mean, variance = slot.norm.input
        put(scale, np.ones_like(bias))
        put(shift, bias)
        put(mean, np.zeros_like(bias))
        put(variance, np.full_like(bias, 1 - _attribute(slot.norm, "epsilon")))


def _find_consumers(graph: onnx.GraphProto) -> dict[str, list[onnx.NodeProto]]:
    """Return the nodes that use each value, looking through nodes that only rename."""
    origin: dict[str, str] = {}
    consumers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        names = [origin.get(name, name) for name in node.input]
        if node.op_type == "Identity":
            origin[node.output[0]] = names[0]
            continue
        for name in names:
            consumers.setdefault(name, []).append(node)
    return consumers


def _keras_axes(node: onnx.NodeProto, kernel: Array) -> Array:
    """Return a kernel with its axes in Keras' order."""
    if node.op_type == "ConvTranspose":
        return kernel.transpose(2, 3, 1, 0)  # in x out x h x w --> h x w x out x in
    if node.op_type == "Conv" and _attribute(node, "group") > 1:
        return kernel.transpose(2, 3, 0, 1)  # C x 1 x h x w --> h x w x C x 1
    if node.op_type == "Conv":
        return kernel.transpose(2, 3, 1, 0)  # out x in x h x w --> h x w x in x out
    return kernel


def _file_axes(node: onnx.NodeProto, kernel: Array, dims: Sequence[int]) -> Array:
    """Return a kernel with its axes in the file's order, the reverse of ``_keras_axes``.

    dims: Shape of the kernel in the file; of a product, the number of columns may be another one.
    """
    if node.op_type == "ConvTranspose":
        return kernel.transpose(3, 2, 0, 1)
    if node.op_type == "Conv":
        height, width = dims[2:]
        grouped = _attribute(node, "group") > 1
        axes = kernel.reshape(height, width, -1, kernel.shape[-1] if not grouped else 1)
        return axes.transpose(2, 3, 0, 1) if grouped else axes.transpose(3, 2, 0, 1)
    return kernel.reshape(dims[0], -1) if len(dims) == 2 else kernel.reshape(dims)


def _attribute(node: onnx.NodeProto, name: str) -> Any:
    return next(onnx.helper.get_attribute_value(entry) for entry in node.attribute if entry.name == name)


def _fold_batchnorm(kernel: Array, norm: Sequence[Array], *, epsilon: float) -> tuple[Array, Array]:
    """Fold batch normalization into a convolution without bias: kernel, bias.

    norm: scale, shift, running mean, running variance, each (C,).
    """
    scale, shift, mean, variance = (part.astype(np.float64) for part in norm)
    factor = scale / np.sqrt(variance + epsilon)
    depthwise = kernel.shape[-1] == 1
    folded = kernel * (factor[:, None] if depthwise else factor)
    return folded.astype(np.float32), (shift - mean * factor).astype(np.float32)


def _name_arrays(layers: Iterable[str], weights: Iterable[Weights]) -> dict[str, Array]:
    """Name the weights of these layers, in this order, as Keras does, with the shapes that its layers have."""
    remaining, arrays = iter(weights), dict[str, Array]()
    for layer in layers:
        if layer.endswith("attention"):
            arrays |= _split_attention(layer, next(remaining), next(remaining))
            continue
        kernel, *bias = next(remaining)
        if layer == "stem1":
            kernel = kernel[:, :, ::-1]  # the file expects BGR, our networks RGB
        names = ("gamma", "beta") if "norm" in layer else ("kernel", "bias")
        squeezed = kernel.reshape([length for length in kernel.shape if length != 1])
        if layer == "near":
            kernel = squeezed[:, :, None]  # a convolution along one axis
        elif layer.endswith(_DENSE) or "norm" in layer:
            kernel = squeezed
        arrays |= {
            f"{layer}/{name}": np.ascontiguousarray(each) for name, each in zip(names, (kernel, *bias), strict=False)
        }
    if next(remaining, None) is not None:
        raise ValueError("the file holds more layers than the network")
    return arrays


def _file_weights(layer: str, arrays: Arrays) -> list[Weights]:
    """Return the weights of a layer as the file has them, the reverse of ``_name_arrays``."""
    if layer.endswith("attention"):
        return _join_attention(layer, arrays)
    names = ("gamma", "beta") if "norm" in layer else ("kernel", "bias")
    return [tuple(arrays[name] for name in (f"{layer}/{each}" for each in names) if name in arrays)]


def _split_attention(layer: str, inward: Weights, outward: Weights) -> dict[str, Array]:
    """Split the product for query, key and value into the weights of Keras' multi-head attention."""
    kernel, bias = inward
    width = kernel.shape[0]
    heads = HEADS, width // HEADS
    arrays = {
        f"{layer}/attention_output/kernel": outward[0].reshape(*heads, width),
        f"{layer}/attention_output/bias": outward[1],
    }
    for place, name in enumerate(_INWARD):
        arrays[f"{layer}/{name}/kernel"] = kernel.reshape(width, 3, *heads)[:, place]
        arrays[f"{layer}/{name}/bias"] = bias.reshape(3, *heads)[place]
    return arrays


def _join_attention(layer: str, arrays: Arrays) -> list[Weights]:
    """Return the product for query, key and value, and the output product: the reverse of ``_split_attention``."""
    kernels, biases = ([arrays[f"{layer}/{name}/{part}"] for name in _INWARD] for part in ("kernel", "bias"))
    width = kernels[0].shape[0]
    outward = arrays[f"{layer}/attention_output/kernel"], arrays[f"{layer}/attention_output/bias"]
    inward = np.stack(kernels, axis=1).reshape(width, -1), np.stack(biases).reshape(-1)
    return [inward, (outward[0].reshape(-1, width), outward[1])]
