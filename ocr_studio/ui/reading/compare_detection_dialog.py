"""What the model in use finds on the open photo and what another one does, side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.reading.compare_models import FindingCompared
from ocr_studio.ui.reading.detection_view import FindingView
from ocr_studio.ui.widgets.job_dialog import JobResultDialog
from ocr_studio.ui.widgets.plain_label import PlainLabel

_NOTE = later(
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
        looking = tr("“{used}” and “{other}” look for words on this photo…", used=used, other=other)
        super().__init__(tr("Compare on this photo"), looking, note=tr(_NOTE), parent=parent)
        self._used, self._other = used, other
        self.views = FindingView(image, photo), FindingView(image, photo)
        across = QHBoxLayout()
        across.setSpacing(12)
        for name, view in zip((tr("{model} (in use)", model=used), other), self.views, strict=True):
            view.setAccessibleName(tr("What “{model}” finds", model=name))
            view.setMinimumSize(200, 160)
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(PlainLabel(name))
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
            return tr("You have checked no word here yet, so nobody can say which finds more of them.")
        hits = {"used_hits": compared.used_hits, "other_hits": compared.other_hits}
        names = {"used": self._used, "other": self._other}
        if compared.checked == 1:
            return tr(
                "Of the only word you have checked here, “{used}” finds {used_hits}, “{other}” {other_hits}.",
                **names,
                **hits,
            )
        return tr_n(
            "Of {count} word you have checked here, “{used}” finds {used_hits}, “{other}” {other_hits}.",
            "Of {count} words you have checked here, “{used}” finds {used_hits}, “{other}” {other_hits}.",
            compared.checked,
            **names,
            **hits,
        )

    def _boxes(self, compared: FindingCompared) -> str:
        one, two = len(compared.used), len(compared.other)
        return tr("On the whole they find {used} and {other} boxes.", used=one, other=two)
