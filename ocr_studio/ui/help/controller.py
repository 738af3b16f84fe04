"""Helps a person to find their way: the command palette, the list of keys, and hints."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.state_file import RecentChoices
from ocr_studio.ui.help import palette_entries
from ocr_studio.ui.help.hints import Hints
from ocr_studio.ui.help.palette import Palette
from ocr_studio.ui.help.shortcut_list import KeySheet
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.menus.context import Parts


class Guide(QObject):
    """Shows them over the window. It is made before the actions are, and told of them.

    Signals: ``changed()`` a hint came or went.
    """

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._told: tuple[Parts, ActionSet] | None = None
        self.palette: Palette | None = None
        self.sheet: KeySheet | None = None
        self.hints: Hints | None = None

    def know(self, parts: Parts, actions: ActionSet) -> None:
        """These are the parts and the actions."""
        self._told = parts, actions
        self.hints = Hints(parts, actions)
        self.hints.changed.connect(self.changed)

    @property
    def hint_shown(self) -> bool:
        """Whether there is a hint to close."""
        return self.hints is not None and self.hints.shown

    def close_hint(self) -> None:
        """The person has seen the hint."""
        if self.hints is not None:
            self.hints.close()

    def retint(self) -> None:
        """Take over the colours of another theme."""
        if self.hints is not None:
            self.hints.card.retint()

    def show_palette(self) -> None:
        """Show the palette, or take it away."""
        if self._told is None:
            return
        if self.palette is None:
            parts, actions = self._told
            self.palette = Palette(lambda: palette_entries.collect(parts, actions), RecentChoices(), self._window)
        self.palette.open()

    def show_keys(self) -> None:
        """Show all keys, or take the list away."""
        if self.sheet is not None:
            self.sheet.reject()
            return
        if self._told is None:
            return
        parts, actions = self._told
        sheet = self.sheet = KeySheet(actions, parts.panels, self._window)
        sheet.change.clicked.connect(lambda: self._change_keys(parts))
        sheet.finished.connect(self._forget_sheet)
        sheet.finished.connect(sheet.deleteLater)
        sheet.show()
        sheet.line.setFocus()

    def _forget_sheet(self) -> None:
        self.sheet = None

    @staticmethod
    def _change_keys(parts: Parts) -> None:
        parts.choosing.show_settings("keys")
