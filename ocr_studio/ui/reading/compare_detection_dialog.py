"""Dialog that compares two detectors on the open photo, side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.reading.compare_models import FindingCompared
from ocr_studio.ui.reading.detection_view import DetectionView
from ocr_studio.ui.widgets.job_dialog import JobResultDialog
from ocr_studio.ui.widgets.plain_label import PlainLabel

_NOTE = later(
    "Nothing on the photo changes. A model that was trained on this photo may look better than it is; use Read →"
    " Evaluate for a fair comparison. Scroll to zoom, drag to pan."
)


class FindingComparisonDialog(JobResultDialog):
    """Shows the progress, then the photo twice, each with the boxes of one model."""

    def __init__(
        self, image: NDArray[np.uint8], photo: Pyramid, used: str, other: str, parent: QWidget | None = None
    ) -> None:
        """Lay out the dialog; the comparison itself is a job of the caller.

        Args:
            image: the upright photo, (H, W, 3) uint8 RGB.
            photo: the pyramid of the same photo.
            used: name of the detector in use.
            other: name of the other detector.
            parent: the window to open over.
        """
        looking = tr("“{used}” and “{other}” are detecting words on this photo…", used=used, other=other)
        super().__init__(tr("Compare on this photo"), looking, note=tr(_NOTE), parent=parent)
        self._used, self._other = used, other
        self.views = DetectionView(image, photo), DetectionView(image, photo)
        across = QHBoxLayout()
        across.setSpacing(12)
        for name, view in zip((tr("{model} (in use)", model=used), other), self.views, strict=True):
            view.setAccessibleName(tr("Words found by “{model}”", model=name))
            view.setMinimumSize(200, 160)
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(PlainLabel(name))
            column.addWidget(view, 1)
            across.addLayout(column, 1)
        self._lay_out(across, size=QSize(1000, 620))

    def show_comparison(self, compared: FindingCompared) -> None:
        """Show the boxes of both models and their scores."""
        self.bar.hide()
        for view, boxes in zip(self.views, (compared.used, compared.other), strict=True):
            view.show_found((), boxes)
        self.status.setText(f"{self._checked(compared)} {self._boxes(compared)}")

    def _checked(self, compared: FindingCompared) -> str:
        if compared.checked == 0:
            return tr("You haven’t checked any words on this photo yet, so the models can’t be scored.")
        hits = {"used_hits": compared.used_hits, "other_hits": compared.other_hits}
        names = {"used": self._used, "other": self._other}
        if compared.checked == 1:
            return tr(
                "One word is checked here: “{used}” finds {used_hits}, “{other}” finds {other_hits}.",
                **names,
                **hits,
            )
        return tr_n(
            "Of the {count} word checked here, “{used}” finds {used_hits} and “{other}” finds {other_hits}.",
            "Of the {count} words checked here, “{used}” finds {used_hits} and “{other}” finds {other_hits}.",
            compared.checked,
            **names,
            **hits,
        )

    def _boxes(self, compared: FindingCompared) -> str:
        one, two = len(compared.used), len(compared.other)
        return tr("In total, they find {used} and {other} boxes.", used=one, other=two)
