"""From a recognizer's steps to text: the likeliest readings, and where each letter stands.

A CTC matrix says, for every step along the line, how likely each class is, the blank (class 0) among them. A path
takes one class at every step; it spells a text once repeats and then blanks are dropped (Graves et al. 2006). The
probability of a text is the sum over all paths that spell it. Where a prior says which texts are likely to be written
at all, it takes part in the search at every letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.charset import BLANK
from ocr_studio.engine.word_prior import Texts, WordPrior

Matrix: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating[Any]]

# A step this surely blank ends a letter and says nothing else; the paths it leaves out weigh a thousandth at most.
SURELY_BLANK: Final = 0.999
# Of each step, this many characters are followed, and none below this probability.
CANDIDATES: Final = 8
UNLIKELY: Final = 1e-4
# 8 find the right word among their best five as often as 32 do (93 % of board words, measured); with 16 less of a
# reading's probability falls off the beam.
BEAMS: Final = 16
# With a prior, so many times as many are asked about as are kept …
ASKED: Final = 3
# … none that the net holds this much less likely than its best: no prior brings it back.
HOPELESS: Final = 1e-6
# So many of the beams are those that the net alone holds best, so that its own reading is always among them.
OWN: Final = 3
TOGETHER: Final = 64  # matrices searched at a time: more gain nothing, and short ones would wait for long ones

_HASH: Final = np.uint64(0x9E3779B97F4A7C15)  # an odd number with well mixed bits
_NONE: Final = np.uint64(0)  # the key of a beam no path is left of; it must not pass for a prefix


@dataclass(frozen=True, slots=True)
class Reading:
    """One text a matrix may spell.

    labels: its classes, no blanks. confidence: how likely it is to the net, 0..1. weight: what the prior makes of that,
    as a natural logarithm to be added to the confidence's; 0 without a prior.
    """

    labels: tuple[int, ...]
    confidence: float
    weight: float = 0.0


def greedy(probabilities: Matrix) -> tuple[int, ...]:
    """The classes along the single likeliest path. probabilities: (T, C), each row adding up to 1."""
    return collapsed(probabilities.argmax(axis=1))


def collapsed(path: NDArray[np.intp]) -> tuple[int, ...]:
    """The classes that a path, (T,), spells."""
    return tuple(int(label) for label in path[_starts(path)])


def beam(
    probabilities: Matrix,
    *,
    beams: int = BEAMS,
    best: int = 5,
    candidates: int = CANDIDATES,
    prior: WordPrior | None = None,
) -> list[Reading]:
    """The likeliest readings of one matrix, best first; see ``beam_all``."""
    return beam_all([probabilities], beams=beams, best=best, candidates=candidates, prior=prior)[0]


def beam_all(
    matrices: Sequence[Matrix],
    *,
    beams: int = BEAMS,
    best: int = 5,
    candidates: int = CANDIDATES,
    prior: WordPrior | None = None,
) -> list[list[Reading]]:
    """The likeliest readings of each matrix, best first, by prefix beam search (Hannun et al. 2014).

    matrices: each (T, C), rows adding up to 1; all of one C. best: how many readings at most. prior: weighs them, as
    the search goes and at its end; the net's own best reading is there, too, whatever its weight. Matrices of like
    length go through their steps together, so that many cost hardly more than one. With enough beams and candidates it
    is exact but for the steps that are surely blank.
    """
    telling = [_telling(matrix) for matrix in matrices]
    order = sorted(range(len(telling)), key=lambda index: len(telling[index]))
    found: dict[int, list[Reading]] = {}
    for start in range(0, len(order), TOGETHER):
        group = order[start : start + TOGETHER]
        search = _Search(len(group), beams, prior)
        for step in zip(*_packed([telling[index] for index in group], candidates), strict=True):
            search.step(*step)
        found |= dict(zip(group, search.readings(best), strict=True))
    return [found[index] for index in range(len(order))]


def align(probabilities: Matrix, labels: Sequence[int]) -> NDArray[np.float32]:
    """Where each letter stands, (L,) float32 in steps: 0 is the left edge of the first step, T the right of the last.

    The centre of the steps that the likeliest path spelling these labels (Viterbi) gives to each. Letters for which
    there are not steps enough are spread evenly.
    """
    steps, letters = len(probabilities), len(labels)
    if letters == 0:
        return np.zeros(0, np.float32)
    path = probabilities.argmax(axis=1)
    starts = _starts(path)
    if tuple(path[starts]) == tuple(labels):  # the likeliest path of all spells them: no search needed
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
    """The steps at which a path begins another letter, (T,)."""
    starts: NDArray[np.bool_] = path != BLANK
    starts[1:] &= path[1:] != path[:-1]
    return starts


def _telling(matrix: Matrix) -> Matrix:
    """The steps that can change a reading: all but those that are surely blank after one such."""
    sure = matrix[:, BLANK] >= SURELY_BLANK
    sure[1:] &= sure[:-1]  # the first of a run ends the letter before it
    return matrix[~sure]


def _packed(
    matrices: Sequence[Matrix], candidates: int
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """What the search needs of N matrices, step by step.

    blank (S, N), classes (S, N, K) and their probabilities (S, N, K); short matrices end in steps that change nothing.
    """
    steps, many = max(len(matrix) for matrix in matrices), len(matrices)
    few = min(candidates, matrices[0].shape[1] - 1)
    blank = np.ones((steps, many))
    classes = np.ones((steps, many, few), np.intp)
    likely = np.zeros((steps, many, few))
    for index, matrix in enumerate(matrices):
        # Of hundreds of classes few are likely anywhere; to look for a step's best among these is ten times as fast.
        highest = matrix[:, 1:].max(axis=0, initial=0.0)
        some = np.flatnonzero(highest >= UNLIKELY)
        if len(some) < few:
            some = np.argpartition(highest, -few)[-few:]
        among = matrix[:, some + 1]
        top = np.argpartition(among, -few, axis=1)[:, -few:]
        values = np.take_along_axis(among, top, axis=1).astype(np.float64)
        values[values < UNLIKELY] = 0.0
        sure = matrix[:, BLANK] >= SURELY_BLANK
        blank[: len(matrix), index] = np.where(sure, 1.0, matrix[:, BLANK])
        classes[: len(matrix), index] = some[top] + 1
        likely[: len(matrix), index] = np.where(sure[:, None], 0.0, values)
    return blank, classes, likely


class _Search:
    """The beams of N matrices after some steps. A beam is a prefix: what the paths so far have spelled.

    ended, open_: (N, B) probability of its paths that end in a blank, and of those that end in its last letter,
    scaled so that the best matrix-wise is 1; scale: (N,) the logarithm of what was taken out. The prior's weights are
    no part of them: they only say which beams are kept. texts: what the prior knows about the beams, row by row.
    """

    def __init__(self, many: int, beams: int, prior: WordPrior | None = None) -> None:
        self.beams = beams
        self.prior = prior
        self.ended = np.ones((many, 1))
        self.open_ = np.zeros((many, 1))
        self.last = np.zeros((many, 1), np.intp)
        self.key = np.ones((many, 1), np.uint64)  # tells prefixes apart: a hash of the letters
        self.scale = np.zeros(many)
        self.texts = Texts.empty(many)
        self.origins: list[NDArray[np.intp]] = []  # a step each: the beam it came from and the class it added
        self.added: list[NDArray[np.intp]] = []

    def step(self, blank: NDArray[np.float64], classes: NDArray[np.intp], likely: NDArray[np.float64]) -> None:
        """One step of all matrices: blank (N,), classes and likely (N, K)."""
        many, width = self.ended.shape
        total = self.ended + self.open_
        same = classes[:, None, :] == self.last[:, :, None]  # N x B x K
        grown = likely[:, None, :] * np.where(same, self.ended[:, :, None], total[:, :, None])
        ended = total * blank[:, None]
        open_ = self.open_ * (same * likely[:, None, :]).sum(axis=2)
        keys = self.key[:, :, None] * _HASH + classes[:, None, :].astype(np.uint64)

        flat, flat_keys = grown.reshape(many, -1), keys.reshape(many, -1)
        alive = (flat > 0)[:, None, :] & (self.key != _NONE)[:, :, None]
        twins = (flat_keys[:, None, :] == self.key[:, :, None]) & alive  # N x B x B·K
        if twins.any():  # a prefix that grew into one that is there already
            open_ += np.einsum("nbf,nf->nb", twins, flat)
            flat = np.where(twins.any(axis=1), 0.0, flat)

        scores = np.concatenate([ended + open_, flat], axis=1)
        chosen = _best(scores, self.beams) if self.prior is None else self._chosen(scores, classes, self.prior)
        fresh = chosen >= width
        extension = np.where(fresh, chosen - width, 0)
        origin = np.where(fresh, extension // classes.shape[1], chosen)
        letter = np.take_along_axis(classes, extension % classes.shape[1], axis=1)

        self.last = np.where(fresh, letter, np.take_along_axis(self.last, origin, axis=1))
        grown_keys = np.take_along_axis(flat_keys, extension, axis=1)
        self.key = np.where(fresh, grown_keys, np.take_along_axis(self.key, origin, axis=1))
        self.ended = np.where(fresh, 0.0, np.take_along_axis(ended, origin, axis=1))
        stayed = np.take_along_axis(open_, origin, axis=1)
        self.open_ = np.where(fresh, np.take_along_axis(flat, extension, axis=1), stayed)
        self.origins.append(origin)
        self.added.append(np.where(fresh, letter, BLANK))
        self.key[self.ended + self.open_ == 0.0] = _NONE
        self._rescale()

    def readings(self, best: int) -> list[list[Reading]]:
        """The likeliest prefixes of each matrix as readings, best first, the net's own best among them."""
        total = self.ended + self.open_
        weights = np.zeros_like(total)
        if self.prior is not None:
            weights = self.prior.exponent * self.texts.done.reshape(total.shape)
        scores = _logarithm(total) + weights
        order = np.argsort(-scores, axis=1, kind="stable")[:, :best]
        own = total.argmax(axis=1)
        missing = ~(order == own[:, None]).any(axis=1)
        order[missing, -1] = own[missing]
        likely = np.take_along_axis(total, order, axis=1) * np.exp(self.scale)[:, None]
        weighed = np.take_along_axis(weights, order, axis=1)
        labels = self._trace(order)
        return [
            [
                Reading(tuple(row[row != BLANK].tolist()), min(1.0, float(chance)), float(weight))
                for row, chance, weight in zip(*parts, strict=True)
                if chance > 0
            ]
            for parts in zip(labels, likely, weighed, strict=True)
        ]

    def _chosen(self, scores: Floats, classes: NDArray[np.intp], prior: WordPrior) -> NDArray[np.intp]:
        """The beams to keep, (N, B), as columns of the scores, (N, B + B·K): the prior is asked about the likely ones.

        Leaves in ``texts`` what is known about those that are kept.
        """
        many, width = self.ended.shape
        look = prior.exponent * self.texts.look.reshape(many, width)
        logs = _logarithm(scores)
        hopes = logs + np.concatenate([look, np.repeat(look, classes.shape[1], axis=1)], axis=1)
        hopes[scores <= HOPELESS * scores.max(axis=1, keepdims=True)] = -np.inf
        asked = _best(hopes, ASKED * self.beams)
        hopes = np.take_along_axis(hopes, asked, axis=1)
        logs = np.take_along_axis(logs, asked, axis=1)

        fresh = (asked >= width) & np.isfinite(hopes)
        row, column = np.nonzero(fresh)
        extension = asked[row, column] - width
        parents = row * width + extension // classes.shape[1]
        grown = prior.grown(self.texts.take(parents), classes[row, extension % classes.shape[1]])
        hopes[row, column] = logs[row, column] + prior.exponent * grown.look
        own = np.argpartition(logs, -OWN, axis=1)[:, -OWN:] if logs.shape[1] > OWN else np.zeros((many, 0), np.intp)
        np.put_along_axis(hopes, own, np.inf, axis=1)

        kept = _best(hopes, self.beams)
        texts = np.arange(many)[:, None] * width + np.minimum(asked, width - 1)  # where each candidate's text is …
        texts[row, column] = many * width + np.arange(len(row))  # … the new ones behind the old
        self.texts = self.texts.and_(grown).take(np.take_along_axis(texts, kept, axis=1).ravel())
        return np.take_along_axis(asked, kept, axis=1)

    def _rescale(self) -> None:
        """Keep the numbers away from zero: hundreds of steps would otherwise run out of a float's range."""
        top = np.maximum((self.ended + self.open_).max(axis=1), np.finfo(np.float64).tiny)
        self.ended /= top[:, None]
        self.open_ /= top[:, None]
        self.scale += np.log(top)

    def _trace(self, order: NDArray[np.intp]) -> NDArray[np.intp]:
        """The classes that the chosen beams added, step by step: (N, R, S), BLANK where nothing."""
        labels = np.zeros((*order.shape, len(self.added)), np.intp)
        at = order
        for step in range(len(self.added) - 1, -1, -1):
            labels[:, :, step] = np.take_along_axis(self.added[step], at, axis=1)
            at = np.take_along_axis(self.origins[step], at, axis=1)
        return labels


def _best(scores: Floats, many: int) -> NDArray[np.intp]:
    """Where in each row the highest are, (N, up to many)."""
    keep = min(many, scores.shape[1])
    return np.argpartition(scores, -keep, axis=1)[:, -keep:]


def _logarithm(chances: Floats) -> NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(chances, np.finfo(np.float64).tiny)))


def _viterbi(probabilities: Matrix, labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """The letter that each step stands for on the likeliest path spelling the labels, (T,); -1 for a blank."""
    steps, states = len(probabilities), 2 * len(labels) + 1  # blank, letter, blank, letter, … blank
    sequence = np.zeros(states, np.intp)
    sequence[1::2] = labels
    chance = np.log(np.maximum(probabilities[:, sequence], 1e-30, dtype=np.float64))
    jump = np.zeros(states, np.bool_)
    jump[3::2] = labels[1:] != labels[:-1]  # from letter to letter without a blank, unless they are equal
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
