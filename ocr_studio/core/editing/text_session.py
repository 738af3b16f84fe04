"""Typing into the page's text, from one pause to the next: what was typed is always compared with what was there."""

from __future__ import annotations

import sys
from collections.abc import Collection

from ocr_studio.core.editing import text_edits
from ocr_studio.core.editing.page_text import PageText
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
