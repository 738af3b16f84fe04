"""The model of the word table: number, crop, text, confidence and state of each word."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QModelIndex, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Mark, Quad, Word, WordState
from ocr_studio.core.translation import later, tr
from ocr_studio.core.units import percent
from ocr_studio.core.words import word_list
from ocr_studio.core.words.word_list import WordFilter, WordSort, confidence_of, needs_check
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.tables import NOWHERE, Index, TitledRows
from ocr_studio.ui.words.word_delegate import CONFIDENCE, CROP, CROP_HEIGHT, CROP_WIDTH, NUMBER, STATE, TEXT

# Dragged words: their ids, one per line.
ROWS_TYPE = "application/x-ocr-studio-rows"
TITLES = (later("No."), later("Image"), later("Text"), later("Confidence"), later("State"))
HINTS = (
    later("Position in the reading order; drag it to change the order"),
    later("Image of the word on the photo; click to sort by place, from the top down"),
    later("Text of the word; double-click or type to edit it"),
    later("The recognizer’s confidence in the text, until the word is checked"),
    later("What is still to be done, and what was done with the word"),
)
_MARKS = {
    Mark.UNREADABLE: later("Unreadable: left out of texts and datasets"),
    Mark.IGNORED: later("Ignored: left out of texts, datasets and evaluations"),
}
# Joined once, as they are asked for whenever a cell is painted.
_READ_ONLY = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_MOVABLE = _READ_ONLY | Qt.ItemFlag.ItemIsDragEnabled
_EDITABLE = _MOVABLE | Qt.ItemFlag.ItemIsEditable
_WRITABLE = _READ_ONLY | Qt.ItemFlag.ItemIsEditable
# Margin around a crop, as a share of the word's height.
_AIR = 0.08
# About 40 screens of rows; a crop of this size takes some 20 KiB.
_CROPS_KEPT = 1000
# A quarter of a frame at 60 Hz.
_CUTTING_SECONDS = 0.004


class WordTableModel(TitledRows):
    """The document's words as rows. Rows are added, removed and moved singly, so that an open editor stays open.

    They can be sorted and filtered. A word that is edited keeps its row until they are sorted or filtered again, words
    are added or removed, or the edit is undone or redone.

    Attributes:
        filter: Which words are shown.
        sorting: What they are sorted by.
        descending: Whether the order is reversed.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__([tr(title) for title in TITLES], parent, hints=[tr(hint) for hint in HINTS])
        self._document = document
        self.filter, self.sorting, self.descending = WordFilter(), WordSort.READING, False
        self._order: tuple[str, ...] = ()  # all words in reading order, shown or not
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._crops: OrderedDict[Quad, QPixmap] = OrderedDict()
        self._wanted: dict[str, Quad] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._cut_some)
        document.opened.connect(self._reset)
        document.changed.connect(self._follow)
        self._reset()

    def count(self) -> int:
        """Return the number of words."""
        return len(self._ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell. Only texts can be edited, and only if the page may be changed."""
        if not index.isValid():
            # Drops are allowed between rows, not on them.
            return Qt.ItemFlag.ItemIsDropEnabled if self.movable else Qt.ItemFlag.NoItemFlags
        if not self._document.writable:
            return _READ_ONLY
        if index.column() == TEXT:
            return _EDITABLE if self.movable else _WRITABLE
        return _MOVABLE if self.movable else _READ_ONLY

    @property
    def movable(self) -> bool:
        """Whether rows can be moved: only where they are in reading order."""
        return self._document.writable and self.sorting is WordSort.READING and not self.descending

    @property
    def total(self) -> int:
        """The number of words of the photo, shown or not."""
        return len(self._order)

    def arrange(self, chosen: WordFilter, sort: WordSort, *, descending: bool) -> None:
        """Show these words in this order. An open editor has to be closed before."""
        self.filter, self.sorting, self.descending = chosen, sort, descending
        self._reset()

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802  (Qt's name)
        """Allow to move words in the reading order, not to copy them."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: N802  (Qt's name)
        """Return what can be dropped here: words of this table."""
        return [ROWS_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802  (Qt's name)
        """Return the dragged words."""
        ids = [self._ids[row] for row in sorted({index.row() for index in indexes})]
        data = QMimeData()
        data.setData(ROWS_TYPE, "\n".join(ids).encode())
        return data

    def dropMimeData(  # noqa: N802  (Qt's name)
        self, data: QMimeData, action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        """Move words that were dropped before a row, or on one."""
        place = row if row >= 0 else parent.row() if parent.isValid() else len(self._ids)
        if action != Qt.DropAction.MoveAction or not data.hasFormat(ROWS_TYPE):
            return False
        ids = bytes(data.data(ROWS_TYPE).data()).decode().split("\n")
        commands.move_in_order(self._document, ids, self._ids[place] if place < len(self._ids) else self._after_last())
        return True

    def _after_last(self) -> str | None:
        """The word after the last one shown, in reading order."""
        place = self._order.index(self._ids[-1]) + 1 if self._ids else 0
        return self._order[place] if place < len(self._order) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; the word itself as UserRole."""
        word, column = self.word(index.row()), index.column()
        if word is None or role == Qt.ItemDataRole.UserRole:
            return word
        if role == Qt.ItemDataRole.DisplayRole or (role == Qt.ItemDataRole.EditRole and column == TEXT):
            return self.text(word, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = labels.state(word) if column == STATE else self.text(word, column)
            return f"{self.titles[column]}: {said}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(self._tip(word, column))
        if role == Qt.ItemDataRole.DecorationRole and column == CROP:
            return self.crop(word)
        return None

    def word(self, row: int) -> Word | None:
        """Return the word in a row, or None."""
        return self._document.word(self._ids[row]) if 0 <= row < len(self._ids) else None

    def id_at(self, row: int) -> str:
        """Return the id of the word in a row."""
        return self._ids[row]

    def row_of(self, word_id: str | None) -> int | None:
        """Return the row of a word, or None."""
        return self._rows.get(word_id) if word_id else None

    def text(self, word: Word, column: int) -> str:
        """Return the text of a cell."""
        if column == NUMBER:
            return str(self._numbers[word.id]) if word.id in self._numbers else ""
        if column == CONFIDENCE:
            sure = confidence_of(word)
            return "" if sure is None else percent(sure)
        if column == STATE and word.state is WordState.READ:
            # What was read with certainty needs no word; hundreds of the same would hide those that do.
            return tr("To check") if needs_check(word) else ""
        return {TEXT: word.text, STATE: labels.state(word)}.get(column, "")

    @staticmethod
    def _tip(word: Word, column: int) -> str:
        return {TEXT: _text_tip, CONFIDENCE: _confidence_tip, STATE: _state_tip}.get(column, lambda _: "")(word)

    def crop(self, word: Word) -> QPixmap | None:
        """Return the image of a word; if it is not there yet, it is cut, and shown then."""
        if not word.has_box:
            return None
        if word.quad in self._crops:
            self._crops.move_to_end(word.quad)
            return self._crops[word.quad]
        self._wanted[word.id] = word.quad
        self._soon.start()
        return None

    def _cut_some(self) -> None:
        """Cut the requested crops, a few at a time, so that typing is never delayed."""
        photo, end = self._document.pyramid, time.perf_counter() + _CUTTING_SECONDS
        while self._wanted and photo is not None and time.perf_counter() < end:
            word_id = next(iter(self._wanted))
            self._keep_crop(self._wanted.pop(word_id), photo)
            if (row := self._rows.get(word_id)) is not None:
                self.dataChanged.emit(self.index(row, CROP), self.index(row, CROP), [Qt.ItemDataRole.DecorationRole])
        if self._wanted:
            self._soon.start()

    def _keep_crop(self, quad: Quad, photo: Pyramid) -> None:
        view = self.parent()
        ratio = view.devicePixelRatioF() if isinstance(view, QWidget) else 1.0
        self._crops[quad] = _fitted(photo, quad, ratio)
        while len(self._crops) > _CROPS_KEPT:
            self._crops.popitem(last=False)

    def _reset(self) -> None:
        self.beginResetModel()
        self._crops.clear()
        self._wanted.clear()
        self._order = self._document.order()
        self._set_ids(self._list(self.filter))
        self._numbers = {word_id: place for place, word_id in enumerate(self._order, 1)}
        self._tell_document()
        self.endResetModel()

    def _list(self, chosen: WordFilter) -> list[str]:
        words = filter(None, map(self._document.word, self._order))
        return word_list.list_words(words, chosen, self.sorting, descending=self.descending)

    def _tell_document(self) -> None:
        """Go from word to word as they are shown here."""
        plain = not self.filter and self.sorting is WordSort.READING and not self.descending
        self._document.set_listed(None if plain else self._ids)

    def _set_ids(self, ids: list[str]) -> None:
        self._ids = ids
        self._rows = {word_id: row for row, word_id in enumerate(ids)}

    def _follow(self, change: DocumentChange) -> None:
        order = self._document.order()
        if order != self._order:
            known, self._order = set(self._order), order
            self._remove(set(self._ids) - set(order))
            new = set(order) - known
            matching = self._list(self.filter) if new else []
            self._append([word_id for word_id in matching if word_id in new])
            self._arrange_listed()
            self._number()
            self._tell_document()
        if self.filter and change.step is not None and not change.new:
            self._filter_again(change.words)
        rows = sorted(self._rows[word_id] for word_id in change.words if word_id in self._rows)
        if rows:
            # One span, because a view repaints only its visible part, which is less work than a signal for each row.
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], len(TITLES) - 1))

    def _filter_again(self, changed: frozenset[str]) -> None:
        """List those of these words that match, and no others of them: an undo or a redo has changed them."""
        matching = self._list(self.filter)
        self._remove(set(changed) - set(matching))
        self._append([word_id for word_id in matching if word_id in changed and word_id not in self._rows])
        self._arrange_listed()
        self._tell_document()

    def _arrange_listed(self) -> None:
        """Sort the rows. Words that were edited and do not match any more keep theirs."""
        self._arrange([word_id for word_id in self._list(WordFilter()) if word_id in self._rows])

    def _number(self) -> None:
        # Rows are moved singly, but numbered once at the end.
        self._numbers = {word_id: place for place, word_id in enumerate(self._order, 1)}
        if self._ids:
            self.dataChanged.emit(self.index(0, NUMBER), self.index(len(self._ids) - 1, NUMBER))

    def _remove(self, gone: set[str]) -> None:
        row = len(self._ids) - 1
        while row >= 0:
            last = row
            while row >= 0 and self._ids[row] in gone:
                row -= 1
            if row < last:
                self.beginRemoveRows(NOWHERE, row + 1, last)
                self._set_ids(self._ids[: row + 1] + self._ids[last + 1 :])
                self.endRemoveRows()
            row -= 1

    def _append(self, new: list[str]) -> None:
        if new:
            self.beginInsertRows(NOWHERE, len(self._ids), len(self._ids) + len(new) - 1)
            self._set_ids(self._ids + new)
            self.endInsertRows()

    def _arrange(self, order: list[str]) -> None:
        if order == self._ids:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        ids = [self._ids[index.row()] for index in old]
        self._set_ids(order)
        new = [self.index(self._rows[key], index.column()) for key, index in zip(ids, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()


def _text_tip(word: Word) -> str:
    if word.human and word.machine and word.human.text != word.machine.text:
        return tr("The recognizer read “{text}”", text=word.machine.text)
    if word.machine and len(word.machine.alternatives) > 1:
        others = "   ".join(other.text for other in word.machine.alternatives[1:])
        return tr("Alternatives: {readings}", readings=others)
    return ""


def _confidence_tip(word: Word) -> str:
    read = word.machine
    if read and read.confidence is not None and word.checked:
        sure = percent(read.confidence)
        return tr("The recognizer read “{text}” with {sure} confidence", text=read.text, sure=sure)
    return tr("Read by “{model}”", model=read.model) if read and read.model else ""


def _state_tip(word: Word) -> str:
    if not word.has_box:
        return tr("Typed into the text: left out of datasets and evaluations until you draw its box")
    if word.mark:
        return tr(_MARKS[word.mark])
    if word.state is not WordState.READ:
        return ""
    return tr("Not checked yet, and read with low confidence") if needs_check(word) else tr("Not checked yet")


def _fitted(photo: Pyramid, quad: Quad, ratio: float) -> QPixmap:
    """Cut the crop of a word, scaled to fit its cell, at most to twice its size.

    Args:
        photo: The photo.
        quad: The word's box.
        ratio: Device pixels per pixel of Qt.
    """
    corners = geometry.widen_quad(quad, _AIR)
    width, height = np.maximum(geometry.measure_sizes(corners)[0], 1.0)
    scale = min(CROP_HEIGHT * ratio / height, CROP_WIDTH * ratio / width, 2.0 * ratio)
    pixmap = image_convert.pixmap(photo.warp(corners, (width * scale, height * scale)))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
