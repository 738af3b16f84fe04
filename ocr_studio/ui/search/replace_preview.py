"""The preview of replacing by rules: what words would become, to be ticked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QHeaderView, QPushButton, QWidget

from ocr_studio.core.editing.replace_rules import Replacement
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.job_dialog import JobResultDialog
from ocr_studio.ui.widgets.tables import NOWHERE, Index, RowTable, TitledRows

# How many problems are named; the others are counted.
_SAID = 5
_BEFORE, _AFTER, _PHOTO = range(3)


class ReplacementRows(TitledRows):
    """Words and their replacements as rows, all ticked at first. Signals: ``ticked()``."""

    ticked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__((tr("Current text"), tr("New text"), tr("Photo")), parent)
        self.rows: list[Replacement] = []
        self._off: set[int] = set()

    def count(self) -> int:
        """Return the number of words."""
        return len(self.rows)

    def add(self, found: Sequence[Replacement]) -> None:
        """Append replacements."""
        if found:
            self.beginInsertRows(NOWHERE, len(self.rows), len(self.rows) + len(found) - 1)
            self.rows += found
            self.endInsertRows()

    def chosen(self) -> tuple[Replacement, ...]:
        """Return the replacements that are ticked."""
        return tuple(row for number, row in enumerate(self.rows) if number not in self._off)

    def tick(self, rows: Iterable[int], *, on: bool) -> None:
        """Tick or untick rows."""
        self._off = self._off.difference(rows) if on else self._off.union(rows)
        if self.rows:
            self.dataChanged.emit(self.index(0, _BEFORE), self.index(len(self.rows) - 1, _BEFORE))
        self.ticked.emit()

    def is_ticked(self, row: int) -> bool:
        """Whether a row is ticked."""
        return row not in self._off

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make the first cell tickable."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == _BEFORE else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = self.rows[index.row()], index.column()
        shown = (row.before, labels.shown(row.after), labels.file_name(row.image))[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown
        if role == Qt.ItemDataRole.ToolTipRole:
            return labels.tooltip(shown)
        if role == Qt.ItemDataRole.CheckStateRole and column == _BEFORE:
            return Qt.CheckState.Checked if self.is_ticked(index.row()) else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Tick or untick a row."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.tick([index.row()], on=Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


class ReplacementTable(RowTable):
    """The table of replacements; Space ticks or unticks the selected rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ReplacementRows(self)
        self.setModel(self.rows)
        self.setSelectionMode(RowTable.SelectionMode.ExtendedSelection)
        self.setAccessibleName(tr("Words and their replacements"))
        header = self.horizontalHeader()
        for column in (_BEFORE, _AFTER):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_PHOTO, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(_PHOTO, 180)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Let Space tick or untick the selected rows."""
        chosen = [index.row() for index in self.selectionModel().selectedRows()]
        if event.key() == Qt.Key.Key_Space and chosen:
            self.rows.tick(chosen, on=not self.rows.is_ticked(chosen[0]))
        else:
            super().keyPressEvent(event)


class ReplacePreview(JobResultDialog):
    """Shows the progress of the search, then the replacements; nothing changes before the user confirms.

    Call ``show()``, then ``show_progress`` and ``add`` as replacements are found, then ``show_end``. On ``taken``,
    apply them and call ``show_taken``.

    Signals:
        taken(tuple[Replacement, ...]): Apply these replacements, the ticked ones.
    """

    taken = Signal(object)

    def __init__(self, title: str, parent: QWidget) -> None:
        kinds = QDialogButtonBox.StandardButton
        note = tr("Replaced words count as corrected by you. One Undo reverts everything.")
        super().__init__(title, tr("Searching…"), note=note, parent=parent, buttons=kinds.Ok | kinds.Cancel)
        self.table = ReplacementTable()
        self.table.rows.ticked.connect(self._offer)
        self.every, self.none = QPushButton(tr("Select &all")), QPushButton(tr("Select &none"))
        for button, on in ((self.every, True), (self.none, False)):
            button.setProperty("flat", True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, on=on: self.table.rows.tick(range(self.table.rows.count()), on=on))
        self.take, self.cancel = self.buttons.button(kinds.Ok), self.buttons.button(kinds.Cancel)
        self.take.setText(tr("&Replace"))
        self.cancel.setText(tr("Cancel"))
        self.buttons.accepted.connect(self._accept)
        ticks = QHBoxLayout()
        ticks.setSpacing(8)
        ticks.addWidget(self.every)
        ticks.addWidget(self.none)
        ticks.addStretch(1)
        self._lay_out(self.table, ticks, size=QSize(720, 560))
        for widget in (self.take, self.every, self.none, self.note):
            widget.hide()

    def add(self, found: Sequence[Replacement]) -> None:
        """Add replacements that were found."""
        self.table.rows.add(found)

    def show_end(self, wrong: Sequence[str] = ()) -> None:
        """Show that the search has ended.

        Args:
            wrong: What couldn't be searched, a line for each.
        """
        self.bar.hide()
        rows = self.table.rows.rows
        if rows:
            photos = tr_n("{count} photo", "{count} photos", len({row.page_id for row in rows}))
            said = tr_n(
                "{count} word on {photos} would change. Select the words to replace.",
                "{count} words on {photos} would change. Select the words to replace.",
                len(rows),
                photos=photos,
            )
        else:
            said = tr("Nothing to replace")
        self._say(said, wrong)
        for widget in (self.take, self.every, self.none, self.note):
            widget.setVisible(bool(rows))
        if rows:
            self._offer()
            self.take.setFocus()
        else:
            self.cancel.setText(tr("&Close"))

    def show_taken(self, words: int, photos: int, left: Sequence[str] = ()) -> None:
        """Show how many words were replaced.

        Args:
            words: The number of words.
            photos: The number of their photos.
            left: What was not replaced and why, a line for each.
        """
        on = tr_n("on {count} photo", "on {count} photos", photos)
        self._say(tr_n("Replaced {count} word {on}.", "Replaced {count} words {on}.", words, on=on), left)
        for widget in (self.table, self.take, self.every, self.none):
            widget.hide()
        self.note.setText(tr("You can undo this.") if words else "")
        self.cancel.setText(tr("&Close"))
        self.cancel.setEnabled(True)
        self.cancel.setFocus()
        QTimer.singleShot(0, self, self.adjustSize)

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why the search failed; what was found before can still be replaced."""
        self.show_end([trouble.message])

    def reject(self) -> None:
        """Close the dialog, unless words are being replaced."""
        if self.cancel.isEnabled():
            super().reject()

    def _say(self, said: str, more: Sequence[str]) -> None:
        self.said.setText(labels.with_few(said, more, most=_SAID))

    def _offer(self) -> None:
        number = len(self.table.rows.chosen())
        self.take.setText(tr("&Replace {count}", count=number) if number else tr("&Replace"))
        self.take.setEnabled(number > 0)

    def _accept(self) -> None:
        for button in (self.take, self.cancel):
            button.setEnabled(False)
        self.taken.emit(self.table.rows.chosen())
