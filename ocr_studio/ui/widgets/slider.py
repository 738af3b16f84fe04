"""A slider with a title, its value, and notes on what lower and higher values do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.widgets.plain_label import PlainLabel


@dataclass(frozen=True, slots=True)
class SliderSpec:
    """A value that a slider changes.

    Attributes:
        key: The name of the value.
        title: The title of the slider.
        low: The minimum.
        high: The maximum.
        step: The distance between two values.
        shown: Formats a value.
        less: The effect of lower values.
        more: The effect of higher values.
    """

    key: str
    title: str
    low: float
    high: float
    step: float
    shown: Callable[[float], str]
    less: str
    more: str


class Slider(QWidget):
    """A slider for one value. A value between two steps stays as it is until the slider is moved.

    Signals: ``turned()`` the user has moved the slider.
    """

    turned = Signal()

    def __init__(self, spec: SliderSpec, value: float) -> None:
        super().__init__()
        self.spec = spec
        self._value = value
        self._shown = PlainLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((spec.high - spec.low) / spec.step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.slider.setAccessibleName(spec.title)
        self.slider.setAccessibleDescription(tr("Left: {less} Right: {more}", less=spec.less, more=spec.more))
        title = PlainLabel(spec.title)
        title.setBuddy(self.slider)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(2)
        # Wrapped, so that nothing is cut off in a narrow column.
        for label in (title, self._shown):
            label.setWordWrap(True)
        # Aligned by the layout direction of the window: a number has none.
        sides = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        begin, end = reversed(sides) if self.isRightToLeft() else sides
        self._shown.setAlignment(end | Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignAbsolute)
        title.setAlignment(begin | Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignAbsolute)
        layout.addWidget(title, 0, 0)
        layout.addWidget(self._shown, 0, 1)
        layout.addWidget(self.slider, 1, 0, 1, 2)
        # No-break spaces, so that an arrow is never alone on a line.
        left, right = "→←" if self.isRightToLeft() else "←→"
        for column, text in enumerate((f"{left}\u00a0{spec.less}", f"{spec.more}\u00a0{right}")):
            note = PlainLabel(text)
            note.setWordWrap(True)
            note.setProperty("quiet", True)
            note.setAlignment((end if column else begin) | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignAbsolute)
            layout.addWidget(note, 2, column)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(1, 1)
        self.set_value(value)
        self.slider.valueChanged.connect(self._turn)

    @property
    def value(self) -> float:
        """The current value."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show this value without emitting ``turned``."""
        self._value = value
        self.slider.blockSignals(True)
        self.slider.setValue(round((value - self.spec.low) / self.spec.step))
        self.slider.blockSignals(False)
        self._shown.setText(self.spec.shown(value))

    def _turn(self, position: int) -> None:
        # Rounded, as sums of steps like 0.01 carry floating-point noise into the settings file.
        self._value = round(self.spec.low + position * self.spec.step, 4)
        self._shown.setText(self.spec.shown(self._value))
        self.turned.emit()
