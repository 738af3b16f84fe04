"""Word segmentation: where to split a line, and which steps of the recognizer belong to which word.

The recognizer locates spaces only to a step and overlooks wide ones between columns; ink shows gaps exactly, but not
which ones separate words. Both are combined for each pair of neighbouring letters.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language.charset import BLANK
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.recognition import character_classes
from ocr_studio.engine.recognition.ink_mask import Box, Crop, Ink

if TYPE_CHECKING:  # shared with the recognizer
    from ocr_studio.engine.recognition.recognizer import FrameProbabilities

Floats: TypeAlias = NDArray[np.floating[Any]]
Indices: TypeAlias = NDArray[np.intp]
_Span: TypeAlias = tuple[int, float, int, float]  # step and place where a segment begins and ends

# Logistic regression: whether two neighbouring letters are in different words. Lengths are shares of the crop's height,
# relative to what is usual within the line, as loose writing has wide gaps everywhere. Fitted by
# ``tests/benchmarks/gaps.py`` to 965 lines on photos of real boards, whose words were checked manually, and to
# synthetic boards, handwritten and printed, with the adapted recognizer; weights of characters are in
# ``character_classes``. Spaces count by their probability and also by the probability that there is none, so that no
# character outweighs a certain space, as in print.
BETWEEN = 5.3  # times the distance of the letters' centres
GAP = 1.3  # times the widest gap in the ink between them
SPACE = 1.4  # times the log probability of a space
NO_SPACE = -0.8  # times the log probability of no space
_NEVER = 0.01  # lower bound of that probability
# Times how much wider or narrower the user wants gaps between words to be. It weighs more than gaps, as users change it
# where the network's spaces are wrong.
_ASKED = 14.0
WEIGHTS = np.array([BETWEEN, GAP, SPACE, NO_SPACE, *character_classes.WEIGHTS])
# Prior for lines with few letters: this many letters with this distance and gap are counted in.
_UNKNOWN, _UNKNOWN_BETWEEN, _UNKNOWN_GAP = 3, 0.33, 0.06
# Below these log odds (33 to 1) both ways are read and the words decide.
_DOUBTFUL = 3.5
# Without letters and spaces, a gap of this share of the user's value separates words: of 3,441 gaps on synthetic boards
# 5 % are wrong, of 1,110 on five boards 6 % (other gaps of the line don't help: joined writing has gaps between words
# only).
_BY_INK = 0.5
# Ink this far from the first or last letter, as a share of the height, is a smudge or a drawing.
_STRAY = 0.4
# Of several gaps between two words, those this close to the widest are word ends, too: a drawn arrow is between.
_NEARLY = 0.6


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: one word of a line.

    Attributes:
        first: Its first step.
        last: The step after its last.
        box: (left, top, right, bottom) in pixels of the line's crop, tight around the ink.
    """

    first: int
    last: int
    box: Box


@dataclass(frozen=True, slots=True)
class Doubt:
    """An alternative segmentation of a part of a line.

    Attributes:
        first: First segment that it replaces.
        last: The one after the last.
        odds: Its log odds by gaps and spaces alone; below 0.
    """

    first: int
    last: int
    stretches: tuple[Segment, ...]
    odds: float


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The segmentation of a line from left to right, with alternatives that don't overlap."""

    stretches: tuple[Segment, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class SpaceClasses:
    """Character classes that matter for word boundaries.

    Attributes:
        alone: Symbols that are always words of their own (arrows).
        bullets: Symbols that are words at the beginning of a line.
        gap: Gap that separates words if the network is undecided, as a share of the line's height; see
            ``DetectionOptions.space_width``.
        kinds: Of every class, see ``character_classes.kinds``; empty if unknown.
    """

    space: int
    alone: frozenset[int] = frozenset()
    bullets: frozenset[int] = frozenset()
    gap: float = DetectionOptions().space_width
    kinds: Indices | None = field(default=None, compare=False)

    @classmethod
    def of(cls, characters: Sequence[str], *, gap: float = DetectionOptions().space_width) -> SpaceClasses:
        """Create them for the characters of the classes from 1."""
        classes = {character: index for index, character in enumerate(characters, start=1)}
        return cls(
            space=classes.get(" ", BLANK),
            alone=frozenset(index for character, index in classes.items() if "\u2190" <= character[:1] <= "\u21ff"),
            bullets=frozenset(classes[character] for character in "·•●◦○▪■" if character in classes),
            gap=gap,
            kinds=character_classes.kinds(characters),
        )

    def between(self, classes: Indices) -> Floats:
        """Return the features of L neighbouring letters, see ``character_classes.between``."""
        known = np.zeros(len(classes), np.intp) if self.kinds is None else self.kinds[classes]
        return character_classes.between(known)


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of the most likely path from left to right, each array (L,): class, first and last step."""

    classes: Indices
    first: Indices
    last: Indices

    @classmethod
    def on(cls, path: Indices, space: int) -> Letters:
        """Find the letters of a path, (T,) classes; ``space`` is the class of the space."""
        is_letter = (path != BLANK) & (path != space)
        same = path[1:] == path[:-1]
        begins = is_letter & ~np.concatenate([[False], same])
        ends = is_letter & ~np.concatenate([same, [False]])
        first = np.flatnonzero(begins)
        return cls(path[first], first, np.flatnonzero(ends))

    def centres(self, span: float) -> Floats:
        """Return the centres in pixels of the crop."""
        return np.asarray((self.first + self.last + 1) / 2 * span)


@dataclass(frozen=True, slots=True)
class _Cut:
    """The boundary between two words.

    Attributes:
        ends: The step after the left word.
        begins: The first step of the right word.
        left: Where the left word ends, in pixels of the crop.
        right: Where the right word begins; equal to ``left`` if only a gap is between.
    """

    ends: int
    begins: int
    left: float
    right: float

    @property
    def edges(self) -> list[tuple[int, float]]:
        """Steps and places where words end and begin; what is between them may be a word, too."""
        left, right = (self.ends, self.left), (self.begins, self.right)
        return [left] if self.left == self.right else [left, right]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Possible boundaries of a line. blank: (G, 2) gaps in the ink. span: pixels of the crop per step."""

    blank: Floats
    letters: Letters
    span: float

    def after(self, index: int) -> _Cut:
        """Return the boundary after a letter."""
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


def words_of(crop: Crop, steps: FrameProbabilities, *, marks: SpaceClasses) -> Segmentation:
    """Split a line into words from left to right; some may turn out to be empty.

    Args:
        crop: (h, w, 3) uint8, the levelled line.
        steps: The network's output on it.
        marks: Character classes.
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

    def boxed(spans: Sequence[_Span]) -> tuple[Segment, ...]:
        return tuple(Segment(first, last, ink.box(left, right)) for first, left, last, right in spans)

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
    return Segmentation(boxed(spans), tuple(doubts))


def _difference(spans: Sequence[_Span], others: Sequence[_Span]) -> tuple[int, int, int]:
    """Return where segmentations begin and end to differ, and how many segments at the end are equal."""
    pairs = list(zip(spans, others, strict=False))
    head = next((index for index, (a, b) in enumerate(pairs) if a != b), len(pairs))
    rest = list(zip(reversed(spans[head:]), reversed(others[head:]), strict=False))
    tail = next((index for index, (a, b) in enumerate(rest) if a != b), len(rest))
    return head, len(spans) - tail, tail


def whole(crop: Crop, steps: FrameProbabilities) -> Segmentation:
    """Return the line as a single segment. Arguments as for ``words_of``."""
    return Segmentation((Segment(0, len(steps.probabilities), Ink.of(crop).box(0.0, float(crop.shape[1]))),))


def by_ink(crop: Crop, *, gap: float = DetectionOptions().space_width) -> tuple[Box, ...]:
    """Split a line by its ink alone, for recognizers of single words.

    Args:
        crop: (h, w, 3) uint8, the levelled line.
        gap: As in ``SpaceClasses``.

    Returns:
        Boxes in pixels of the crop, from left to right; none without ink.
    """
    ink, (height, width) = Ink.of(crop), crop.shape[:2]
    middle = (ink.pieces[:, 0] + ink.pieces[:, 2]) / 2
    blank = ink.gaps()
    wide = blank[_widths(blank) >= _BY_INK * gap * height].mean(axis=1)
    edges = [0.0, *wide.tolist(), float(width)]
    return tuple(
        ink.box(left, right) for left, right in itertools.pairwise(edges) if ((middle >= left) & (middle < right)).any()
    )


def evidence(crop: Crop, steps: FrameProbabilities, letters: Letters, *, marks: SpaceClasses) -> Floats:
    """Return the features for each pair of neighbouring letters, (L − 1, len(WEIGHTS)).

    They are the distance of their centres and the widest gap between them, relative to what is usual and as shares of
    the crop's height; the log probability of a space; and the character classes. crop: (h, w, 3) uint8.
    """
    return _evidence(Ink.of(crop).gaps(), steps, letters, marks=marks, height=crop.shape[0])


def _evidence(
    blank: Floats, steps: FrameProbabilities, letters: Letters, *, marks: SpaceClasses, height: int
) -> Floats:
    """Like ``evidence``, with gaps (G, 2)."""
    centres = letters.centres(steps.span)
    widest = _most(_widths(blank), *_between(blank, centres)) / height
    likely = _most(steps.probabilities[:, marks.space], letters.last[:-1], letters.first[1:] + 1)
    distance = np.diff(centres) / height
    wider = distance - _usual(distance, _UNKNOWN_BETWEEN), widest - _usual(widest, _UNKNOWN_GAP)
    space = np.log(likely + _NEVER), np.log(1 - likely + _NEVER)
    return np.column_stack([*wider, *space, marks.between(letters.classes)])


def _odds(blank: Floats, steps: FrameProbabilities, letters: Letters, *, marks: SpaceClasses, height: int) -> Floats:
    """Return the log odds that each letter and the next are in different words, (L − 1,)."""
    if len(letters.classes) < 2:
        return np.zeros(0)
    wish = _ASKED * (DetectionOptions().space_width - marks.gap)
    odds = _evidence(blank, steps, letters, marks=marks, height=height) @ WEIGHTS + wish
    return np.where(_signs(letters.classes, marks), np.inf, odds)


def _reach(blank: Floats, centres: Floats, crop: Crop) -> tuple[float, float]:
    """Return where the first word begins and the last one ends: ink beyond a wide gap is not text."""
    height, width = crop.shape[:2]
    if len(centres) == 0:
        return 0.0, float(width)
    wide = blank[_widths(blank) >= _STRAY * height]
    return (
        float(wide[wide[:, 1] <= centres[0]].mean(axis=1).max(initial=0.0)),
        float(wide[wide[:, 0] >= centres[-1]].mean(axis=1).min(initial=float(width))),
    )


def _between(blank: Floats, centres: Floats) -> tuple[Indices, Indices]:
    """Return the gaps between each letter and the next, as ranges.

    The network locates letters to about a step, so their centres may be beside their ink; the middle of a gap decides.
    """
    edges = np.searchsorted(blank.mean(axis=1), centres)
    return edges[:-1], edges[1:]


def _most(values: Floats, first: Indices, last: Indices) -> Floats:
    """Return the maximum of each range of values, from first up to, not including, last; 0 for an empty one."""
    bounds = np.stack([first, last], axis=1).ravel()
    return np.where(last > first, np.maximum.reduceat(np.append(values, 0.0), bounds)[::2], 0.0)


def _widths(blank: Floats) -> Floats:
    return np.asarray(blank[:, 1] - blank[:, 0])


def _usual(lengths: Floats, unknown: float) -> float:
    return float(np.median(np.concatenate([lengths, np.full(_UNKNOWN, unknown)])))


def _signs(classes: Indices, marks: SpaceClasses) -> NDArray[np.bool_]:
    """Return which of L − 1 pairs are split because one of them is a symbol that stands alone."""
    alone = np.isin(classes, list(marks.alone))
    bullet = np.isin(classes, list(marks.bullets)) & np.logical_and.accumulate(classes == classes[0])
    return np.asarray((classes[1:] != classes[:-1]) & (alone[1:] | alone[:-1] | bullet[:-1]))
