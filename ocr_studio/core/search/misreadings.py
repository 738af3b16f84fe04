"""How likely words are the word that was just corrected, judged by the recognizer's alternatives of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Transcription
from ocr_studio.core.search import edit_distance

Floats = NDArray[np.floating[Any]]

# By how much less likely a reading is for each letter's worth of slips (``edit_distance``): natural logarithm.
SLIP: Final = 2.0
# So much is always held possible of a reading.
POSSIBLE: Final = 0.05
# Slips beyond which a text tells nothing of another.
MOST: Final = 2.0
# Readings compared at once: the memory grows with their square.
_TOGETHER: Final = 500
# What can be told of readings that have nothing in common.
_NOTHING: Final = 1e-9
# What each piece of evidence adds to the odds, see ``evidence``; fitted by a logistic curve together with what the ink
# adds (``fix_everywhere``). By 48,000 pairs of words, each project weighing alike, of which 1,400 were one word: words
# that 68 people wrote with an electronic pen (UNIPEN, https://doi.org/10.1109/ICPR.1994.576870), and a manual's set
# letter by letter by 34 of them, with its capitals and signs; drawn as a marker draws and read by our recognizer.
# The first is lower by 1.5 than fitted to parts of 300 words: so the likelihoods are true in whole projects of other
# people, which have more other words. tests/benchmarks/fix_everywhere.py measures it on still others.
_WEIGHTS: Final = (-1.97, 1.53, 0.56, 0.38, 1.26, -1.71, -0.40)


class ConfusionModel:
    """Compares a corrected word, by its right text and its reading, with others."""

    def __init__(self, right: str, read: Transcription) -> None:
        self._right, self._read = right, read

    def odds(self, others: Sequence[Transcription]) -> Floats:
        """Return the log odds that each reading is the same word, by its texts alone: (N,).

        How the words look is to be added to it (``fix_everywhere``).
        """
        parts = [others[start : start + _TOGETHER] for start in range(0, len(others), _TOGETHER)]
        return np.concatenate([np.zeros(0), *(self.evidence(part) @ np.array(_WEIGHTS) for part in parts)])

    def evidence(self, others: Sequence[Transcription]) -> Floats:
        """What tells whether these are the same word, (N, 7); logarithms are natural ones.

        1; whether the same text was read; how likely what was held possible comes of the right text by slips, and of
        what was held possible of the corrected word (logarithms); how likely the right text was held to be, and what
        was read (logarithms); how likely what was held possible of the corrected word comes of the right text, as a
        misreading that is easily made tells less (logarithm).
        """
        held = [_weigh_readings(each) for each in (self._read, *others)]
        texts = list(dict.fromkeys(text for each in held for text, _ in each))
        number = {text: at for at, text in enumerate(texts)}
        shares = np.zeros((len(held), len(texts)))
        for row, each in enumerate(held):
            for text, share in each:
                shares[row, number[text]] += share
        shares /= shares.sum(axis=1, keepdims=True)
        own_texts = [text for text, _ in held[0]]
        chances = np.exp(-SLIP * edit_distance.compute_distance_matrix([self._right, *own_texts], texts))
        slipped = np.log(shares @ chances[0] + _NOTHING)
        shared = np.log(shares @ (shares[0, [number[text] for text in own_texts]] @ chances[1:]) + _NOTHING)
        right = np.log(np.array([dict(each).get(self._right, 0.0) for each in held]) + POSSIBLE)
        own = np.log(np.array([each[0][1] for each in held]) + POSSIBLE)
        same = np.array([each.text == self._read.text for each in (self._read, *others)])
        one = np.ones(len(held))
        return np.stack([one, same, slipped, shared, right, own, slipped[0] * one], 1)[1:]


def _weigh_readings(read: Transcription) -> list[tuple[str, float]]:
    """Return the recognized text and its alternatives with their confidences, the recognized text first."""
    others = [(each.text, max(each.confidence, 1e-4)) for each in read.alternatives if each.text != read.text]
    own = next((each.confidence for each in read.alternatives if each.text == read.text), read.confidence)
    return [(read.text, 0.5 if own is None else max(own, 1e-4)), *others]
