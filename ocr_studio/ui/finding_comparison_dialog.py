"""What the model in use finds on the open photo and what another one does, side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ocr_studio.core.pyramid import Pyramid
from ocr_studio.jobs.rereading import FindingCompared
from ocr_studio.ui.finding_view import FindingView
from ocr_studio.ui.job_result_dialog import JobResultDialog

_NOTE = (
    "Nothing of the photo is changed. A model may have learned from this very photo: others say more"
    " (Read → Evaluate). The wheel zooms, dragging moves a photo."
)


class FindingComparisonDialog(JobResultDialog):
    """Shows how far the looking has come, then the photo twice, with the boxes of each model.

    image: (H, W, 3) uint8 RGB, upright; photo: of the same. used, other: names of the models.
    """

    def __init__(
        self, image: NDArray[np.uint8], photo: Pyramid, used: str, other: str, parent: QWidget | None = None
    ) -> None:
        looking = f"“{used}” and “{other}” look for words on this photo…"
        super().__init__("Compare on this photo", looking, note=_NOTE, parent=parent)
        self._used, self._other = used, other
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
        self._lay_out(across, size=QSize(1000, 620))

    def show_comparison(self, compared: FindingCompared) -> None:
        """All is found."""
        self.bar.hide()
        for view, boxes in zip(self.views, (compared.used, compared.other), strict=True):
            view.show_found((), boxes)
        self.said.setText(f"{self._checked(compared)} {self._boxes(compared)}")

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
