"""What was typed into the text of the page since it was last saved, and what it changes."""

from __future__ import annotations

from dataclasses import replace

from ocr_studio.core.editing.page_text import PageText
from ocr_studio.core.editing.text_session import TextSession
from ocr_studio.core.page import Page, Word
from ocr_studio.core.translation import message
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.text.utf16 import Utf16

# Deleted words that keep their boxes when they are pasted elsewhere.
_MOST_CUT = 1_000


class TypedText:
    """The text as it was last shown or saved, and what was typed since then.

    Attributes:
        known: The text.
        places: The places of the words in it, in UTF-16 units as Qt counts.
        saving: Whether its edit is being pushed to the document.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._session: TextSession | None = None
        self._kept: tuple[int, int] | None = None  # UTF-16 units at both ends that were not typed into
        self._cut: dict[str, Word] = {}
        self._touched = False
        self.known, self.places = "", PageText()
        self.saving = False

    @property
    def is_open(self) -> bool:
        """Whether a page is shown, so that something can be typed."""
        return self._session is not None

    @property
    def is_typed(self) -> bool:
        """Whether something was typed that is not saved yet."""
        return self._kept is not None

    @property
    def is_touched(self) -> bool:
        """Whether something was typed, saved or not, since ``begin``."""
        return self._touched

    @property
    def words(self) -> frozenset[str]:
        """Ids of the words that were typed into."""
        if self._kept is None:
            return frozenset()
        size = Utf16(self.known).to_units(len(self.known))
        return frozenset(self.places.within(self._kept[0] - 1, size - self._kept[1] + 1))

    def open(self, page: Page | None) -> None:
        """Begin with another page."""
        self._cut.clear()
        self._kept = None
        self.begin(page)

    def begin(self, page: Page | None) -> None:
        """Begin in another place of the text, or after the page was changed elsewhere."""
        self._session = TextSession(page) if page else None
        self._touched = False

    def rebase(self, page: Page, shown: PageText) -> None:
        """Go on after the page was changed elsewhere; which words were typed into is found out by comparison."""
        self.begin(page)
        self.known, self.places = shown.text, PageText()
        self._touched, self._kept = True, (0, 0)

    def note(self, before: int, after: int) -> None:
        """Note that all but so many UTF-16 units at both ends may have changed."""
        self._touched = True
        kept = self._kept or (before, after)
        self._kept = min(kept[0], before), min(kept[1], after)

    def save(self, text: str, *, join: str, last: bool, pasted: bool) -> None:
        """Change the page as it was typed.

        Args:
            text: The text.
            join: Consecutive edits with the same value become one undo step.
            last: Whether the undo step ends here.
            pasted: Whether words that were deleted may be part of it.
        """
        session, page = self._session, self._document.page
        if session is None or page is None or self._kept is None:
            return
        wide = Utf16(text)
        size, kept = wide.to_units(len(text)), None
        if self._kept != (0, 0):
            kept = wide.to_index(self._kept[0]), len(text) - wide.to_index(size - self._kept[1])
        self._kept = None
        edit = session.edit(text, kept=kept, cut=tuple(self._cut.values()) if pasted else None)
        if not last:  # it is not known yet what it becomes
            edit = replace(edit, name=message("Edit text"))
        self.saving = True
        self._document.push(edit, join=join)
        self.saving = False
        session.page = self._document.page or page
        self._cut |= {key: before for key, (before, after) in edit.changes.items() if before and after is None}
        while len(self._cut) > _MOST_CUT:
            del self._cut[next(iter(self._cut))]

    def locate(self, text: str, shown: PageText) -> None:
        """Find the words of the page in the text that the editor shows."""
        found, wide = shown.located_in(text) or PageText(), Utf16(text)
        starts, ends = (tuple(map(wide.to_units, some)) for some in (found.starts, found.ends))
        self.known, self.places = text, replace(found, starts=starts, ends=ends)

    def place_of(self, word_id: str) -> tuple[int, int]:
        """Return where a word begins and ends, in UTF-16 units."""
        index = self.places.ids.index(word_id)
        return self.places.starts[index], self.places.ends[index]
