"""CTC decoding: likely readings and letter positions.

A CTC matrix gives the probability of each class, including the blank (class 0), at every step along the line. A path
takes one class at every step; it spells a text after removing repeats, then blanks (Graves et al. 2006). The
probability of a text is the sum over all its paths. A prior on texts takes part in the search at every letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK
from ocr_studio.engine.recognition import beam_search
from ocr_studio.engine.recognition.language_prior import LanguagePrior

Matrix: TypeAlias = NDArray[np.float32]

# Number of characters followed per step.
CANDIDATES: Final = 8
# With 8 beams the correct word is among the best five as often as with 32 (93 % of board words, measured); with 16,
# less of a reading's probability is lost.
BEAMS: Final = 16


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A reading of a matrix.

    Attributes:
        labels: Its classes, without blanks.
        confidence: Its probability by the network, 0..1.
        weight: What the prior adds to the log probability; 0 without a prior.
    """

    labels: tuple[int, ...]
    confidence: float
    weight: float = 0.0


def decode_greedily(probabilities: Matrix) -> tuple[int, ...]:
    """Return the classes of the most likely path. probabilities: (T, C), each row adding up to 1."""
    return collapse_path(probabilities.argmax(axis=1))


def collapse_path(path: NDArray[np.intp]) -> tuple[int, ...]:
    """Return the classes that a path, (T,), spells."""
    return tuple(int(label) for label in path[_starts(path)])


def search_beams(
    matrices: Sequence[Matrix],
    *,
    beams: int = BEAMS,
    best: int = 5,
    candidates: int = CANDIDATES,
    prior: LanguagePrior | None = None,
) -> list[list[Hypothesis]]:
    """Find the best readings of each matrix by prefix beam search (Hannun et al. 2014), best first.

    The matrices are processed together, so many cost hardly more than one. With enough beams and candidates the search
    is exact, except for certain blanks and hopeless prefixes (see ``beam_search``).

    Args:
        matrices: Each (T, C), rows adding up to 1, with the same C.
        beams: Number of beams.
        best: Maximum number of readings.
        candidates: Maximum number of classes per step.
        prior: Weighs prefixes and readings. The network's own best reading is included whatever its weight, except in
            noise.
    """
    if not matrices:
        return []
    search = beam_search.BeamSearch(matrices, beams=beams, candidates=candidates, prior=prior)
    return [[Hypothesis(*found) for found in each] for each in search.run(best)]


def align_letters(probabilities: Matrix, labels: Sequence[int]) -> NDArray[np.float32]:
    """Return the position of each letter, (L,) float32 in steps: 0 is the left edge of the first step, T the right edge
    of the last.

    It is the centre of the letter's steps on the most likely path (Viterbi). If there are too few steps, letters are
    spread evenly.
    """
    steps, letters = len(probabilities), len(labels)
    if letters == 0:
        return np.zeros(0, np.float32)
    path = probabilities.argmax(axis=1)
    starts = _starts(path)
    if tuple(path[starts]) == tuple(labels):  # the most likely path spells them: no search needed
        states = np.where(path == BLANK, -1, np.cumsum(starts) - 1)
    else:
        states = _viterbi(probabilities, np.asarray(labels))
    owned = states[states >= 0]
    counts = np.bincount(owned, minlength=letters)
    if (counts == 0).any():
        return ((np.arange(letters) + 0.5) * steps / letters).astype(np.float32)
    sums = np.bincount(owned, weights=np.flatnonzero(states >= 0) + 0.5, minlength=letters)
    return (sums / counts).astype(np.float32)


def _starts(path: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return the steps at which letters of a path begin, (T,)."""
    starts: NDArray[np.bool_] = path != BLANK
    starts[1:] &= path[1:] != path[:-1]
    return starts


def _viterbi(probabilities: Matrix, labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the letter of each step on the most likely path for the labels, (T,); −1 for a blank."""
    steps, states = len(probabilities), 2 * len(labels) + 1  # blank, letter, blank, letter, … blank
    sequence = np.zeros(states, np.intp)
    sequence[1::2] = labels
    chance = np.log(np.maximum(probabilities[:, sequence], 1e-30, dtype=np.float64))
    jump = np.zeros(states, np.bool_)
    jump[3::2] = labels[1:] != labels[:-1]  # directly to the next letter, unless they are equal
    score = np.full(states, -np.inf)
    score[:2] = chance[0, :2]
    back = np.zeros((steps, states), np.intp)
    ways = np.full((3, states), -np.inf)
    for step in range(1, steps):
        ways[0] = score
        ways[1, 1:] = score[:-1]
        ways[2, 2:] = np.where(jump[2:], score[:-2], -np.inf)
        back[step] = ways.argmax(axis=0)
        score = ways.max(axis=0) + chance[step]
    state = states - 1 if score[-1] >= score[-2] else states - 2
    path = np.empty(steps, np.intp)
    for step in range(steps - 1, -1, -1):
        path[step] = state
        state -= back[step, state]
    return np.where(path % 2 == 1, path // 2, -1)
