"""A recognizer in two: the lower part, whose output is computed once, and the upper part, trained on it in seconds."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import keras

HEAD: Final = "characters"  # the last layer's name, in all recognizers that can be trained

# The first layer of the upper part, for the parts of ``training.events.PARTS`` that can be trained so.
FIRST_LAYERS: Final = MappingProxyType({"head": HEAD, "neck+head": "beside"})


def first_layer(net: keras.Model, what: str) -> str | None:
    """Return the first layer of a part that can be trained on the output of the layers below it; None for others."""
    first = FIRST_LAYERS.get(what)
    return first if any(layer.name == first for layer in net.layers) else None


def split_network(net: keras.Model, first: str) -> tuple[keras.Model, keras.Model]:
    """Split a recognizer before a layer.

    Returns:
        Two networks that share their weights with the given one: crops → features, (B, T, C), and features → logits.
    """
    features = net.get_layer(first).input
    return keras.Model(net.inputs[0], features, name="backbone"), keras.Model(features, net.outputs[0], name="upper")
