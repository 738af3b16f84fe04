"""The theme of the window: palette, style sheet and icons, light and dark.

Qt's Fusion style with our own palette looks the same everywhere: ``QStyleHints.setColorScheme`` silently does nothing
on bare X11 and without a screen, whereas a palette always works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ocr_studio.ui.style import design, style_sheet
from ocr_studio.ui.style.style_sheet import Colours

# Light, dark, and both for systems that ask for high contrast: there text is at 7:1 or more, and borders are visible.
_COLOURS: Final = {
    "window":     ("#f5f6f8", "#1e2126", "#fefefe", "#010101"),
    "surface":    ("#fbfbfc", "#24282e", "#fefefe", "#010101"),
    "base":       ("#ffffff", "#1a1d21", "#ffffff", "#000000"),
    "canvas":     ("#e6e8ec", "#131518", "#e6e6e6", "#1a1a1a"),
    "line":       ("#d9dce2", "#383e47", "#404040", "#c8c8c8"),
    "text":       ("#1d2129", "#e6e9ee", "#000000", "#ffffff"),
    "quiet":      ("#5b6472", "#a3acba", "#333333", "#e6e6e6"),
    "disabled":   ("#a0a7b3", "#69717d", "#6b6b6b", "#8f8f8f"),
    "accent":     ("#2f6fde", "#6ea1ff", "#0a3f9c", "#8fc0ff"),
    "on_accent":  ("#ffffff", "#0d1420", "#ffffff", "#000000"),
    "selection":  ("#d6e4fd", "#32518c", "#b8d4ff", "#10438f"),
    "hover":      ("#e9edf4", "#2e343c", "#e3ecfa", "#262626"),
    "info":       ("#2f6fde", "#6ea1ff", "#0a3f9c", "#8fc0ff"),
    "warning":    ("#9a5b00", "#f0b04f", "#5c3600", "#ffcf70"),
    "error":      ("#c02a37", "#ff8080", "#8b0014", "#ffa8a8"),
}  # fmt: skip
LIGHT, DARK, LIGHT_CONTRAST, DARK_CONTRAST = (
    Colours(**{role: values[at] for role, values in _COLOURS.items()}) for at in range(4)
)
_CONTRASTING = {each.window: each for each in (LIGHT_CONTRAST, DARK_CONTRAST)}


def is_dark() -> bool:
    """Whether the current theme is dark."""
    return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours() -> Colours:
    """Return the colours of the current theme."""
    window = QApplication.palette().color(QPalette.ColorRole.Window).name()
    return _CONTRASTING.get(window) or (DARK if is_dark() else LIGHT)


def wanted_dark(theme: str) -> bool:
    """Whether a setting ("system", "light" or "dark") means dark now. A system without a preference means light."""
    if theme == "system":
        return QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return theme == "dark"


def wants_contrast() -> bool:
    """Whether the system asks for high contrast. Before Qt 6.10 that isn't known."""
    hints = QApplication.styleHints()
    return (
        hasattr(hints, "accessibility")
        and hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
    )


def wanted(theme: str) -> Colours:
    """Return the colours that a setting ("system", "light" or "dark") means now."""
    if wants_contrast():
        return DARK_CONTRAST if wanted_dark(theme) else LIGHT_CONTRAST
    return DARK if wanted_dark(theme) else LIGHT


def connect_system(changed: Callable[[], object]) -> None:
    """Call this whenever the system's choice of light, dark or high contrast changes."""
    hints = QApplication.styleHints()
    hints.colorSchemeChanged.connect(changed)
    if hasattr(hints, "accessibility"):
        hints.accessibility().contrastPreferenceChanged.connect(changed)


def use(app: QApplication, theme: str, density: str = "standard") -> None:
    """Apply a theme, "system", "light" or "dark", and a density, "compact", "standard" or "spacious"."""
    design.use_density(app, density)
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme, Qt.ColorScheme.Unknown)
    # For what the system draws: title bar and native dialogs. Unknown restores the system's own choice.
    app.styleHints().setColorScheme(scheme)
    chosen = wanted(theme)
    palette, sheet = _palette(chosen), style_sheet.sheet(chosen, design.density())
    if app.palette() == palette and app.styleSheet() == sheet:
        return  # styling every widget of a window again takes most of a second
    app.setStyle("Fusion")
    app.setPalette(palette)
    app.setStyleSheet(sheet)


def icon(name: str, *, role: str = "text") -> QIcon:
    """Return an icon of qtawesome in a colour of the theme: "text", "quiet", "accent", "info", "warning" …"""
    now = colours()
    made: QIcon = qtawesome.icon(
        name, color=getattr(now, role), color_disabled=now.disabled, color_on=now.accent, color_selected=now.text
    )
    return made


def set_state(widget: QWidget, name: str, on: bool) -> None:
    """Switch a property that the style sheet looks at on or off, and apply the style sheet again."""
    if bool(widget.property(name)) != on:
        widget.setProperty(name, on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _palette(chosen: Colours) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, chosen.window),
        (roles.WindowText, chosen.text),
        (roles.Base, chosen.base),
        (roles.AlternateBase, chosen.surface),
        (roles.Text, chosen.text),
        (roles.PlaceholderText, chosen.quiet),
        (roles.Button, chosen.surface),
        (roles.ButtonText, chosen.text),
        (roles.BrightText, chosen.error),
        (roles.ToolTipBase, chosen.text),
        (roles.ToolTipText, chosen.base),
        (roles.Highlight, chosen.selection),
        (roles.HighlightedText, chosen.text),
        (roles.Link, chosen.accent),
        (roles.LinkVisited, chosen.accent),
        (roles.Accent, chosen.accent),
        (roles.Light, chosen.surface),
        (roles.Midlight, chosen.hover),
        (roles.Mid, chosen.line),
        (roles.Dark, chosen.line),
        (roles.Shadow, chosen.canvas),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(chosen.disabled))
    return palette
