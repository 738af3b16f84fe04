"""Models stored as differences to the published weights, as those that come with the program.

As the published weights come with a dependency, only the changes are stored, in half precision: a weights file
(``engine.weights.model_weights``) with float16 arrays by weight name, to be added to the published ones. Unchanged
weights are left out. The recognizer's last layer has a column for each character of the card's alphabet; for unknown
characters it is the difference to zero.

Measured on a recognizer with its upper half trained on a user's words (2.5 of 3.1 million weights changed): 5.0 MB
instead of 12.3; the error is 6e-8 at most, 0.02 % of the change, while float16 weights, no smaller, have an error of 81
% of it. Compressed it takes 4.3 MB; wheels and repositories do that anyway, and sorting the bytes would only save
another 0.4 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models.card import DETECTOR, RECOGNIZER, WORD_DETECTOR, BadModel, ModelCard
from ocr_studio.core.translation import tr
from ocr_studio.engine.weights import bundled_weights

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

# The published networks by architecture.
PUBLISHED: Final[Mapping[str, bundled_weights.PublishedWeights]] = {
    RECOGNIZER: bundled_weights.RECOGNIZER,
    DETECTOR: bundled_weights.DETECTOR,
    WORD_DETECTOR: bundled_weights.DETECTOR,
}


class NoDifference(ValueError):
    """These weights cannot be stored as a difference."""


def bad_weights(what: str, file: object) -> BadModel:
    """Create the error of a weights file."""
    return BadModel(what, file=file, remedy=tr(model_folder.REMEDY))


def load_base(card: ModelCard, *, file: object) -> bundled_weights.Arrays:
    """Read the published weights that a card's weights are a difference to, with the classes of its alphabet.

    file: Path to name in errors. Raises BadModel for a difference to anything else, and PretrainedError.
    """
    published = PUBLISHED.get(card.architecture)
    if published is None or published.sha256 != card.difference_to:
        what = tr("its weights are based on weights that this version of the program doesn’t have")
        raise bad_weights(what, file)
    if card.kind == "detector":
        return bundled_weights.read_detector()
    return bundled_weights.read_recognizer_for(Charset(card.alphabet))


def extract_delta(arrays: Arrays, base: Arrays) -> dict[str, NDArray[np.float16]]:
    """Return the changes from the published weights, float32, of the same names and shapes.

    Raises NoDifference for other weights, and for changes beyond the range of float16.
    """
    if arrays.keys() != base.keys() or any(arrays[name].shape != base[name].shape for name in arrays):
        raise NoDifference("these are not the weights of the borrowed network")
    delta: dict[str, NDArray[np.float16]] = {}
    for name, array in arrays.items():
        # In double precision, so that it is rounded once.
        with np.errstate(over="ignore"):
            half = (array.astype(np.float64) - base[name]).astype(np.float16)
        if not np.isfinite(half).all():
            raise NoDifference(f"the weights {name} moved too far, or are no numbers")
        if half.any():
            delta[name] = half
    return delta


def apply_delta(base: Arrays, delta: Arrays, *, file: object) -> dict[str, NDArray[np.float32]]:
    """Add changes to the published weights. The result is the same on every machine.

    file: Path to name in errors. Raises BadModel if a name, type, shape or value is invalid.
    """
    arrays: dict[str, NDArray[np.float32]] = dict(base)
    for name, half in delta.items():
        if name not in arrays:
            what = tr("it contains weights that the network doesn’t have: {name} …", name=repr(name[:40]))
            raise bad_weights(what, file)
        if half.dtype != np.float16 or half.shape != arrays[name].shape:
            what = tr(
                "the weight difference {name} is {kind} of shape {found}, not float16 of {wanted}",
                name=name,
                kind=half.dtype,
                found=half.shape,
                wanted=arrays[name].shape,
            )
            raise bad_weights(what, file)
        if not np.isfinite(half).all():
            raise bad_weights(tr("the weights {name} contain values that aren’t numbers", name=name), file)
        arrays[name] = arrays[name] + half.astype(np.float32)
    return arrays
