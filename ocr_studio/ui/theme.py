"""How the window looks: palette, style sheet and icons, light and dark.

Always Qt's Fusion style with a palette of our own, so that it is the same everywhere: ``QStyleHints.setColorScheme``
silently does nothing on bare X11 and without a screen, and a palette works on each.
"""

from __future__ import annotations

from dataclasses import dataclass

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Colours:
    """The few colours of a theme, as #rrggbb. base: lists and fields; surface: bars; canvas: round the photo."""

    window: str
    surface: str
    base: str
    canvas: str
    line: str
    text: str
    quiet: str
    disabled: str
    accent: str
    on_accent: str
    selection: str
    hover: str
    info: str
    warning: str
    error: str


LIGHT = Colours(
    window="#f5f6f8", surface="#fbfbfc", base="#ffffff", canvas="#e6e8ec", line="#d9dce2", text="#1d2129",
    quiet="#5b6472", disabled="#a0a7b3", accent="#2f6fde", on_accent="#ffffff", selection="#d6e4fd", hover="#e9edf4",
    info="#2f6fde", warning="#9a5b00", error="#c02a37",
)  # fmt: skip
DARK = Colours(
    window="#1e2126", surface="#24282e", base="#1a1d21", canvas="#131518", line="#383e47", text="#e6e9ee",
    quiet="#a3acba", disabled="#69717d", accent="#6ea1ff", on_accent="#0d1420", selection="#2b4270", hover="#2e343c",
    info="#6ea1ff", warning="#f0b04f", error="#ff8080",
)  # fmt: skip


def is_dark() -> bool:
    """Whether the window is dark at this moment."""
    return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours() -> Colours:
    """The colours of the theme at this moment."""
    return DARK if is_dark() else LIGHT


def wanted_dark(theme: str) -> bool:
    """Whether this setting ("system", "light", "dark") means dark now. A system that does not say means light."""
    if theme == "system":
        return QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return theme == "dark"


def use(app: QApplication, theme: str) -> None:
    """Put on a theme: "system", "light" or "dark"."""
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme, Qt.ColorScheme.Unknown)
    # For what the system draws itself: the title bar, native dialogs. Unknown goes back to the system's own choice.
    app.styleHints().setColorScheme(scheme)
    chosen = DARK if wanted_dark(theme) else LIGHT
    app.setStyle("Fusion")
    app.setPalette(_palette(chosen))
    app.setStyleSheet(_sheet(chosen))


def icon(name: str, *, role: str = "text") -> QIcon:
    """An icon by its qtawesome name, in a colour of the theme. role: "text", "quiet", "accent", "info", "warning" …"""
    now = colours()
    made: QIcon = qtawesome.icon(
        name, color=getattr(now, role), color_disabled=now.disabled, color_on=now.accent, color_selected=now.text
    )
    return made


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


def _sheet(c: Colours) -> str:
    return f"""
    QMainWindow::separator {{ background: {c.line}; width: 1px; height: 1px; }}
    QMainWindow::separator:hover {{ background: {c.accent}; }}
    QToolTip {{ background: {c.text}; color: {c.base}; border: 0; padding: 5px 7px; }}

    QMenuBar {{ background: {c.surface}; padding: 2px 6px; }}
    QMenuBar::item {{ padding: 5px 9px; border-radius: 5px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.hover}; }}
    QMenu {{ background: {c.surface}; border: 1px solid {c.line}; padding: 5px; }}
    QMenu::item {{ padding: 6px 26px 6px 10px; border-radius: 5px; }}
    QMenu::item:selected {{ background: {c.selection}; }}
    QMenu::item:disabled {{ color: {c.disabled}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 5px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}

    QToolBar {{
        background: {c.surface}; border: 0; border-bottom: 1px solid {c.line}; padding: 5px 8px; spacing: 2px; }}
    QToolBar::separator {{ background: {c.line}; width: 1px; margin: 5px 7px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 5px 7px; background: transparent; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:pressed {{ background: {c.selection}; }}
    QToolButton:checked {{ background: {c.selection}; border-color: {c.accent}; }}
    QToolButton:focus {{ border-color: {c.accent}; }}
    QToolButton:disabled {{ color: {c.disabled}; }}

    QPushButton {{
        background: {c.base}; border: 1px solid {c.line}; border-radius: 7px; padding: 7px 16px; min-height: 18px; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:pressed {{ background: {c.selection}; }}
    QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.disabled}; }}
    QPushButton:default, QPushButton[primary="true"] {{
        background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; }}
    QPushButton[flat="true"] {{ border-color: transparent; background: transparent; }}

    QDockWidget {{ titlebar-close-icon: none; }}
    QDockWidget::title {{ background: {c.window}; padding: 9px 12px 5px 12px; text-align: left; }}

    QLineEdit, QPlainTextEdit, QSpinBox, QComboBox {{
        background: {c.base}; border: 1px solid {c.line}; border-radius: 6px; padding: 4px 7px; }}
    QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QComboBox:focus {{ border-color: {c.accent}; }}

    QTableView, QListView {{
        background: {c.base}; border: 0; gridline-color: transparent; outline: 0;
        selection-background-color: {c.selection}; selection-color: {c.text}; }}
    QTableView::item {{ border-bottom: 1px solid {c.window}; padding: 0 6px; }}
    QTableView::item:selected {{ background: {c.selection}; color: {c.text}; }}
    QTableView QLineEdit {{ border-radius: 0; padding: 0 4px; border: 2px solid {c.accent}; }}
    QHeaderView::section {{
        background: {c.window}; color: {c.quiet}; border: 0; border-bottom: 1px solid {c.line}; padding: 5px 6px; }}
    QListView::item {{ border-radius: 6px; padding: 4px; margin: 1px 6px; }}
    QListView::item:hover {{ background: {c.hover}; }}
    QListView::item:selected {{ background: {c.selection}; color: {c.text}; }}

    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{
        background: {c.disabled}; border-radius: 4px; margin: 2px; min-height: 28px; min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {c.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

    QStatusBar {{ background: {c.surface}; border-top: 1px solid {c.line}; }}
    QStatusBar::item {{ border: 0; }}
    QProgressBar {{ background: {c.hover}; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}

    QGraphicsView {{ background: {c.canvas}; border: 0; }}
    QFrame[message] {{ background: {c.surface}; border: 0; border-bottom: 1px solid {c.line}; }}
    QFrame[message="info"] {{ border-left: 4px solid {c.info}; }}
    QFrame[message="warning"] {{ border-left: 4px solid {c.warning}; }}
    QFrame[message="error"] {{ border-left: 4px solid {c.error}; }}
    QLabel[quiet="true"] {{ color: {c.quiet}; }}
    QFrame#drop-zone {{ border: 2px dashed {c.line}; border-radius: 16px; background: {c.base}; }}
    QFrame#drop-zone[over="true"] {{ border-color: {c.accent}; background: {c.selection}; }}
    """
