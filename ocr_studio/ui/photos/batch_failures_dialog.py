"""Dialog that lists the photos that could not be read, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import PhotoReasons


class BatchFailuresDialog(QDialog):
    """A table of photos and reasons.

    Signals:
        photo_chosen(Path): open this photo.
    """

    photo_chosen = Signal(object)

    def __init__(self, failed: Sequence[tuple[Path, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Photos that could not be read"))
        said = PlainLabel(
            tr_n(
                "{count} photo could not be read. Click it to open it.",
                "{count} photos could not be read. Click a photo to open it.",
                len(failed),
            )
        )
        said.setWordWrap(True)
        self.table = PhotoReasons(tr("Photos that could not be read"), failed)
        self.table.chosen.connect(self._choose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("&Copy list"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(self.table.copy)
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
