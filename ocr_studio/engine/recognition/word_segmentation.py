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
from ocr_studio.engine.recognition.ink_mask import Box, Crop, InkMask

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
_MIN_PROBABILITY = 0.01  # lower bound of that probability
# Times how much wider or narrower the user wants gaps between words to be. It weighs more than gaps, as users change it
# where the network's spaces are wrong.
_PREFERENCE = 14.0
WEIGHTS = np.array([BETWEEN, GAP, SPACE, NO_SPACE, *character_classes.WEIGHTS])
# Prior for lines with few letters: this many letters with this distance and gap are counted in.
_PRIOR_COUNT, _PRIOR_DISTANCE, _PRIOR_GAP = 3, 0.33, 0.06
# Below these log odds (33 to 1) both ways are read and the words decide.
_DOUBTFUL_ODDS = 3.5
# Without letters and spaces, a gap of this share of the user's value separates words: of 3,441 gaps on synthetic boards
# 5 % are wrong, of 1,110 on five boards 6 % (other gaps of the line don't help: joined writing has gaps between words
# only).
_INK_GAP = 0.5
# Ink this far from the first or last letter, as a share of the height, is a smudge or a drawing.
_STRAY_GAP = 0.4
# Of several gaps between two words, those this close to the widest are word ends, too: a drawn arrow is between.
_NEARLY_WIDEST = 0.6


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
class AlternativeSplit:
    """An alternative segmentation of a part of a line.

    Attributes:
        first: First segment that it replaces.
        last: The one after the last.
        odds: Its log odds by gaps and spaces alone; below 0.
    """

    first: int
    last: int
    segments: tuple[Segment, ...]
    odds: float


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The segmentation of a line from left to right, with alternatives that don't overlap."""

    segments: tuple[Segment, ...] = ()
    alternatives: tuple[AlternativeSplit, ...] = ()


@dataclass(frozen=True, slots=True)
class SpaceClasses:
    """Character classes that matter for word boundaries.

    Attributes:
        alone: Symbols that are always words of their own (arrows).
        bullets: Symbols that are words at the beginning of a line.
        gap: Gap that separates words if the network is undecided, as a share of the line's height; see
            ``DetectionOptions.space_width``.
        kinds: Of every class, see ``character_classes.classify``; empty if unknown.
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
            kinds=character_classes.classify(characters),
        )

    def between(self, classes: Indices) -> Floats:
        """Return the features of L neighbouring letters, see ``character_classes.boundary_features``."""
        known = np.zeros(len(classes), np.intp) if self.kinds is None else self.kinds[classes]
        return character_classes.boundary_features(known)


@dataclass(frozen=True, slots=True)
class PathLetters:
    """The letters of the most likely path from left to right, each array (L,): class, first and last step."""

    classes: Indices
    first: Indices
    last: Indices

    @classmethod
    def on(cls, path: Indices, space: int) -> PathLetters:
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
class _Boundary:
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
class _Boundaries:
    """Possible boundaries of a line. blank: (G, 2) gaps in the ink. span: pixels of the crop per step."""

    blank: Floats
    letters: PathLetters
    span: float

    def after(self, index: int) -> _Boundary:
        """Return the boundary after a letter."""
        begin, end = _gaps_between(self.blank, self.letters.centres(self.span)[index : index + 2])
        blank = self.blank[begin[0] : end[0]]
        last, first = int(self.letters.last[index]) + 1, int(self.letters.first[index + 1])
        if len(blank) == 0:
            left = right = (last + first) / 2 * self.span
        else:
            widths = _gap_widths(blank)
            wide = blank[widths >= _NEARLY_WIDEST * widths.max()].mean(axis=1)
            left, right = float(wide[0]), float(wide[-1])
        ends, begins = (int(np.clip(round(place / self.span), last, first)) for place in (left, right))
        return _Boundary(ends, begins, left, right)


def split_line(crop: Crop, steps: FrameProbabilities, *, space_classes: SpaceClasses) -> Segmentation:
    """Split a line into words from left to right; some may turn out to be empty.

    Args:
        crop: (h, w, 3) uint8, the levelled line.
        steps: The network's output on it.
        space_classes: Character classes.
    """
    ink, height = InkMask.of(crop), crop.shape[0]
    letters = PathLetters.on(steps.probabilities.argmax(axis=1), space_classes.space)
    blank = ink.gaps()
    begin, end = _text_extent(blank, letters.centres(steps.span), crop)
    odds = _boundary_log_odds(blank, steps, letters, space_classes=space_classes, height=height)
    boundaries = _Boundaries(blank, letters, steps.span)
    separate, doubtful = odds > 0, np.abs(odds) < _DOUBTFUL_ODDS
    inside = {index: boundaries.after(index).edges for index in np.flatnonzero(separate | doubtful).tolist()}
    ends = (0, begin), (len(steps.probabilities), end)

    def divided(separate: NDArray[np.bool_]) -> list[_Span]:
        edges = [ends[0], *(edge for index in np.flatnonzero(separate).tolist() for edge in inside[index]), ends[1]]
        return [
            (*left, *right) for left, right in itertools.pairwise(edges) if right[0] > left[0] and right[1] > left[1]
        ]

    def boxed(spans: Sequence[_Span]) -> tuple[Segment, ...]:
        return tuple(Segment(first, last, ink.box(left, right)) for first, left, last, right in spans)

    spans = divided(separate)
    alternatives: list[AlternativeSplit] = []
    for index in sorted(np.flatnonzero(doubtful).tolist(), key=lambda index: abs(odds[index])):
        changed = separate.copy()
        changed[index] = not separate[index]
        others = divided(changed)
        first, last, tail = _differing_range(spans, others)
        if not any(alternative.first < last and first < alternative.last for alternative in alternatives):
            instead = boxed(others[first : len(others) - tail])
            alternatives.append(AlternativeSplit(first, last, instead, -abs(float(odds[index]))))
    return Segmentation(boxed(spans), tuple(alternatives))


def _differing_range(spans: Sequence[_Span], others: Sequence[_Span]) -> tuple[int, int, int]:
    """Return where segmentations begin and end to differ, and how many segments at the end are equal."""
    pairs = list(zip(spans, others, strict=False))
    head = next((index for index, (a, b) in enumerate(pairs) if a != b), len(pairs))
    rest = list(zip(reversed(spans[head:]), reversed(others[head:]), strict=False))
    tail = next((index for index, (a, b) in enumerate(rest) if a != b), len(rest))
    return head, len(spans) - tail, tail


def single_segment(crop: Crop, steps: FrameProbabilities) -> Segmentation:
    """Return the line as a single segment. Arguments as for ``split_line``."""
    return Segmentation((Segment(0, len(steps.probabilities), InkMask.of(crop).box(0.0, float(crop.shape[1]))),))


def split_by_ink(crop: Crop, *, gap: float = DetectionOptions().space_width) -> tuple[Box, ...]:
    """Split a levelled line, (h, w, 3) uint8, by its ink alone, for recognizers of single words.

    Returns the boxes in pixels of the crop, from left to right; none without ink. gap: as in ``SpaceClasses``.
    """
    ink, (height, width) = InkMask.of(crop), crop.shape[:2]
    middle = (ink.pieces[:, 0] + ink.pieces[:, 2]) / 2
    blank = ink.gaps()
    wide = blank[_gap_widths(blank) >= _INK_GAP * gap * height].mean(axis=1)
    edges = [0.0, *wide.tolist(), float(width)]
    return tuple(
        ink.box(left, right) for left, right in itertools.pairwise(edges) if ((middle >= left) & (middle < right)).any()
    )


def boundary_features(
    crop: Crop, steps: FrameProbabilities, letters: PathLetters, *, space_classes: SpaceClasses
) -> Floats:
    """Return the features for each pair of neighbouring letters, (L − 1, len(WEIGHTS)).

    They are the distance of their centres and the widest gap between them, relative to what is usual and as shares of
    the crop's height; the log probability of a space; and the character classes. crop: (h, w, 3) uint8.
    """
    return _features(InkMask.of(crop).gaps(), steps, letters, space_classes=space_classes, height=crop.shape[0])


def _features(
    blank: Floats, steps: FrameProbabilities, letters: PathLetters, *, space_classes: SpaceClasses, height: int
) -> Floats:
    """Like ``boundary_features``, with gaps (G, 2)."""
    centres = letters.centres(steps.span)
    widest = _range_maxima(_gap_widths(blank), *_gaps_between(blank, centres)) / height
    likely = _range_maxima(steps.probabilities[:, space_classes.space], letters.last[:-1], letters.first[1:] + 1)
    distance = np.diff(centres) / height
    wider = distance - _robust_median(distance, _PRIOR_DISTANCE), widest - _robust_median(widest, _PRIOR_GAP)
    space = np.log(likely + _MIN_PROBABILITY), np.log(1 - likely + _MIN_PROBABILITY)
    return np.column_stack([*wider, *space, space_classes.between(letters.classes)])


def _boundary_log_odds(
    blank: Floats, steps: FrameProbabilities, letters: PathLetters, *, space_classes: SpaceClasses, height: int
) -> Floats:
    """Return the log odds that each letter and the next are in different words, (L − 1,)."""
    if len(letters.classes) < 2:
        return np.zeros(0)
    preference = _PREFERENCE * (DetectionOptions().space_width - space_classes.gap)
    odds = _features(blank, steps, letters, space_classes=space_classes, height=height) @ WEIGHTS + preference
    return np.where(_stand_alone(letters.classes, space_classes), np.inf, odds)


def _text_extent(blank: Floats, centres: Floats, crop: Crop) -> tuple[float, float]:
    """Return where the first word begins and the last one ends: ink beyond a wide gap is not text."""
    height, width = crop.shape[:2]
    if len(centres) == 0:
        return 0.0, float(width)
    wide = blank[_gap_widths(blank) >= _STRAY_GAP * height]
    return (
        float(wide[wide[:, 1] <= centres[0]].mean(axis=1).max(initial=0.0)),
        float(wide[wide[:, 0] >= centres[-1]].mean(axis=1).min(initial=float(width))),
    )


def _gaps_between(blank: Floats, centres: Floats) -> tuple[Indices, Indices]:
    """Return the gaps between each letter and the next, as ranges.

    The network locates letters to about a step, so their centres may be beside their ink; the middle of a gap decides.
    """
    edges = np.searchsorted(blank.mean(axis=1), centres)
    return edges[:-1], edges[1:]


def _range_maxima(values: Floats, first: Indices, last: Indices) -> Floats:
    """Return the maximum of each range of values, from first up to, not including, last; 0 for an empty one."""
    bounds = np.stack([first, last], axis=1).ravel()
    return np.where(last > first, np.maximum.reduceat(np.append(values, 0.0), bounds)[::2], 0.0)


def _gap_widths(blank: Floats) -> Floats:
    return np.asarray(blank[:, 1] - blank[:, 0])


def _robust_median(lengths: Floats, unknown: float) -> float:
    return float(np.median(np.concatenate([lengths, np.full(_PRIOR_COUNT, unknown)])))


def _stand_alone(classes: Indices, space_classes: SpaceClasses) -> NDArray[np.bool_]:
    """Return which of L − 1 pairs are split because one of them is a symbol that stands alone."""
    alone = np.isin(classes, list(space_classes.alone))
    bullet = np.isin(classes, list(space_classes.bullets)) & np.logical_and.accumulate(classes == classes[0])
    return np.asarray((classes[1:] != classes[:-1]) & (alone[1:] | alone[:-1] | bullet[:-1]))
