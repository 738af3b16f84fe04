"""The model of a list of changes: photos, and below each the words that change, with ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from ocr_studio.core.editing.changes import Change, group_by_page
from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos.word_pictures import PicturePlace
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.tables import NOWHERE, Index
from ocr_studio.ui.words.word_pictures import SIZE, WordPictures

WORD, BEFORE, AFTER, REASON = range(4)
_MARK: Final = QSize(16, 16)
_ON, _OFF, _SOME = Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked
# Whether the new text and the reason's text are right; None where nobody knows.
Right = Callable[[Change], tuple[bool, bool] | None]


class ChangeModel(QAbstractItemModel):
    """Changes by photo; the rows of words are below those of their photos.

    Signals:
        ticked(): Other changes are selected.
    """

    ticked = Signal()

    def __init__(self, titles: Sequence[str], pictures: WordPictures, view: QWidget, *, right: Right | None) -> None:
        """Create an empty model.

        Args:
            titles: The titles of the columns after the image.
            pictures: The images of the words.
            view: The view that shows it.
            right: Says whether texts are right, to mark them; None to mark nothing.
        """
        super().__init__(view)
        self.titles = (tr("Word"), *titles)
        self._pictures, self._view, self.right = pictures, view, right
        self.pages: list[tuple[Change, ...]] = []
        self._unseen: dict[str, tuple[Change, ...]] = {}
        self._ticks: dict[tuple[str, str], bool] = {}
        pictures.loaded.connect(self._show_picture)

    # --------------------------------------------------------------------------------------------------- contents

    @property
    def changes(self) -> list[Change]:
        """All changes that are shown."""
        return [each for some in self.pages for each in some]

    @property
    def selectable(self) -> int:
        """Number of changes that can be selected."""
        return sum(each.selected is not None for some in self.pages for each in some)

    def chosen(self) -> list[Change]:
        """The selected changes, and those of the same photos that aren't shown, as no text changes."""
        found: list[Change] = []
        for some in self.pages:
            mine = [each for each in some if self.is_ticked(each)]
            found += mine
            found += self._unseen.get(mine[0].page_id, ()) if mine else ()
        return found

    def show(self, changes: Iterable[Change], *, forget: bool = False) -> None:
        """Show these changes. The user's ticks stay, also of words that are not shown for a while.

        Args:
            changes: The changes.
            forget: Whether to forget the ticks of words that are not among them.
        """
        pages = group_by_page(each for each in changes if each.visible)
        if forget:
            keys = {each.key for some in pages for each in some}
            self._ticks = {key: on for key, on in self._ticks.items() if key in keys}
        if [[each.key for each in some] for some in pages] == [[each.key for each in some] for some in self.pages]:
            self.pages = pages
            self._update()
        else:
            self.beginResetModel()
            self.pages, self._unseen = pages, {}
            self.endResetModel()
        self.ticked.emit()

    def add(self, changes: Iterable[Change]) -> None:
        """Append the changes of further photos."""
        changes = tuple(changes)
        pages = group_by_page(each for each in changes if each.visible)
        for some in group_by_page(each for each in changes if not each.visible):
            self._unseen[some[0].page_id] = some
        if pages:
            self.beginInsertRows(NOWHERE, len(self.pages), len(self.pages) + len(pages) - 1)
            self.pages += pages
            self.endInsertRows()
            self.ticked.emit()

    def change(self, index: Index) -> Change | None:
        """The change in a row; None for a photo."""
        if not index.isValid() or not index.internalId():
            return None
        return self.pages[index.internalId() - 1][index.row()]

    def of(self, index: Index) -> tuple[Change, ...]:
        """The changes of the photo that a row is or belongs to."""
        return self.pages[(index.internalId() or index.row() + 1) - 1] if index.isValid() else ()

    def place(self, key: tuple[str, str]) -> QModelIndex:
        """The row of a word; invalid if it isn't shown."""
        for number, some in enumerate(self.pages):
            if some[0].page_id == key[0]:
                row = next((row for row, each in enumerate(some) if each.key == key), -1)
                return self.index(row, 0, self.index(number, 0)) if row >= 0 else QModelIndex()
        return QModelIndex()

    # ------------------------------------------------------------------------------------------------------ ticks

    def is_ticked(self, each: Change) -> bool:
        """Whether a change is selected."""
        return each.selected is not None and self._ticks.get(each.key, each.selected)

    def tick(self, changes: Iterable[Change], *, on: bool) -> None:
        """Select or deselect changes."""
        self._ticks.update((each.key, on) for each in changes if each.selected is not None)
        self._update()
        self.ticked.emit()

    def turn(self, changes: Sequence[Change]) -> None:
        """Select these changes, or deselect them if all are selected."""
        able = [each for each in changes if each.selected is not None]
        self.tick(able, on=not all(map(self.is_ticked, able)))

    def equal(self, change: Change | None) -> list[Change]:
        """The changes of the same text to the same text."""
        if change is None:
            return []
        return [each for each in self.changes if (each.before, each.after) == (change.before, change.after)]

    def _update(self) -> None:
        last = len(self.titles) - 1
        if self.pages:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.pages) - 1, last))
        for number, some in enumerate(self.pages):
            parent = self.index(number, 0)
            self.dataChanged.emit(self.index(0, 0, parent), self.index(len(some) - 1, last, parent))

    # --------------------------------------------------------------------------------------------------- Qt's part

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """The index of a cell; its id is 0 for a photo, else the number of its photo from 1."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = NOWHERE) -> Any:
        """The photo of a word."""
        number = index.internalId() if index.isValid() else 0
        return self.createIndex(number - 1, 0, 0) if number else QModelIndex()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802  (Qt's name)
        """Number of photos, or of the words of one."""
        if not parent.isValid():
            return len(self.pages)
        return 0 if parent.internalId() or parent.column() else len(self.pages[parent.row()])

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Number of columns."""
        return len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """The title of a column."""
        shown = role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal
        return self.titles[section] if shown else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first cell has the checkbox."""
        flags = super().flags(index)
        if index.column() or not index.isValid() or all(each.selected is None for each in self.meant(index)):
            return flags
        return flags | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Select or deselect a word, or all words of a photo."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column():
            return False
        self.tick(self.meant(index), on=Qt.CheckState(value) == _ON)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        change, column = self.change(index), index.column()
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(60, max(SIZE.height(), self._view.fontMetrics().height()) + 10)
        if role == Qt.ItemDataRole.CheckStateRole and column == WORD:
            return self._state(self.meant(index))
        if change is None:
            return self._of_photo(index, role) if column == WORD else None
        return self._of_word(change, role) if column == WORD else self._of_text(change, column, role)

    def meant(self, index: Index) -> Sequence[Change]:
        """The change in a row, or all of a photo."""
        change = self.change(index)
        return self.of(index) if change is None else (change,)

    def _state(self, changes: Sequence[Change]) -> Qt.CheckState | None:
        able = [self.is_ticked(each) for each in changes if each.selected is not None]
        return None if not able else _ON if all(able) else _SOME if any(able) else _OFF

    def _of_photo(self, index: Index, role: int) -> Any:
        some = self.of(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(labels.file_name(some[0].image))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return tr(
            "{photo}: {number} of {total} selected",
            photo=labels.file_name(some[0].image),
            number=sum(map(self.is_ticked, some)),
            total=sum(each.selected is not None for each in some),
        )

    def _of_word(self, change: Change, role: int) -> Any:
        if role == Qt.ItemDataRole.DecorationRole:
            ratio = self._view.devicePixelRatioF()
            return self._pictures.picture(change.page_id, change.image, change.quad, ratio)
        if role == Qt.ItemDataRole.ToolTipRole and change.obstacle:
            return labels.tooltip(labels.sentence_case(change.obstacle))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            now, new = labels.shown(change.before), labels.shown(change.after)
            return tr("Replace {now} with {again}", now=now, again=new)
        return None

    def _of_text(self, change: Change, column: int, role: int) -> Any:
        text = change.reason if column == REASON else labels.shown(change.before if column == BEFORE else change.after)
        if column == BEFORE and change.obstacle:
            text = f"{text} ({change.obstacle})"
        right = self.right(change) if self.right is not None and column != BEFORE else None
        is_right = right is not None and right[column == REASON]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(text)
        if role == Qt.ItemDataRole.DecorationRole and self.right is not None and column != BEFORE:
            return self._mark(is_right=is_right)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = self.titles[column]
            return tr("{title}: {text}, correct", title=title, text=text) if is_right else f"{title}: {text}"
        return None

    def _mark(self, *, is_right: bool) -> QPixmap:
        """A check mark, or blank space of its size. Not an icon, which would be as wide as the images."""
        ratio = self._view.devicePixelRatioF()
        if is_right:
            return theme.icon("mdi6.check", role="accent").pixmap(_MARK, ratio)
        room = QPixmap(_MARK * ratio)
        room.setDevicePixelRatio(ratio)
        room.fill(Qt.GlobalColor.transparent)
        return room

    def _show_picture(self, place: PicturePlace) -> None:
        for number, some in enumerate(self.pages):
            if some[0].page_id == place.page_id:
                parent = self.index(number, 0)
                for row, each in enumerate(some):
                    if each.quad == place.quad:
                        cell = self.index(row, WORD, parent)
                        self.dataChanged.emit(cell, cell, [Qt.ItemDataRole.DecorationRole])
