"""Forms and their flat fields: a combo box, numbers, a filter of a list, and a button with choices in a menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLayout,
    QLineEdit,
    QMenu,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
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


class FilterField(QLineEdit):
    """A text field above a list that it filters.

    Signals:
        left(): the list gets the keyboard focus.
    """

    left = Signal()

    def __init__(self, name: str, offering: Callable[[], bool] = lambda: False) -> None:
        """Create the field.

        Args:
            name: Its placeholder and accessible name.
            offering: Returns whether completions are shown.
        """
        super().__init__()
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        self.setMaxLength(500)
        self._offering = offering

    def begin(self) -> None:
        """Focus the field and select its text."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape clears the field, or leaves it if it is empty; Enter and Down go to the list.

        While completions are shown, these keys control them.
        """
        keys = Qt.Key
        mine = (keys.Key_Escape, keys.Key_Down, keys.Key_Return, keys.Key_Enter)
        if event.key() in mine and self._offering():
            event.ignore()
        elif event.key() == keys.Key_Escape and self.text():
            self.clear()
        elif event.key() in mine:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ChoiceButton(QToolButton):
    """A button with a menu of which one choice is checked; the tooltip names it.

    Signals:
        chosen(str): the value that the user chose.
    """

    chosen = Signal(str)

    def __init__(self, icon: str, name: str, items: Iterable[tuple[str, str]], *, tip: Callable[[str], str]) -> None:
        """Create the button; the first choice is checked.

        Args:
            icon: The name of its icon.
            name: The accessible name.
            items: Value and title of each choice.
            tip: Returns the tooltip for the title of the checked choice.
        """
        super().__init__()
        self._icon, self._tip = icon, tip
        self.setAccessibleName(name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu, group = QMenu(self), QActionGroup(self)
        self._actions: dict[str, QAction] = {}
        for value, title in items:
            action = self._actions[value] = QAction(title, group, checkable=True)
            action.triggered.connect(lambda _=False, value=value: self._choose(value))
            menu.addAction(action)
        self.setMenu(menu)
        self.show_choice(next(iter(self._actions)))
        self.setIcon(theme.icon(icon))

    def show_choice(self, value: str) -> None:
        """Check a choice."""
        self._actions[value].setChecked(True)
        self.setToolTip(labels.tooltip(self._tip(self._actions[value].text())))

    @property
    def choice(self) -> str:
        """The value of the checked choice."""
        return next(value for value, action in self._actions.items() if action.isChecked())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(theme.icon(self._icon))

    def _choose(self, value: str) -> None:
        self.show_choice(value)
        self.chosen.emit(value)
