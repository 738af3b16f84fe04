"""Changes the alphabet of a recognizer: known characters keep their weights, new ones get those of similar ones."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from ocr_studio.core.language.charset import BLANK, Charset
from ocr_studio.engine.nets import architectures
from ocr_studio.engine.nets.plans import HEAD
from ocr_studio.engine.weights import alphabet_growth


def change_alphabet(
    net: keras.Model, charset: Charset, letters: Sequence[str], *, architecture: str
) -> tuple[keras.Model, Charset]:
    """Return a network whose classes are these characters, in this order; the given one must not be used any more.

    Known characters are read as before, except that there are fewer other candidates. net: as saved in models, of this
    architecture. Raises ValueError for a repeated character.
    """
    wanted = Charset(tuple(letters))
    if wanted == charset:
        return net, charset
    missing = "".join(letter for letter in letters if letter not in charset)
    trunk = {layer.name: layer.get_weights() for layer in net.layers if layer.weights and layer.name != HEAD}
    wider, larger = alphabet_growth.add_characters(net, charset, missing, {})
    kernel, bias = wider.get_layer(HEAD).get_weights()
    places = {letter: place for place, letter in enumerate(larger.characters, start=1)}
    kept = [BLANK, *(places[letter] for letter in letters)]
    other = architectures.build_recognizer_of(architecture, len(wanted))
    for name, weights in trunk.items():
        other.get_layer(name).set_weights(weights)
    other.get_layer(HEAD).set_weights([kernel[:, kept], bias[kept]])
    return other, wanted
