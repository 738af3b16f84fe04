"""Layout of a page: words → lines → blocks → text. Computed when needed, never stored.

Where a page is at hand, ask ``page_order``: a person may have given its words another order.

Words that follow each other closely, along their own slope, form a row (``text_lines``); rows are put in order by
cutting the page at its gutters and blanks (``xy_cut``). Writing that is turned against the rest of the page is read in
its own direction and takes part in the page's order as one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ocr_studio.core.page import Word
from ocr_studio.core.plain_text import word_count
from ocr_studio.core.reading_order import paragraphs, text_lines
from ocr_studio.core.reading_order.text_lines import Floats, Indices, LineBoxes, WorkBudget
from ocr_studio.core.reading_order.xy_cut import XYCut

# From this on a row is turned against the page: columns that lean in perspective and lines that bend stay below.
_TURNED = 25.0
_COS_TURNED = float(np.cos(np.radians(_TURNED)))
# A box of a letter or two says little about which way it runs.
_LONG = 1.5
# Rows of turned writing this near to each other, in heights, are one piece.
_NEAR = 1.5
# What it takes to compare one with others, for ``Budget``.
_STEP = 50.0


def find_lines(words: Iterable[Word]) -> list[list[Word]]:
    """Group words into lines, in reading order; without empty lines.

    The same words give the same lines, whatever order they come in.
    """
    return _Layout.of(words).in_lines()


def order_words(words: Iterable[Word]) -> tuple[str, ...]:
    """Return the ids of the words in reading order."""
    page = _Layout.of(words)
    return tuple(page.words[index].id for line in page.lines for index in line)


def compose_text(words: Iterable[Word]) -> str:
    """Compose the text: words joined by spaces, lines by newlines, a blank line between paragraphs and blocks.

    Lines that begin further right than the one they belong to are indented, two spaces a level. Words without text are
    left out.
    """
    return _Layout.of(words).text()


def find_lines_and_text(words: Iterable[Word]) -> tuple[list[list[Word]], str]:
    """Return ``find_lines`` and ``compose_text`` of the same words, in half the time."""
    page = _Layout.of(words)
    return page.in_lines(), page.text()


def find_blocks(words: Iterable[Word]) -> list[list[list[Word]]]:
    """Group the lines of ``find_lines`` into paragraphs and columns, which blank lines separate in the text."""
    page = _Layout.of(words)
    if not page.lines:
        return []
    found: list[list[list[Word]]] = []
    for line, begins in zip(page.lines, paragraphs.find_starts(page.boxes.joined(page.lines)), strict=True):
        if begins:
            found.append([])
        found[-1].append([page.words[index] for index in line])
    return found


def compose_blocks(given: Sequence[Sequence[Sequence[Word]]]) -> str:
    """Compose the text of blocks of lines in a given order, as ``compose_text`` does."""
    kept = [[line for line in block if any(word.text for word in line)] for block in given]
    lines = [line for block in kept for line in block]
    if not lines:
        return ""
    corners = np.array([word.quad.corners for line in lines for word in line], dtype=np.float64)
    ends = np.cumsum([len(line) for line in lines])
    boxes = LineBoxes.of(corners @ text_lines.find_frame(corners).T)
    places = boxes.joined([np.arange(end - len(line), end) for line, end in zip(lines, ends, strict=True)])
    texts = [" ".join(word.text for word in line if word.text) for line in lines]
    return paragraphs.join_lines(texts, places, begins=[line is block[0] for block in kept for line in block])


@dataclass(frozen=True, slots=True)
class _Layout:
    """The words of a page, their boxes in the page's frame, and its lines in reading order as indices of words."""

    words: tuple[Word, ...]
    boxes: LineBoxes
    lines: list[Indices]

    @classmethod
    def of(cls, words: Iterable[Word]) -> _Layout:
        known, corners = text_lines.sort_words(words)
        corners = corners @ text_lines.find_frame(corners).T
        written = np.array([word_count(word.text) for word in known], dtype=np.intp)
        return cls(known, LineBoxes.of(corners), _order_pieces(corners, written) if known else [])

    def in_lines(self) -> list[list[Word]]:
        """Return the words line by line."""
        return [[self.words[index] for index in line] for line in self.lines]

    def text(self) -> str:
        """Compose the text; see ``compose_text``."""
        written = [" ".join(self.words[index].text for index in line if self.words[index].text) for line in self.lines]
        kept = [index for index, line in enumerate(written) if line]
        if not kept:
            return ""
        places = self.boxes.joined([self.lines[index] for index in kept])
        return paragraphs.join_lines([written[index] for index in kept], places)


def _order_pieces(corners: Floats, written: Indices) -> list[Indices]:
    """Order boxes, (N, 4, 2) in the page's frame, with so many words in each, (N,), into lines in reading order."""
    words, found, budget = LineBoxes.of(corners), text_lines.find_rows(corners, written), WorkBudget()
    turned = _find_turned(words.joined(found))
    level = [row for row, is_turned in zip(found, turned, strict=True) if not is_turned]
    pieces = [[row] for row in level]
    aslant = [row for row, is_turned in zip(found, turned, strict=True) if is_turned]
    pieces += _group_turned(corners, written, aslant, budget)
    ordered: list[Indices] = []
    for line in _cut_page(words, written, pieces, budget):
        if all(len(piece) == 1 for piece in line):
            ordered.append(np.concatenate([row for piece in line for row in piece]))
        else:
            ordered += [row for piece in line for row in piece]
    return ordered


def _cut_page(
    words: LineBoxes, written: Indices, pieces: list[list[Indices]], budget: WorkBudget, *, again: int = 3
) -> list[list[list[Indices]]]:
    """Cut a page into lines in reading order; rows that continue across a gutter are cut there.

    Where the gutters are is known only when the rows are in order, so these are put in order again, at most so often.
    """
    joined = [np.concatenate(piece) for piece in pieces]
    counts = np.array([written[piece].sum() for piece in joined])
    boxes = words.joined(joined)
    gaps = [np.stack([words.right[piece[:-1], 0], words.left[piece[1:], 0]], axis=1) for piece in joined]
    widths = np.concatenate([(gap[:, 1] - gap[:, 0]) / height for gap, height in zip(gaps, boxes.height, strict=True)])
    cutter = XYCut(boxes, counts, gaps, float(np.median(widths)) if len(widths) else 0.0, budget)
    lines = cutter.lines()
    torn = {piece: gap + 1 for piece, gap in cutter.torn if len(pieces[piece]) == 1}
    if not torn or not again or budget.spent:
        return [[pieces[index] for index in line] for line in lines]
    parts = [
        [[part] for part in np.split(piece[0], [torn[index]])] if index in torn else [piece]
        for index, piece in enumerate(pieces)
    ]
    return _cut_page(words, written, [piece for part in parts for piece in part], budget, again=again - 1)


def _find_turned(boxes: LineBoxes) -> list[bool]:
    """Find the rows that run in another direction than the page, (R,)."""
    angle = np.degrees(np.arctan2(boxes.along[:, 1], boxes.along[:, 0]))
    long = np.linalg.norm(boxes.right - boxes.left, axis=1) > _LONG * boxes.height
    return [bool(each) for each in (np.abs(angle) > _TURNED) & long]


def _group_turned(corners: Floats, written: Indices, found: list[Indices], budget: WorkBudget) -> list[list[Indices]]:
    """Group neighbouring rows that run in the same other direction, each group in its own reading order."""
    waiting = np.arange(len(found))
    if not len(waiting):
        return []
    boxes = LineBoxes.of(corners).joined(found)
    pieces: list[list[Indices]] = []
    while len(waiting):
        piece, fresh = [], [int(waiting[0])]
        waiting = waiting[1:]
        while fresh:
            index = fresh.pop()
            piece.append(index)
            if not budget.take(_STEP + len(waiting) / 5):
                continue
            apart = np.maximum(boxes.low[waiting] - boxes.high[index], boxes.low[index] - boxes.high[waiting])
            reach = _NEAR * np.minimum(boxes.height[waiting], boxes.height[index])
            near = (apart.max(axis=1) < reach) & (boxes.along[waiting] @ boxes.along[index] > _COS_TURNED)
            fresh += waiting[near].tolist()
            waiting = waiting[~near]
        pieces.append(_order_turned(corners, written, [found[index] for index in sorted(piece)], budget))
    return pieces


def _order_turned(corners: Floats, written: Indices, found: list[Indices], budget: WorkBudget) -> list[Indices]:
    """Order rows of the same direction into lines."""
    if len(found) == 1:
        return found
    flat, ends = np.concatenate(found), np.cumsum([len(row) for row in found])
    own = corners[flat]
    words = LineBoxes.of(own @ text_lines.find_frame(own).T)
    places = [[np.arange(last - len(row), last)] for row, last in zip(found, ends, strict=True)]
    cut = _cut_page(words, written[flat], places, budget)
    return [flat[np.concatenate([row for piece in line for row in piece])] for line in cut]
