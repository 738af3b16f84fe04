"""A net that reads for another alphabet: what it knew of its last layer, and for new letters what they are like."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from ocr_studio.core.language.charset import BLANK, Charset
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.weights import alphabet_growth


def for_alphabet(
    net: keras.Model, charset: Charset, letters: Sequence[str], *, architecture: str
) -> tuple[keras.Model, Charset]:
    """A net with these letters as its classes, in this order; the given one is not to be used any more.

    net: as models keep it, of this architecture. What it knew of these letters it goes on reading as it did, but that
    there is less else that they might be. Raises ValueError for a letter that is there twice.
    """
    wanted = Charset(tuple(letters))
    if wanted == charset:
        return net, charset
    missing = "".join(letter for letter in letters if letter not in charset)
    trunk = {
        layer.name: layer.get_weights() for layer in net.layers if layer.weights and layer.name != alphabet_growth.HEAD
    }
    wider, larger = alphabet_growth.grown(net, charset, missing, {})
    kernel, bias = wider.get_layer(alphabet_growth.HEAD).get_weights()
    places = {letter: place for place, letter in enumerate(larger.characters, start=1)}
    kept = [BLANK, *(places[letter] for letter in letters)]
    other = architectures.build_recognizer_of(architecture, len(wanted))
    for name, weights in trunk.items():
        other.get_layer(name).set_weights(weights)
    other.get_layer(alphabet_growth.HEAD).set_weights([kernel[:, kept], bias[kept]])
    return other, wanted
