"""The left column of the trainer’s pages: what is the matter, what one can do about it, and a progress meter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel

_BAR, _TICK = 8.0, 4.0


class Meter(QWidget):
    """How many there are of how many that would be plenty; numbers under the marks."""

    def __init__(self, plenty: int, marks: Sequence[int], name: str) -> None:
        """name: what is counted, for who cannot see it."""
        super().__init__()
        self._plenty, self._marks, self._value = plenty, (*marks, plenty), 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.show_value(0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The bar, and the numbers under it."""
        return QSize(200, round(_BAR + _TICK) + self.fontMetrics().height() + 2)

    def show_value(self, value: int) -> None:
        """How many there are."""
        self._value = value
        said = tr("{done} of {total}", done=value, total=self._plenty)
        self.setAccessibleDescription(said)
        self.setToolTip(labels.tooltip(said))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """The bar, its marks and their numbers."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(0, 0, self.width(), _BAR)
        painter.setBrush(QColor(colours.hover))
        painter.drawRoundedRect(whole, _BAR / 2, _BAR / 2)
        share = min(1.0, self._value / self._plenty)
        if share > 0:
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(QRectF(0, 0, max(_BAR, whole.width() * share), _BAR), _BAR / 2, _BAR / 2)
        painter.setPen(QColor(colours.quiet))
        for mark in self._marks:
            at = whole.width() * mark / self._plenty
            place = QRectF(at - 30, _BAR + _TICK, 60, self.fontMetrics().height())
            place.moveLeft(min(max(0.0, place.left()), self.width() - place.width()))
            side = Qt.AlignmentFlag.AlignRight if place.right() >= self.width() else Qt.AlignmentFlag.AlignHCenter
            if place.left() <= 0:
                side = Qt.AlignmentFlag.AlignLeft
                place.moveLeft(max(0.0, at - 3))
            across = min(at, self.width() - 1.0)
            painter.drawLine(QPointF(across, _BAR + 1), QPointF(across, _BAR + _TICK))
            painter.drawText(place, side, str(mark))
        painter.end()


_WIDTH = 300


class TrainerColumn(QScrollArea):
    """A headline, and under it what is added, one below the other. Scrolls where the panel is low."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.headline = PlainLabel()
        self.headline.setWordWrap(True)
        font = self.headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self.headline.setFont(font)
        self._inside = inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(14, 8, 12, 10)
        self._column.setSpacing(8)
        self._column.addWidget(self.headline)
        self._column.addStretch(1)
        self.setWidget(inside)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """As wide as its texts want, or as its buttons need."""
        room = max(_WIDTH, self._inside.minimumSizeHint().width())
        self.setFixedWidth(room + self.verticalScrollBar().sizeHint().width())
        super().showEvent(event)

    def add(self, widget: QWidget) -> None:
        """One more, below the others."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def add_text(self, *, quiet: bool = False) -> PlainLabel:
        """A text that wraps; empty at first, and then it takes no room."""
        label = PlainLabel()
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if quiet:
            label.setProperty("quiet", True)
        self.add(label)
        return label

    def add_buttons(self, *buttons: QPushButton) -> None:
        """Buttons side by side."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in buttons:
            row.addWidget(each)
        row.addStretch(1)
        self._column.insertLayout(self._column.count() - 1, row)


def lay_beside(column: TrainerColumn, page: QWidget) -> Beside:
    """Lay out a page: the column, and to its right what is added to what this returns."""
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(column)
    beside = Beside()
    row.addWidget(beside, 1)
    return beside


class Beside(QSplitter):
    """Parts side by side whose borders can be moved."""

    def __init__(self) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self._shares: list[int] = []

    def add(self, part: QWidget, least: int, share: int) -> None:
        """One more, to the right of the others. least: its least width, in pixels; share: of the width."""
        part.setMinimumWidth(least)
        self.addWidget(part)
        self._shares.append(share)
        self.setSizes(self._shares)


class PressButton(QPushButton):
    """A button that Return presses as Space does; Qt's own does so in dialogs only, and looks like the default then."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Press it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


def button(title: str, tip: str, do: object, *, primary: bool = False, flat: bool = False) -> QPushButton:
    """A button; primary: the one to press; flat: one that keeps in the background."""
    made = PressButton(title)
    made.setToolTip(labels.tooltip(tip))
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    set_primary(made, primary)
    if flat:
        made.setProperty("flat", True)
    made.clicked.connect(do)
    return made


def set_primary(one: QPushButton, primary: bool) -> None:
    """Make it the one to press, or not; what the style sheet says of it is looked up again."""
    if one.property("primary") != primary:
        one.setProperty("primary", primary)
        one.style().unpolish(one)
        one.style().polish(one)


def say(label: PlainLabel, text: str) -> None:
    """Show a text; an empty one takes no room."""
    label.setText(text)
    label.setVisible(bool(text))
