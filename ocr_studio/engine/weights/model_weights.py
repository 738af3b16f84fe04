"""Model folders → networks, and networks → weights files.

Weights are in the format of the package ``safetensors``: a list of names and shapes, then numbers, without any code
(https://github.com/huggingface/safetensors). Arrays are float32 and named like Keras' weights, ``layer/weight``. A
model stored as a difference has float16 arrays, only of weights that changed (``engine.weights.weight_delta``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.language.charset import Alphabet, Charset
from ocr_studio.core.models import bundled, registry
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models.card import CARD_FILE, WEIGHTS_FILE, BadModel, ModelCard
from ocr_studio.core.models.registry import Model
from ocr_studio.core.translation import later, tr
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.weights import bundled_weights, weight_delta

Arrays: TypeAlias = Mapping[str, NDArray[np.float32]]

_MAX_HEADER: Final = 4 << 20  # bytes; that of the largest network has 100 kB
_OTHER_KIND: Final = {
    "recognizer": later("it is a recognizer, not a detector"),
    "detector": later("it is a detector, not a recognizer"),
}


def save_model(folder: Path, net: keras.Model, *, charset: Charset | None, card: ModelCard) -> ModelCard:
    """Write a model folder, created if needed: the weights, then the card, each atomically.

    charset: Characters of the network's classes; None for a detector. Returns the card as written, with this alphabet
    and the SHA-256 of the weights. Raises OSError.
    """
    data = serialize_weights(read_weights(net))
    alphabet = () if charset is None else charset.characters
    written = replace(card, alphabet=alphabet, sha256=hashlib.sha256(data).hexdigest())
    files = SafeFolder(folder)
    files.make_folder()
    files.replace(WEIGHTS_FILE, data)
    files.replace(CARD_FILE, written.to_json())
    return written


def check_model(folder: Path) -> None:
    """Raise BadModel if a model folder's weights do not fit its network."""
    load_network(registry.in_folder(folder))


def load_network(model: Model) -> keras.Model:
    """Load the network of a model. Raises as ``load_recognizer``."""
    return load_recognizer(model)[0] if model.kind == "recognizer" else load_detector(model)


def load_recognizer(model: Model, *, alphabet: Alphabet = "latin") -> tuple[keras.Model, Charset]:
    """Load the network of a recognizer, and its charset.

    alphabet: which characters of the published model to keep; other models have their own.

    Raises:
        BadModel: The model is damaged.
        PretrainedError: The published weights are missing.
    """
    if model.folder is None:
        return bundled_weights.load_recognizer(alphabet)
    card, net = _load(model, model.folder)
    return net, Charset(card.alphabet)


def load_detector(model: Model) -> keras.Model:
    """Load the network of a detector. Raises BadModel if it is damaged, and PretrainedError."""
    if model.folder is None:
        return bundled_weights.load_detector()
    return _load(model, model.folder)[1]


def read_weights(net: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Return all weights of a network by name. Raises ValueError if a name is repeated (a bug)."""
    arrays = {weight.path: np.ascontiguousarray(weight.numpy(), np.float32) for weight in net.weights}
    if len(arrays) != len(net.weights):
        raise ValueError(f"{net.name}: two weights have the same name")
    return arrays


def assign_weights(net: keras.Model, arrays: Arrays, *, file: object) -> None:
    """Set the weights of a network; names and shapes must match, and values must be finite.

    file: Path to name in errors. Raises BadModel; the network is then unchanged.
    """
    wanted = {weight.path: tuple(weight.shape) for weight in net.weights}
    if missing := sorted(wanted.keys() - arrays.keys()):
        raise weight_delta.bad_weights(tr("weights of the network are missing: {name} …", name=missing[0]), file)
    if unknown := sorted(arrays.keys() - wanted.keys()):
        what = tr("it contains weights that the network doesn’t have: {name} …", name=repr(unknown[0][:40]))
        raise weight_delta.bad_weights(what, file)
    for name, shape in wanted.items():
        array = arrays[name]
        if array.shape != shape or array.dtype != np.float32:
            what = tr(
                "the weights {name} are {kind} of shape {found}, not float32 of {wanted}",
                name=name,
                kind=array.dtype,
                found=array.shape,
                wanted=shape,
            )
            raise weight_delta.bad_weights(what, file)
        if not np.isfinite(array).all():
            raise weight_delta.bad_weights(tr("the weights {name} contain values that aren’t numbers", name=name), file)
    net.set_weights([arrays[weight.path] for weight in net.weights])


def serialize_weights(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the contents of a weights file with these arrays; deterministic."""
    return safetensors.numpy.save(dict(arrays))


def parse_weights(data: bytes, *, file: object) -> dict[str, NDArray[np.float32]]:
    """Return the arrays in the contents of a weights file. file: Path to name in errors. Raises BadModel."""
    try:
        if int.from_bytes(data[:8], "little") > _MAX_HEADER:
            raise ValueError("its header is longer than that of any network")
        # KeyError, TypeError: a data type that NumPy does not know.
        arrays: dict[str, NDArray[Any]] = safetensors.numpy.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = tr("the weights are not a safetensors file, or they are damaged")
        raise weight_delta.bad_weights(what, file) from error
    return arrays


def _load(model: Model, folder: Path) -> tuple[ModelCard, keras.Model]:
    try:
        return _load_from_folder(model, folder)
    except BadModel as error:
        if not model.adapted:
            raise
        raise bundled.install_again(error) from error


def _load_from_folder(model: Model, folder: Path) -> tuple[ModelCard, keras.Model]:
    card, file = model_folder.inspect(folder), folder / WEIGHTS_FILE
    if card.kind != model.kind:
        raise weight_delta.bad_weights(tr(_OTHER_KIND[card.kind]), folder)
    arrays = parse_weights(model_folder.read_weights(folder, card), file=file)
    if card.difference_to:
        net = weight_delta.load_base(card, file=file)
        arrays = weight_delta.apply_delta(read_weights(net), arrays, file=file)
    elif card.kind == "recognizer":
        net = architectures.build_recognizer_of(card.architecture, len(Charset(card.alphabet)))
    else:
        net = architectures.build_detector_of(card.architecture)
    assign_weights(net, arrays, file=file)
    return card, net
