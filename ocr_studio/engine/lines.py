"""One line of writing → its words: where to cut the line, which steps of the recognizer belong to which word, and how
much room each word's ink takes.

A recognizer says where spaces are, but only to a step, and overlooks wide ones between columns; ink says where gaps are
to a pixel, but not which ones part words. Together they place the cuts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.charset import BLANK
from ocr_studio.core.settings import Finding

Crop: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]
Labels: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.floating[Any]]
Box: TypeAlias = tuple[float, float, float, float]

# Shares of the crop's height, which a line fills to about two thirds.
_RULE = 1.5  # a level stroke this long is a rule or frame, no letter
_EDGE = 0.12  # so near the upper and lower edge stands what reaches in from other lines
# In handwriting with loose letters a gap parts words only if it is this many times the usual one.
_LOOSE = 2.5
# Faint ink: how far the bar between ink and board is lowered below the middle between the two (Otsu 1979), and the
# least difference, in levels of 255, above the noise of a phone's camera.
_FAINT, _NOISE = 0.6, 14
# Fewer pixels than a full stop has in a crop of 48 pixels' height are dust.
_DUST = 6


@dataclass(frozen=True, slots=True)
class Stretch:
    """One word of a line. first, last: its steps, from … up to, not including. box: (left, top, right, bottom) pixels
    of the line's crop, tight around the ink."""

    first: int
    last: int
    box: Box


@dataclass(frozen=True, slots=True)
class Marks:
    """The classes that tell where words end. alone: signs that are words of their own wherever they stand (arrows);
    bullets: those that are where a line begins with them. gap: a blank this wide, as a share of the line's height,
    parts words even where the net saw no space."""

    space: int
    alone: frozenset[int] = frozenset()
    bullets: frozenset[int] = frozenset()
    gap: float = Finding().gap

    @classmethod
    def of(cls, characters: Sequence[str], *, gap: float = Finding().gap) -> Marks:
        """characters: what the classes from 1 on stand for."""
        classes = {character: index for index, character in enumerate(characters, start=1)}
        return cls(
            space=classes.get(" ", BLANK),
            alone=frozenset(index for character, index in classes.items() if "\u2190" <= character[:1] <= "\u21ff"),
            bullets=frozenset(classes[character] for character in "·•●◦○▪■" if character in classes),
            gap=gap,
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """Between two words. step: the second one's first step. place: pixels across the crop."""

    step: int
    place: float


def ink(crop: Crop) -> Mask:
    """Which pixels of a line are ink, dark or light, of any colour: (h, w) bool.

    crop: (h, w, 3) uint8. The board is the median around each place, as writing covers less than half of it; level
    rules are left out.
    """
    height, width = crop.shape[:2]
    small = cv2.resize(crop, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    reach = height // 4
    # Above and below a line there is board; but its outermost row alone may be an underline.
    margin = np.median(np.concatenate([small[:3], small[-3:]]), axis=0).astype(np.uint8)
    around = np.concatenate([np.tile(margin, (reach, 1, 1)), small, np.tile(margin, (reach, 1, 1))])
    board = cv2.medianBlur(around, 2 * reach + 1)[reach : reach + small.shape[0]]
    board = cv2.resize(board, (width, height))
    contrast = cv2.absdiff(crop, board).max(axis=2)
    bar, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = (contrast > max(_FAINT * bar, _NOISE)).astype(np.uint8)
    rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, int(_RULE * height)), np.uint8))
    # With the ragged upper and lower rim that is left of a rule drawn by hand.
    return np.asarray(mask > cv2.dilate(rules, np.ones((5, 3), np.uint8)))


def words_of(crop: Crop, probabilities: NDArray[np.float32], *, span: float, marks: Marks) -> list[Stretch]:
    """The words of one line from left to right; some may turn out to be empty when they are read.

    crop: (h, w, 3) uint8, the line turned level. probabilities: (T, C) of its steps, blank first. span: pixels of the
    crop that a step stands for.
    """
    mask = ink(crop)
    width = float(crop.shape[1])
    blobs = _blobs(mask)
    cuts = _cuts(_gaps(mask), probabilities, span=span, marks=marks)
    starts = [_Cut(0, 0.0), *cuts]
    ends = [*cuts, _Cut(len(probabilities), width)]
    return [
        Stretch(start.step, end.step, _tight(blobs, start.place, end.place, crop.shape[0]))
        for start, end in zip(starts, ends, strict=True)
        if end.step > start.step and end.place > start.place
    ]


def without_spaces(probabilities: NDArray[np.float32], space: int) -> NDArray[np.float32]:
    """The steps of one word, in which a space cannot be: its probability goes to the blank."""
    changed = probabilities.copy()
    if space != BLANK:
        changed[:, BLANK] += changed[:, space]
        changed[:, space] = 0.0
    return changed


def _gaps(mask: Mask) -> Floats:
    """(G, 2): where columns without ink begin and end, the margins left and right of all ink left out."""
    height = mask.shape[0]
    edge = round(_EDGE * height)
    columns = mask[edge : height - edge].sum(axis=0) > 0
    inked = np.flatnonzero(columns)
    if len(inked) < 2:
        return np.zeros((0, 2))
    breaks = np.flatnonzero(np.diff(inked) > 1)
    return np.stack([inked[breaks] + 1, inked[breaks + 1]], axis=1).astype(np.float64)


def _cuts(gaps: Floats, probabilities: NDArray[np.float32], *, span: float, marks: Marks) -> list[_Cut]:
    path = probabilities.argmax(axis=1)
    letters = np.flatnonzero((path != BLANK) & (path != marks.space))
    if len(letters) == 0:
        return []
    cuts: list[_Cut] = []
    space = probabilities[:, marks.space].copy()
    quiet = probabilities[:, BLANK] + space
    for before, after, step in _partings(path, letters, marks):
        place = _place_between(gaps, (before + 0.5) * span, (after + 0.5) * span, (step + 0.5) * span)
        cuts.append(_Cut(step, place))
        space[before : after + 1] = 0.0  # it has had its cut and speaks for no second one
    for start, end in gaps[_wide(gaps, space, span=span, gap=marks.gap)]:
        if not any(start <= cut.place <= end for cut in cuts):
            first, last = int(start / span), int(np.ceil(end / span))
            step = first + int(np.argmax(quiet[first:last])) if first < len(quiet) else len(quiet)
            if letters[0] < step <= letters[-1]:
                cuts.append(_Cut(step, (start + end) / 2))
    return _in_order(cuts)


def _partings(path: Labels, letters: Labels, marks: Marks) -> Iterator[tuple[int, int, int]]:
    """Where the net parts words: (last letter's step before, first one's after, step from which on it is after)."""
    for before, after in zip(letters[:-1].tolist(), letters[1:].tolist(), strict=True):
        spaces = np.flatnonzero(path[before + 1 : after] == marks.space)
        bullet = path[before] in marks.bullets and (path[letters[letters <= before]] == path[before]).all()
        if len(spaces):
            yield before, after, before + 1 + int(spaces[0] + spaces[-1] + 1) // 2
        elif path[before] != path[after] and (bullet or path[before] in marks.alone or path[after] in marks.alone):
            yield before, after, (before + after + 1) // 2


def _wide(gaps: Floats, space: NDArray[np.float32], *, span: float, gap: float) -> Mask:
    """Which gaps part words: the likelier the net holds a space there, the narrower a gap may be."""
    widths = gaps[:, 1] - gaps[:, 0]
    usual = float(np.median(widths)) if len(widths) > 2 else 0.0
    height = 6 * span  # a step is 8 of 48 pixels
    steps = np.clip(np.stack([gaps[:, 0] // span - 1, -(-gaps[:, 1] // span) + 1]), 0, len(space)).astype(int)
    likely = np.array([space[first:last].max(initial=0.0) for first, last in steps.T])
    return np.asarray(widths >= np.maximum(gap * height, _LOOSE * usual) * (1 - likely))


def _place_between(gaps: Floats, left: float, right: float, wanted: float) -> float:
    """The middle of the widest gap between two letters, or the wanted place if their ink leaves none."""
    inside = gaps[(gaps[:, 1] > left) & (gaps[:, 0] < right)]
    if len(inside) == 0:
        return wanted
    widest = inside[np.argmax(inside[:, 1] - inside[:, 0])]
    return float(widest.mean())


def _in_order(cuts: Sequence[_Cut]) -> list[_Cut]:
    """Cuts from left to right, those left out that come before another in one way and after it in the other."""
    kept: list[_Cut] = []
    for cut in sorted(cuts, key=lambda cut: cut.place):
        if not kept or (cut.step > kept[-1].step and cut.place > kept[-1].place):
            kept.append(cut)
    return kept


def _blobs(mask: Mask) -> Floats:
    """(K, 4) left, top, right, bottom of connected ink that belongs to this line."""
    height = mask.shape[0]
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    stats = stats[1:]
    top, bottom = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    edge = _EDGE * height
    reaches_in = ((top == 0) & (bottom < 2 * edge)) | ((bottom == height) & (top > height - 2 * edge))
    own = (stats[:, cv2.CC_STAT_AREA] >= _DUST) & ~reaches_in
    left, right = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    return np.asarray(np.stack([left, top, right, bottom], axis=1)[own], dtype=np.float64)


def _tight(blobs: Floats, left: float, right: float, height: int) -> Box:
    """The box around the ink between two cuts; ink that a cut goes through counts up to the cut."""
    middle = (blobs[:, 0] + blobs[:, 2]) / 2
    mine = (middle >= left) & (middle < right)
    # A stroke drawn through two words: what lies in this one is more than a slanted letter's overhang.
    overhang = np.minimum(blobs[:, 2], right) - np.maximum(blobs[:, 0], left)
    crossing = ~mine & (overhang > height / 4)
    if not (mine | crossing).any():
        return left, 0.0, right, float(height)
    x0 = np.where(mine, blobs[:, 0], np.maximum(blobs[:, 0], left))[mine | crossing].min()
    x1 = np.where(mine, blobs[:, 2], np.minimum(blobs[:, 2], right))[mine | crossing].max()
    y0, y1 = blobs[mine | crossing, 1].min(), blobs[mine | crossing, 3].max()
    reach = height / 4
    return float(max(x0, left - reach)), float(y0), float(min(x1, right + reach)), float(y1)
