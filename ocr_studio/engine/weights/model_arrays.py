"""Model folders → weights by name, without building a network, and weights → files.

Weights are in the format of the package ``safetensors``: a list of names and shapes, then numbers, without any code
(https://github.com/huggingface/safetensors). Arrays are float32 and named like Keras' weights, ``layer/weight``. A
model stored as a difference has float16 arrays, only of weights that changed (``engine.weights.weight_delta``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Alphabet, Charset
from ocr_studio.core.models import bundled
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models.card import DETECTOR, RECOGNIZER, WEIGHTS_FILE, BadModel
from ocr_studio.core.models.registry import Model
from ocr_studio.core.translation import later, tr
from ocr_studio.engine.weights import bundled_weights, weight_delta

Arrays: TypeAlias = Mapping[str, NDArray[np.float32]]

_MAX_HEADER: Final = 4 << 20  # bytes; that of the largest network has 100 kB
_OTHER_KIND: Final = {
    "recognizer": later("it is a recognizer, not a detector"),
    "detector": later("it is a detector, not a recognizer"),
}


@dataclass(frozen=True, slots=True)
class ModelArrays:
    """The weights of a model.

    Attributes:
        architecture: That of its network, as in model cards.
        arrays: The weights by name.
        charset: Characters of the classes; None for a detector.
        file: Path of the weights, to name in errors; None for published weights.
        fits: Whether names and shapes are known to be those of the published network.
    """

    architecture: str
    arrays: Arrays
    charset: Charset | None
    file: Path | None = None
    fits: bool = False


def read_model(model: Model, *, alphabet: Alphabet = "latin") -> ModelArrays:
    """Read the weights of a model.

    alphabet: which characters of the published model to keep; other models have their own.

    Raises:
        BadModel: The model is damaged.
        PretrainedError: The published weights are missing.
    """
    if model.folder is None and model.kind == "detector":
        return ModelArrays(DETECTOR, bundled_weights.read_detector(), None, fits=True)
    if model.folder is None:
        return ModelArrays(RECOGNIZER, *bundled_weights.read_recognizer(alphabet), fits=True)
    try:
        return _read_folder(model, model.folder)
    except BadModel as error:
        if not model.adapted:
            raise
        raise bundled.install_again(error) from error


def check_fit(read: ModelArrays) -> ModelArrays:
    """Check weights against the published network of their architecture, without building a network.

    Args:
        read: Weights of an architecture in ``weight_delta.PUBLISHED``.

    Returns:
        The same weights, marked as fitting.

    Raises:
        BadModel: The weights do not fit.
        PretrainedError: The published weights are missing.
    """
    if read.fits:
        return read
    arrays = (
        bundled_weights.read_detector() if read.charset is None else bundled_weights.read_recognizer_for(read.charset)
    )
    check_arrays(read.arrays, {name: array.shape for name, array in arrays.items()}, file=read.file)
    return replace(read, fits=True)


def check_arrays(arrays: Arrays, wanted: Mapping[str, tuple[int, ...]], *, file: object) -> None:
    """Raise BadModel unless the arrays have these names and shapes, are float32, and their values are finite.

    file: Path to name in the error.
    """
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


def _read_folder(model: Model, folder: Path) -> ModelArrays:
    card, file = model_folder.inspect(folder), folder / WEIGHTS_FILE
    if card.kind != model.kind:
        raise weight_delta.bad_weights(tr(_OTHER_KIND[card.kind]), folder)
    arrays = parse_weights(model_folder.read_weights(folder, card), file=file)
    charset = Charset(card.alphabet) if card.kind == "recognizer" else None
    if not card.difference_to:
        return ModelArrays(card.architecture, arrays, charset, file)
    arrays = weight_delta.apply_delta(weight_delta.load_base(card, file=file), arrays, file=file)
    return ModelArrays(card.architecture, arrays, charset, file, fits=True)
