"""The start page of a detector training: the fully checked photos, and the others."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ocr_studio.core.datasets.dataset import Split
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.training.detector_events import RECIPE
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.learning.preflight import Preflight
from ocr_studio.ui.style import labels
from ocr_studio.ui.training import start_page
from ocr_studio.ui.training.recipe_form import FINDING, RecipeForm
from ocr_studio.ui.training.side_column import Meter, lay_beside
from ocr_studio.ui.training.start_page import (
    HOW_BOXES,
    LEARN_BOXES,
    LEAST_PHOTOS,
    PLENTY_PHOTOS,
    TELLING_PHOTOS,
    StartColumn,
)
from ocr_studio.ui.widgets.tables import FigureTable

_PURPOSES = {
    None: "",
    # Translators: What a photo is used for, in the column “Use”.
    Split.TRAIN: later("training"),
    # Translators: What a photo is used for, in the column “Use”: evaluation only, no training.
    Split.HELD_OUT: later("held out"),
}


class DetectorPage(QWidget):
    """Shows which photos a detector can learn from.

    Signals: those of ``PreflightPage``; ``opened(page id)``: show a photo.
    """

    start = Signal(object, str)
    look = Signal()
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        meter = Meter(PLENTY_PHOTOS, (LEAST_PHOTOS, TELLING_PHOTOS), tr("Photos with every word checked"))
        self.column = StartColumn(tr(LEARN_BOXES), meter)
        self.recipe = RecipeForm(RECIPE, FINDING)
        self.column.start.connect(lambda: self.start.emit(self.recipe.recipe, ""))
        self.column.look.connect(self.look)
        self.column.unfolded.connect(self._show_parts)
        self.how = start_page.how(HOW_BOXES, LEARN_BOXES)
        self.photos = FigureTable((tr("Photo"), tr("Words"), tr("Unchecked"), tr("Use")), tr("Photos for training"))
        self.photos.clicked.connect(lambda index: self.opened.emit(self._pages[index.row()]))
        self._pages: list[str] = []
        self._look: Preflight | None = None
        self._lay_out()
        self.show_look(None)

    def show_look(self, look: Preflight | None) -> None:
        """Show the collected training data; None if there are none yet."""
        self._look = look
        use = {each.page: each.split for each in look.dataset.pages} if look and look.dataset else {}
        rows, self._pages = [], []
        known = look.pages if look else {}
        for key, page in sorted(known.items(), key=lambda item: make_natural_key(item[1].photo.name)):
            if page.boxes:
                left = str(page.boxes - page.checked) if page.boxes > page.checked else "–"
                rows.append((labels.file_name(page.photo.name), str(page.boxes), left, tr(_PURPOSES[use.get(key)])))
                self._pages.append(key)
        self.photos.show_rows(rows)
        reviewed = look.reviewed if look else 0
        outlook = start_page.no_boards() if self._words_only else start_page.of_photos(reviewed)
        self.column.show_outlook(outlook, reviewed)
        self.column.show_stale("")
        self._show_parts()

    @property
    def _words_only(self) -> bool:
        """Whether the dataset is synthetic and has no boards."""
        return self._look is not None and self._look.drawn and not self._look.reviewed

    def _show_parts(self) -> None:
        unfolded, some = self.column.advanced.isChecked(), bool(self._look and self._look.reviewed)
        self._middle.setCurrentWidget(self.recipe if unfolded else self.how)
        self._middle.setVisible(unfolded or not (some or self._words_only))  # the instructions are about photos
        self.photos.setVisible(bool(self._pages) and not unfolded)

    def _lay_out(self) -> None:
        self._middle = QStackedWidget()
        beside = lay_beside(self.column, self)
        beside.add(self._middle, 200, 480)
        for widget in (self.how, self.recipe):
            self._middle.addWidget(widget)
        beside.add(self.photos, 200, 520)
