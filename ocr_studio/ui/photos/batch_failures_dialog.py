"""Dialog that lists the photos that could not be read, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHeaderView, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import ChosenByReturn, Index, RowTable, TitledRows

# Height of a row in pixels: room for two lines of text.
_HIGH = 44


class BatchFailuresDialog(QDialog):
    """A table of photos and reasons.

    Signals:
        photo_chosen(Path): open this photo.
    """

    photo_chosen = Signal(object)

    def __init__(self, failed: Sequence[tuple[Path, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._failed = failed
        self.setWindowTitle(tr("Photos that could not be read"))
        said = PlainLabel(
            tr_n(
                "{count} photo could not be read. Click it to open it.",
                "{count} photos could not be read. Click a photo to open it.",
                len(failed),
            )
        )
        said.setWordWrap(True)
        self.table = _Table(failed)
        self.table.chosen.connect(self._choose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("&Copy list"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(said)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.resize(QSize(620, 380).boundedTo(self.screen().availableSize() * 0.94))

    def _choose(self, path: Path) -> None:
        self.accept()
        self.photo_chosen.emit(path)

    def _copy(self) -> None:
        lines = (f"{labels.file_name(path.name)}\t{_reason(path, why)}" for path, why in self._failed)
        QGuiApplication.clipboard().setText("\n".join(lines))


class _Table(ChosenByReturn, RowTable):
    """One row for each photo. Signals: ``chosen(Path)``."""

    chosen: ClassVar[Signal] = Signal(object)

    def __init__(self, failed: Sequence[tuple[Path, str]]) -> None:
        super().__init__()
        self._failed = failed
        self.setModel(_Rows(failed, self))
        self.setWordWrap(True)
        self.set_row_height(_HIGH)
        self.setAccessibleName(tr("Photos that could not be read"))
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 190)
        header.setStretchLastSection(True)
        self._choose_clicked()

    def _behind(self, row: int) -> tuple[object, ...]:
        return (self._failed[row][0],)


class _Rows(TitledRows):
    def __init__(self, failed: Sequence[tuple[Path, str]], parent: QObject) -> None:
        super().__init__((tr("Photo"), tr("Reason")), parent)
        self._failed = failed

    def count(self) -> int:
        return len(self._failed)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        path, why = self._failed[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _reason(path, why) if index.column() else labels.file_name(path.name)
        return labels.tooltip(f"{labels.file_name(str(path))}\n{why}") if role == Qt.ItemDataRole.ToolTipRole else None


def _reason(path: Path, why: str) -> str:
    """The reason without the photo's name, which is in the column beside it."""
    return " ".join(why.removeprefix(f"{path}: ").split())
