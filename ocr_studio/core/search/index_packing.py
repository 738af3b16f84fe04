"""Conversion of pages to rows of the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ocr_studio.core.language import typed_words
from ocr_studio.core.page import Mark, Page, PageState, Word
from ocr_studio.core.plain_text import LONGEST, one_line
from ocr_studio.core.search.index_file import CHECKED, CHOICE, ENTRY, HUMAN, IGNORED, UNREADABLE, PackedWords, PageRow

# Other readings of a word that can be found; recognizers give five.
_MOST_CHOICES: Final = 20
_MOST_WORDS: Final = 100_000
_FARTHEST: Final = 1e9  # pixels
_MARKS = {Mark.UNREADABLE: UNREADABLE, Mark.IGNORED: IGNORED, None: 0}


def make_page_row(page: Page, seen: str) -> PageRow:
    """Make the summary of a page. seen: state of its file, empty if it isn't saved."""
    words = list(page.words.values())
    sure = [confidence for word in words if (confidence := word.confidence) is not None]
    unchecked = [word for word in words if not word.checked]
    unsure = [confidence for word in unchecked if (confidence := word.confidence) is not None]
    return PageRow(
        page_id=page.id,
        image=page.image,
        state=page.state,
        words=len(words),
        unchecked=len(unchecked),
        least=min(unsure, default=None),
        mean=sum(sure) / len(sure) if sure else None,
        writer=one_line(page.facts.writer) if page.facts.writer else None,
        tags=tuple(one_line(tag) for tag in page.facts.tags),
        failed="",
        seen=seen,
        typed=dict(typed_words.find_typed_words(words).most_common(_MOST_WORDS)),
        certain=tuple(sorted(typed_words.find_certain_words(words))[:_MOST_WORDS]),
    )


def make_unreadable_row(page_id: str, seen: str, why: str) -> PageRow:
    """Make the summary of a page whose file can't be read."""
    # Paths in it may hold halves of characters, which no database takes.
    failed = why.encode("utf-8", "replace").decode() or "it is damaged"
    return PageRow(page_id, "", PageState.UNREAD, 0, 0, None, None, None, (), failed, seen, {}, ())


def pack_words(words: Sequence[Word]) -> PackedWords:
    """Pack the words of a page, roughly in reading order: line by line from the top."""
    numbers: dict[str, int] = {"": 0}

    def number(text: str | None) -> int:
        return numbers.setdefault(one_line(text)[:LONGEST], len(numbers)) if text else 0

    quads = np.array([word.quad.corners for word in words], np.float32).reshape(len(words), 4, 2)
    quads = np.clip(np.nan_to_num(quads), -_FARTHEST, _FARTHEST).astype(np.float32)
    places = _sort_by_line(quads)
    entries = np.zeros(len(words), ENTRY)
    choices: list[tuple[int, int, int, int]] = []
    for place, index in enumerate(places):
        word, read = words[index], words[index].machine
        sure = read.confidence if read and read.confidence is not None else np.nan
        flags = (CHECKED if word.checked else 0) | (HUMAN if word.human else 0) | _MARKS[word.mark]
        text = number(read.text if read else None), number(read.model if read else None)
        entries[place] = number(word.text), *text, sure, flags
        if read and not word.checked:
            others = [other for other in read.alternatives if other.text != read.text]
            choices += [
                (number(other.text), place, round(255 * min(1.0, max(0.0, other.confidence))), rank)
                for rank, other in enumerate(others[:_MOST_CHOICES], start=1)
            ]
    ids = tuple(words[index].id for index in places)
    return PackedWords(tuple(numbers), entries, np.array(choices, CHOICE), quads[places], ids)


def _sort_by_line(quads: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> list[int]:
    """Sort boxes, (N, 4, 2), line by line; a box is on a line if its centre is level with it."""
    if not len(quads):
        return []
    middle, height = quads[..., 1].mean(axis=1), np.ptp(quads[..., 1], axis=1)
    left = quads[..., 0].min(axis=1)
    lines: list[list[int]] = []
    level = reach = 0.0
    for index in np.argsort(middle, kind="stable").tolist():
        if not lines or middle[index] - level > reach:
            lines.append([])
            level, reach = float(middle[index]), float(height[index]) / 2
        lines[-1].append(index)
    return [index for line in lines for index in sorted(line, key=lambda each: (left[each], each))]
