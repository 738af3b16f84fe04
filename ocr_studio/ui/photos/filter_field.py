"""Where a person types which photos to list, with the words that may be typed, and chooses in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.photo_list import filter_query
from ocr_studio.core.photo_list.filter_query import PhotoFilter
from ocr_studio.core.photo_list.rows import PhotoRow, PhotoSort
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

_SORTS: Final = {
    PhotoSort.NAME: later("By name"),
    PhotoSort.STATE: later("By state, unread first"),
    PhotoSort.CONFIDENCE: later("Least sure first"),
    PhotoSort.UNREVIEWED: later("Most to review first"),
    PhotoSort.TIME: later("Newest first"),
}
_HELP: Final = later(
    "Words of a name or of what is written on a photo; all must be there.\n"
    "-word  not this word\n"
    '"two words"  just as they stand\n'
    "name:board  text:queue  only the name, only what is written\n"
    "state:unread  also read, partly, reviewed, failed\n"
    "confidence:<0.6  a word to review is less sure than that\n"
    "unreviewed:>5  more than 5 words to review\n"
    "words:0  no word at all\n"
    'tag:exam  writer:Anna  tag:"" is without a tag'
)
# Letters of a key, before the whole of it is offered: a single one begins many words.
_ENOUGH: Final = 2


class PhotoFilterBox(QWidget):
    """Signals: ``chosen(PhotoFilter)`` as it is typed; ``sort_chosen(PhotoSort)``; ``left()`` the keys go to the list.

    rows: asked for the photos there are, for the tags and writers that may be typed.
    """

    chosen = Signal(object)
    sort_chosen = Signal(object)
    left = Signal()

    def __init__(self, rows: Callable[[], Iterable[PhotoRow]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._begin = 0
        self.edit = _Field(lambda: self.completer.popup().isVisible())  # type: ignore[union-attr]
        self.edit.setPlaceholderText(tr("Filter photos"))
        self.edit.setAccessibleName(tr("Filter photos"))
        self.edit.setToolTip(tr(_HELP))
        self.edit.setClearButtonEnabled(True)
        self.edit.setMaxLength(500)
        self.edit.textChanged.connect(self._typed)
        self.edit.textEdited.connect(lambda _: self._offer())
        self.edit.left.connect(self.left)
        self.said = PlainLabel()
        self.said.setProperty("quiet", True)
        self.said.setWordWrap(True)
        self.said.hide()
        self._offers = QStringListModel(self)
        self.completer = QCompleter(self._offers, self)
        self.completer.setWidget(self.edit)
        self.completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.completer.activated.connect(self._complete)
        self.sort = QToolButton()
        self.sort.setAccessibleName(tr("Order of the photos"))
        self.sort.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.sort.setMenu(self._sort_menu())
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.sort)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.said)
        self.retint()

    def begin(self) -> None:
        """A person wants to type."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def retint(self) -> None:
        """Take over the colours of another theme."""
        self.sort.setIcon(theme.icon("mdi6.sort"))

    def _sort_menu(self) -> QMenu:
        menu, group = QMenu(self), QActionGroup(self)
        for sort, title in _SORTS.items():
            action = QAction(tr(title), group)
            action.setCheckable(True)
            action.setChecked(sort is PhotoSort.NAME)
            action.triggered.connect(lambda _=False, sort=sort: self._sort(sort))
            menu.addAction(action)
        self._tell_sort(PhotoSort.NAME)
        return menu

    def _sort(self, sort: PhotoSort) -> None:
        self._tell_sort(sort)
        self.sort_chosen.emit(sort)

    def _tell_sort(self, sort: PhotoSort) -> None:
        self.sort.setToolTip(labels.tooltip(tr("Order of the photos: {order}", order=tr(_SORTS[sort]))))

    def _typed(self, text: str) -> None:
        chosen: PhotoFilter = filter_query.parse(text)
        self.said.setText("\n".join(chosen.problems))
        self.said.setVisible(bool(chosen.problems))
        self.chosen.emit(chosen)

    def _offer(self) -> None:
        text, cursor = self.edit.text(), self.edit.cursorPosition()
        rows = tuple(self._rows()) if "tag:" in text or "writer:" in text else ()
        tags = {tag for row in rows if row.tags for tag in row.tags}
        writers = {row.writer for row in rows if row.writer}
        self._begin, offers = filter_query.completions(text, cursor, tags=sorted(tags), writers=sorted(writers))
        if not offers or (cursor - self._begin < _ENOUGH and ":" not in text[self._begin : cursor]):
            self._offers.setStringList([])
            if popup := self.completer.popup():
                popup.hide()
            return
        self._offers.setStringList(offers)
        self.completer.setCompletionPrefix("")  # all of them: they are chosen already
        self.completer.complete()

    def _complete(self, offer: str) -> None:
        text, cursor = self.edit.text(), self.edit.cursorPosition()
        after = offer if offer.endswith(":") else f"{offer} "
        self.edit.setText(text[: self._begin] + after + text[cursor:].lstrip())
        self.edit.setCursorPosition(self._begin + len(after))
        if offer.endswith(":"):
            self._offer()


class _Field(QLineEdit):
    """Signals: ``left()`` the keys go to the list."""

    left = Signal()

    def __init__(self, offering: Callable[[], bool]) -> None:
        """offering: whether words are offered."""
        super().__init__()
        self.offering = offering

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape empties it, and leaves it when it is empty; Enter and Down go to the list.

        While words are offered these keys are theirs.
        """
        keys = Qt.Key
        mine = (keys.Key_Escape, keys.Key_Down, keys.Key_Return, keys.Key_Enter)
        if event.key() in mine and self.offering():
            event.ignore()
        elif event.key() == keys.Key_Escape and self.text():
            self.clear()
        elif event.key() in mine:
            self.left.emit()
        else:
            super().keyPressEvent(event)
