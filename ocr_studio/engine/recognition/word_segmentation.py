"""One line of writing → its words: where to cut the line and which steps of the recognizer belong to which word.

A recognizer says where spaces are, but only to a step, and overlooks wide ones between columns; ink says where gaps are
to a pixel, but not which ones part words. Weighed against each other, for every two neighbouring letters, they tell.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK
from ocr_studio.core.settings import Finding
from ocr_studio.engine.recognition import character_classes
from ocr_studio.engine.recognition.ink_mask import Box, Crop, Ink

if TYPE_CHECKING:  # the recognizer itself asks what a word is
    from ocr_studio.engine.recognition.recognizer import Steps

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.intp]
_Span: TypeAlias = tuple[int, float, int, float]  # step and place where a stretch begins, and where it ends

# Logistic regression: how two neighbouring letters are known to stand in different words. Lengths are shares of the
# crop's height, which a line fills to about two thirds; what is usual within the line is taken off, as loose writing
# has wide gaps everywhere. Fitted by ``tests/benchmarks/gaps.py`` to 965 lines on photos of real boards, whose words
# were looked at by eye, and to made boards by hand and in print, as the adapted recognizer sees them; what the signs
# themselves say is in ``character_classes``. Spaces count by how sure the net is of them and, apart from that, by how
# sure it is that there is none: where it is sure of one, as in print, no sign outweighs it.
BETWEEN = 5.3  # times the distance of the letters' centres
GAP = 1.3  # times the widest gap in the ink between them
SPACE = 1.4  # times the logarithm of how likely the net holds a space there
NO_SPACE = -0.8  # times the logarithm of how likely it holds none
_NEVER = 0.01  # what it never rules out
# Times how much wider or narrower blanks a person wants to part words: who asks has seen the net be wrong about spaces,
# so it weighs more than the blanks do.
_ASKED = 14.0
WEIGHTS = np.array([BETWEEN, GAP, SPACE, NO_SPACE, *character_classes.WEIGHTS])
# What is usual in a line of few letters: as many letters, so far apart and with such gaps, are counted in.
_UNKNOWN, _UNKNOWN_BETWEEN, _UNKNOWN_GAP = 3, 0.33, 0.06
# What is less sure than this (the logarithm of 33 to 1) is for the words themselves to tell: both ways are read.
_DOUBTFUL = 3.5
# Where nobody says where letters and spaces are, a gap of this share of what a person calls a blank parts words: of
# 3,441 gaps on synthetic boards 5 % are told wrongly so, of 1,110 on five boards 6 % (how wide a line's other gaps are
# says nothing more: joined writing has gaps between words only).
_BY_INK = 0.5
# Ink this far from the first or last letter, as a share of the height, is a smudge or a drawing.
_STRAY = 0.4
# Of several gaps between two words, those this near to the widest are ends of words too: a drawn arrow stands between.
_NEARLY = 0.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """One word of a line. first, last: its steps, from … up to, not including. box: (left, top, right, bottom) pixels
    of the line's crop, tight around the ink."""

    first: int
    last: int
    box: Box


@dataclass(frozen=True, slots=True)
class Doubt:
    """Another way to cut a piece of a line. first, last: the stretches, from … to …, that it would take the place of.
    odds: logarithm of how likely it is, for how likely they are, by gaps and spaces alone; below 0."""

    first: int
    last: int
    stretches: tuple[Stretch, ...]
    odds: float


@dataclass(frozen=True, slots=True)
class Cutting:
    """The words of a line from left to right, and where they may be others; no two doubts concern the same word."""

    stretches: tuple[Stretch, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """The classes that tell where words end. alone: signs that are words of their own wherever they stand (arrows);
    bullets: those that are where a line begins with them. gap: a blank this wide, as a share of the line's height,
    parts words where the net is undecided about a space; a person's ``Finding.gap``. kinds: of every class, see
    ``character_classes.kinds``; none where nobody knows."""

    space: int
    alone: frozenset[int] = frozenset()
    bullets: frozenset[int] = frozenset()
    gap: float = Finding().gap
    kinds: Indices | None = field(default=None, compare=False)

    @classmethod
    def of(cls, characters: Sequence[str], *, gap: float = Finding().gap) -> Marks:
        """characters: what the classes from 1 on stand for."""
        classes = {character: index for index, character in enumerate(characters, start=1)}
        return cls(
            space=classes.get(" ", BLANK),
            alone=frozenset(index for character, index in classes.items() if "\u2190" <= character[:1] <= "\u21ff"),
            bullets=frozenset(classes[character] for character in "·•●◦○▪■" if character in classes),
            gap=gap,
            kinds=character_classes.kinds(characters),
        )

    def between(self, classes: Indices) -> Floats:
        """What L letters' classes say about which of them are parted, see ``character_classes.between``."""
        known = np.zeros(len(classes), np.intp) if self.kinds is None else self.kinds[classes]
        return character_classes.between(known)


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters on the likeliest path, from left to right, each array (L,): their class, first and last step."""

    classes: Indices
    first: Indices
    last: Indices

    @classmethod
    def on(cls, path: Indices, space: int) -> Letters:
        """path: (T,) the likeliest class of each step. space: the class that is a space."""
        is_letter = (path != BLANK) & (path != space)
        same = path[1:] == path[:-1]
        begins = is_letter & ~np.concatenate([[False], same])
        ends = is_letter & ~np.concatenate([same, [False]])
        first = np.flatnonzero(begins)
        return cls(path[first], first, np.flatnonzero(ends))

    def centres(self, span: float) -> Floats:
        """Pixels across the crop."""
        return np.asarray((self.first + self.last + 1) / 2 * span)


@dataclass(frozen=True, slots=True)
class _Cut:
    """Between two words. ends, begins: the step after the left word's last and the right one's first; left, right:
    pixels across the crop where the one ends and the other begins, the same where only a gap is between."""

    ends: int
    begins: int
    left: float
    right: float

    @property
    def edges(self) -> list[tuple[int, float]]:
        """Step and place where a word ends and the next begins; what stands between them, too, may turn out a word."""
        left, right = (self.ends, self.left), (self.begins, self.right)
        return [left] if self.left == self.right else [left, right]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Where a line may be cut. blank: (G, 2) gaps in the ink. span: pixels of the crop that a step stands for."""

    blank: Floats
    letters: Letters
    span: float

    def after(self, index: int) -> _Cut:
        """The cut after a letter."""
        begin, end = _between(self.blank, self.letters.centres(self.span)[index : index + 2])
        blank = self.blank[begin[0] : end[0]]
        last, first = int(self.letters.last[index]) + 1, int(self.letters.first[index + 1])
        if len(blank) == 0:
            left = right = (last + first) / 2 * self.span
        else:
            widths = _widths(blank)
            wide = blank[widths >= _NEARLY * widths.max()].mean(axis=1)
            left, right = float(wide[0]), float(wide[-1])
        ends, begins = (int(np.clip(round(place / self.span), last, first)) for place in (left, right))
        return _Cut(ends, begins, left, right)


def words_of(crop: Crop, steps: Steps, *, marks: Marks) -> Cutting:
    """The words of one line from left to right; some may turn out to be empty when they are read.

    crop: (h, w, 3) uint8, the line turned level. steps: what the net saw along it.
    """
    ink, height = Ink.of(crop), crop.shape[0]
    letters = Letters.on(steps.probabilities.argmax(axis=1), marks.space)
    blank = ink.gaps()
    begin, end = _reach(blank, letters.centres(steps.span), crop)
    odds = _odds(blank, steps, letters, marks=marks, height=height)
    cuts = _Cuts(blank, letters, steps.span)
    apart, doubtful = odds > 0, np.abs(odds) < _DOUBTFUL
    inside = {index: cuts.after(index).edges for index in np.flatnonzero(apart | doubtful).tolist()}
    ends = (0, begin), (len(steps.probabilities), end)

    def divided(apart: NDArray[np.bool_]) -> list[_Span]:
        edges = [ends[0], *(edge for index in np.flatnonzero(apart).tolist() for edge in inside[index]), ends[1]]
        return [
            (*left, *right) for left, right in itertools.pairwise(edges) if right[0] > left[0] and right[1] > left[1]
        ]

    def boxed(spans: Sequence[_Span]) -> tuple[Stretch, ...]:
        return tuple(Stretch(first, last, ink.box(left, right)) for first, left, last, right in spans)

    spans = divided(apart)
    doubts: list[Doubt] = []
    for index in sorted(np.flatnonzero(doubtful).tolist(), key=lambda index: abs(odds[index])):
        flipped = apart.copy()
        flipped[index] = not apart[index]
        others = divided(flipped)
        first, last, tail = _difference(spans, others)
        if not any(doubt.first < last and first < doubt.last for doubt in doubts):
            instead = boxed(others[first : len(others) - tail])
            doubts.append(Doubt(first, last, instead, -abs(float(odds[index]))))
    return Cutting(boxed(spans), tuple(doubts))


def _difference(spans: Sequence[_Span], others: Sequence[_Span]) -> tuple[int, int, int]:
    """Where spans begin and end to differ, from … to …, and how many at the end are the same."""
    pairs = list(zip(spans, others, strict=False))
    head = next((index for index, (a, b) in enumerate(pairs) if a != b), len(pairs))
    rest = list(zip(reversed(spans[head:]), reversed(others[head:]), strict=False))
    tail = next((index for index, (a, b) in enumerate(rest) if a != b), len(rest))
    return head, len(spans) - tail, tail


def whole(crop: Crop, steps: Steps) -> Cutting:
    """One line, undivided. crop, steps: as for ``words_of``."""
    return Cutting((Stretch(0, len(steps.probabilities), Ink.of(crop).box(0.0, float(crop.shape[1]))),))


def by_ink(crop: Crop, *, gap: float = Finding().gap) -> tuple[Box, ...]:
    """The words of one line from left to right by the blanks in its ink alone, for recognizers that read single words:
    their boxes in pixels of the crop, none where there is no ink.

    crop: (h, w, 3) uint8, the line turned level. gap: as for ``Marks``.
    """
    ink, (height, width) = Ink.of(crop), crop.shape[:2]
    middle = (ink.pieces[:, 0] + ink.pieces[:, 2]) / 2
    blank = ink.gaps()
    wide = blank[_widths(blank) >= _BY_INK * gap * height].mean(axis=1)
    edges = [0.0, *wide.tolist(), float(width)]
    return tuple(
        ink.box(left, right) for left, right in itertools.pairwise(edges) if ((middle >= left) & (middle < right)).any()
    )


def evidence(crop: Crop, steps: Steps, letters: Letters, *, marks: Marks) -> Floats:
    """What tells whether L letters stand in the same word, (L - 1, len(WEIGHTS)), a row for a letter and the next: by
    how much the distance of their centres and the widest gap in the ink between them exceed what is usual here, as
    shares of the crop's height; the logarithm of how likely the net holds a space between them; what signs they are.

    crop: (h, w, 3) uint8.
    """
    return _evidence(Ink.of(crop).gaps(), steps, letters, marks=marks, height=crop.shape[0])


def _evidence(blank: Floats, steps: Steps, letters: Letters, *, marks: Marks, height: int) -> Floats:
    """blank: (G, 2) where gaps in the ink begin and end."""
    centres = letters.centres(steps.span)
    widest = _most(_widths(blank), *_between(blank, centres)) / height
    likely = _most(steps.probabilities[:, marks.space], letters.last[:-1], letters.first[1:] + 1)
    distance = np.diff(centres) / height
    wider = distance - _usual(distance, _UNKNOWN_BETWEEN), widest - _usual(widest, _UNKNOWN_GAP)
    space = np.log(likely + _NEVER), np.log(1 - likely + _NEVER)
    return np.column_stack([*wider, *space, marks.between(letters.classes)])


def _odds(blank: Floats, steps: Steps, letters: Letters, *, marks: Marks, height: int) -> Floats:
    """The logarithm of the odds that each letter and the next stand in different words, (L - 1,)."""
    if len(letters.classes) < 2:
        return np.zeros(0)
    wish = _ASKED * (Finding().gap - marks.gap)
    odds = _evidence(blank, steps, letters, marks=marks, height=height) @ WEIGHTS + wish
    return np.where(_signs(letters.classes, marks), np.inf, odds)


def _reach(blank: Floats, centres: Floats, crop: Crop) -> tuple[float, float]:
    """Where the first word begins and the last one ends: beyond a wide gap stands what the net read no letters in."""
    height, width = crop.shape[:2]
    if len(centres) == 0:
        return 0.0, float(width)
    wide = blank[_widths(blank) >= _STRAY * height]
    return (
        float(wide[wide[:, 1] <= centres[0]].mean(axis=1).max(initial=0.0)),
        float(wide[wide[:, 0] >= centres[-1]].mean(axis=1).min(initial=float(width))),
    )


def _between(blank: Floats, centres: Floats) -> tuple[Indices, Indices]:
    """The gaps between each letter and the next: from which up to, not including, which.

    The net places a letter to a step or so, so its centre may lie beside its ink: a gap's own middle tells.
    """
    edges = np.searchsorted(blank.mean(axis=1), centres)
    return edges[:-1], edges[1:]


def _most(values: Floats, first: Indices, last: Indices) -> Floats:
    """The largest of each stretch of values, from first up to, not including, last; 0 where there is none."""
    bounds = np.stack([first, last], axis=1).ravel()
    return np.where(last > first, np.maximum.reduceat(np.append(values, 0.0), bounds)[::2], 0.0)


def _widths(blank: Floats) -> Floats:
    return np.asarray(blank[:, 1] - blank[:, 0])


def _usual(lengths: Floats, unknown: float) -> float:
    return float(np.median(np.concatenate([lengths, np.full(_UNKNOWN, unknown)])))


def _signs(classes: Indices, marks: Marks) -> NDArray[np.bool_]:
    """Which of L - 1 pairs are parted because one of them is a sign that stands alone."""
    alone = np.isin(classes, list(marks.alone))
    bullet = np.isin(classes, list(marks.bullets)) & np.logical_and.accumulate(classes == classes[0])
    return np.asarray((classes[1:] != classes[:-1]) & (alone[1:] | alone[:-1] | bullet[:-1]))
