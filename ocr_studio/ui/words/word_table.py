"""The table of words beside the photo, in reading order or sorted otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import (
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from ocr_studio.core.translation import tr
from ocr_studio.core.words.word_list import WordFilter, WordSort
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.widgets.tables import RowTable
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.word_delegate import (
    CONFIDENCE,
    CROP,
    CROP_HEIGHT,
    CROP_WIDTH,
    NUMBER,
    STATE,
    TEXT,
    WordDelegate,
)
from ocr_studio.ui.words.word_editor import WordEditor
from ocr_studio.ui.words.word_table_model import ROWS_TYPE, TITLES, WordTableModel

# What a click on the title of each column sorts by.
_SORTS = {
    NUMBER: WordSort.READING,
    CROP: WordSort.PLACE,
    TEXT: WordSort.TEXT,
    CONFIDENCE: WordSort.CONFIDENCE,
    STATE: WordSort.STATE,
}
# Pixels before scaling: width of a word of a dozen characters.
_LEAST_TEXT = 110


class WordTable(RowTable):
    """The table of words. Its selection and the document's selection are synchronized.

    Signals: ``editing_changed()`` an editor was opened or closed; ``message(str)`` why something was not done;
    ``arranged()`` the words were sorted or filtered.
    """

    editing_changed = Signal()
    arranged = Signal()
    message = Signal(str)

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._following = self._busy = False
        self._model = WordTableModel(document, self)
        self.setModel(self._model)
        self._delegate = WordDelegate(document, self._model, self)
        self.setItemDelegate(self._delegate)
        self._delegate.moved.connect(self.edit_current)
        self._delegate.editing_changed.connect(self.editing_changed)
        self._delegate.message.connect(self.message)
        self.setAccessibleName(tr("Words of this photo"))
        self._set_up_view()
        document.selection_changed.connect(self._follow_document)
        self.selectionModel().selectionChanged.connect(self._follow_rows)
        self.selectionModel().currentChanged.connect(self._follow_rows)
        self._model.rowsInserted.connect(self._follow_document)
        self._model.layoutChanged.connect(self._follow_document)
        self._model.modelReset.connect(self._follow_document)
        document.opened.connect(self._show_first_words)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a size that is wide enough for long words beside the other columns."""
        return QSize(510, 400)

    def finish_editing(self) -> None:
        """Close the editor and save what was typed, before another photo is opened or the window is closed."""
        self._delegate.finish()

    def spell_with(self, spelling: Spelling) -> None:
        """Underline possible typos."""
        self._delegate.spelling = spelling
        spelling.changed.connect(self.viewport().update)

    def editor(self) -> WordEditor | None:
        """Return the open editor, or None."""
        return self.viewport().findChild(WordEditor) if self.word_id else None

    @property
    def word_id(self) -> str | None:
        """The word that is being edited, or None."""
        return self._delegate.word_id

    def edit_current(self) -> None:
        """Open the editor in the current word's row."""
        row = self._model.row_of(self._document.current)
        if row is not None and self._document.writable:
            self.setFocus()
            self.edit(self._model.index(row, TEXT))

    @property
    def filter(self) -> WordFilter:
        """Which words are listed."""
        return self._model.filter

    @property
    def sort(self) -> WordSort:
        """What the words are sorted by."""
        return self._model.sorting

    @property
    def descending(self) -> bool:
        """Whether the words are sorted downwards."""
        return self._model.descending

    @property
    def counts(self) -> tuple[int, int]:
        """The number of listed words, and of all words."""
        return self._model.count(), self._model.total

    def filter_by(self, chosen: WordFilter) -> None:
        """List only these words."""
        self._arrange(chosen, self._model.sorting, descending=self._model.descending)

    def sort_by(self, sort: WordSort, *, descending: bool = False) -> None:
        """List the words in this order."""
        self._arrange(self._model.filter, sort, descending=descending)

    def set_busy(self, busy: bool) -> None:
        """Set whether the page is being read; an empty table shows it."""
        self._busy = busy
        self.viewport().update()

    def empty_text(self) -> str:
        """Return the text of the empty table."""
        page = self._document.page
        if page is None or self._model.count():
            return ""
        if page.words:
            return tr("No matching words.")
        if self._busy:
            return tr("Reading…")
        if not self._document.writable:
            return tr("No words.")
        if not page.read_at:
            return tr("No words yet.\nRead the photo.")
        # A page with a history had words, which were deleted or undone.
        deleted = self._document.history.touches(page.id)
        here = tr("No words here.\nDraw a box or read the photo again.")
        return here if deleted else tr("No words were found.\nDraw a box or read the photo again.")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the rows, or the text of the empty table."""
        super().paintEvent(event)
        if text := self.empty_text():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(16, 16, -16, -16), flags, text)
            painter.end()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Fill the background, so that Qt can scroll the drawn rows."""
        super().showEvent(event)
        self._fill_background()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Fill the background with another style, too."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fill_background()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the focus without painting: the rows look the same with it."""
        with self._unpainted():
            super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Give the focus away without painting."""
        with self._unpainted():
            super().focusOutEvent(event)

    @contextmanager
    def _unpainted(self) -> Iterator[None]:
        """Let Qt not paint all rows as the focus comes and goes, which it does twice between two words."""
        before = self.currentIndex(), self._document.selection, self._document.page
        # Not setUpdatesEnabled, which paints everything when it is switched on again.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)
        try:
            yield
        finally:
            self.viewport().setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        if (self.currentIndex(), self._document.selection, self._document.page) != before:
            self.viewport().update()

    def _fill_background(self) -> None:
        # The style sheet leaves it to what is below; then Qt paints all rows anew with each row that it scrolls.
        self.viewport().setAutoFillBackground(True)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the least important columns in a narrow table, to leave room for the text."""
        others = {column: self._widths[column] for column in (NUMBER, STATE, CONFIDENCE)}
        self.leave_room(_LEAST_TEXT + self._widths[CROP], others)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Edit with F2 or any character; choose an alternative with Alt and a digit."""
        digit = event.key() - Qt.Key.Key_1
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and 0 <= digit < commands.CHOICES:
            if self._document.writable:
                commands.choose(self._document, digit)
        else:
            if event.key() == Qt.Key.Key_F2 or (event.text().isprintable() and event.text()):
                self._go_to_text()
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Drag rows by their number or crop; in other columns dragging selects."""
        column = self.columnAt(round(event.position().x()))
        self.setDragEnabled(column in (NUMBER, CROP) and self._model.movable)
        super().mousePressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Change the reading order, instead of moving rows of the model as Qt does."""
        data = event.mimeData()
        if not data.hasFormat(ROWS_TYPE) or event.source() not in (self, None):
            event.ignore()
            return
        place = self.rowAt(round(event.position().y()))
        if place >= 0:
            box = self.visualRect(self._model.index(place, NUMBER))
            place += event.position().y() > box.center().y()
        self._model.dropMimeData(data, Qt.DropAction.MoveAction, place, NUMBER, QModelIndex())
        # Qt would remove the rows after a move.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()

    def _go_to_text(self) -> None:
        # Qt opens the editor of the current cell only, and a row has only one editable cell.
        index = self.currentIndex()
        if index.isValid() and index.column() != TEXT:
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(index.siblingAtColumn(TEXT), flag)

    def _set_up_view(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setAlternatingRowColors(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(False)
        self.setDragEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.set_row_height(CROP_HEIGHT + 12)
        header = self.horizontalHeader()
        letter = self.fontMetrics().horizontalAdvance("0")
        self._widths = {
            NUMBER: 4 * letter + 16,
            CROP: CROP_WIDTH + 12,
            CONFIDENCE: 6 * letter + 48,
            STATE: 9 * letter + 40,
        }
        for column, width in self._widths.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(5 * letter)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._sort_by_column)
        self._show_sort()

    def _arrange(self, chosen: WordFilter, sort: WordSort, *, descending: bool) -> None:
        self.finish_editing()
        self._model.arrange(chosen, sort, descending=descending)
        self._show_sort()
        self.arranged.emit()

    def _sort_by_column(self, column: int) -> None:
        """Sort by a column: upwards, then downwards, then in reading order again."""
        sort, model = _SORTS[column], self._model
        again = sort is model.sorting
        if again and model.descending:
            sort = WordSort.READING
        self.sort_by(sort, descending=again and not model.descending)

    def _show_sort(self) -> None:
        column = next(column for column, sort in _SORTS.items() if sort is self._model.sorting)
        order = Qt.SortOrder.DescendingOrder if self._model.descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, order)

    def _follow_document(self) -> None:
        if self._following:
            return
        self._following = True
        selection = QItemSelection()
        last = len(TITLES) - 1
        for first, end in _spans(
            sorted(row for key in self._document.selection if (row := self._model.row_of(key)) is not None)
        ):
            selection.select(self._model.index(first, 0), self._model.index(end, last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self._model.row_of(self._document.current)
        if row is None:
            self.selectionModel().clearCurrentIndex()
        elif row != self.currentIndex().row():
            self.selectionModel().setCurrentIndex(
                self._model.index(row, TEXT), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self._following = False
        self._show_current()

    def _show_first_words(self) -> None:
        """Show another photo from its first word, not from where the photo before was scrolled to."""
        if self._document.current is None:
            self.scrollToTop()

    def _show_current(self) -> None:
        row = self._model.row_of(self._document.current)
        if row is not None:
            self.scrollTo(self._model.index(row, TEXT))

    def _follow_rows(self) -> None:
        if self._following:
            return
        self._following = True
        ids = [self._model.id_at(index.row()) for index in self.selectionModel().selectedRows()]
        current = self.currentIndex()
        self._document.select(ids, current=self._model.id_at(current.row()) if current.isValid() else None)
        self._following = False


def _spans(rows: list[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring rows as (first, last)."""
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], row)
        else:
            spans.append((row, row))
    return spans
