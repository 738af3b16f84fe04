"""Prefix beam search through many CTC matrices at once (Hannun et al. 2014): what ``ctc.beam_all`` runs.

A beam is a prefix: what some paths so far have spelled. The beams of all matrices stand in flat arrays, those of one
matrix behind those of another, and so do the classes that are likely at a step. So a step at which one class is sure
costs next to nothing, however unclear those of the other matrices are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK
from ocr_studio.engine.recognition.language_prior import Texts, WordPrior

Matrix: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating[Any]]
Integers: TypeAlias = NDArray[np.intp]
# Classes, how likely they are to the net, and what the prior adds to the logarithm of that.
Found: TypeAlias = tuple[tuple[int, ...], float, float]

# A step this surely blank ends a letter and says nothing else; the paths it leaves out weigh a thousandth at most.
SURELY_BLANK: Final = 0.999
UNLIKELY: Final = 1e-4  # no class below this probability is followed
# With a prior, so many times as many are asked about as are kept.
ASKED: Final = 3
# What the net holds this much less likely than its best is let go: no prior brings it back.
HOPELESS: Final = 1e-6
# So many of the beams are those that the net alone holds best, so that its own reading is among them: of 1,991 words
# and pieces of lines 5 were without it, all as unlikely as others or noise. The others are the prior's: where more were
# the net's, of unclear words fewer than half as many were read right.
OWN: Final = 3

_HASH: Final = np.uint64(0x9E3779B97F4A7C15)  # odd numbers with well mixed bits
_ROOT: Final = np.uint64(0xD6E8FEB86659FD93)
_APART: Final = 1e4  # more than any two logarithms of chances and weights are apart
_FIRST: Final = 1e3  # more than they are apart, too, and less than that


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the search needs of N matrices, longest first, without steps that change nothing.

    order: (N,) which matrices these are. active: for each step, how many of them have it. Of all S steps of theirs, the
    first of all of them, then the second of all that have one …: blank (S,), its probability; first and count (S,),
    where their classes are in classes and likely, (E,).
    """

    order: Integers
    active: list[int]
    blank: NDArray[np.float64]
    first: Integers
    count: Integers
    classes: Integers
    likely: NDArray[np.float64]

    @classmethod
    def of(cls, matrices: Sequence[Matrix], candidates: int) -> _Sheet:
        """candidates: of each step, how many classes at most."""
        telling = [_telling(matrix) for matrix in matrices]
        lengths = np.array([len(matrix) for matrix in telling], np.intp)
        order = np.argsort(-lengths, kind="stable")
        lengths = lengths[order]
        blank = np.concatenate([telling[index][:, BLANK] for index in order]).astype(np.float64)
        blank = np.fmax(blank, np.finfo(np.float32).tiny)  # above nothing: where no class is likely, all prefixes stay
        sure = blank >= SURELY_BLANK
        blank[sure] = 1.0
        step, label, likely = _likely([telling[index] for index in order])
        followed = (label != BLANK) & ~sure[step]
        step, label, likely = step[followed], label[followed], likely[followed]
        by_step, rank = _ranked(step, likely)
        few = by_step[rank < candidates]

        # From matrix by matrix to step by step.
        number = np.arange(len(blank)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        at = np.empty(len(blank), np.intp)
        at[np.argsort(number, kind="stable")] = np.arange(len(blank))
        few = few[np.argsort(at[step[few]], kind="stable")]
        count = np.bincount(at[step[few]], minlength=len(blank))
        moved = np.empty(len(blank))
        moved[at] = blank
        active = np.bincount(number).tolist()
        return cls(order, active, moved, np.cumsum(count) - count, count, label[few], likely[few])


@dataclass(frozen=True, slots=True)
class _Beams:
    """M prefixes, matrix by matrix.

    row: the matrix each is of. last: its last class, the blank where nothing is spelled. node: where it stands in the
    tree of prefixes, -1 where nothing is spelled. key: a hash of matrix and classes. ended, open_: probability of its
    paths that end in a blank, and of those that end in its last class, so that the best of a matrix is about 1. texts:
    what the prior knows about them.
    """

    row: Integers
    last: Integers
    node: Integers
    key: NDArray[np.uint64]
    ended: NDArray[np.float64]
    open_: NDArray[np.float64]
    texts: Texts

    @classmethod
    def empty(cls, many: int) -> _Beams:
        """Where nothing is spelled yet, one a matrix."""
        row = np.arange(many)
        key = (row.astype(np.uint64) + np.uint64(1)) * _ROOT
        nothing, nowhere = np.full(many, BLANK, np.intp), np.full(many, -1, np.intp)
        return cls(row, nothing, nowhere, key, np.ones(many), np.zeros(many), Texts.empty(many))

    def part(self, which: slice) -> _Beams:
        """Some that stand together."""
        texts = Texts(self.texts.keys[:, which], self.texts.numbers[:, which])
        chances = (self.ended[which], self.open_[which])
        return _Beams(self.row[which], self.last[which], self.node[which], self.key[which], *chances, texts)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """C prefixes after a step, of which some become beams: first those that stayed as they were, then those that grew.

    origin: the beam each comes from. letter: the class that it grew by, the blank where it stayed. ended, open_: as of
    beams.
    """

    origin: Integers
    letter: Integers
    ended: NDArray[np.float64]
    open_: NDArray[np.float64]

    def take(self, which: Integers) -> _Candidates:
        """Some of them, in this order."""
        return _Candidates(self.origin[which], self.letter[which], self.ended[which], self.open_[which])


class Search:
    """One search.

    matrices: each (T, C), rows adding up to 1; at least one, all of one C. beams: how many are kept. candidates: of
    each step, how many classes are followed at most. prior: weighs the prefixes, which only says what is kept.
    """

    def __init__(
        self, matrices: Sequence[Matrix], *, beams: int, candidates: int, prior: WordPrior | None = None
    ) -> None:
        self._sheet = _Sheet.of(matrices, candidates)
        self._keep = beams
        self._prior = prior
        self._many = len(matrices)
        self._beams = _Beams.empty(self._many)
        self._scale = np.zeros(self._many)  # logarithms of what was taken out of the chances
        self._over: list[_Beams] = []  # of matrices that have no more steps
        # The tree of prefixes: the node that each grew from, and by which class.
        self._grew_from: list[Integers] = []
        self._grew_by: list[Integers] = []
        self._nodes = 0

    def run(self, best: int) -> list[list[Found]]:
        """The likeliest prefixes of each matrix, best first, that among them which the net alone holds best."""
        start = 0
        for active in self._sheet.active:
            self._put_aside(active)
            self._step(slice(start, start + active))
            start += active
        self._put_aside(0)
        found: list[list[Found]] = [[] for _ in range(self._many)]
        for row, reading in self._found(best):
            found[self._sheet.order[row]].append(reading)
        return found

    def _put_aside(self, active: int) -> None:
        """The beams of matrices that have no more steps: all but the first so many."""
        if self._beams.row[-1] >= active:
            going_on = int(self._beams.row.searchsorted(active))
            self._over.append(self._beams.part(slice(going_on, None)))
            self._beams = self._beams.part(slice(going_on))

    def _step(self, now: slice) -> None:
        """One step of the matrices that have one. now: where it stands on the sheet."""
        candidates, best = self._candidates(now)
        if self._prior is None:
            rows = self._beams.row[candidates.origin]
            order, rank = _ranked(rows, np.log(candidates.ended + candidates.open_))
            kept = candidates.take(order[rank < self._keep])
            texts = self._beams.texts  # nobody asks about them
        else:
            kept, texts = self._chosen(candidates, self._prior)
        self._scale[: len(best)] += np.log(best)
        self._beams = self._grown(kept, best, texts)

    def _candidates(self, now: slice) -> tuple[_Candidates, Floats]:
        """The prefixes that are likely after this step, and how likely the best of each matrix is."""
        sheet, beams = self._sheet, self._beams
        row, total = beams.row, beams.ended + beams.open_
        stay = np.arange(len(row))
        # Each beam with each class that may come now.
        count = sheet.count[now][row]
        parent = stay.repeat(count)
        entry = (sheet.first[now][row] - count.cumsum() + count).repeat(count) + np.arange(len(parent))
        letter, likely = sheet.classes[entry], sheet.likely[entry]
        again = (letter == beams.last[parent]).nonzero()[0]  # its last class once more: the same prefix, …
        twice = parent[again]
        open_ = np.zeros(len(row))
        open_[twice] = beams.open_[twice] * likely[again]
        grown = total[parent] * likely
        grown[again] = beams.ended[twice] * likely[again]  # … unless there was a blank between the two
        # What grew into a prefix that is there already; no two grow into the same.
        by_key = beams.key.argsort()
        keys = beams.key[parent] * _HASH + letter.astype(np.uint64)
        at = by_key.take(beams.key.searchsorted(keys, sorter=by_key), mode="clip")
        there = (beams.key[at] == keys).nonzero()[0]
        open_[at[there]] += grown[there]
        grown[there] = 0.0

        origin = np.concatenate([stay, parent])
        ended = np.concatenate([total * sheet.blank[now][row], np.zeros(len(parent))])
        open_ = np.concatenate([open_, grown])
        letters = np.concatenate([np.full(len(row), BLANK, np.intp), letter])
        score, rows = ended + open_, row[origin]
        best = np.zeros(now.stop - now.start)
        np.maximum.at(best, rows, score)
        hopeful = (score > HOPELESS * best[rows]).nonzero()[0]
        return _Candidates(origin, letters, ended, open_).take(hopeful), best

    def _chosen(self, candidates: _Candidates, prior: WordPrior) -> tuple[_Candidates, Texts]:
        """Those that become beams, and what is known about their texts: the prior is asked about what may be kept."""
        before = self._beams.texts
        logs = np.log(candidates.ended + candidates.open_)
        rows = self._beams.row[candidates.origin]
        order, rank = _ranked(rows, logs)
        logs[order[rank < OWN]] += _FIRST
        hopes = logs + prior.exponent * before.look[candidates.origin]
        if np.bincount(rows).max() > ASKED * self._keep:
            order, rank = _ranked(rows, hopes)
            asked = order[rank < ASKED * self._keep]
            candidates, logs, rows, hopes = candidates.take(asked), logs[asked], rows[asked], hopes[asked]
        fresh = candidates.letter.nonzero()[0]  # the blank is class 0
        grown = prior.grown(before.take(candidates.origin[fresh]), candidates.letter[fresh])
        hopes[fresh] = logs[fresh] + prior.exponent * grown.look
        order, rank = _ranked(rows, hopes)
        kept = order[rank < self._keep]
        text = candidates.origin.copy()
        text[fresh] = len(before.look) + np.arange(len(fresh))  # the new ones behind the old
        return candidates.take(kept), before.and_(grown).take(text[kept])

    def _grown(self, kept: _Candidates, best: Floats, texts: Texts) -> _Beams:
        """The beams that these candidates become; the tree of prefixes grows with them."""
        before, origin = self._beams, kept.origin
        row, last, node, key = before.row[origin], before.last[origin], before.node[origin], before.key[origin]
        fresh = kept.letter.nonzero()[0]
        letter = kept.letter[fresh]
        self._grew_from.append(node[fresh])
        self._grew_by.append(letter)
        node[fresh] = self._nodes + np.arange(len(fresh))
        self._nodes += len(fresh)
        last[fresh] = letter
        key[fresh] = key[fresh] * _HASH + letter.astype(np.uint64)
        share = 1.0 / best[row]  # hundreds of steps would otherwise run out of a float's range
        return _Beams(row, last, node, key, kept.ended * share, kept.open_ * share, texts)

    def _found(self, best: int) -> Iterator[tuple[int, Found]]:
        """(matrix, prefix) of the best of each and the net's own best, the best ones first."""
        row = np.concatenate([beams.row for beams in self._over])
        total = np.concatenate([beams.ended + beams.open_ for beams in self._over])
        node = np.concatenate([beams.node for beams in self._over])
        weights = np.zeros(len(row))
        if self._prior is not None:
            weights = self._prior.exponent * np.concatenate([beams.texts.done for beams in self._over])
        logs = np.log(total)
        order, rank = _ranked(row, logs)
        own = order[rank == 0]
        order, rank = _ranked(row, logs + weights)
        kept = rank < best
        missing = np.ones(self._many, np.bool_)
        missing[row[order[kept & np.isin(order, own)]]] = False
        last = np.bincount(row[order[kept]]).cumsum() - 1
        order = order[kept]
        order[last[missing]] = own[missing]
        chances = np.minimum(1.0, total[order] * np.exp(self._scale[row[order]]))
        spelled = self._spelled(node[order]).tolist()
        figures = (row[order].tolist(), spelled, chances.tolist(), weights[order].tolist())
        for matrix, labels, chance, weight in zip(*figures, strict=True):
            yield matrix, (tuple(filter(None, labels)), chance, weight)  # the blank is class 0

    def _spelled(self, node: Integers) -> Integers:
        """The classes from the root of the tree to these nodes, (N, L), blanks before them."""
        grew_from = np.concatenate([*self._grew_from, np.array([-1])])  # the last one stands for the root, too
        grew_by = np.concatenate([*self._grew_by, np.array([BLANK])])
        backwards = [np.zeros(len(node), np.intp)]
        while (node >= 0).any():
            backwards.append(grew_by[node])
            node = grew_from[node]
        return np.stack(backwards[::-1], axis=1)


def _telling(matrix: Matrix) -> Matrix:
    """The steps that can change a reading: all but those that are surely blank after one such."""
    sure = matrix[:, BLANK] >= SURELY_BLANK
    sure[1:] &= sure[:-1]  # the first of a run ends the letter before it
    return matrix[~sure]


def _likely(matrices: Sequence[Matrix]) -> tuple[Integers, Integers, NDArray[np.float64]]:
    """Step, class and probability of all that is likely, in order; steps counted through all matrices."""
    steps, labels, likely, before = [], [], [], 0
    for matrix in matrices:
        at = np.flatnonzero(matrix >= UNLIKELY)
        step, label = np.divmod(at, matrix.shape[1])
        steps.append(step + before)
        labels.append(label)
        likely.append(matrix.ravel()[at])
        before += len(matrix)
    return np.concatenate(steps), np.concatenate(labels), np.concatenate(likely).astype(np.float64)


def _ranked(group: Integers, value: Floats) -> tuple[Integers, Integers]:
    """The order group by group, in each the highest value first, and in that order each one's rank in its group, (N,).

    group: (N,) numbers from 0. value: (N,), no two of a group further apart than ``_APART``.
    """
    order = (group * _APART - value).argsort(kind="stable")  # so equal ones come as if each group was ranked alone
    count = np.bincount(group)
    return order, np.arange(len(group)) - (count.cumsum() - count).repeat(count)
