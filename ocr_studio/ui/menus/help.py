"""The actions of the Help menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.settings.controller import SettingsController


class HelpActions(Protocol):
    """What the Help menu shows."""

    @property
    def hint_shown(self) -> bool:
        """Whether there is a hint to close."""

    def close_hint(self) -> None:
        """Close the hint."""

    def start_tour(self) -> None:
        """Take the tour, from its first step."""

    def show_palette(self) -> None:
        """Show or hide the command palette."""

    def show_shortcuts(self) -> None:
        """Show or hide the list of shortcuts."""

    def show_page(self) -> None:
        """Show the help page of what has the focus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpMenu:
    """What the Help menu works on. ``about`` shows the licences."""

    help: HelpActions
    preferences: SettingsController
    about: Callable[[], object]


ACTIONS: tuple[ActionSpec[HelpMenu], ...] = (
    ActionSpec(
        "help", "&Help", lambda p: p.help.show_page(), "&Help", 0, "mdi6.help-circle-outline", ("F1",),
        tip="Show the help page for the part of the window you are using", looks=True,
    ),
    ActionSpec(
        "tour", "Take the &tour", lambda p: p.help.start_tour(), "&Help", 0, "mdi6.map-marker-path",
        tip="Show the main parts of the window in five steps", looks=True,
    ),
    ActionSpec(
        "palette", "&Find command…", lambda p: p.help.show_palette(), "&Help", 1, "mdi6.console-line", ("Ctrl+K",),
        tip="Find and run any command by typing part of its name; opens recent photos, too", looks=True,
    ),
    ActionSpec(
        "keys", "&Keyboard shortcuts", lambda p: p.help.show_shortcuts(), "&Help", 1, "mdi6.keyboard-outline",
        ("Ctrl+F1",),
        tip="Show all keyboard shortcuts and mouse actions", looks=True,
    ),
    ActionSpec(
        "change_keys", "&Change shortcuts…", lambda p: p.preferences.show_settings("keys"), "&Help", 1,
        "mdi6.keyboard-settings-outline", tip="Change the keyboard shortcuts of commands", looks=True,
    ),
    ActionSpec(
        "close_hint", "Close h&int", lambda p: p.help.close_hint(), "&Help", 1, "mdi6.lightbulb-off-outline",
        ("Shift+Esc",), tip="Close the hint over the photo, or skip the tour; it won’t be shown again",
        when=lambda p: p.help.hint_shown, why="No hint is shown.", looks=True,
    ),
    ActionSpec(
        "about", "&About OCR Studio", lambda p: p.about(), "&Help", 2, "mdi6.information-outline",
        tip="Show the version and the licences", looks=True,
    ),
)  # fmt: skip
