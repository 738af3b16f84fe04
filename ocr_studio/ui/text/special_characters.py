"""A popup of special characters, which inserts the chosen one into the text being edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import characters
from ocr_studio.core.language.characters import CharacterGroup
from ocr_studio.core.models import registry
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.form_fields import ComboBox
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import ItemList

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DOWN = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
# Pixels before scaling: the size of a cell and of the character in it.
_CELL, _SIGN = 36, 18
# Pixels around the text of a field.
_ROUND = 30
_COLUMNS, _ROWS = 10, 6
_ALL, _LAST = "all", "last"


class CharactersPopup(QFrame):
    """Characters in groups, with a search field. Esc or a click outside closes it.

    Signals: ``chosen(str)`` a character was chosen; the popup has closed.
    """

    chosen = Signal(str)

    def __init__(self, groups: Sequence[CharacterGroup], last: Sequence[str], parent: QWidget) -> None:
        """Create the popup.

        Args:
            groups: The characters.
            last: The characters used last, which come first.
            parent: The editor that gets the character.
        """
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("characters-popup")
        self.setAccessibleName(tr("Special characters"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._groups = {group.title: group.characters for group in groups}
        self._last = tuple(last)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search by name"))
        self.search.setAccessibleName(tr("Search characters by name"))
        self.search.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.search.placeholderText()) + _ROUND)
        self.search.installEventFilter(self)
        titles = [(_ALL, tr("All characters")), *((title, tr(title)) for title in self._groups)]
        self.group = ComboBox(titles, _ALL, tr("Character group"))
        self.signs = ItemList()
        self.name = PlainLabel()
        self.name.setProperty("quiet", True)
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.group.currentIndexChanged.connect(self._fill)
        self.signs.currentItemChanged.connect(lambda *_: self._show_name())
        self.signs.itemClicked.connect(lambda _: self._choose())
        self._fill()

    def show_at(self, place: QPoint) -> None:
        """Show the popup with the focus at a position of the screen, or as near as it fits."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(place.x(), screen.right() - self.width()))
        below = place.y() + self.height() <= screen.bottom()
        self.move(x, place.y() if below else max(screen.top(), place.y() - self.height() - 40))
        self.show()
        # With this focus reason an open editor is not closed.
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown(self) -> list[str]:
        """Return the listed characters in their order."""
        return [self.signs.item(index).text() for index in range(self.signs.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """In the search field, let Enter choose, and let arrow and page keys move to the characters."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _ENTER:
                self._choose()
                return True
            if event.key() in _DOWN and self.signs.count():
                self.signs.setFocus()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Let Enter choose and Esc close; characters typed elsewhere go to the search field."""
        if event.key() in _ENTER:
            self._choose()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.text().isprintable() and event.text():
            self.search.setFocus()
            self.search.insert(event.text())
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        item = self.signs.currentItem()
        if item is not None:
            character = item.text()
            self.close()
            self.chosen.emit(character)

    def _fill(self) -> None:
        chosen = self.group.currentData()
        if chosen == _ALL:
            every = tuple(dict.fromkeys((*self._last, *(each for group in self._groups.values() for each in group))))
        else:
            every = self._groups[chosen]
        self.signs.clear()
        for each in characters.find_characters(every, self.search.text()):
            item = QListWidgetItem(each)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            item.setToolTip(labels.tooltip(characters.describe_character(each)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, characters.describe_character(each))
            item.setSizeHint(QSize(_CELL, _CELL))
            self.signs.addItem(item)
        self.signs.setCurrentRow(0)
        self._show_name()

    def _show_name(self) -> None:
        item = self.signs.currentItem()
        self.name.setText(characters.describe_character(item.text()) if item else tr("No matching character"))

    def _lay_out(self) -> None:
        modes = QListWidget.ViewMode, QListWidget.Movement, QListWidget.ResizeMode
        self.signs.setViewMode(modes[0].IconMode)
        self.signs.setMovement(modes[1].Static)
        self.signs.setResizeMode(modes[2].Adjust)
        self.signs.setUniformItemSizes(True)
        self.signs.setGridSize(QSize(_CELL, _CELL))
        self.signs.setAccessibleName(tr("Characters"))
        font = self.signs.font()
        font.setPixelSize(_SIGN)
        self.signs.setFont(font)
        self.signs.setMinimumSize(_COLUMNS * _CELL + 22, _ROWS * _CELL + 6)
        self.signs.installEventFilter(self)
        self.signs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addWidget(self.group)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.signs)
        layout.addWidget(self.name)
        now = theme.colours()
        self.setStyleSheet(
            f"#characters-popup {{ background: {now.surface}; border: 1px solid {now.line}; }}"
            "#characters-popup QListWidget::item { padding: 0; margin: 0; }"
        )


class Inserting(QObject):
    """Opens the popup at the text field with the focus, or else opens the current word for editing.

    The settings define the model, whose alphabet is offered.
    """

    def __init__(self, view: PhotoView, settings: Callable[[], Settings]) -> None:
        super().__init__(view)
        self._view, self._settings = view, settings

    def show(self) -> CharactersPopup | None:
        """Open the popup. Returns None if there is no text to edit."""
        line = self._line()
        if line is None:
            return None
        # A child of the editor: Qt closes an editor in a table as soon as another widget gets the focus.
        popup = CharactersPopup(
            characters.group_characters(self._alphabet()), characters.load_recent(paths.config_dir()), line
        )
        popup.chosen.connect(lambda character: self._insert(line, character))
        cursor = line.cursorRect()
        popup.show_at(line.mapToGlobal(QPoint(cursor.left(), line.rect().bottom() + 4)))
        return popup

    def _line(self) -> QLineEdit | QPlainTextEdit | None:
        line = QApplication.focusWidget()
        if isinstance(line, QLineEdit | QPlainTextEdit) and not line.isReadOnly() and line.isEnabled():
            return line
        self._view.edit_current()
        if self._view.editing.word_id is None:
            return None
        editor = self._view.editing.panel.editor
        editor.end(False)
        return editor

    @staticmethod
    def _insert(line: QLineEdit | QPlainTextEdit, character: str) -> None:
        characters.remember_character(paths.config_dir(), character)
        line.setFocus()
        if isinstance(line, QLineEdit):
            line.insert(character)
        else:
            line.insertPlainText(character)

    def _alphabet(self) -> tuple[str, ...]:
        try:
            settings = self._settings()
            model = registry.in_use(settings.model, alphabet=settings.alphabet)
        except StudioError:
            return characters.list_latin()
        return model.card.alphabet if model.card is not None and model.card.alphabet else characters.list_latin()
