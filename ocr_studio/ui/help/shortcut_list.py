"""The list of all keyboard shortcuts and mouse gestures, with a search field."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.help import fuzzy_title
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands import key_rules
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.menus.table import TABLE
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.panel_keys import ALWAYS, PanelKeys
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePanel

_COLUMNS = 2
# Pixels before scaling: the width of the keys, equal in all groups so that the descriptions are aligned; the gap
# between keys, and the padding of a key.
_CAPS, _GAP, _ROUND = 190, 4, 20
# Seconds of filling the list before the window handles events again.
_TURN = 0.01
_SCROLLING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


@dataclass(frozen=True, slots=True)
class Section:
    """A group of shortcuts.

    Attributes:
        title: A menu or a place.
        rows: Keys, and what they do.
    """

    title: str
    rows: tuple[tuple[tuple[str, ...], str], ...]

    @property
    def weight(self) -> int:
        """Its height in rows."""
        return len(self.rows) + 2


def sections(actions: ActionSet, panels: Iterable[SidePanel]) -> list[Section]:
    """Return the current shortcuts: by menu, then those that work in one place only."""
    menus: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for spec in TABLE:
        keys = key_rules.shown(spec, actions.changed_keys)
        if keys:
            menus.setdefault(spec.menu_name, []).append((tuple(map(labels.key, keys)), spec.name))
    places = [*ALWAYS, *(PanelKeys(panel.windowTitle(), panel.own_keys) for panel in panels if panel.own_keys)]
    return [
        *(Section(menu, tuple(rows)) for menu, rows in menus.items()),
        *(Section(tr(place.title), tuple(((tr(key),), tr(what)) for key, what in place.rows)) for place in places),
    ]


class ShortcutList(QDialog):
    """The list of shortcuts in columns. It is not modal, and follows changes of shortcuts.

    Attributes:
        change: The button that opens the settings of shortcuts.
    """

    def __init__(self, actions: ActionSet, panels: Sequence[SidePanel], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self._actions, self._panels = actions, panels
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Search shortcuts"))
        self.line.setAccessibleName(tr("Search shortcuts"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(tr("All shortcuts"))
        self.nothing = PlainLabel(
            tr("No matching shortcuts. Press {key} to search commands without a shortcut.", key=actions.key("palette"))
        )
        self.nothing.setProperty("quiet", True)
        self.nothing.hide()
        self.change = QPushButton(tr("&Change shortcuts…"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.change, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        for widget in (self.line, self.nothing, self.area, buttons):
            layout.addWidget(widget)
        layout.setStretchFactor(self.area, 1)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in the search field must not press it
        self._groups: list[_Group] = []
        self._coming: deque[tuple[QVBoxLayout, Section]] = deque()
        self._more = QTimer(self, interval=0)
        self._more.timeout.connect(self._add_some)
        actions.keys_changed.connect(self._fill)
        self._fill()
        self.resize(QSize(980, 720).boundedTo(parent.size()).boundedTo(self.screen().availableSize() * 0.94))

    def shown(self) -> list[str]:
        """Return the descriptions of the visible shortcuts."""
        return [what for group in self._groups for what in group.shown()]

    @property
    def full(self) -> bool:
        """Whether all shortcuts are listed. Creating 600 labels takes 0.1 s, so it is done in steps."""
        return not self._coming

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Let the keys that the search field doesn't use scroll the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _SCROLLING:
            bar = self.area.verticalScrollBar()
            page = event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            by = bar.pageStep() if page else 3 * bar.singleStep()
            bar.setValue(bar.value() + (by if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) else -by))
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        self._groups.clear()
        board = QWidget()
        across = QHBoxLayout(board)
        across.setContentsMargins(0, 0, 12, 0)
        across.setSpacing(36)
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        for column in columns:
            column.setSpacing(20)
            column.addStretch(1)
            across.addLayout(column, 1)
        found = sections(self._actions, self._panels)
        room = sum(section.weight for section in found) / _COLUMNS
        used = 0.0
        self._coming.clear()
        for section in found:
            self._coming.append((columns[min(_COLUMNS - 1, int((used + section.weight / 2) / room))], section))
            used += section.weight
        self.area.setWidget(board)
        self._more.start()

    def _add_some(self) -> None:
        end = time.perf_counter() + _TURN
        while self._coming and time.perf_counter() < end:
            column, section = self._coming.popleft()
            group = _Group(section)
            column.insertWidget(column.count() - 1, group)
            group.look_for(self.line.text())
            self._groups.append(group)
        if self.full:
            self._more.stop()
        self._tell_nothing()

    def _find(self) -> None:
        for group in self._groups:
            group.look_for(self.line.text())
        self._tell_nothing()
        self.area.verticalScrollBar().setValue(0)

    def _tell_nothing(self) -> None:
        self.nothing.setVisible(self.full and not self.shown())


class _Group(QWidget):
    """The shortcuts of one menu or place."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self._section = section
        self._rows: list[tuple[str, list[QWidget]]] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(14)
        layout.setVerticalSpacing(5)
        layout.setColumnMinimumWidth(0, _CAPS)
        layout.setColumnStretch(1, 1)
        title = PlainLabel(section.title)
        title.setProperty("heading", True)
        layout.addWidget(title, 0, 0, 1, 2)
        for number, (keys, what) in enumerate(section.rows, 1):
            said = PlainLabel(what)
            said.setWordWrap(True)
            said.setContentsMargins(0, 2, 0, 0)
            caps = _caps(keys)
            layout.addWidget(caps, number, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            layout.addWidget(said, number, 1, Qt.AlignmentFlag.AlignTop)
            self._rows.append((what, [caps, said]))

    def look_for(self, typed: str) -> None:
        """Show only the rows that match, and hide the group if there are none."""
        for (keys, what), (_, widgets) in zip(self._section.rows, self._rows, strict=True):
            fit = fuzzy_title.match_title(typed, f"{what} {self._section.title}", scattered=False)
            here = fit is not None or typed.casefold().strip() in {key.casefold() for key in keys}
            for widget in widgets:
                widget.setVisible(here)
        self.setVisible(bool(self.shown()))

    def shown(self) -> list[str]:
        """Return the descriptions of the visible rows."""
        return [what for what, widgets in self._rows if not widgets[0].isHidden()]


def _caps(keys: Sequence[str]) -> QWidget:
    """Return a widget with the keys side by side, wrapped where there is no room."""
    rows = QWidget()
    below = QVBoxLayout(rows)
    below.setContentsMargins(0, 0, 0, 0)
    below.setSpacing(_GAP)
    row, room = QHBoxLayout(), _CAPS
    for key in keys:
        cap = PlainLabel(key)
        cap.setProperty("keycap", True)
        cap.ensurePolished()
        wide = cap.fontMetrics().horizontalAdvance(key) + _ROUND
        if wide > _CAPS:
            cap.setWordWrap(True)
            cap.setFixedWidth(_CAPS)
        if wide > room and row.count():
            row.addStretch(1)
            below.addLayout(row)
            row, room = QHBoxLayout(), _CAPS
        row.setSpacing(_GAP)
        row.addWidget(cap)
        room -= wide + _GAP
    row.addStretch(1)
    below.addLayout(row)
    return rows
