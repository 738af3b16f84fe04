"""Joins the boxes of a word detector that follow each other closely to lines, which are read at once.

That takes less time than reading words one by one, letters that were missed between two words are read, too, and the
line's gaps and readings, see ``word_segmentation``, decide where words end: a detector splits words with wide gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.reading_order import text_lines

Floats: TypeAlias = NDArray[np.floating[Any]]
Quads: TypeAlias = NDArray[np.float32]

# Shares of the lower box's height: largest gap between words of a line, and largest offset across it.
_MAX_GAP: Final = 1.0
_MAX_OFFSET: Final = 0.4
_MAX_HEIGHT_RATIO: Final = 2.2
_MIN_COSINE: Final = 0.9  # of the angle between their directions
_MAX_OVERLAP: Final = 0.5  # of the narrower box
# Two boxes this much higher than wide are words that stand on their side, one beside the other.
_TALL_RATIO: Final = 1.5
_AT_ONCE: Final = 512  # boxes whose followers are looked for together
# A box of which this share is inside a line is part of it, such as a dash between its words.
_INSIDE: Final = 0.7


@dataclass(frozen=True, slots=True)
class JoinedWords:
    """Lines of words, from top to bottom.

    Attributes:
        quads: (M, 6, 2) float32, as from ``Detector.find``.
        words: Of each line the boxes it was joined from, without margins, (K, 4, 2).
    """

    quads: Quads
    words: tuple[Floats, ...]


def join_words(quads: Quads, corners: Floats) -> JoinedWords:
    """Join the words of each line.

    Args:
        quads: (N, 6, 2), as from ``Detector.find``.
        corners: (N, 4, 2), the same without margins.
    """
    rows = text_lines.build_chains(_find_followers(corners))
    joined = np.array([_fit_line(quads[row]) for row in rows], np.float32).reshape(-1, 6, 2)
    words = [list(row) for row in rows]
    counts = np.array([len(row) for row in rows], np.intp)
    lines, single = np.flatnonzero(counts > 1), np.flatnonzero(counts == 1)
    kept = np.arange(len(rows))
    if len(lines) and len(single):
        cover = geometry.compute_cover_matrix(joined[single, :4], joined[lines, :4])
        inside = cover.max(axis=1) > _INSIDE
        for part, line in zip(single[inside], lines[cover.argmax(axis=1)[inside]], strict=True):
            words[line] += words[part]
        kept = np.setdiff1d(kept, single[inside])
    order = kept[np.lexsort((joined[kept, 0, 0], joined[kept, 0, 1]))]
    return JoinedWords(joined[order], tuple(corners[words[line]] for line in order))


def _fit_line(row: Quads) -> Quads:
    return row[0] if len(row) == 1 else np.asarray(ribbons.fit_ribbon(row[:, :4]), np.float32)


def _find_followers(corners: Floats) -> NDArray[np.intp]:
    """Return for each box the one that follows it in its line, (N,), or -1; the closest pairs are taken first."""
    followers, preceded = np.full(len(corners), -1), np.zeros(len(corners), bool)
    pairs = find_pairs(corners)
    gaps = np.linalg.norm(corners[pairs[:, 0]][:, 1:3].mean(axis=1) - corners[pairs[:, 1]][:, ::3].mean(axis=1), axis=1)
    for left, right in pairs[np.argsort(gaps, kind="stable")].tolist():
        if followers[left] < 0 and not preceded[right]:
            followers[left], preceded[right] = right, True
    return followers


def find_pairs(corners: Floats) -> NDArray[np.intp]:
    """Return the pairs of boxes, left and right one, that may follow each other in a line: (P, 2).

    corners: (N, 4, 2), without margins.
    """
    starts = range(0, len(corners), _AT_ONCE)
    found = [_find_pairs_of(corners[start : start + _AT_ONCE], corners) + (start, 0) for start in starts]
    return np.concatenate([np.zeros((0, 2), np.intp), *found])


def _find_pairs_of(some: Floats, corners: Floats) -> NDArray[np.intp]:
    """Return the pairs of some boxes and those that may follow them, as indices of both."""
    (left, right), along = map(geometry.measure_sizes, (some, corners)), geometry.find_directions(some)
    between = corners.mean(axis=1)[None] - some.mean(axis=1)[:, None]
    forth = (between * along[:, None]).sum(axis=2)
    aside = np.abs(between[..., 1] * along[:, None, 0] - between[..., 0] * along[:, None, 1])
    lower = np.minimum(left[:, None, 1], right[None, :, 1])
    narrower = np.minimum(left[:, None, 0], right[None, :, 0])
    gap = forth - (left[:, None, 0] + right[None, :, 0]) / 2
    tall = [sizes[:, 1] > _TALL_RATIO * sizes[:, 0] for sizes in (left, right)]
    fits = (
        (forth > 0)
        & (gap < _MAX_GAP * lower)
        & (gap > -_MAX_OVERLAP * narrower)
        & (aside < _MAX_OFFSET * lower)
        & (np.maximum(left[:, None, 1], right[None, :, 1]) < _MAX_HEIGHT_RATIO * lower)
        & (along @ geometry.find_directions(corners).T > _MIN_COSINE)
        & ~(tall[0][:, None] & tall[1][None])
    )
    return np.argwhere(fits)
