"""Qt's style sheet in the colours of a theme, for what a palette can't define."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from ocr_studio.core import resources
from ocr_studio.core.resources import ResourceMissing
from ocr_studio.ui.style.design import Density

# Lightness of a colour, 0 … 255.
_HALF = 128


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours of a theme as #rrggbb: ``base`` of lists and fields, ``surface`` of bars, ``canvas`` around the photo."""

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


def sheet(colours: Colours, density: Density) -> str:
    """Return Qt's style sheet in these colours and with this density."""
    return "".join(part(colours, density) for part in (_menus, _buttons, _lists, _checks, _scrolling, _surroundings))


def _menus(c: Colours, d: Density) -> str:
    return f"""
    QMenuBar {{ background: {c.surface}; padding: {d.pad(2, 6)}; }}
    QMenuBar::item {{ padding: {d.pad(5, 9)}; border-radius: 5px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.hover}; }}
    QMenu {{ background: {c.surface}; border: 1px solid {c.line}; padding: 5px; }}
    QMenu::item {{ padding: {d.pad(6, 10)}; padding-right: 26px; border-radius: 5px; }}
    QMenu::item:selected {{ background: {c.selection}; }}
    QMenu::item:disabled {{ color: {c.disabled}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 5px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}
    """


def _buttons(c: Colours, d: Density) -> str:
    return f"""
    QToolBar {{
        background: {c.surface}; border: 0; border-bottom: 1px solid {c.line}; padding: {d.pad(5, 8)}; spacing: 2px; }}
    QToolBar::separator {{ background: {c.line}; width: 1px; margin: 5px 7px; }}
    QToolButton {{
        border: 1px solid transparent; border-radius: 6px; padding: {d.pad(5, 7)};
        background: transparent; }}
    QToolButton#qt_toolbar_ext_button {{ padding: 0; border: 0; min-width: 20px; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:pressed {{ background: {c.selection}; }}
    QToolButton:checked {{ background: {c.selection}; border-color: {c.accent}; }}
    QToolButton:checked:disabled {{ background: transparent; border-color: transparent; }}
    QToolButton:focus {{ border-color: {c.accent}; }}
    QToolButton:disabled {{ color: {c.disabled}; }}
    QPushButton {{
        background: {c.base}; border: 1px solid {c.line}; border-radius: 7px; padding: {d.pad(7, 16)};
        min-height: 18px; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:pressed {{ background: {c.selection}; }}
    QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.disabled}; }}
    QPushButton:default, QPushButton[primary="true"] {{
        background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; }}
    QPushButton:default:disabled, QPushButton[primary="true"]:disabled {{
        background: {c.base}; color: {c.disabled}; border-color: {c.line}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton[flat="true"] {{ border-color: transparent; background: transparent; }}
    QPushButton[reading="true"] {{ padding: {d.pad(6, 8)}; text-align: left; }}
    LanguagePicker {{ border-radius: 6px; padding: {d.pad(4, 7)}; padding-right: 26px; text-align: left; }}
    QPushButton[chosen="true"] {{ border-color: {c.accent}; background: {c.selection}; }}
    """


def _lists(c: Colours, d: Density) -> str:
    return f"""
    QLineEdit, QPlainTextEdit {{
        background: {c.base}; border: 1px solid {c.line}; border-radius: 6px; padding: {d.pad(4, 7)}; }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border-color: {c.accent}; }}
    ComboBox, SpinBox {{
        background: {c.base}; border: 1px solid {c.line}; border-radius: 6px; padding: {d.pad(4, 7)}; }}
    ComboBox {{ min-height: 18px; }}
    SpinBox {{ min-height: 16px; }}
    SpinBox::up-button, SpinBox::down-button {{ width: 0; border: 0; }}
    SpinBox QLineEdit {{ border: 0; padding: 0 6px; background: transparent; }}
    ComboBox:focus, SpinBox:focus {{ border-color: {c.accent}; }}
    ComboBox::drop-down {{ border: 0; width: 26px; }}
    ComboBox::down-arrow {{ image: none; }}
    ComboBox QAbstractItemView {{
        background: {c.surface}; border: 1px solid {c.line}; selection-background-color: {c.selection};
        selection-color: {c.text}; }}
    QTableView, QListView, ChangeTree {{
        background: {c.base}; border: 0; gridline-color: transparent; outline: 0;
        selection-background-color: {c.selection}; selection-color: {c.text}; }}
    QTableView::item {{ border-bottom: 1px solid {c.window}; padding: 0 6px; }}
    ChangeTree {{ show-decoration-selected: 1; }}
    ChangeTree::item {{ border-bottom: 1px solid {c.window}; padding: 0 3px; }}
    QTableView::item:selected, ChangeTree::item:selected {{ background: {c.selection}; color: {c.text}; }}
    QTableView QLineEdit {{ border-radius: 0; padding: 0 4px; border: 2px solid {c.accent}; }}
    QHeaderView::section {{
        background: {c.window}; color: {c.quiet}; border: 0; border-bottom: 1px solid {c.line};
        padding: {d.pad(5, 6)}; }}
    QListView::item {{ border-radius: 6px; padding: {d.pad(4, 4)}; margin: 1px 6px; }}
    QListView::item:hover {{ background: {c.hover}; }}
    QListView::item:selected {{ background: {c.selection}; color: {c.text}; }}
    """


def _checks(c: Colours, _: Density) -> str:
    try:
        tick, dash = (_mark(name, c.on_accent) for name in ("check", "dash"))
    except ResourceMissing:
        return ""  # Qt's own boxes, as empty ones would not tell
    boxes = ("QCheckBox::indicator", "RulesTable::indicator", "ChangeTree::indicator")

    def every(*states: str) -> str:
        return ", ".join(f"{box}{state}" for box in boxes for state in states)

    return f"""
    {every("")} {{
        width: 14px; height: 14px; border: 1px solid {c.quiet}; border-radius: 3px; background: {c.base}; }}
    {every(":hover")} {{ border-color: {c.accent}; }}
    {every(":checked", ":indeterminate")} {{ border-color: {c.accent}; background: {c.accent}; }}
    {every(":checked")} {{ image: url("{tick}"); }}
    {every(":indeterminate")} {{ image: url("{dash}"); }}
    {every(":disabled")} {{ border-color: {c.line}; }}
    {every(":checked:disabled", ":indeterminate:disabled")} {{
        border-color: {c.disabled}; background: {c.disabled}; }}
    """


def _mark(name: str, colour: str) -> str:
    """The path of a mark that is drawn in about this colour."""
    shade = "black" if QColor(colour).lightness() < _HALF else "white"
    return resources.resource(f"{name}-{shade}.svg").as_posix()


def _scrolling(c: Colours, d: Density) -> str:
    # For Qt, "sub-page" is always the left part, but values start at the right in right-to-left layouts.
    filled = "add-page" if QApplication.isRightToLeft() else "sub-page"
    return f"""
    QTabWidget::pane {{ border: 0; border-top: 1px solid {c.line}; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{
        background: transparent; color: {c.quiet}; padding: {d.pad(7, 14)};
        border: 0; border-bottom: 2px solid transparent; }}
    QTabBar::tab:hover {{ color: {c.text}; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:focus {{ color: {c.accent}; }}
    QSlider:horizontal {{ min-height: 22px; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {c.line}; }}
    QSlider::{filled}:horizontal {{ height: 4px; border-radius: 2px; background: {c.accent}; }}
    QSlider::{filled}:horizontal:disabled {{ background: {c.line}; }}
    QSlider::handle:horizontal {{
        width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: {c.base};
        border: 1px solid {c.quiet}; }}
    QSlider::handle:horizontal:disabled {{ border-color: {c.line}; background: {c.line}; }}
    QSlider::handle:horizontal:focus, QSlider::handle:horizontal:hover {{ border: 2px solid {c.accent}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{
        background: {c.disabled}; border-radius: 4px; margin: 2px; min-height: 28px; min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {c.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QStatusBar {{ background: {c.surface}; border-top: 1px solid {c.line}; }}
    QStatusBar::item {{ border: 0; }}
    QStatusBar QLabel[part="true"] {{ border-left: 1px solid {c.line}; padding-left: 4px; margin-left: 4px; }}
    QProgressBar {{ background: {c.hover}; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    """


def _surroundings(c: Colours, d: Density) -> str:
    return f"""
    QSplitter::handle {{ background: {c.line}; }}
    QSplitter::handle:hover {{ background: {c.accent}; }}
    QToolTip {{ background: {c.text}; color: {c.base}; border: 0; padding: 5px 7px; }}
    QGraphicsView {{ background: {c.canvas}; border: 0; }}
    QFrame[message] {{ background: {c.surface}; border: 0; border-bottom: 1px solid {c.line}; }}
    QFrame[message="info"] {{ border-left: 4px solid {c.info}; }}
    QFrame[message="warning"] {{ border-left: 4px solid {c.warning}; }}
    QFrame[message="error"] {{ border-left: 4px solid {c.error}; }}
    QFrame#hint {{ background: {c.surface}; border: 1px solid {c.accent}; border-radius: 10px; }}
    QFrame#tour-frame {{ background: transparent; border: 2px solid {c.accent}; border-radius: 7px; }}
    QFrame#palette {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: 10px; }}
    QFrame#palette QListView {{ background: transparent; }}
    QFrame#palette QLineEdit {{ padding: 7px 10px; font-size: 15px; }}
    QLabel[keycap="true"] {{
        background: {c.surface}; border: 1px solid {c.line}; border-radius: 5px; padding: 1px 6px; color: {c.quiet}; }}
    QLabel[heading="true"] {{ font-weight: 600; padding-bottom: 3px; }}
    QLabel[quiet="true"] {{ color: {c.quiet}; }}
    QLabel[wrong="true"] {{ color: {c.error}; }}
    SettingsPage QLabel[found="true"], SettingsPage QCheckBox[found="true"] {{
        background: {c.selection}; border-radius: 5px; }}
    SettingsPage QTreeWidget {{ background: {c.base}; border: 1px solid {c.line}; border-radius: 6px; }}
    SettingsPage QTreeWidget::item {{ padding: {d.pad(4, 2)}; }}
    SettingsPage QTreeWidget::item:selected {{ background: {c.selection}; color: {c.text}; }}
    QLabel[catching="true"] {{ border: 2px solid {c.accent}; border-radius: 6px; padding: 7px 9px; }}
    QFrame#drop-zone {{ border: 2px dashed {c.line}; border-radius: 16px; background: {c.base}; }}
    """
