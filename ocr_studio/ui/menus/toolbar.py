"""The toolbar of the window, and the menu of recent photos and folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolBar, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.style import labels


class RecentMenu(QMenu):
    """The photos and folders that were opened last, newest first.

    Signals: ``chosen(Path)``.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Open &recent"), parent)

    def show_recent(self, paths: Sequence[Path], opened: Mapping[Path, datetime] | None = None) -> None:
        """Fill the menu with these, each with its folder and the day it was opened."""
        self.clear()
        for path in paths:
            name = labels.label(labels.file_name(f"{path.name} — {path.parent}"))
            day = labels.day((opened or {}).get(path))
            action = self.addAction(f"{name}\t{day}" if day else name)  # the tab sets it at the end of the line
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
        self.setEnabled(bool(paths))


# Actions with a name beside their icon; in a narrow window the first ones lose it first.
_NAMED = ("copy_all", "open", "read_page", "learn")


class Toolbar(QToolBar):
    """The most used actions as icons, some with their names."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__(tr("Toolbar"), movable=False, iconSize=QSize(20, 20))
        self._actions = actions
        self.setObjectName("toolbar")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        actions.fill_toolbar(self)
        self._set_style(_NAMED, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def fit(self, width: int) -> None:
        """Show as many names as fit beside all icons."""
        styles, layout = Qt.ToolButtonStyle, self.layout()
        assert layout is not None
        for nameless in range(len(_NAMED) + 1):
            self._set_style(_NAMED[:nameless], styles.ToolButtonIconOnly)
            self._set_style(_NAMED[nameless:], styles.ToolButtonTextBesideIcon)
            layout.invalidate()
            if self.sizeHint().width() <= width:
                return

    def _set_style(self, keys: Iterable[str], style: Qt.ToolButtonStyle) -> None:
        for key in keys:
            self.widgetForAction(self._actions[key]).setProperty("toolButtonStyle", style)
