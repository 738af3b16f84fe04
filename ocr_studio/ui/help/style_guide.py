"""One page with the design system: spacing, type sizes, colours, states of controls, and boxes on the photo."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.style import box_colours, design, theme
from ocr_studio.ui.style.box_colours import BoxStyle, Look
from ocr_studio.ui.widgets.form_fields import ComboBox
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity
from ocr_studio.ui.widgets.plain_label import PlainLabel

_LOOKS = {
    Look.UNREAD: later("not read yet"),
    Look.SURE: later("high confidence"),
    Look.UNSURE: later("medium confidence"),
    Look.DOUBTFUL: later("low confidence"),
    Look.CHECKED: later("checked"),
    Look.ASIDE: later("unreadable or ignored"),
}
_SIZE = QSize(1180, 860)


class StyleGuide(QWidget):
    """The page that shows spacing, type sizes, colours and states of the window, as designed."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("Style guide – OCR Studio"))
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(*[design.WIDE] * 4)
        columns.setSpacing(2 * design.WIDE)
        for parts in ((_spaces, _densities, _types, _boxes), (_colours,), (_buttons, _fields, _messages)):
            column = QVBoxLayout()
            column.setSpacing(design.APART)
            for part in parts:
                column.addWidget(part())
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroll.setWidget(page)
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))


class _Swatch(QWidget):
    """A patch of one colour, or a box in one style."""

    def __init__(self, size: QSize, colour: str = "", *, style: BoxStyle | None = None) -> None:
        super().__init__()
        self._colour, self._style = colour, style
        self.setFixedSize(size)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self._style is None:
            painter.setPen(QColor(theme.colours().line))
            painter.setBrush(QColor(self._colour))
            painter.drawRoundedRect(place, design.TIGHT, design.TIGHT)
            return
        painter.fillRect(self.rect(), box_colours.current().board)
        style = self._style
        for colour, width in ((box_colours.current().halo, style.width + 2), (style.colour, style.width)):
            pen = QPen(colour, width)
            if style.dash and colour is style.colour:
                pen.setDashPattern(list(style.dash))
            painter.setPen(pen)
            painter.drawRect(place.adjusted(1, 1, -1, -1))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, style.mark)


def _group(title: str, *rows: tuple[QWidget, str]) -> QWidget:
    """A headline, and rows of an example and what it is for."""
    group = QWidget()
    layout = QVBoxLayout(group)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(design.NEAR)
    headline = PlainLabel(title)
    design.set_size(headline, design.HEADLINE, bold=True)
    layout.addWidget(headline)
    grid = QGridLayout()
    grid.setHorizontalSpacing(design.EDGE)
    grid.setVerticalSpacing(design.NEAR)
    grid.setColumnStretch(1, 1)
    for number, (example, said) in enumerate(rows):
        alone = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if said:
            grid.addWidget(example, number, 0, alone)
            label = PlainLabel(said)
            label.setProperty("quiet", True)
            label.setWordWrap(True)
            grid.addWidget(label, number, 1)
        else:
            grid.addWidget(example, number, 0, 1, 2)
    layout.addLayout(grid)
    return group


def _spaces() -> QWidget:
    rows = [
        (_Swatch(QSize(space + 4, 20), theme.colours().accent), f"{space} px   {tr(use)}")
        for space, use in design.SPACES.items()
    ]
    return _group(tr("Spacing"), *rows)


def _densities() -> QWidget:
    rows = [
        (PlainLabel(tr(each.name)), tr("rows {pixels} px, gaps × {factor}", pixels=pixels, factor=each.factor))
        for each in design.DENSITIES.values()
        for pixels in (f"{each.row:+}".replace("-", "−"),)
    ]
    return _group(tr("Density"), *rows)


def _types() -> QWidget:
    rows: list[tuple[QWidget, str]] = []
    for factor, use in design.TYPE_SIZES.items():
        label = PlainLabel(tr(use))
        design.set_size(label, factor, bold=factor > design.BODY)
        rows.append((label, f"{factor:g} ×"))
    return _group(tr("Type sizes"), *rows)


def _colours() -> QWidget:
    now = theme.colours()
    rows = [
        (_Swatch(QSize(56, 28), getattr(now, name)), f"{name}   {getattr(now, name)}\n{tr(use)}")
        for name, use in design.COLOURS.items()
    ]
    return _group(tr("Colours"), *rows)


def _boxes() -> QWidget:
    styles = box_colours.current().styles
    rows = [(_Swatch(QSize(72, 28), style=styles[look]), tr(said)) for look, said in _LOOKS.items()]
    return _group(tr("Boxes on the photo"), *rows)


def _buttons() -> QWidget:
    normal, main, off, chosen = (QPushButton(tr("Confirm")) for _ in range(4))
    main.setProperty("primary", True)
    off.setEnabled(False)
    chosen.setProperty("chosen", True)
    tool = QToolButton()
    tool.setCheckable(True)
    tool.setChecked(True)
    tool.setIcon(theme.icon("mdi6.cursor-default-outline"))
    tool.setAccessibleName(tr("Tool in use"))
    return _group(
        tr("Buttons"),
        (normal, tr("normal")),
        (main, tr("the main one: at most one in a panel")),
        (chosen, tr("chosen")),
        (off, tr("can’t be used now")),
        (tool, tr("Tool in use")),
    )


def _fields() -> QWidget:
    field, wrong, tabs = QLineEdit(tr("Text")), PlainLabel(tr("This is wrong.")), QTabBar()
    field.setAccessibleName(tr("Text"))
    wrong.setProperty("wrong", True)
    tabs.addTab(tr("Words"))
    tabs.addTab(tr("Text"))
    combo = ComboBox([("one", tr("Least confident first"))], "one", tr("Queue order"))
    check, slider = QCheckBox(tr("Snap to neighbours")), QSlider(Qt.Orientation.Horizontal)
    check.setChecked(True)
    slider.setValue(60)
    slider.setAccessibleName(tr("Strength"))
    bar = QProgressBar(textVisible=False)
    bar.setValue(60)
    bar.setAccessibleName(tr("Progress"))
    rows = QListWidget()
    rows.ensurePolished()  # else the rows are as high as without the style sheet
    rows.addItems([tr("Text"), tr("selected row")])
    rows.setCurrentRow(1)
    rows.setMaximumHeight(84)
    rows.setAccessibleName(tr("selected row"))
    return _group(
        tr("Fields and lists"),
        (tabs, ""), (field, ""), (combo, ""), (check, ""), (slider, ""), (bar, ""), (rows, ""), (wrong, ""),
    )  # fmt: skip


def _messages() -> QWidget:
    bar = MessageBar()
    for severity, text in (
        (Severity.INFO, tr("The photo was read.")),
        (Severity.WARNING, tr("Not saved yet.")),
        (Severity.ERROR, tr("Can’t open this photo.")),
    ):
        bar.show_message(text, severity)
    return _group(tr("Messages"), (bar, ""))
