"""Published weights from a dependency → our networks.

The package ``rapidocr`` (Apache-2.0) contains the PP-OCRv6 "small" networks of PaddleOCR (Apache-2.0) as ONNX files in
its wheel. Only their numbers are read here; nothing of that package is imported or run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

import keras
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from ocr_studio.core.errors import StudioError
from ocr_studio.core.language.charset import BLANK, Alphabet, Charset
from ocr_studio.core.translation import tr
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.nets.plans import HEADS, detector_layers, recognizer_layers
from ocr_studio.engine.nets.recognizer import build_recognizer

Array: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = tuple[Array, ...]  # kernel and, if any, bias

PACKAGE = "rapidocr"
VERSION = "3.10.0"
_KERNELS = ("Conv", "ConvTranspose", "MatMul")  # operations with a constant kernel


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
    remedy = tr("Install {package}=={version} (pip install {package}=={version}).", package=PACKAGE, version=VERSION)
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


def load_detector(path: Path | None = None) -> keras.Model:
    """Load the detector with its published weights; see ``build_detector`` for inputs and outputs.

    path: The file, if not that of the package. Raises PretrainedError if it is missing or another file.
    """
    graph = _read_graph(DETECTOR, path)
    net = build_detector()
    _assign_weights(net, detector_layers(), _iter_weights(graph))
    return net


def load_recognizer(alphabet: Alphabet = "latin", path: Path | None = None) -> tuple[keras.Model, Charset]:
    """Load the recognizer with its published weights, and its charset.

    alphabet: which of the 18,709 characters to keep; the others are removed from the network. path and errors: as in
    ``load_detector``.
    """
    graph = _read_graph(RECOGNIZER, path)
    charset, kept = Charset(_published_characters(graph)).cut(alphabet)
    *body, (kernel, bias) = _iter_weights(graph)
    return _build_recognizer(body, (kernel[:, list(kept)], bias[list(kept)])), charset


def load_recognizer_for(charset: Charset) -> keras.Model:
    """Load the recognizer with its published weights for any charset.

    Kernel and bias of the last layer are 0 for characters that are not in the published alphabet. Raises as
    ``load_detector``.
    """
    graph = _read_graph(RECOGNIZER)
    *body, (kernel, bias) = _iter_weights(graph)
    places = {character: place for place, character in enumerate(_published_characters(graph), start=1)}
    known = [(BLANK, BLANK)]
    known += [(place, places[each]) for place, each in enumerate(charset.characters, start=1) if each in places]
    target_places, source_places = (list(each) for each in zip(*known, strict=True))
    head = (np.zeros((len(kernel), len(charset)), np.float32), np.zeros(len(charset), np.float32))
    head[0][:, target_places], head[1][target_places] = kernel[:, source_places], bias[source_places]
    return _build_recognizer(body, head)


def _build_recognizer(body: Iterable[Weights], head: Weights) -> keras.Model:
    net = build_recognizer(len(head[1]))
    _assign_weights(net, recognizer_layers(), [*body, head])
    return net


def load_character_weights(letters: Iterable[str]) -> dict[str, tuple[Array, float]]:
    """Return the last layer's kernel (C,) and bias for those characters that are in the published alphabet. Raises
    as ``load_detector``.
    """
    graph = _read_graph(RECOGNIZER)
    *_, (kernel, bias) = _iter_weights(graph)
    places = {character: place for place, character in enumerate(_published_characters(graph), start=1)}
    known = [letter for letter in letters if letter in places]
    return {letter: (kernel[:, places[letter]], float(bias[places[letter]])) for letter in known}


def _published_characters(graph: onnx.ModelProto) -> tuple[str, ...]:
    known = next(entry.value for entry in graph.metadata_props if entry.key == "character").split("\n")
    return (*known, " ")  # the space is the last class and is not in the list


def _read_graph(published: PublishedWeights, path: Path | None = None) -> onnx.ModelProto:
    """Return the file's graph after checking its SHA-256."""
    path = path or locate(published)
    remedy = tr(
        "Reinstall {package}=={version} (pip install --force-reinstall {package}=={version}).",
        package=PACKAGE,
        version=VERSION,
    )
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


def _iter_weights(model: onnx.ModelProto) -> Iterator[Weights]:
    """Return kernel and bias of every layer with Keras' axes, in the order of the file.

    There a bias is an addition after the convolution or product; the scale and shift of a layer norm are a product and
    an addition.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    consumers = _find_consumers(model.graph)
    for node in model.graph.node:
        kernel = next((constants[name] for name in node.input if name in constants), None)
        if kernel is None or not (node.op_type in _KERNELS or (node.op_type == "Mul" and kernel.size > 1)):
            continue
        weights: Weights = (_keras_axes(node, kernel),)
        for after in consumers.get(node.output[0], ()):
            constants_of_node = [constants[name] for name in after.input if name in constants]
            if after.op_type == "Add" and constants_of_node:
                weights = (*weights, constants_of_node[0].reshape(-1))
            elif after.op_type == "BatchNormalization":
                weights = _fold_batchnorm(weights[0], constants_of_node, epsilon=_attribute(after, "epsilon"))
        yield weights


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


def _assign_weights(net: keras.Model, names: Iterable[str], weights: Iterable[Weights]) -> None:
    """Set the weights of the named layers, in this order. Raises ValueError if a shape does not fit (a bug)."""
    remaining = iter(weights)
    for name in names:
        layer = net.get_layer(name)
        if isinstance(layer, keras.layers.MultiHeadAttention):
            values = _split_attention(next(remaining), next(remaining))
        elif name == "stem1":
            kernel, bias = next(remaining)
            values = [kernel[:, :, ::-1], bias]  # the file expects BGR, our networks RGB
        else:
            values = list(next(remaining))
        shapes = [weight.shape for weight in layer.weights]
        if [_squeeze_shape(shape) for shape in shapes] != [_squeeze_shape(value.shape) for value in values]:
            raise ValueError(f"{name}: weights of {[value.shape for value in values]} for {shapes}")
        layer.set_weights([value.reshape(shape) for value, shape in zip(values, shapes, strict=True)])
    if next(remaining, None) is not None:
        raise ValueError(f"{net.name}: the file holds more layers than the net")


def _squeeze_shape(shape: Iterable[int]) -> tuple[int, ...]:
    """Return a shape without axes of length one: a 1 × 1 convolution has the same numbers as a dense layer."""
    return tuple(length for length in shape if length != 1)


def _split_attention(inward: Weights, outward: Weights) -> list[Array]:
    """Convert the product for query, key and value, and the output product, to the eight weights of Keras' multi-head
    attention.
    """
    kernel, bias = inward
    width = kernel.shape[0]
    kernels = kernel.reshape(width, 3, HEADS, width // HEADS)
    biases = bias.reshape(3, HEADS, width // HEADS)
    arrays = [array for way in range(3) for array in (kernels[:, way], biases[way])]
    return [*arrays, outward[0].reshape(HEADS, width // HEADS, width), outward[1]]
