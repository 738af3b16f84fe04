"""Forms and their flat fields (combo box, number, filter of a list, choices in a menu), and rows of buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QHelpEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLayout,
    QLayoutItem,
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

# Screen pixels: the side of an arrow, and the width at which a combo box still says something.
_ARROW, _NARROW = 16, 110


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


class ButtonRow(QLayout):
    """Widgets beside each other, in further rows where there is no room. Those ``at_end`` are at the end of their row.

    Give it to a layout before adding to it, as widgets need a parent.
    """

    def __init__(self, spacing: int = 8) -> None:
        """Create an empty row. spacing: pixels between widgets, and between rows."""
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._at_end: set[QWidget] = set()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def add(self, widget: QWidget, *, at_end: bool = False) -> None:
        """Add a widget."""
        if at_end:
            self._at_end.add(widget)
        self.addWidget(widget)

    def addItem(self, item: QLayoutItem, /) -> None:  # noqa: N802  (Qt's name)
        """See ``QLayout``; so are the following methods."""
        self._items.append(item)

    def count(self) -> int:
        """How many widgets there are."""
        return len(self._items)

    def itemAt(self, index: int, /) -> QLayoutItem | None:  # noqa: N802
        """A widget's item; None after the last one."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int, /) -> QLayoutItem | None:  # noqa: N802
        """Remove a widget's item; None after the last one."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """No room is wanted besides that of the widgets."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """The number of rows depends on the width."""
        return True

    def heightForWidth(self, width: int, /) -> int:  # noqa: N802
        """The height of the rows at this width."""
        edges = self.contentsMargins()
        rows = self._split(width - edges.left() - edges.right())
        return sum(map(_high, rows)) + self.spacing() * max(0, len(rows) - 1) + edges.top() + edges.bottom()

    def sizeHint(self) -> QSize:  # noqa: N802
        """All widgets in one row."""
        return QSize(self._wide(self._shown()), _high(self._shown())).grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:  # noqa: N802
        """The widest widget."""
        wide = max((item.sizeHint().width() for item in self._shown()), default=0)
        return QSize(wide, _high(self._shown())).grownBy(self.contentsMargins())

    def setGeometry(self, place: QRect, /) -> None:  # noqa: N802
        """Place the widgets."""
        super().setGeometry(place)
        inside = place.marginsRemoved(self.contentsMargins())
        parent = self.parentWidget()
        way = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        top = inside.top()
        for row in self._split(inside.width()):
            left, high = inside.left(), _high(row)
            ending = [item for item in row if item.widget() in self._at_end]
            for item in (*(each for each in row if each not in ending), *ending):
                if ending and item is ending[0]:
                    left = max(left, inside.right() + 1 - self._wide(ending))
                size = item.sizeHint().boundedTo(QSize(inside.width(), high))
                at = QRect(QPoint(left, top + (high - size.height()) // 2), size)
                item.setGeometry(QStyle.visualRect(way, inside, at))
                left += size.width() + self.spacing()
            top += high + self.spacing()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _wide(self, items: Sequence[QLayoutItem]) -> int:
        return sum(item.sizeHint().width() for item in items) + self.spacing() * max(0, len(items) - 1)

    def _split(self, width: int) -> list[list[QLayoutItem]]:
        """The visible items in rows of at most this width."""
        rows: list[list[QLayoutItem]] = []
        for item in self._shown():
            if rows and self._wide([*rows[-1], item]) <= width:
                rows[-1].append(item)
            else:
                rows.append([item])
        return rows


def _high(items: Iterable[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in items), default=0)


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

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Narrower than its texts, which are elided."""
        least = super().minimumSizeHint()
        return QSize(min(_NARROW, least.width()), least.height())

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
        paint_arrow(self)


def paint_arrow(field: QWidget) -> None:
    """Paint the arrow at the end of a field that opens a list, in place of the one that the style sheet removes."""
    painter = QPainter(field)
    end = QRect(field.width() - _ARROW - 8, (field.height() - _ARROW) // 2, _ARROW, _ARROW)
    place = QStyle.visualRect(field.layoutDirection(), field.rect(), end)
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
