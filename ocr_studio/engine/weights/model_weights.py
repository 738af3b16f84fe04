"""Models → Keras networks, and networks → model folders."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.language.charset import Alphabet, Charset
from ocr_studio.core.models.card import CARD_FILE, WEIGHTS_FILE, ModelCard
from ocr_studio.core.models.registry import Model
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.weights.model_arrays import Arrays, ModelArrays, check_arrays, read_model, serialize_weights


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


def load_recognizer(model: Model, *, alphabet: Alphabet = "latin") -> tuple[keras.Model, Charset]:
    """Load the network of a recognizer, and its charset. Arguments and errors as ``model_arrays.read_model``."""
    read = read_model(model, alphabet=alphabet)
    assert read.charset is not None
    return build_network(read), read.charset


def load_detector(model: Model) -> keras.Model:
    """Load the network of a detector. Raises as ``model_arrays.read_model``."""
    return build_network(read_model(model))


def build_network(read: ModelArrays) -> keras.Model:
    """Build the network of a model with its weights. Raises BadModel if they do not fit."""
    if read.charset is None:
        net = architectures.build_detector_of(read.architecture)
    else:
        net = architectures.build_recognizer_of(read.architecture, len(read.charset))
    assign_weights(net, read.arrays, file=read.file)
    return net


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
    check_arrays(arrays, wanted, file=file)
    net.set_weights([arrays[weight.path] for weight in net.weights])
