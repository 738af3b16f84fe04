"""The left column of the training pages: headline, texts, buttons, and a progress meter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import WIDE, AdaptiveSplitter

_BAR, _TICK = 8.0, 4.0


class Meter(QWidget):
    """A bar that shows a count, with marks and their numbers below."""

    def __init__(self, plenty: int, marks: Sequence[int], name: str) -> None:
        """Start at 0; the bar is full at ``plenty``, and ``marks`` are further counts to show."""
        super().__init__()
        self._plenty, self._marks, self._value = plenty, (*marks, plenty), 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.show_value(0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The size of the bar and the numbers below."""
        return QSize(200, round(_BAR + _TICK) + self.fontMetrics().height() + 2)

    def show_value(self, value: int) -> None:
        """Show a count."""
        self._value = value
        said = tr("{done} of {total}", done=value, total=self._plenty)
        self.setAccessibleDescription(said)
        self.setToolTip(labels.tooltip(said))
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the bar, its marks and their numbers."""
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


_WIDTH, _LEAST = 300, 200
_NO_LIMIT = 16_777_215  # QWIDGETSIZE_MAX


class TrainerColumn(QScrollArea):
    """A scrollable column with a headline and the widgets that are added below it."""

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
        self._wide = False
        self._inside = inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(14, 8, 12, 10)
        self._column.setSpacing(8)
        self._column.addWidget(self.headline)
        self._column.addStretch(1)
        self.setWidget(inside)

    def set_wide(self, wide: bool) -> None:
        """Be as wide as the texts and buttons need, beside the rest of the page; or as high as they need, above it."""
        self._wide = wide
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Set the size that the texts and buttons need."""
        self._fit()
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Set the size again when texts have changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Texts wrap differently in another width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._wide:
            room = max(_WIDTH, self._inside.minimumSizeHint().width())
            self.setFixedWidth(room + self.verticalScrollBar().sizeHint().width())
            self.setMinimumHeight(0)
            self.setMaximumHeight(_NO_LIMIT)
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_NO_LIMIT)
            width = max(_LEAST, self.viewport().width())
            wraps = self._column.hasHeightForWidth()
            self.setFixedHeight(self._column.totalHeightForWidth(width) if wraps else self._inside.sizeHint().height())

    def add(self, widget: QWidget) -> None:
        """Add a widget below the others."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def add_text(self, *, quiet: bool = False) -> PlainLabel:
        """Add a label that wraps its text; empty at first."""
        label = PlainLabel()
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if quiet:
            label.setProperty("quiet", True)
        self.add(label)
        return label

    def add_buttons(self, *buttons: QPushButton) -> None:
        """Add a row of buttons."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in buttons:
            row.addWidget(each)
        row.addStretch(1)
        self._column.insertLayout(self._column.count() - 1, row)


def lay_beside(column: TrainerColumn, page: QWidget) -> AdaptiveSplitter:
    """Lay out a page with the column on the left, or above in a narrow panel; returns the splitter beside it."""
    # At first as in a narrow panel: pages that are not shown would make the panel wide otherwise.
    row = QBoxLayout(QBoxLayout.Direction.TopToBottom, page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(column)
    beside = AdaptiveSplitter()
    row.addWidget(beside, 1)
    page.installEventFilter(_Turner(page, row, column))
    return beside


class _Turner(QObject):
    """Turns the layout of a page with its width."""

    def __init__(self, page: QWidget, row: QBoxLayout, column: TrainerColumn) -> None:
        super().__init__(page)
        self._row, self._column = row, column

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Turn where the width asks for it."""
        if isinstance(event, QResizeEvent):
            wide = event.size().width() >= WIDE
            ways = QBoxLayout.Direction
            self._row.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
            self._column.set_wide(wide)
        return super().eventFilter(watched, event)


class PressButton(QPushButton):
    """A button that Return presses as Space does; Qt's own does so in dialogs only, as the default button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Click on Return or Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


def button(title: str, tip: str, do: object, *, primary: bool = False, flat: bool = False) -> QPushButton:
    """A button. primary: emphasized; flat: without a frame."""
    made = PressButton(title)
    made.setToolTip(labels.tooltip(tip))
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    made.setProperty("primary", primary)
    made.setProperty("flat", flat)
    made.clicked.connect(do)
    return made


def say(label: PlainLabel, text: str) -> None:
    """Show a text; hide the label if it is empty."""
    label.setText(text)
    label.setVisible(bool(text))
