"""Panel of the board view: switches for cleaning the board, and its corners."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.page import Quad, StepName
from ocr_studio.core.translation import later, message, number, tr, tr_n
from ocr_studio.core.units import percent
from ocr_studio.ui.board.board_view import BoardLooking
from ocr_studio.ui.board.corner_handles import CornerHandles
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.widgets.slider import Slider, SliderSpec

# Field of BoardLook, label, tooltip.
_SWITCHES = (
    ("straighten", later("Straighten"), later("Show the board as seen from the front")),
    ("even_light", later("Even lighting"), later("Make the whole board equally bright")),
    ("less_glare", later("Less glare"), later("Dim reflections of lamps and windows")),
    ("strong_ink", later("Stronger ink"), later("Make the writing stronger; colours stay the same")),
)
# Their undo steps.
_STEPS = {
    "straighten": message("Straighten"),
    "even_light": message("Even lighting"),
    "less_glare": message("Less glare"),
    "strong_ink": message("Stronger ink"),
    "read": message("Read the cleaned board"),
}
_READ_TIP = later(
    "Read the cleaned board instead of the photo; writing outside the board isn’t read. Boxes stay in place on the"
    " photo."
)
# Share of the image; less overexposure than this is not mentioned.
_WORTH_TELLING = 0.002


class BoardPanel(SidePanel):
    """Open while the board view is on."""

    reopens = True
    own_keys = (
        (later("Tab, Shift+Tab"), later("While you move corners: next or previous corner")),
        (later("Arrows, Shift+arrows"), later("While you move corners: move the corner by 1 or 10 pixels")),
        (later("Enter"), later("While you move corners: done")),
    )

    def __init__(self, looking: BoardLooking, view: PhotoView) -> None:
        super().__init__(tr("Board"), "board")
        self.looking, self._view = looking, view
        self.handles = CornerHandles(view)
        self.switches = {name: QCheckBox(tr(title)) for name, title, _ in _SWITCHES}
        for name, _, tip in _SWITCHES:
            self.switches[name].setToolTip(tr(tip))
            self.switches[name].clicked.connect(lambda on, name=name: self._switch(name, on))
        self.strength = Slider(_strength(), looking.look.strength)
        self.strength.turned.connect(self._turn)
        self.adjust = QPushButton(tr("Move corners"))
        self.adjust.setCheckable(True)
        self.adjust.setToolTip(tr("Show the photo and drag the handles to the four corners of the board"))
        self.adjust.clicked.connect(self._adjust)
        self.find_again = QPushButton(tr("Find corners again"))
        self.find_again.setToolTip(tr("Detect the corners automatically"))
        self.find_again.clicked.connect(lambda: self._put(None, message("Find corners again")))
        self.whole = QPushButton(tr("Whole photo"))
        self.whole.setToolTip(tr("Use the corners of the photo, so that nothing is cut off"))
        self.whole.clicked.connect(lambda: self._put(looking.whole(), message("Use the whole photo")))
        self.read = QCheckBox(tr("Read the cleaned board"))
        self.read.setToolTip(tr(_READ_TIP))
        self.read.clicked.connect(lambda on: self._switch("read", on))
        self.found, self.lost = PlainLabel(), PlainLabel()
        self._lay_out()
        looking.changed.connect(self._show)
        self.handles.moved.connect(lambda quad: self._put(quad, message("Move a board corner"), join="board corner"))
        self.handles.left.connect(lambda: looking.adjust(False))
        self.retint()
        self._show()

    def toggle(self) -> None:
        """Turn the board view on and open its panel, or turn it off and close the panel."""
        if self.looking.on:
            self.close()
        else:
            self.open()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Turn the board view on."""
        super().showEvent(event)
        self.looking.switch(True)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Turn the board view off; not called when the panel is only behind another one."""
        super().closeEvent(event)
        self.looking.switch(False)

    def _lay_out(self) -> None:
        note = PlainLabel(tr("Only this view changes, never the photo."))
        for label in (note, self.found, self.lost):
            label.setWordWrap(True)
        note.setProperty("quiet", True)
        head = QHBoxLayout()
        head.addWidget(note, 1)
        head.addWidget(self.closer, 0, Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(_in_two(*self.switches.values()))
        layout.addWidget(self.strength)
        layout.addWidget(self.found)
        layout.addLayout(_in_two(self.adjust, self.find_again, self.whole, self.read))
        layout.addWidget(self.lost)
        layout.addStretch(1)
        self.setWidget(inner)

    def _switch(self, name: str, on: bool) -> None:
        change: dict[str, Any] = {name: on}
        self.looking.choose(replace(self.looking.look, **change), _STEPS[name])

    def _turn(self) -> None:
        look = replace(self.looking.look, strength=self.strength.value)
        self.looking.choose(look, message("Change cleaning strength"), join="board strength")

    def _adjust(self, on: bool) -> None:
        self.looking.adjust(on)
        if on:
            self._view.setFocus()

    def _put(self, quad: Quad | None, name: StepName, *, join: str = "") -> None:
        self.looking.choose(replace(self.looking.look, corners=quad), name, join=join)
        self._show()

    def _show(self) -> None:
        looking, look = self.looking, self.looking.look
        for name, box in self.switches.items():
            box.setChecked(getattr(look, name))
        self.read.setChecked(look.read)
        if not self.strength.slider.isSliderDown():
            self.strength.set_value(look.strength)
        self.strength.setEnabled(look.even_light or look.less_glare or look.strong_ink)
        self.adjust.setChecked(looking.adjusting)
        self.adjust.setText(tr("Done") if looking.adjusting else tr("Move corners"))
        self.adjust.setEnabled(look.straighten)
        self.find_again.setEnabled(look.straighten and look.corners is not None)
        self.whole.setEnabled(look.straighten and look.corners != looking.whole())
        self.found.setText(self._said_of_corners())
        self.lost.setText(self._said_of_losses())
        self.lost.setVisible(bool(self.lost.text()))
        self.handles.show(looking.corners if looking.adjusting else None)
        self.changed.emit()

    def _said_of_corners(self) -> str:
        looking, sought = self.looking, self.looking.sought
        if looking.adjusting:
            return tr("Drag the handles to the four corners of the board, then press Enter.")
        if not looking.look.straighten or looking.whole() is None:
            return ""
        if looking.look.corners is not None:
            whole = looking.look.corners == looking.whole()
            return tr("The whole photo is shown.") if whole else tr("The corners are set manually.")
        if sought is None:
            return tr("Detecting the board…")
        if sought.board is None:
            return tr("No board was found, so the whole photo is shown. You can set the corners yourself.")
        share = round(100 * sought.board.confidence)
        return tr("Board found; {share}% of its edges are clearly visible.", share=share)

    def _said_of_losses(self) -> str:
        said = []
        if self.looking.burnt >= _WORTH_TELLING and self.looking.look.less_glare:
            share = number(max(0.1, 100 * self.looking.burnt), 1)
            said.append(tr("{share}% of the board is overexposed and can’t be recovered.", share=share))
        if self.looking.beyond:
            said.append(
                tr_n(
                    "{count} word outside the board is not shown.",
                    "{count} words outside the board are not shown.",
                    self.looking.beyond,
                )
            )
        return " ".join(said)


def _in_two(*widgets: QWidget) -> QGridLayout:
    """Arrange widgets in two columns."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    for place, widget in enumerate(widgets):
        grid.addWidget(widget, place // 2, place % 2)
    for column in range(2):
        grid.setColumnStretch(column, 1)
    return grid


def _strength() -> SliderSpec:
    return SliderSpec(
        "strength", tr("Strength"), 0.0, 1.0, 0.05, percent,
        tr("Closer to the photo."), tr("Whiter background, stronger ink."),
    )  # fmt: skip
