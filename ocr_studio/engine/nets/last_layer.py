"""A recognizer in two: the network up to its last layer, and that layer, which can be trained alone in seconds."""

from __future__ import annotations

from typing import Final

import keras

HEAD: Final = "characters"  # the last layer's name, in all recognizers that can be trained


def split_network(net: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Split a recognizer before its last layer.

    Returns:
        Two networks that share their weights with the given one: crops → features, (B, T, C), and features → logits.
    """
    head = net.get_layer(HEAD)
    features = keras.Input((None, head.input.shape[-1]), name="features")
    return keras.Model(net.inputs[0], head.input, name="backbone"), keras.Model(features, head(features), name="head")
