"""A model as the difference of its weights to a borrowed net's: what ships of a model of our own.

The borrowed weights come with a dependency already (``engine.pretrained``), so only what moved is kept, in half
precision: a file of weights (``engine.weights``) with float16 arrays, by weight name, to be added to the borrowed
ones. A weight that did not move is not in it. Of the recognizer's last layer there is a column for each character of
the card's alphabet; to a character that the borrowed net does not know it is the difference to nothing.

Measured on a recognizer whose upper half had learned on a person's words (2.5 of 3.1 million weights moved): 5.0 MB
where the whole takes 12.3; the weights that come back are off by 6e-8 at most, 0.02 % of what moved, where float16
weights, no smaller, are off by 81 % of it. Deflated it takes 4.3 MB; a wheel and a repository do that by themselves,
and sorting the bytes for it gains another 0.4 MB only, so there is no packing of our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import folder as model_folder
from ocr_studio.core.models.card import DETECTOR, RECOGNIZER, BadModel, ModelCard
from ocr_studio.core.translation import tr
from ocr_studio.engine.weights import bundled_weights

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

# The borrowed networks, by the architecture they are of.
PUBLISHED: Final[Mapping[str, bundled_weights.Published]] = {
    RECOGNIZER: bundled_weights.RECOGNIZER,
    DETECTOR: bundled_weights.DETECTOR,
}


class NoDifference(ValueError):
    """These weights cannot be kept as a difference."""


def borrowed_net(card: ModelCard, *, file: object) -> keras.Model:
    """The net that a card's weights are a difference to, with a class for each character of its alphabet.

    file: for what is said. Raises BadModel where it is a difference to something else, and PretrainedError.
    """
    published = PUBLISHED.get(card.architecture)
    if published is None or published.sha256 != card.difference_to:
        what = tr("its weights are a difference to weights that this version of the program does not have")
        raise BadModel(what, file=file, remedy=tr(model_folder.REMEDY))
    if card.kind == "detector":
        return bundled_weights.load_detector()
    return bundled_weights.load_recognizer_of(Charset(card.alphabet))


def taken(arrays: Arrays, borrowed: Arrays) -> dict[str, NDArray[np.float16]]:
    """What moved of some weights, from those that were borrowed; float32, of the same names and shapes.

    Raises NoDifference for others, and where a weight moved further than float16 can say.
    """
    if arrays.keys() != borrowed.keys() or any(arrays[name].shape != borrowed[name].shape for name in arrays):
        raise NoDifference("these are not the weights of the borrowed network")
    moved: dict[str, NDArray[np.float16]] = {}
    for name, array in arrays.items():
        # In double precision, so that it is rounded once.
        with np.errstate(over="ignore"):
            half = (array.astype(np.float64) - borrowed[name]).astype(np.float16)
        if not np.isfinite(half).all():
            raise NoDifference(f"the weights {name} moved too far, or are no numbers")
        if half.any():
            moved[name] = half
    return moved


def added(borrowed: Arrays, moved: Arrays, *, file: object) -> dict[str, NDArray[np.float32]]:
    """All weights: the borrowed ones, and what moved added to them. The same numbers on every machine.

    file: for what is said. Raises BadModel where the difference names a weight that there is not, or is of another
    kind or shape, or no number.
    """
    arrays: dict[str, NDArray[np.float32]] = dict(borrowed)
    for name, half in moved.items():
        if name not in arrays:
            what = tr("it holds weights that the network has not: {name} …", name=repr(name[:40]))
            raise BadModel(what, file=file, remedy=tr(model_folder.REMEDY))
        if half.dtype != np.float16 or half.shape != arrays[name].shape:
            what = tr(
                "the difference to the weights {name} is {kind} of shape {found}, not float16 of {wanted}",
                name=name,
                kind=half.dtype,
                found=half.shape,
                wanted=arrays[name].shape,
            )
            raise BadModel(what, file=file, remedy=tr(model_folder.REMEDY))
        if not np.isfinite(half).all():
            raise BadModel(
                tr("the weights {name} are no numbers", name=name), file=file, remedy=tr(model_folder.REMEDY)
            )
        arrays[name] = arrays[name] + half.astype(np.float32)
    return arrays
