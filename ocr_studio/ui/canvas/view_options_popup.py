"""A pop-up with sliders for the opacity of boxes, and the brightness and contrast of the photo."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.images.tone_curve import Tones
from ocr_studio.core.translation import tr
from ocr_studio.core.units import percent
from ocr_studio.ui.canvas.view_options import FAINTEST, CanvasLooks
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.slider import Slider, SliderSpec

_WIDE = 330
_AIR = 12


class LooksPopup(QFrame):
    """Sliders that take effect at once. Esc or a click outside closes the pop-up.

    Signals: ``closed()``.
    """

    closed = Signal()

    def __init__(self, looks: CanvasLooks, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("looks-popup")
        self.setAccessibleName(tr("Brightness and boxes"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._looks = looks
        self.boxes = Slider(_boxes(), looks.opacity)
        self.brightness = Slider(_tone("brightness"), looks.tones.brightness)
        self.contrast = Slider(_tone("contrast"), looks.tones.contrast)
        note = PlainLabel(tr("Only the view changes, not the photo file."))
        note.setProperty("quiet", True)
        note.setWordWrap(True)
        self.reset = QPushButton(tr("&Reset"))
        self.reset.setToolTip(tr("Reset boxes, brightness and contrast to default"))
        self.reset.clicked.connect(self._reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(12)
        for knob in (self.boxes, self.brightness, self.contrast):
            knob.turned.connect(self._apply)
            layout.addWidget(knob)
        layout.addWidget(note)
        layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignRight)
        now = theme.colours()
        self.setStyleSheet(f"#looks-popup {{ background: {now.surface}; border: 1px solid {now.line}; }}")
        self.setFixedWidth(_WIDE)
        self.boxes.slider.setFocus()

    def show_over(self, widget: QWidget) -> None:
        """Show the pop-up in the upper corner of a widget: right, or left for right-to-left languages."""
        self.adjustSize()
        right = self.layoutDirection() == Qt.LayoutDirection.LeftToRight
        x = max(0, widget.width() - self.width() - _AIR) if right else _AIR
        self.move(
            widget.mapToGlobal(widget.rect().topLeft()).x() + x, widget.mapToGlobal(widget.rect().topLeft()).y() + _AIR
        )
        self.show()
        self.boxes.slider.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Emit ``closed``."""
        super().closeEvent(event)
        self.closed.emit()

    def _apply(self) -> None:
        if self.boxes.value != self._looks.opacity:
            self._looks.set_opacity(self.boxes.value)
        tones = Tones(self.brightness.value, self.contrast.value)
        if tones != self._looks.tones:
            self._looks.set_tones(tones)

    def _reset(self) -> None:
        for knob, value in ((self.boxes, 1.0), (self.brightness, 0.0), (self.contrast, 0.0)):
            knob.set_value(value)
        self._apply()


def _boxes() -> SliderSpec:
    return SliderSpec("opacity", tr("Boxes"), FAINTEST, 1.0, 0.05, percent, tr("fainter"), tr("solid"))


def _tone(key: str) -> SliderSpec:
    title, less, more = (
        (tr("Brightness"), tr("darker"), tr("brighter"))
        if key == "brightness"
        else (tr("Contrast"), tr("lower"), tr("higher"))
    )
    return SliderSpec(key, title, -1.0, 1.0, 0.02, lambda value: f"{100 * value:+.0f}" if value else "0", less, more)
