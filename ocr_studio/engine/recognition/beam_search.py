"""Prefix beam search on many CTC matrices at once (Hannun et al. 2014), for ``ctc.search_beams``.

A beam is a prefix: what some paths have spelled so far. The beams of all matrices are in flat arrays, one matrix after
the other, and so are the likely classes of a step. So a step with one certain class costs next to nothing, however
unclear those of the other matrices are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK
from ocr_studio.engine.recognition.language_prior import LanguagePrior, TextStates

Matrix: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating[Any]]
Integers: TypeAlias = NDArray[np.intp]
# Classes, their log probabilities, and what the prior adds.
Result: TypeAlias = tuple[tuple[int, ...], float, float]

# A step with this probability of the blank only ends a letter; the ignored paths weigh a thousandth at most.
SURELY_BLANK: Final = 0.999
UNLIKELY: Final = 1e-4  # classes below this probability are ignored
# With a prior, this many times as many candidates are scored as beams are kept.
SCORED: Final = 3
# Candidates this much less likely than the best, by the network, are dropped: no prior makes up for it.
HOPELESS: Final = 1e-6
# Number of beams reserved for the network's best prefixes, so that its own reading is among the results: of 1,991 words
# and parts of lines it was missing for 5, all of them noise or as unlikely as others. The rest is chosen with the
# prior; with more reserved, fewer than half as many unclear words were read correctly.
RESERVED: Final = 3

_HASH: Final = np.uint64(0x9E3779B97F4A7C15)  # odd numbers with well-mixed bits
_ROOT: Final = np.uint64(0xD6E8FEB86659FD93)
_GROUP_OFFSET: Final = 1e4  # exceeds any difference of log weights
_RESERVED_BONUS: Final = 1e3  # also exceeds it, but is less than the above


@dataclass(frozen=True, slots=True)
class _StepTable:
    """The input of the search: N matrices, longest first, without steps that change nothing.

    Attributes:
        order: (N,) indices of the matrices.
        active: Number of matrices that have each step.
        blank: (S,) probability of the blank, for the first step of all matrices, then the second of all that have one …
        first: (S,) where a step's classes begin in ``classes`` and ``likely``.
        count: (S,) number of these.
        classes: (E,) likely classes.
        likely: (E,) their probabilities.
    """

    order: Integers
    active: list[int]
    blank: NDArray[np.float64]
    first: Integers
    count: Integers
    classes: Integers
    likely: NDArray[np.float64]

    @classmethod
    def of(cls, matrices: Sequence[Matrix], candidates: int) -> _StepTable:
        """Create it from matrices with at most ``candidates`` classes per step."""
        matrices_left = [_drop_certain_blanks(matrix) for matrix in matrices]
        lengths = np.array([len(matrix) for matrix in matrices_left], np.intp)
        order = np.argsort(-lengths, kind="stable")
        lengths = lengths[order]
        blank = np.concatenate([matrices_left[index][:, BLANK] for index in order]).astype(np.float64)
        blank = np.fmax(blank, np.finfo(np.float32).tiny)  # positive: without likely classes all prefixes stay
        sure = blank >= SURELY_BLANK
        blank[sure] = 1.0
        step, label, likely = _likely_classes([matrices_left[index] for index in order])
        followed = (label != BLANK) & ~sure[step]
        step, label, likely = step[followed], label[followed], likely[followed]
        by_step, rank = _rank_in_groups(step, likely)
        kept_entries = by_step[rank < candidates]

        # From matrix order to step order.
        number = np.arange(len(blank)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        at = np.empty(len(blank), np.intp)
        at[np.argsort(number, kind="stable")] = np.arange(len(blank))
        kept_entries = kept_entries[np.argsort(at[step[kept_entries]], kind="stable")]
        count = np.bincount(at[step[kept_entries]], minlength=len(blank))
        blank_by_step = np.empty(len(blank))
        blank_by_step[at] = blank
        active = np.bincount(number).tolist()
        return cls(
            order, active, blank_by_step, np.cumsum(count) - count, count, label[kept_entries], likely[kept_entries]
        )


@dataclass(frozen=True, slots=True)
class _Beams:
    """M prefixes, matrix by matrix.

    Attributes:
        row: Matrix of each prefix.
        last: Last class; the blank for the empty prefix.
        node: Node in the tree of prefixes, −1 for the empty prefix.
        key: Hash of matrix and classes.
        ended: Probability of paths that end in a blank, relative to the matrix's best.
        open_: Probability of paths that end in the last class, likewise.
        texts: State of the prior.
    """

    row: Integers
    last: Integers
    node: Integers
    key: NDArray[np.uint64]
    ended: NDArray[np.float64]
    open_: NDArray[np.float64]
    texts: TextStates

    @classmethod
    def empty(cls, count: int) -> _Beams:
        """Empty prefixes, one for each matrix."""
        row = np.arange(count)
        key = (row.astype(np.uint64) + np.uint64(1)) * _ROOT
        nothing, nowhere = np.full(count, BLANK, np.intp), np.full(count, -1, np.intp)
        return cls(row, nothing, nowhere, key, np.ones(count), np.zeros(count), TextStates.empty(count))

    def part(self, which: slice) -> _Beams:
        """Return a slice of the beams."""
        chances = (self.ended[which], self.open_[which])
        texts = self.texts.take(which)
        return _Beams(self.row[which], self.last[which], self.node[which], self.key[which], *chances, texts)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """C prefixes after a step, from which beams are chosen: first the unchanged ones, then the extended ones.

    Attributes:
        origin: Beam of each.
        letter: Class that was appended; the blank for unchanged ones.
        ended: As of beams.
        open_: As of beams.
    """

    origin: Integers
    letter: Integers
    ended: NDArray[np.float64]
    open_: NDArray[np.float64]

    def take(self, which: Integers) -> _Candidates:
        """Return some of them, in this order."""
        return _Candidates(self.origin[which], self.letter[which], self.ended[which], self.open_[which])


class BeamSearch:
    """One search.

    Args:
        matrices: At least one, each (T, C), rows adding up to 1, with the same C.
        beams: Number of beams to keep.
        candidates: Maximum number of classes per step.
        prior: Weighs the prefixes when choosing beams.
    """

    def __init__(
        self, matrices: Sequence[Matrix], *, beams: int, candidates: int, prior: LanguagePrior | None = None
    ) -> None:
        self._table = _StepTable.of(matrices, candidates)
        self._beam_count = beams
        self._prior = prior
        self._count = len(matrices)
        self._beams = _Beams.empty(self._count)
        self._scale = np.zeros(self._count)  # log factors by which the probabilities were scaled
        self._finished: list[_Beams] = []  # beams of finished matrices
        # Tree of prefixes: parent node and class.
        self._parents: list[Integers] = []
        self._classes: list[Integers] = []
        self._nodes = 0

    def run(self, best: int) -> list[list[Result]]:
        """Return the best prefixes of each matrix, best first, including the network's own best."""
        start = 0
        for active in self._table.active:
            self._finish_rows(active)
            self._step(slice(start, start + active))
            start += active
        self._finish_rows(0)
        found: list[list[Result]] = [[] for _ in range(self._count)]
        for row, reading in self._best_results(best):
            found[self._table.order[row]].append(reading)
        return found

    def _finish_rows(self, active: int) -> None:
        """Set aside the beams of finished matrices, all but the first ``active``."""
        if self._beams.row[-1] >= active:
            still_active = int(self._beams.row.searchsorted(active))
            self._finished.append(self._beams.part(slice(still_active, None)))
            self._beams = self._beams.part(slice(still_active))

    def _step(self, now: slice) -> None:
        """Process one step of the active matrices; ``now`` is its position in the input."""
        candidates, best = self._extend(now)
        if self._prior is None:
            rows = self._beams.row[candidates.origin]
            order, rank = _rank_in_groups(rows, np.log(candidates.ended + candidates.open_))
            kept = candidates.take(order[rank < self._beam_count])
            texts = self._beams.texts  # there is no prior
        else:
            kept, texts = self._choose_with_prior(candidates, self._prior)
        self._scale[: len(best)] += np.log(best)
        self._beams = self._make_beams(kept, best, texts)

    def _extend(self, now: slice) -> tuple[_Candidates, Floats]:
        """Return the likely prefixes after this step, and the best probability of each matrix."""
        table, beams = self._table, self._beams
        row, total = beams.row, beams.ended + beams.open_
        stay = np.arange(len(row))
        # Each beam with each likely class.
        count = table.count[now][row]
        parent = stay.repeat(count)
        entry = (table.first[now][row] - count.cumsum() + count).repeat(count) + np.arange(len(parent))
        letter, likely = table.classes[entry], table.likely[entry]
        again = (letter == beams.last[parent]).nonzero()[0]  # the last class again: the same prefix, …
        twice = parent[again]
        open_ = np.zeros(len(row))
        open_[twice] = beams.open_[twice] * likely[again]
        grown = total[parent] * likely
        grown[again] = beams.ended[twice] * likely[again]  # … unless a blank is between them
        # Merge extended prefixes with equal existing ones; no two extended ones are equal.
        by_key = beams.key.argsort()
        keys = beams.key[parent] * _HASH + letter.astype(np.uint64)
        at = by_key.take(beams.key.searchsorted(keys, sorter=by_key), mode="clip")
        existing = (beams.key[at] == keys).nonzero()[0]
        open_[at[existing]] += grown[existing]
        grown[existing] = 0.0

        origin = np.concatenate([stay, parent])
        ended = np.concatenate([total * table.blank[now][row], np.zeros(len(parent))])
        open_ = np.concatenate([open_, grown])
        letters = np.concatenate([np.full(len(row), BLANK, np.intp), letter])
        score, rows = ended + open_, row[origin]
        best = np.zeros(now.stop - now.start)
        np.maximum.at(best, rows, score)
        likely_enough = (score > HOPELESS * best[rows]).nonzero()[0]
        return _Candidates(origin, letters, ended, open_).take(likely_enough), best

    def _choose_with_prior(self, candidates: _Candidates, prior: LanguagePrior) -> tuple[_Candidates, TextStates]:
        """Choose the new beams and return them with their prior states; only promising candidates are scored by the
        prior.
        """
        before = self._beams.texts
        log_chances = np.log(candidates.ended + candidates.open_)
        rows = self._beams.row[candidates.origin]
        order, rank = _rank_in_groups(rows, log_chances)
        log_chances[order[rank < RESERVED]] += _RESERVED_BONUS
        ranks_by = log_chances + prior.exponent * before.best_continuation[candidates.origin]
        if np.bincount(rows).max() > SCORED * self._beam_count:
            order, rank = _rank_in_groups(rows, ranks_by)
            scored = order[rank < SCORED * self._beam_count]
            candidates, log_chances = candidates.take(scored), log_chances[scored]
            rows, ranks_by = rows[scored], ranks_by[scored]
        fresh = candidates.letter.nonzero()[0]  # the blank is class 0
        grown = prior.append(before.take(candidates.origin[fresh]), candidates.letter[fresh])
        ranks_by[fresh] = log_chances[fresh] + prior.exponent * grown.best_continuation
        order, rank = _rank_in_groups(rows, ranks_by)
        kept = order[rank < self._beam_count]
        text = candidates.origin.copy()
        text[fresh] = len(before.best_continuation) + np.arange(len(fresh))  # extended ones after the others
        return candidates.take(kept), before.concatenate(grown).take(text[kept])

    def _make_beams(self, kept: _Candidates, best: Floats, texts: TextStates) -> _Beams:
        """Create the beams of these candidates and extend the tree of prefixes."""
        before, origin = self._beams, kept.origin
        row, last, node, key = before.row[origin], before.last[origin], before.node[origin], before.key[origin]
        fresh = kept.letter.nonzero()[0]
        letter = kept.letter[fresh]
        self._parents.append(node[fresh])
        self._classes.append(letter)
        node[fresh] = self._nodes + np.arange(len(fresh))
        self._nodes += len(fresh)
        last[fresh] = letter
        key[fresh] = key[fresh] * _HASH + letter.astype(np.uint64)
        share = 1.0 / best[row]  # otherwise hundreds of steps would underflow
        return _Beams(row, last, node, key, kept.ended * share, kept.open_ * share, texts)

    def _best_results(self, best: int) -> Iterator[tuple[int, Result]]:
        """Return (matrix, prefix) of the best of each matrix and the network's own best, best first."""
        row = np.concatenate([beams.row for beams in self._finished])
        total = np.concatenate([beams.ended + beams.open_ for beams in self._finished])
        node = np.concatenate([beams.node for beams in self._finished])
        weights = np.zeros(len(row))
        if self._prior is not None:
            weights = self._prior.exponent * np.concatenate([beams.texts.complete for beams in self._finished])
        log_chances = np.log(total)
        order, rank = _rank_in_groups(row, log_chances)
        own = order[rank == 0]
        order, rank = _rank_in_groups(row, log_chances + weights)
        kept = rank < best
        missing = np.ones(self._count, np.bool_)
        missing[row[order[kept & np.isin(order, own)]]] = False
        last = np.bincount(row[order[kept]]).cumsum() - 1
        order = order[kept]
        order[last[missing]] = own[missing]
        chances = np.minimum(1.0, total[order] * np.exp(self._scale[row[order]]))
        spelled = self._spell(node[order]).tolist()
        figures = (row[order].tolist(), spelled, chances.tolist(), weights[order].tolist())
        for matrix, labels, chance, weight in zip(*figures, strict=True):
            yield matrix, (tuple(filter(None, labels)), chance, weight)  # the blank is class 0

    def _spell(self, node: Integers) -> Integers:
        """Return the classes from the root to these nodes, (N, L), padded with blanks in front."""
        parents = np.concatenate([*self._parents, np.array([-1])])  # index −1 is the root, too
        classes = np.concatenate([*self._classes, np.array([BLANK])])
        backwards = [np.zeros(len(node), np.intp)]
        while (node >= 0).any():
            backwards.append(classes[node])
            node = parents[node]
        return np.stack(backwards[::-1], axis=1)


def _drop_certain_blanks(matrix: Matrix) -> Matrix:
    """Return the steps that can change a reading: all but certain blanks after another."""
    sure = matrix[:, BLANK] >= SURELY_BLANK
    sure[1:] &= sure[:-1]  # the first of them ends the letter before
    return matrix[~sure]


def _likely_classes(matrices: Sequence[Matrix]) -> tuple[Integers, Integers, NDArray[np.float64]]:
    """Return step, class and probability of everything likely, in order; steps are counted through all matrices."""
    steps, labels, likely, before = [], [], [], 0
    for matrix in matrices:
        at = np.flatnonzero(matrix >= UNLIKELY)
        step, label = np.divmod(at, matrix.shape[1])
        steps.append(step + before)
        labels.append(label)
        likely.append(matrix.ravel()[at])
        before += len(matrix)
    return np.concatenate(steps), np.concatenate(labels), np.concatenate(likely).astype(np.float64)


def _rank_in_groups(group: Integers, value: Floats) -> tuple[Integers, Integers]:
    """Sort by group, a number from 0, highest value first, and rank within groups, (N,). Values of a group are within
    ``_GROUP_OFFSET``.
    """
    # Stable: the same order of equal values as when sorting each group.
    order = (group * _GROUP_OFFSET - value).argsort(kind="stable")
    count = np.bincount(group)
    return order, np.arange(len(group)) - (count.cumsum() - count).repeat(count)
