"""The table of a preview: for each photo, what an import would do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHeaderView

from ocr_studio.core.translation import tr
from ocr_studio.jobs.formats.import_labels import LabelsFound
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.tables import NOWHERE, Index, RowTable, TitledRows

_PHOTO, _FILE, _FORMAT, _NEW, _EQUAL, _CONFLICTS = range(6)
_NUMBERS = (_NEW, _EQUAL, _CONFLICTS)
# Pixels: least height of the table, and width of the column of formats.
_LEAST, _FORMATS = 90, 90


class FoundTable(RowTable):
    """A row for each photo that words were found for."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Photos"))
        self.setMinimumHeight(_LEAST)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        header = self.horizontalHeader()
        for column in range(self._rows.columnCount()):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (_PHOTO, _FILE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_FORMAT, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(_FORMAT, _FORMATS)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    @property
    def found(self) -> Sequence[LabelsFound]:
        """What was found."""
        return self._rows.found

    def clear(self) -> None:
        """Remove all rows."""
        self._rows.clear()

    def add(self, found: Sequence[LabelsFound]) -> None:
        """Add rows."""
        self._rows.add(found)
        self.updateGeometry()


class _Rows(TitledRows):
    def __init__(self, parent: QObject) -> None:
        titles = tr("Photo"), tr("File"), tr("Format"), tr("New words"), tr("Already there"), tr("Conflicts")
        hints = (
            "", "", "",
            tr("Words where the photo has none"),
            tr("Words that the photo has already, with the same text"),
            tr("Words that stand where the photo has other words"),
        )  # fmt: skip
        super().__init__(titles, parent, hints=hints)
        self.found: list[LabelsFound] = []

    def clear(self) -> None:
        self.beginResetModel()
        self.found.clear()
        self.endResetModel()

    def add(self, found: Sequence[LabelsFound]) -> None:
        if found:
            self.beginInsertRows(NOWHERE, len(self.found), len(self.found) + len(found) - 1)
            self.found += found
            self.endInsertRows()

    def count(self) -> int:
        return len(self.found)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802  (Qt's name)
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        each, column = self.found[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column in (_PHOTO, _FILE):
            return labels.tooltip(labels.file_name(each.file if column == _FILE else each.photo.image))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        counts = each.counts
        return (
            labels.file_name(each.photo.image),
            labels.file_name(PurePosixPath(each.file).name),
            tr(each.kind.title),
            str(counts.new),
            str(counts.equal),
            str(counts.conflicts),
        )[column]
