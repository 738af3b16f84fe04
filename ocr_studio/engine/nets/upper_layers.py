"""A recognizer in two: the lower part, whose output is computed once, and the upper part, trained on it in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import keras

from ocr_studio.engine.nets.plans import HEAD

# The first layer of the upper part, by part of ``training.events.PARTS``: in the recognizer, and in the light CRNN.
_FIRST_LAYERS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {"head": (HEAD,), "neck+head": ("beside", "around0")}
)


def first_layer(net: keras.Model, what: str) -> str | None:
    """Return the first layer of a part that can be trained on the output of the layers below it; None for others."""
    names = {layer.name for layer in net.layers}
    return next((first for first in _FIRST_LAYERS.get(what, ()) if first in names), None)


def split_network(net: keras.Model, first: str) -> tuple[keras.Model, keras.Model]:
    """Split a recognizer before a layer.

    Returns:
        Two networks that share their weights with the given one: crops → features, (B, T, C), and features → logits.
    """
    features = net.get_layer(first).input
    return keras.Model(net.inputs[0], features, name="backbone"), keras.Model(features, net.outputs[0], name="upper")
