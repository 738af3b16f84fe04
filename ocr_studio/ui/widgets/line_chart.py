"""A line chart that grows during training, drawn with Qt's painter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme

# The weight of the newest value in the smoothed line of noisy values.
_FRESH = 0.15
_DOT = 2.5
# The minimum distance between two grid lines, in pixels.
_ROOM = 26


@dataclass
class Curve:
    """One line of the chart.

    Attributes:
        title: Its name in the legend.
        role: Its colour in the theme.
        dashed: Whether it is dashed, to differ by more than colour.
        jumps: Whether its values are noisy: a smoothed line is drawn, and the values faintly.
        points: (step, value) of each point.
    """

    title: str
    role: str = "accent"
    dashed: bool = False
    jumps: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)


class Chart(QWidget):
    """A few curves over the same steps, with values from 0 up."""

    def __init__(
        self, title: str, curves: Sequence[Curve], shown: Callable[[float], str], *, most: float | None = None
    ) -> None:
        """Create the chart.

        Args:
            title: What is measured.
            curves: The curves.
            shown: Formats a value, for the axis and for screen readers.
            most: The upper end of the axis; by default a little above the largest value.
        """
        super().__init__()
        self.title, self.curves, self._shown, self._end = title, tuple(curves), shown, most
        self._steps = 1.0
        self._best: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 76)
        self._describe()

    def sizeHint(self) -> QSize:  # noqa: N802
        """The preferred size, wider than high."""
        return QSize(300, 120)

    def clear(self, steps: int = 1) -> None:
        """Remove all points.

        Args:
            steps: The last step of the curves to come.
        """
        self._steps, self._best = float(max(1, steps)), None
        for curve in self.curves:
            curve.points.clear()
        self._describe()
        self.update()

    def rename(self, *titles: str) -> None:
        """Give the curves new titles, one for each; a curve without a title is not in the legend."""
        for curve, title in zip(self.curves, titles, strict=True):
            curve.title = title
        self._describe()
        self.update()

    def add(self, index: int, step: float, value: float | None) -> None:
        """Add a point to a curve.

        Args:
            index: The number of the curve.
            step: The step; points from this step on are replaced.
            value: The value, or None if there is none.
        """
        if value is not None and math.isfinite(value):
            points = self.curves[index].points
            while points and points[-1][0] >= step:  # the training was resumed at an earlier step
                points.pop()
            points.append((float(step), float(value)))
            self._describe()
            self.update()

    def mark_best(self, step: float) -> None:
        """Mark the step with the best result."""
        self._best = float(step)
        self.update()

    def _describe(self) -> None:
        parts = [f"{each.title} {self._shown(each.points[-1][1])}" for each in self.curves if each.points]
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(", ".join(parts) or tr("no data yet"))
        self.setToolTip(labels.tooltip("\n".join(parts)))

    # ------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the title, the legend, the grid and the curves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        top = self._most()
        gutter = max(metrics.horizontalAdvance(self._shown(value)) for value in (top, top / 2)) + 10
        head = self._paint_head(painter)
        area = QRectF(gutter, head, self.width() - gutter - 12, self.height() - head - 8)
        if area.width() > 20 and area.height() > 20:
            self._paint_grid(painter, area, top)
            for curve in self.curves:
                self._paint_curve(painter, area, top, curve)
        painter.end()

    def _most(self) -> float:
        """The upper end of the axis: a round number above all values."""
        if self._end is not None:
            return self._end
        values = [value for curve in self.curves for _, value in (_smooth(curve) if curve.jumps else curve.points)]
        most = max(values, default=0.0)
        if most <= 0:
            return 1.0
        unit = 10.0 ** math.floor(math.log10(most))
        return next(unit * many for many in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if unit * many >= most * 1.02 or many == 10)

    def _place(self, area: QRectF, top: float, step: float, value: float) -> QPointF:
        across = min(1.0, step / self._steps)
        return QPointF(area.left() + area.width() * across, area.bottom() - area.height() * min(1.0, value / top))

    def _paint_head(self, painter: QPainter) -> float:
        """Paint title and legend, in several lines if necessary. Returns the top of the plot in pixels."""
        colours, metrics = theme.colours(), self.fontMetrics()
        painter.setPen(QColor(colours.text))
        baseline, left = metrics.ascent() + 2, 2.0
        painter.drawText(QPointF(left, baseline), self.title)
        left += metrics.horizontalAdvance(self.title) + 16
        for curve in filter(lambda each: each.title, self.curves):
            value = f" {self._shown(curve.points[-1][1])}" if curve.points else ""
            text = curve.title + value
            wide = 24 + metrics.horizontalAdvance(text)
            if left + wide > self.width() and left > 2.0:
                left, baseline = 2.0, baseline + metrics.height() + 1
            painter.setPen(_pen(curve))
            middle = baseline - metrics.ascent() / 3
            painter.drawLine(QPointF(left, middle), QPointF(left + 18, middle))
            painter.setPen(QColor(colours.quiet))
            painter.drawText(QPointF(left + 23, baseline), text)
            left += wide + 14
        return baseline + metrics.descent() + 8.0

    def _paint_grid(self, painter: QPainter, area: QRectF, top: float) -> None:
        colours = theme.colours()
        parts = 2 if area.height() >= 2 * _ROOM else 1
        for part in range(parts + 1):
            value = top * part / parts
            place = self._place(area, top, 0, value)
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(place, QPointF(area.right(), place.y()))
            painter.setPen(QColor(colours.quiet))
            label = QRectF(0, place.y() - 10, area.left() - 6, 20)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._shown(value))
        if self._best is not None:
            across = self._place(area, top, self._best, 0).x()
            painter.setPen(QPen(QColor(colours.quiet), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(across, area.top()), QPointF(across, area.bottom()))
            # With a fixed end of the axis, the values approach the top, so the label goes to the bottom.
            label = QRectF(across - 60, area.top() - 4 if self._end is None else area.bottom() - 18, 56, 16)
            if label.left() < area.left():
                label.moveLeft(across + 4)
                # Translators: Next to the training step with the best result. Room for about ten characters.
                painter.drawText(label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, tr("best"))
            else:
                painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, tr("best"))

    def _paint_curve(self, painter: QPainter, area: QRectF, top: float, curve: Curve) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if curve.jumps:
            faint = _pen(curve)
            colour = QColor(faint.color())
            colour.setAlpha(70)
            painter.setPen(QPen(colour, 1))
            painter.save()
            painter.setClipRect(area)
            painter.drawPath(self._path(area, top, curve.points))
            painter.restore()
        painter.setPen(_pen(curve))
        points = _smooth(curve) if curve.jumps else curve.points
        painter.drawPath(self._path(area, top, points))
        if not curve.jumps:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(theme.colours(), curve.role)))
            for step, value in points:
                painter.drawEllipse(self._place(area, top, step, value), _DOT, _DOT)

    def _path(self, area: QRectF, top: float, points: Sequence[tuple[float, float]]) -> QPainterPath:
        path = QPainterPath()
        for number, (step, value) in enumerate(points):
            place = self._place(area, top, step, value)
            if number:
                path.lineTo(place)
            else:
                path.moveTo(place)
        return path


def _smooth(curve: Curve) -> list[tuple[float, float]]:
    """Return the exponential moving average, with bias correction at the beginning (Kingma & Ba 2015, section 3)."""
    mean, weight, smooth = 0.0, 0.0, []
    for step, value in curve.points:
        mean = (1 - _FRESH) * mean + _FRESH * value
        weight = (1 - _FRESH) * weight + _FRESH
        smooth.append((step, mean / weight))
    return smooth


def _pen(curve: Curve) -> QPen:
    pen = QPen(QColor(getattr(theme.colours(), curve.role)), 2)
    if curve.dashed:
        pen.setDashPattern([3, 2])
    return pen
