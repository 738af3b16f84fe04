"""The bar of buttons at the top of the window."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolBar, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.action_set import ActionSet

_NAMED = ("open", "read_page", "copy_all", "learn")
_KNOWN_BY_PICTURE = ("open", "copy_all")


class Toolbar(QToolBar):
    """What is used most as pictures, some with their names beside them."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(tr("Toolbar"), parent, movable=False, iconSize=QSize(20, 20))
        self._actions = actions
        self.setObjectName("toolbar")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        actions.fill_toolbar(self)
        self._name(_NAMED, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def fit(self, *, narrow: bool) -> None:
        """In a small window the buttons that are known by their pictures leave room for the one that learns."""
        styles = Qt.ToolButtonStyle
        self._name(_KNOWN_BY_PICTURE, styles.ToolButtonIconOnly if narrow else styles.ToolButtonTextBesideIcon)

    def _name(self, keys: Iterable[str], style: Qt.ToolButtonStyle) -> None:
        for key in keys:
            self.widgetForAction(self._actions[key]).setProperty("toolButtonStyle", style)
