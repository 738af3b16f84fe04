"""Files of weights as keras-ocr has them → our nets.

What keras-ocr 0.9.3 loads, these nets load, with the same outcome (``tests/benchmarks/keras_ocr_parity.py``): its
published files and those of its users, by the names of the layers; where these are others, by their order, as Keras
does it. What is different here: scores before the softmax, and CTC's blank as the first class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import downloads
from ocr_studio.core.models.card import CRAFT, CRNN, BadModel, ModelCard
from ocr_studio.core.page import now
from ocr_studio.core.translation import later, tr
from ocr_studio.engine.nets.craft import build_craft, craft_layers, craft_norms
from ocr_studio.engine.nets.crnn import PUBLISHED_HEAD, CrnnPlan, build_crnn, crnn_layers
from ocr_studio.engine.weights import candidate, legacy_h5
from ocr_studio.engine.weights.batchnorm_folding import folded
from ocr_studio.engine.weights.legacy_h5 import Layers

Array: TypeAlias = NDArray[np.float32]

_HEAD: Final = "characters"
_REMEDY: Final = later("Choose a file of weights that keras-ocr has published or written.")
_ALPHABET: Final = later("Give the alphabet that it was trained with.")
_TITLE: Final = 100  # characters
_LICENCE: Final = "unknown (weights of keras-ocr’s networks)"  # of a file that its owner has trained


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a file and the layers of ours that take its arrays, in this order. name: "" where it can be any."""

    name: str
    layers: tuple[str, ...]


def candidate_of(file: Path, *, name: str, alphabet: Sequence[str] | None = None) -> Path:
    """The folder of a candidate, ``registry.install`` or ``registry.discard`` say what becomes of it, with a file's
    net.

    What kind of net it is its layers tell. name: of the model to be. alphabet: as for ``load_crnn``. Raises BadModel
    for a file that is of no net, or of one without its last layer, which can be begun with only, BadName,
    ModelsNotWritten.
    """
    stored = legacy_h5.read(file)
    known = downloads.known(file)
    title = known.about if known else file.stem[:_TITLE]
    card = ModelCard(CRNN, title, parent="", licence=known.licence if known else _LICENCE, made=now())
    if any(layer.startswith("basenet.") for layer in stored) or len(stored) == len(list(craft_layers())):
        net = _craft_of(stored, file, normed=False)
        return candidate.write(name, net, charset=None, card=replace(card, architecture=CRAFT))
    if len(stored) == len(list(_crnn_entries(None, top=False))) and PUBLISHED_HEAD not in stored:
        what = tr("its last layer is left out, so that it can read nothing yet")
        remedy = tr("Choose the file that has it, or begin with it in a script that trains (ocr_studio.api).")
        raise BadModel(what, file=file, remedy=remedy)
    net, charset = _crnn_of(stored, file, alphabet, plan=None)
    return candidate.write(name, net, charset=charset, card=card)


def load_craft(file: Path, *, normed: bool = False) -> keras.Model:
    """The net that finds writing with the weights of a file; see ``build_craft``. Raises BadModel.

    normed: with the file's normalisations as layers, and not as part of its convolutions.
    """
    return _craft_of(legacy_h5.read(file), file, normed=normed)


def _craft_of(stored: Layers, file: Path, *, normed: bool) -> keras.Model:
    net = build_craft()
    _fill(net, [_Entry(name, (name,)) for name in craft_layers()], stored, file=file)
    return net if normed else folded(net, build_craft(normed=False), norms=craft_norms())


def load_crnn(
    file: Path, alphabet: Sequence[str] | None = None, *, plan: CrnnPlan | None = None
) -> tuple[keras.Model, Charset]:
    """The net that reads with the weights of a file, see ``build_crnn``, and the characters its classes stand for.

    alphabet: of the file's last layer, by default the published one; where the file has none, what that shall learn,
    which then begins with chance, as with ``crnn_kurapan_notop.h5``, a body to be trained. plan: where the file is of
    other numbers than the published one. Raises BadModel.
    """
    return _crnn_of(legacy_h5.read(file), file, alphabet, plan=plan)


def _crnn_of(
    stored: Layers, file: Path, alphabet: Sequence[str] | None, *, plan: CrnnPlan | None
) -> tuple[keras.Model, Charset]:
    entries = list(_crnn_entries(plan, top=True))
    top = PUBLISHED_HEAD in stored or len(stored) == len(entries)
    letters = tuple(alphabet if alphabet is not None else downloads.CRNN.alphabet)
    if len(set(letters)) != len(letters):
        raise BadModel(tr("a character is in its alphabet twice"), file=file, remedy=tr(_ALPHABET))
    charset = Charset(letters)
    if top:
        *body, last = stored
        # Ours is the first class, theirs the last.
        stored = {name: stored[name] for name in body} | {last: tuple(np.roll(part, 1, -1) for part in stored[last])}
        if (classes := stored[last][-1].size) != len(charset):
            what = tr(
                "its network knows {known} characters, and the alphabet has {given}",
                known=classes - 1,
                given=len(charset) - 1,
            )
            raise BadModel(what, file=file, remedy=tr(_ALPHABET))
    net = build_crnn(len(charset), plan)
    _fill(net, entries if top else list(_crnn_entries(plan, top=False)), stored, file=file)
    return net, charset


def _crnn_entries(plan: CrnnPlan | None, *, top: bool) -> Iterator[_Entry]:
    """What a file of a recognizer holds: the spatial transformer is a model in the model, with a name by chance."""
    locating = tuple(name for name in crnn_layers(plan) if name.startswith("locate_"))
    for name in crnn_layers(plan, top=top):
        if name == _HEAD:
            yield _Entry(PUBLISHED_HEAD, (name,))
        elif name not in locating:
            yield _Entry(name, (name,))
        elif name == locating[0]:
            yield _Entry("", locating)


def _fill(net: keras.Model, entries: Sequence[_Entry], stored: Layers, *, file: Path) -> None:
    """Give a net the weights of a file: as many as it has, in their shapes. Raises BadModel; the net is as it was."""
    values: list[tuple[keras.layers.Layer, list[Array]]] = []
    for entry, arrays in zip(entries, _matched(entries, stored, file), strict=True):
        rest = list(arrays)
        layers = [net.get_layer(name) for name in entry.layers]
        wanted = [tuple(weight.shape) for layer in layers for weight in layer.weights]
        if (found := [array.shape for array in rest]) != wanted:
            what = tr(
                "the weights of “{name}” have the shapes {found}, not {wanted}",
                name=entry.name or entry.layers[0],
                found=found,
                wanted=wanted,
            )
            raise BadModel(what, file=file, remedy=tr(_REMEDY))
        for layer in layers:
            count = len(layer.weights)
            values.append((layer, rest[:count]))
            del rest[:count]
    for layer, arrays_of_layer in values:
        layer.set_weights(arrays_of_layer)


def _matched(entries: Sequence[_Entry], stored: Layers, file: Path) -> list[tuple[Array, ...]]:
    """The arrays of each entry. Raises BadModel where the file's layers are others."""
    if len(stored) != len(entries):
        what = tr("it holds {found} layers, and the network has {wanted}", found=len(stored), wanted=len(entries))
        raise BadModel(what, file=file, remedy=tr(_REMEDY))
    names = {entry.name for entry in entries if entry.name}
    if names <= stored.keys():
        unnamed = iter(arrays for name, arrays in stored.items() if name not in names)
        return [stored[entry.name] if entry.name else next(unnamed) for entry in entries]
    return list(stored.values())
