"""Forms and their flat fields: a combo box and a number field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLayout,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QToolTip,
    QWidget,
)

from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel


class Form(QFormLayout):
    """Labels beside fields: each label is level with its field, and all fields are equally wide."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(18)
        self.setVerticalSpacing(12)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def add(self, title: str, field: QWidget, *, place: QLayout | None = None) -> PlainLabel:
        """Add a row.

        Args:
            title: The label.
            field: What the label names.
            place: The layout that contains the field and more, if the row holds more than the field.

        Returns:
            The label.
        """
        label = PlainLabel(title)
        label.setBuddy(field)
        # Qt puts a label that is lower than its field too near to the top.
        items = [place.itemAt(index) for index in range(place.count())] if place else []
        fields = [widget for item in items if item and (widget := item.widget())] or [field]
        for part in (part for each in fields for part in (*each.findChildren(QWidget), each)):
            part.ensurePolished()
        label.setMinimumHeight(max(each.sizeHint().height() for each in fields))
        self.addRow(label, place or field)
        return label


class ComboBox(QComboBox):
    """A combo box that paints its own arrow, as the style sheet removes Qt's, and elides a text that is too long."""

    def __init__(self, items: Iterable[tuple[str, str]], value: str, name: str) -> None:
        """Create the box.

        Args:
            items: Value and title of each item.
            value: The current value.
            name: The accessible name.
        """
        super().__init__()
        for key, title in items:
            self.addItem(title, key)
        self.setCurrentIndex(max(0, self.findData(value)))
        self.setAccessibleName(name)
        self.setMinimumHeight(28)

    @property
    def shown(self) -> str:
        """The visible text."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option.currentText

    def initStyleOption(self, option: QStyleOptionComboBox, /) -> None:  # noqa: N802  (Qt's name)
        """Say how to paint the field. Qt would cut off a long text."""
        super().initStyleOption(option)
        control = QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        width = self.style().subControlRect(*control).width()
        option.currentText = labels.elided(option.fontMetrics, option.currentText, width)

    def event(self, event: QEvent) -> bool:
        """Add the whole text to the tooltip if it is elided."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.shown != self.currentText():
            lines = filter(None, (self.currentText(), self.toolTip()))
            QToolTip.showText(event.globalPos(), labels.tooltip("\n".join(lines)), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the field and its arrow."""
        super().paintEvent(event)
        side = 16
        painter = QPainter(self)
        end = QRect(self.width() - side - 8, (self.height() - side) // 2, side, side)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), end)
        theme.icon("mdi6.chevron-down", role="quiet").paint(painter, place)
        painter.end()


class SpinBox(QSpinBox):
    """A number field without arrows; the arrow keys and the mouse wheel change the number."""

    def __init__(self, low: int, high: int, name: str, **properties: Any) -> None:
        """Create the field.

        Args:
            low: The smallest number.
            high: The largest number.
            name: The accessible name.
            **properties: Properties of QSpinBox.
        """
        super().__init__(minimum=low, maximum=high, **properties)
        self.setAccessibleName(name)
        self.setMinimumHeight(28)
        # Aligned with the other fields: the style sheet's padding does not apply to it.
        self.lineEdit().setTextMargins(6, 0, 6, 0)
