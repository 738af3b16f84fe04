"""Typing into the page's text, from one pause to the next: what was typed is always compared with what was there."""

from __future__ import annotations

import sys
from collections.abc import Collection

from ocr_studio.core.editing import text_edits, token_alignment
from ocr_studio.core.editing.page_text import PageText, find_tokens, join_tokens
from ocr_studio.core.page import Edit, Page, Word, apply


class TextSession:
    """A stay in one place of the text.

    Everything typed during it is aligned with the words that were there at its beginning. So a word that is deleted and
    typed anew after a pause keeps its box, and lines that are joined for a moment don't merge theirs.

    Attributes:
        page: The page as it is now. Whoever applies an edit sets it.
    """

    def __init__(self, page: Page) -> None:
        """Begin with a page."""
        self._start = self.page = page
        self._shown = PageText.of(page)
        self._kept: tuple[int, int] | None = sys.maxsize, sys.maxsize

    def edit(self, text: str, *, kept: tuple[int, int] | None = None, cut: Collection[Word] | None = None) -> Edit:
        """Return the edit that gives the current page this text.

        Args:
            text: What the editor shows.
            kept: How many characters at the beginning and the end were left alone since the last call; None: unknown.
            cut: Words that were deleted before and may be pasted now; None where nothing is pasted.
        """
        self._kept = kept and self._kept and (min(self._kept[0], kept[0]), min(self._kept[1], kept[1]))
        ids = {word.text: key for key, word in self.page.words.items() if key not in self._start.words}
        edit = text_edits.rewrite(self._start, text, shown=self._shown, kept=self._kept, cut=cut, ids=ids)
        return text_edits.difference(self.page, apply(self._start, edit))


def merge(base: str, mine: str, theirs: str) -> str:
    """Bring together what was typed and what has changed elsewhere meanwhile; of the same words the typed ones count.

    Args:
        base: The text before both changes.
        mine: The text as it was typed.
        theirs: The text as it became elsewhere.
    """
    before, typed, other = (find_tokens(text) for text in (base, mine, theirs))
    old, new = ([(token.text, token.follows) for token in some] for some in (before, typed))
    most = min(len(old), len(new))
    head = next((index for index in range(most) if old[index] != new[index]), most)
    tail = next((index for index in range(most - head) if old[-1 - index] != new[-1 - index]), most - head)
    end = len(old) - tail
    first = last = None
    for group in token_alignment.align([token.text for token in before], [token.text for token in other]):
        if group.old and group.old.start >= head and first is None:
            first = group.new.start
        if group.old and group.old.start < end and group.old.stop > head:
            last = group.new.stop
    first = len(other) if first is None else first
    last = first if last is None else max(first, last)
    return join_tokens([*other[:first], *typed[head : len(typed) - tail], *other[last:]])
