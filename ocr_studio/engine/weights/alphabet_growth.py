"""New characters for a recognizer: its last layer gets a class for each, and the other classes stay.

A new class starts with the published network's weights for the character, if it has it (18,709 characters); otherwise
with those of its base letter or of a similar one, otherwise with the mean of all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from ocr_studio.core.language.charset import Charset, is_in_alphabet, normalize_text
from ocr_studio.engine.nets.plans import HEAD

Scores: TypeAlias = tuple[NDArray[np.float32], float]  # of one character: kernel (C,) and bias


def missing_characters(charset: Charset, texts: Iterable[str]) -> str:
    """Return the trainable characters of some texts that a charset lacks, each once, in order."""
    new = set[str]().union(*(charset.unknown(text) for text in texts))
    return "".join(
        sorted(letter for letter in new if is_in_alphabet(letter, "all") and letter == normalize_text(letter))
    )


def add_characters(
    net: keras.Model, charset: Charset, letters: str, published: Mapping[str, Scores]
) -> tuple[keras.Model, Charset]:
    """Append characters as new classes to a network and its charset.

    The given network shares its layers with the new one and must not be used any more. published: weights of characters
    in another network with the same backbone.
    """
    if not letters:
        return net, charset
    head = net.get_layer(HEAD)
    kernel, bias = head.get_weights()
    known = {letter: (kernel[:, place], float(bias[place])) for place, letter in enumerate(charset.characters, start=1)}
    # Weights for another backbone would be meaningless here.
    usable = {letter: scores for letter, scores in published.items() if scores[0].shape == kernel.shape[:1]}
    initial = [_initial_weights(letter, usable, known) for letter in letters]
    wider = layers.Dense(kernel.shape[1] + len(letters), name=HEAD)
    larger = keras.Model(net.inputs[0], wider(head.input), name=net.name)
    columns = np.stack([column for column, _ in initial], axis=1)
    offsets = np.array([offset for _, offset in initial], np.float32)
    wider.set_weights([np.concatenate([kernel, columns], axis=1), np.concatenate([bias, offsets])])
    return larger, Charset((*charset.characters, *letters))


def _initial_weights(letter: str, published: Mapping[str, Scores], known: Mapping[str, Scores]) -> Scores:
    if letter in published:
        return published[letter]
    for other in _similar_letters(letter):
        if other in known:
            return known[other]
    kernels, biases = zip(*known.values(), strict=True)
    return np.asarray(np.mean(kernels, axis=0), np.float32), float(np.mean(biases))


def _similar_letters(letter: str) -> Iterator[str]:
    """Yield similar letters: without accents, in the other case, by the last word of the Unicode name."""
    for form in ("NFD", "NFKD"):
        yield unicodedata.normalize(form, letter)[0]
    yield letter.swapcase()
    name = unicodedata.name(letter, "")
    if "LETTER" in name:  # CYRILLIC CAPITAL LETTER A -> LATIN CAPITAL LETTER A
        case = "SMALL" if "SMALL" in name else "CAPITAL"
        try:
            yield unicodedata.lookup(f"LATIN {case} LETTER {name.rsplit(' ', 1)[-1]}")
        except KeyError:
            return


def occurring_classes(charset: Charset, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Return which classes occur in texts, (classes,), including the blank."""
    occurring = np.zeros(len(charset), np.bool_)
    occurring[0] = True
    for text in texts:
        occurring[charset.encode(text)] = True
    return occurring
