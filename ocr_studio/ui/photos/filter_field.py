"""Field for filtering the photo list, with completion, and a menu for its order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import QCompleter

from ocr_studio.core.photo_list import filter_query
from ocr_studio.core.photo_list.filter_query import PhotoFilter
from ocr_studio.core.photo_list.rows import PhotoRow, PhotoSort
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.widgets.filter_bar import FilterBar, FilterTexts

_SORTS: Final = {
    PhotoSort.NAME: later("By name"),
    PhotoSort.STATE: later("By state, unread first"),
    PhotoSort.CONFIDENCE: later("Least confident first"),
    PhotoSort.UNREVIEWED: later("Most unchecked words first"),
    PhotoSort.TIME: later("Newest first"),
}
_HELP: Final = later(
    "Type words of the file name or the text; all must match.\n"
    "-word  exclude a word\n"
    '"two words"  exact phrase\n'
    "name:board  text:queue  only in the name, only in the text\n"
    "state:unread  or read, partly, checked, failed\n"
    "confidence:<0.6  lowest confidence of an unchecked word\n"
    "unchecked:>5  number of unchecked words\n"
    "words:0  number of words\n"
    'tag:exam  writer:Anna  by tag or writer; tag:"" for photos without tags'
)
# Characters of a key before completions are offered; a single one begins too many words.
_ENOUGH: Final = 2


class PhotoFilterBox(FilterBar):
    """The filter field and the sort button.

    Signals:
        chosen(PhotoFilter): the filter has changed.
    """

    chosen = Signal(object)

    def __init__(self, rows: Callable[[], Iterable[PhotoRow]]) -> None:
        """Start without a filter; ``rows`` returns all photos, whose tags and writers are offered as completions."""
        super().__init__(
            FilterTexts(tr("Filter photos"), tr("Sort photos"), lambda order: tr("Sort photos: {order}", order=order)),
            _SORTS.items(),
            offering=lambda: self.completer.popup().isVisible(),  # type: ignore[union-attr]
        )
        self.edit.setToolTip(tr(_HELP))
        self._rows = rows
        self._begin = 0
        self.edit.textChanged.connect(self._typed)
        self.edit.textEdited.connect(lambda _: self._offer())
        self.status.hide()
        self._offers = QStringListModel(self)
        self.completer = QCompleter(self._offers, self)
        self.completer.setWidget(self.edit)
        self.completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.completer.activated.connect(self._complete)

    def _typed(self, text: str) -> None:
        chosen: PhotoFilter = filter_query.parse_filter(text)
        self.status.setText("\n".join(chosen.problems))
        self.status.setVisible(bool(chosen.problems))
        self.chosen.emit(chosen)

    def _offer(self) -> None:
        text, cursor = self.edit.text(), self.edit.cursorPosition()
        rows = tuple(self._rows()) if "tag:" in text or "writer:" in text else ()
        tags = {tag for row in rows if row.tags for tag in row.tags}
        writers = {row.writer for row in rows if row.writer}
        self._begin, offers = filter_query.list_completions(text, cursor, tags=sorted(tags), writers=sorted(writers))
        if not offers or (cursor - self._begin < _ENOUGH and ":" not in text[self._begin : cursor]):
            self._offers.setStringList([])
            if popup := self.completer.popup():
                popup.hide()
            return
        self._offers.setStringList(offers)
        self.completer.setCompletionPrefix("")  # show all offers: they are filtered already
        self.completer.complete()

    def _complete(self, offer: str) -> None:
        text, cursor = self.edit.text(), self.edit.cursorPosition()
        after = offer if offer.endswith(":") else f"{offer} "
        self.edit.setText(text[: self._begin] + after + text[cursor:].lstrip())
        self.edit.setCursorPosition(self._begin + len(after))
        if offer.endswith(":"):
            self._offer()
