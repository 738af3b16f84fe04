"""The command palette: a search field over the window that finds every command by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from ocr_studio.core.state_file import RecentChoices
from ocr_studio.core.translation import tr
from ocr_studio.ui.help import palette_entries
from ocr_studio.ui.help.palette_delegate import ROW_HEIGHT, PaletteDelegate
from ocr_studio.ui.help.palette_entries import PaletteEntry, PaletteMatch
from ocr_studio.ui.style import design
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import RowList

FOUND = Qt.ItemDataRole.UserRole
_WIDTH, _ROWS, _TOP = 660, 11, 56
# The window lost the focus, or a menu opened: the palette stays open.
_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)
_TO_THE_LIST = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Palette(QFrame):
    """The palette over a window. It closes on Esc, on a choice, and when another widget gets the focus.

    The focus returns to where it was, so a word being edited stays open.
    """

    def __init__(self, entries: Callable[[], Sequence[PaletteEntry]], recent: RecentChoices, window: QWidget) -> None:
        """Stay hidden; ``entries`` is called whenever the palette opens."""
        super().__init__(window)
        self._window, self._entries, self._recent = window, entries, recent
        self._known: Sequence[PaletteEntry] = ()
        self._back: QWidget | None = None
        self.setObjectName("palette")
        self.setAccessibleName(tr("Commands"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("What do you want to do? Type a few letters."))
        self.line.setAccessibleName(tr("Search commands, settings, help pages and recent photos"))
        self.list = RowList()
        self.list.setAccessibleName(tr("Matching commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.model = _MatchModel(self)
        self.list.setModel(self.model)
        self.list.clicked.connect(self._choose)
        self.status = PlainLabel()
        self.status.setProperty("quiet", True)
        self.status.setWordWrap(True)
        self.status.setContentsMargins(10, 2, 10, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.line, self.list, self.status):
            layout.addWidget(widget)
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Open the palette, or close it if it is open."""
        if self.isVisible():
            self.leave()
            return
        self._back = QApplication.focusWidget()
        self._known = self._entries()
        self.line.clear()
        self._find()
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close the palette and return the focus."""
        back, self._back = self._back, None
        if not self.isVisible():
            return
        if back is not None and back.isVisible():
            # Before hiding, as Qt moves the focus of a hidden widget to the next one.
            back.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def titles(self) -> list[str]:
        """Return the titles listed."""
        return [found.entry.title for found in self.model.found]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Handle the keys of the list in the search field, and follow the size of the window."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
        elif isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if self._is_ours(event):
                if event.type() == QEvent.Type.KeyPress:
                    self._do(event)
                event.accept()
                return True
        elif isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STAYS:
            if event.reason() == Qt.FocusReason.OtherFocusReason:
                # The program moved the focus, as a photo has opened: the user is still typing here.
                QTimer.singleShot(0, self._regain_focus)
            else:
                self._back = None  # the user has moved the focus
                self.leave()
        return super().eventFilter(watched, event)

    def _regain_focus(self) -> None:
        if self.isVisible() and not self.line.hasFocus():
            self._back = QApplication.focusWidget() or self._back
            self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    @staticmethod
    def _is_ours(event: QKeyEvent) -> bool:
        ours = {*_TO_THE_LIST, *_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
        return event.key() in ours and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~_SHIFT

    def _do(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in _ENTER:
            self._choose(self.list.currentIndex())
        elif event.key() in _TO_THE_LIST:
            self._go(event.key())

    def _go(self, key: int) -> None:
        count, row = self.model.rowCount(), self.list.currentIndex().row()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: 1 - _ROWS, Qt.Key.Key_PageDown: _ROWS - 1}
        by = step[Qt.Key(key)]
        # A step wraps around at the ends; a page does not, as that would be confusing.
        row = (row + by) % count if abs(by) == 1 and count else min(max(0, row + by), count - 1)
        self.list.setCurrentIndex(self.model.index(row, 0))
        self._show_reason()

    def _find(self) -> None:
        self.model.show_found(palette_entries.rank(self._known, self.line.text(), self._recent.ages()))
        self.list.setCurrentIndex(self.model.index(0, 0))
        self.list.scrollToTop()
        self._show_reason()

    def _show_reason(self) -> None:
        if not self.model.found:
            self.status.setText(tr("No results"))
            return
        row = self.list.currentIndex().row()
        self.status.setText(self.model.found[row].entry.why or tr("Press Enter to run, Esc to close."))

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self.model.found[index.row()].entry
        self.list.setCurrentIndex(index)
        self._show_reason()
        if not entry.why:
            self._recent.add(entry.id)
            self.leave()
            entry.do()

    def _place(self) -> None:
        width = min(_WIDTH, self._window.width() - 32)
        height = min(_ROWS * ROW_HEIGHT + 110, self._window.height() - _TOP - 16)
        self.setGeometry((self._window.width() - width) // 2, _TOP, width, height)


_SHIFT = Qt.KeyboardModifier.ShiftModifier


class _MatchModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: list[PaletteMatch] = []

    def show_found(self, found: list[PaletteMatch]) -> None:
        """List these entries."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802  (Qt's name)
        """Return the number of entries."""
        return 0 if parent is not None and parent.isValid() else len(self.found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """Return the title, the text for screen readers, or the entry for the delegate."""
        found = self.found[index.row()]
        entry = found.entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (entry.title, entry.where, entry.key, entry.why)))
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(200, ROW_HEIGHT + design.density().row)
        return found if role == FOUND else None
