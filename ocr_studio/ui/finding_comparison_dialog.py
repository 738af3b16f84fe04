"""What the model in use finds on the open photo and what another one does, side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from ocr_studio.core.pyramid import Pyramid
from ocr_studio.jobs.rereading import FindingCompared
from ocr_studio.ui.finding_view import FindingView
from ocr_studio.ui.job_thread import Trouble

_NOTE = (
    "Nothing of the photo is changed. A model may have learned from this very photo: others say more"
    " (Read → Evaluate). The wheel zooms, dragging moves a photo."
)


class FindingComparisonDialog(QDialog):
    """Shows how far the looking has come, then the photo twice, with the boxes of each model.

    image: (H, W, 3) uint8 RGB, upright; photo: of the same. used, other: names of the models.
    """

    def __init__(
        self, image: NDArray[np.uint8], photo: Pyramid, used: str, other: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare on this photo")
        self._used, self._other = used, other
        self.said = QLabel(f"“{used}” and “{other}” look for words on this photo…")
        self.said.setWordWrap(True)
        self.bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.bar.setAccessibleName("Progress")
        self.views = FindingView(image, photo), FindingView(image, photo)
        across = QHBoxLayout()
        across.setSpacing(12)
        for name, view in zip((f"{used} (in use)", other), self.views, strict=True):
            view.setAccessibleName(f"What “{name}” finds")
            view.setMinimumSize(200, 160)
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(QLabel(name))
            column.addWidget(view, 1)
            across.addLayout(column, 1)
        note = QLabel(_NOTE)
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.said)
        layout.addWidget(self.bar)
        layout.addLayout(across, 1)
        layout.addWidget(note)
        layout.addWidget(self.buttons)
        self.resize(QSize(1000, 620).boundedTo(self.screen().availableSize() * 0.94))

    def show_progress(self, done: int, total: int) -> None:
        """So many lines are looked at, by both together."""
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def show_comparison(self, compared: FindingCompared) -> None:
        """All is found."""
        self.bar.hide()
        for view, boxes in zip(self.views, (compared.used, compared.other), strict=True):
            view.show_found((), boxes)
        self.said.setText(f"{self._checked(compared)} {self._boxes(compared)}")

    def show_trouble(self, trouble: Trouble) -> None:
        """It could not be done."""
        self.bar.hide()
        self.said.setText(trouble.message)

    def _checked(self, compared: FindingCompared) -> str:
        if compared.checked == 0:
            return "You have checked no word here yet, so nobody can say which finds more of them."
        seen = "the only word" if compared.checked == 1 else f"{compared.checked} words"
        return (
            f"Of {seen} you have checked here, “{self._used}” finds {compared.used_hits},"
            f" “{self._other}” {compared.other_hits}."
        )

    def _boxes(self, compared: FindingCompared) -> str:
        one, two = len(compared.used), len(compared.other)
        return f"On the whole they find {one} and {two} boxes."
