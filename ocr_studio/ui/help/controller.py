"""Shows the help over the window: help pages, the command palette, the list of shortcuts, and hints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ocr_studio.core.state_file import RecentChoices
from ocr_studio.ui.help.help_window import HelpWindow
from ocr_studio.ui.help.hints import Hints
from ocr_studio.ui.help.palette import Palette
from ocr_studio.ui.help.palette_entries import PaletteEntry
from ocr_studio.ui.help.shortcut_list import ShortcutList
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.widgets.side_panel import SidePanel

# The help page of a widget, by the folder of ``ui`` that its class is in.
_TOPICS: Final = {
    "board": "board", "canvas": "editing", "datasets": "datasets", "evaluation": "evaluation", "models": "models",
    "photos": "photos", "reading": "reading", "review": "review", "search": "search", "settings": "settings",
    "sharing": "phone",
    "synth": "synth", "text": "text", "training": "training", "words": "editing",
}  # fmt: skip
_FIRST: Final = "start"
_SHORTCUT: Final = "help shortcut"


def topic_of(widget: QWidget | None) -> str:
    """The help page for a widget: that of the feature which the widget, or the nearest of its parents, belongs to."""
    while widget is not None:
        layers = type(widget).__module__.split(".")
        if layers[:2] == ["ocr_studio", "ui"] and layers[2] in _TOPICS:
            return _TOPICS[layers[2]]
        widget = widget.parentWidget()
    return _FIRST


class HelpController(QObject):
    """Shows and hides the kinds of help. It is made before the actions are; ``connect_actions`` hands them over.

    Signals: ``changed()`` a hint was shown or closed.
    """

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: ActionSet | None = None
        self._panels: Sequence[SidePanel] = ()
        self._entries: Callable[[], list[PaletteEntry]] = list
        self.palette: Palette | None = None
        self.sheet: ShortcutList | None = None
        self.hints: Hints | None = None
        self.help_window: HelpWindow | None = None
        application = QGuiApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._offer_in_dialog)

    def connect_actions(
        self,
        actions: ActionSet,
        hints: Hints,
        *,
        panels: Sequence[SidePanel],
        entries: Callable[[], list[PaletteEntry]],
    ) -> None:
        """Use these from now on; ``entries`` returns those of the command palette."""
        self._actions, self.hints, self._panels, self._entries = actions, hints, panels, entries
        hints.changed.connect(self.changed)

    @property
    def hint_shown(self) -> bool:
        """Whether there is a hint to close."""
        return self.hints is not None and self.hints.shown

    def close_hint(self) -> None:
        """Close the hint that is shown, for good, or skip the tour."""
        if self.hints is not None:
            self.hints.close()

    def start_tour(self) -> None:
        """Take the tour, from its first step."""
        if self.hints is not None:
            self.hints.start_tour()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        if self.hints is not None:
            self.hints.card.retint()
        if self.help_window is not None:
            self.help_window.retint()

    def close(self) -> None:
        """Close the help window; the main window is closing."""
        if self.help_window is not None:
            self.help_window.close()
            self.help_window.deleteLater()
            self.help_window = None

    def show_page(self, topic: str = "", heading: str = "") -> None:
        """Show a help page, from its beginning or from a heading on; by default that of what has the focus."""
        topic = topic or topic_of(QApplication.focusWidget())
        if self.help_window is None:
            self.help_window = HelpWindow()
        self.help_window.show_topic(topic, heading)

    def show_palette(self) -> None:
        """Show the command palette, or hide it."""
        if self.palette is None:
            self.palette = Palette(self._entries, RecentChoices(), self._window)
        self.palette.open()

    def show_shortcuts(self) -> None:
        """Show the list of shortcuts, or hide it."""
        if self.sheet is not None:
            self.sheet.reject()
            return
        if self._actions is None:
            return
        sheet = self.sheet = ShortcutList(self._actions, self._panels, self._window)
        sheet.change.clicked.connect(self._actions["change_keys"].trigger)
        sheet.finished.connect(self._forget_sheet)
        sheet.finished.connect(sheet.deleteLater)
        sheet.show()
        sheet.line.setFocus()

    def _forget_sheet(self) -> None:
        self.sheet = None

    def _offer_in_dialog(self, _: QWidget | None, focused: QWidget | None) -> None:
        """Let the shortcut of the help work in dialogs, where the window's own actions do not."""
        dialog = focused.window() if focused is not None else None
        if self._actions is None or not isinstance(dialog, QDialog):
            return
        keys = self._actions["help"].shortcuts()
        known = dialog.findChildren(QShortcut, _SHORTCUT)
        if [shortcut.key() for shortcut in known] == keys:
            return
        for shortcut in known:
            shortcut.deleteLater()
        for key in keys:
            shortcut = QShortcut(key, dialog)
            shortcut.setObjectName(_SHORTCUT)
            shortcut.activated.connect(self.show_page)
