"""Weights files of keras-ocr → our networks.

All files that keras-ocr 0.9.3 loads are supported, with the same results (``tests/benchmarks/keras_ocr_parity.py``):
its published files and those of its users. Layers are matched by name, or by order if the names differ, as in Keras.
Differences: scores before the softmax, and CTC's blank as the first class.
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
from ocr_studio.engine.nets.crnn import PUBLISHED_HEAD, build_crnn, crnn_layers
from ocr_studio.engine.nets.plans import CrnnPlan
from ocr_studio.engine.weights import candidate, legacy_h5
from ocr_studio.engine.weights.batchnorm_folding import fold_batchnorm
from ocr_studio.engine.weights.legacy_h5 import Layers

Array: TypeAlias = NDArray[np.float32]

_HEAD: Final = "characters"
_REMEDY: Final = later("Choose a weights file that was published or written by keras-ocr.")
_ALPHABET: Final = later("Specify the alphabet it was trained with.")
_MAX_TITLE: Final = 100  # characters
_LICENCE: Final = "unknown (weights of keras-ocr’s networks)"  # of a file trained by the user


@dataclass(frozen=True, slots=True)
class _LayerGroup:
    """An entry of a file and our layers that take its arrays, in this order. name: "" if it can be any."""

    name: str
    layers: tuple[str, ...]


def create_candidate(file: Path, *, name: str, alphabet: Sequence[str] | None = None) -> Path:
    """Create a candidate with the network of a file and return its folder, for ``registry.install`` or
    ``registry.discard``.

    The layers tell the kind of the network.

    Args:
        file: The weights file.
        name: Name of the new model.
        alphabet: As for ``load_crnn``.

    Raises:
        BadModel: The file is not of a supported network, or lacks its last layer and can only be trained.
        BadName: The name is not valid.
        ModelsNotWritten: The candidate cannot be written.
    """
    stored = legacy_h5.read_layers(file)
    known = downloads.known(file)
    title = known.about if known else file.stem[:_MAX_TITLE]
    card = ModelCard(CRNN, title, parent="", licence=known.licence if known else _LICENCE, made=now())
    if any(layer.startswith("basenet.") for layer in stored) or len(stored) == len(list(craft_layers())):
        net = _build_craft(stored, file, normed=False)
        return candidate.write_candidate(name, net, charset=None, card=replace(card, architecture=CRAFT))
    if len(stored) == len(list(_crnn_entries(None, top=False))) and PUBLISHED_HEAD not in stored:
        what = tr("its last layer is missing, so it can’t read yet")
        remedy = tr("Choose the complete file, or train this one in a Python script (ocr_studio.api).")
        raise BadModel(what, file=file, remedy=remedy)
    net, charset = _build_crnn(stored, file, alphabet, plan=None)
    return candidate.write_candidate(name, net, charset=charset, card=card)


def load_craft(file: Path, *, normed: bool = False) -> keras.Model:
    """Load the detector of a file; see ``build_craft``. Raises BadModel.

    normed: Whether to keep normalizations as layers instead of folding them into convolutions.
    """
    return _build_craft(legacy_h5.read_layers(file), file, normed=normed)


def _build_craft(stored: Layers, file: Path, *, normed: bool) -> keras.Model:
    net = build_craft()
    _assign_weights(net, [_LayerGroup(name, (name,)) for name in craft_layers()], stored, file=file)
    return net if normed else fold_batchnorm(net, build_craft(normed=False), norms=craft_norms())


def load_crnn(
    file: Path, alphabet: Sequence[str] | None = None, *, plan: CrnnPlan | None = None
) -> tuple[keras.Model, Charset]:
    """Load the recognizer of a file, see ``build_crnn``, and its charset.

    Args:
        file: The weights file.
        alphabet: Characters of the file's last layer, by default the published ones. For a file without it, such as
            ``crnn_kurapan_notop.h5``, those to be trained; the last layer is then random.
        plan: Dimensions, if not those of the published network.

    Raises:
        BadModel: The file does not fit.
    """
    return _build_crnn(legacy_h5.read_layers(file), file, alphabet, plan=plan)


def _build_crnn(
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
        # Our blank is the first class, theirs the last.
        stored = {name: stored[name] for name in body} | {last: tuple(np.roll(part, 1, -1) for part in stored[last])}
        if (classes := stored[last][-1].size) != len(charset):
            what = tr(
                "its network has {known} characters, but the alphabet has {given}",
                known=classes - 1,
                given=len(charset) - 1,
            )
            raise BadModel(what, file=file, remedy=tr(_ALPHABET))
    net = build_crnn(len(charset), plan)
    _assign_weights(net, entries if top else list(_crnn_entries(plan, top=False)), stored, file=file)
    return net, charset


def _crnn_entries(plan: CrnnPlan | None, *, top: bool) -> Iterator[_LayerGroup]:
    """Return the entries of a recognizer's file: the spatial transformer is a nested model with a random name."""
    locating = tuple(name for name in crnn_layers(plan) if name.startswith("locate_"))
    for name in crnn_layers(plan, top=top):
        if name == _HEAD:
            yield _LayerGroup(PUBLISHED_HEAD, (name,))
        elif name not in locating:
            yield _LayerGroup(name, (name,))
        elif name == locating[0]:
            yield _LayerGroup("", locating)


def _assign_weights(net: keras.Model, entries: Sequence[_LayerGroup], stored: Layers, *, file: Path) -> None:
    """Set the weights of a network from a file with the same layers and shapes. Raises BadModel; the network is then
    unchanged.
    """
    values: list[tuple[keras.layers.Layer, list[Array]]] = []
    for entry, arrays in zip(entries, _match_layers(entries, stored, file), strict=True):
        remaining = list(arrays)
        layers = [net.get_layer(name) for name in entry.layers]
        wanted = [tuple(weight.shape) for layer in layers for weight in layer.weights]
        if (found := [array.shape for array in remaining]) != wanted:
            what = tr(
                "the weights of “{name}” have the shapes {found}, not {wanted}",
                name=entry.name or entry.layers[0],
                found=found,
                wanted=wanted,
            )
            raise BadModel(what, file=file, remedy=tr(_REMEDY))
        for layer in layers:
            count = len(layer.weights)
            values.append((layer, remaining[:count]))
            del remaining[:count]
    for layer, arrays_of_layer in values:
        layer.set_weights(arrays_of_layer)


def _match_layers(entries: Sequence[_LayerGroup], stored: Layers, file: Path) -> list[tuple[Array, ...]]:
    """Return the arrays of each entry. Raises BadModel if the file has other layers."""
    if len(stored) != len(entries):
        what = tr("it contains {found} layers, but the network has {wanted}", found=len(stored), wanted=len(entries))
        raise BadModel(what, file=file, remedy=tr(_REMEDY))
    names = {entry.name for entry in entries if entry.name}
    if names <= stored.keys():
        unnamed = iter(arrays for name, arrays in stored.items() if name not in names)
        return [stored[entry.name] if entry.name else next(unnamed) for entry in entries]
    return list(stored.values())
