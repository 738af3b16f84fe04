"""Base classes of lists and tables: rows kept in sight, titled columns, texts of any length, rows chosen by Return."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListView,
    QListWidget,
    QStyledItemDelegate,
    QTableView,
    QTreeView,
    QTreeWidget,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import design, labels

# Pixels: room for two lines of text.
_TWO_LINES = 44
# Rows that are kept in sight above and below the current one.
_IN_SIGHT = 2

Index: TypeAlias = QModelIndex | QPersistentModelIndex

if TYPE_CHECKING:
    _View = QAbstractItemView
else:  # the list or table that this is mixed into provides Qt's part
    _View = object


class RowsInSight(_View):
    """A mixin: keeps some rows around the current one in sight, so that one sees what comes next.

    A row that was clicked stays under the pointer.
    """

    _pressed: QPersistentModelIndex | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Remember the row that is clicked, to which Qt scrolls a moment later."""
        self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()))
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep rows in sight again, as the keyboard is used."""
        self._pressed = None
        super().keyPressEvent(event)

    def scrollTo(  # noqa: N802  (Qt's name)
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Show a row, and some rows before and after it if it need not stand at a certain place."""
        if hint == QAbstractItemView.ScrollHint.EnsureVisible and index.isValid():
            clicked = self._pressed is not None and self._pressed.isValid() and self._pressed.row() == index.row()
            for near in () if clicked else self._around(index):
                super().scrollTo(near, hint)
        super().scrollTo(index, hint)

    def _around(self, index: Index) -> Iterator[Index]:
        """The rows at the ends of what is kept in sight."""
        place = self.visualRect(index)
        many = min(_IN_SIGHT, (self.viewport().height() // max(1, place.height()) - 1) // 2)
        for step in (-many, many) if many > 0 else ():
            if isinstance(self, QTreeView):
                near = index
                for _ in range(many):
                    further = self.indexAbove(near) if step < 0 else self.indexBelow(near)
                    near = further if further.isValid() else near
            else:
                wraps = isinstance(self, QListView) and self.isWrapping()
                across = max(1, self.viewport().width() // max(1, place.width())) if wraps else 1
                last = self.model().rowCount(index.parent()) - 1
                near = index.sibling(max(0, min(last, index.row() + step * across)), index.column())
            yield near


class RowList(RowsInSight, QListView):
    """A list with a model of its own."""


class ItemList(RowsInSight, QListWidget):
    """A list of items."""


class ItemTree(RowsInSight, QTreeWidget):
    """A tree of items."""


class ShortTextDelegate(QStyledItemDelegate):
    """Paints cells as Qt does, but shortens texts that are longer than any screen is wide."""

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:  # noqa: N802  (Qt's name)
        """Return the text of a cell, shortened."""
        return labels.shortened(super().displayText(value, locale))


class ChosenByReturn(_View):
    """A mixin: a click on a row or Return chooses it, on every system."""

    chosen: ClassVar[Signal]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Let Return choose the current row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _choose_clicked(self) -> None:
        self.clicked.connect(lambda index: self._choose(index.row()))

    def _choose(self, row: int) -> None:
        if things := self._behind(row):
            self.chosen.emit(*things)

    def _behind(self, row: int) -> tuple[object, ...]:
        """Return the arguments of ``chosen`` for a row; empty if the row can't be chosen."""
        raise NotImplementedError


NOWHERE = QModelIndex()


class TitledRows(QAbstractTableModel):
    """A table model with titled columns; subclasses define the number of rows and the cells."""

    def __init__(self, titles: Sequence[str], parent: QObject | None, *, hints: Sequence[str] = ()) -> None:
        """Create the model.

        Args:
            titles: The titles of the columns.
            parent: The owner.
            hints: Tooltips of the columns.
        """
        super().__init__(parent)
        self._said = {Qt.ItemDataRole.DisplayRole: tuple(titles)}
        if hints:
            self._said[Qt.ItemDataRole.ToolTipRole] = tuple(hints)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return self._said[Qt.ItemDataRole.DisplayRole]

    def count(self) -> int:
        """Return the number of rows."""
        raise NotImplementedError

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return the number of rows."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """Return title or tooltip of a column."""
        said = self._said.get(Qt.ItemDataRole(role)) if orientation == Qt.Orientation.Horizontal else None
        return said[section] if said else None


class RowTable(RowsInSight, QTableView):
    """A table that selects whole rows, without grid and row numbers. Tab leaves it."""

    _row_height = 0
    _most_rows = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(ShortTextDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)

    def set_row_height(self, height: int) -> None:
        """Set the height in pixels of rows with images, and align the titles with the texts."""
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._row_height = height
        self._apply_density()
        # Heights by content would load every image of a long table.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def fit_rows(self, most: int) -> None:
        """Take the height of the rows that there are, and of ``most`` rows if there are more. They must be loaded."""
        self._most_rows = most
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The size of the table."""
        hint = super().sizeHint()
        if not self._most_rows or self.model() is None:
            return hint
        rows = min(self._most_rows, self.model().rowCount()) * self.verticalHeader().defaultSectionSize()
        high = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth()
        return QSize(hint.width(), max(high, self.minimumHeight()))

    def moveCursor(  # noqa: N802  (Qt's name)
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Return where a key moves to: Home and End to the first and last row, not column, as rows are selected."""
        ends = QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd
        rows = self.model().rowCount() if self.model() is not None and action in ends else 0
        if not rows:
            return super().moveCursor(action, modifiers)
        column = self.currentIndex().column() if self.currentIndex().isValid() else self.columnAt(0)
        return self.model().index(0 if action is ends[0] else rows - 1, max(0, column))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Follow the density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._apply_density()

    def _apply_density(self) -> None:
        rows, more = self.verticalHeader(), design.density().row
        if self._row_height:
            rows.setDefaultSectionSize(self._row_height + more)
        else:
            rows.resetDefaultSectionSize()
            if more:
                rows.setDefaultSectionSize(rows.defaultSectionSize() + more)

    def leave_room(self, room: int, widths: Mapping[int, int]) -> None:
        """Hide the columns for which the table is too narrow.

        Args:
            room: The width in pixels of the columns that are always shown.
            widths: The widths in pixels of the other columns, the most important first.
        """
        for column, width in widths.items():
            room += width
            self.setColumnHidden(column, room > self.width())


class FigureTable(RowTable):
    """A table of figures, whose first column gets the remaining width."""

    def __init__(self, titles: Sequence[str], name: str) -> None:
        super().__init__()
        self._titles = tuple(titles)
        self._model = QStandardItemModel(0, len(titles), self)
        self.setModel(self._model)
        self.setAccessibleName(name)
        self._model.setHorizontalHeaderLabels(self._titles)
        for column in range(len(titles)):
            self._model.horizontalHeaderItem(column).setTextAlignment(_side(column))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows of texts; the first of each row is a name."""
        self._model.setRowCount(0)
        for row in rows:
            items = [QStandardItem(text) for text in row]
            items[0].setToolTip(labels.tooltip(row[0]))
            for column, item in enumerate(items):
                item.setTextAlignment(_side(column))
            self._model.appendRow(items)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class PhotoReasons(ChosenByReturn, RowTable):
    """One row for each photo, or other file.

    Signals:
        chosen(Path): open this photo.
    """

    chosen: ClassVar[Signal] = Signal(object)

    def __init__(
        self, name: str, reasons: Sequence[tuple[Path, str]] = (), *, titles: tuple[str, str] | None = None
    ) -> None:
        """Make the table.

        Args:
            name: The accessible name.
            reasons: Each photo and the reason.
            titles: The titles of the columns, by default those for photos and reasons.
        """
        super().__init__()
        self._titles = titles or (tr("Photo"), tr("Reason"))
        self.setWordWrap(True)
        self.set_row_height(_TWO_LINES)
        self.setAccessibleName(name)
        self.show_reasons(reasons)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 190)
        header.setStretchLastSection(True)
        self._choose_clicked()

    def show_reasons(self, reasons: Sequence[tuple[Path, str]]) -> None:
        """Show these photos in place of the ones before."""
        self._reasons = reasons
        self.setModel(_Rows(self._titles, reasons, self))

    def copy(self) -> None:
        """Copy the list as text, one line for each photo."""
        lines = (f"{labels.file_name(path.name)}\t{_reason(path, why)}" for path, why in self._reasons)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _behind(self, row: int) -> tuple[object, ...]:
        return (self._reasons[row][0],)


class _Rows(TitledRows):
    def __init__(self, titles: tuple[str, str], reasons: Sequence[tuple[Path, str]], parent: QObject) -> None:
        super().__init__(titles, parent)
        self._reasons = reasons

    def count(self) -> int:
        return len(self._reasons)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        path, why = self._reasons[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _reason(path, why) if index.column() else labels.file_name(path.name)
        return labels.tooltip(f"{labels.file_name(str(path))}\n{why}") if role == Qt.ItemDataRole.ToolTipRole else None


def _reason(path: Path, why: str) -> str:
    """The reason without the photo's name, which is in the column beside it."""
    return labels.sentence_case(" ".join(why.removeprefix(f"{path}: ").split()))
