"""The small design system: spacing, type sizes, widths and states. Colours are in ``theme`` and ``box_colours``.

``ocr-studio --style-guide`` shows all of it on one page.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from ocr_studio.core.translation import later

# Screen pixels before scaling. TIGHT: within a control; NEAR: between controls that belong together; EDGE: around a
# panel; APART: between groups; WIDE: around a page.
TIGHT: Final = 4
NEAR: Final = 8
EDGE: Final = 12
APART: Final = 16
WIDE: Final = 24
SPACES: Final = {
    TIGHT: later("within a control"),
    NEAR: later("between controls that belong together"),
    EDGE: later("around a panel"),
    APART: later("between groups"),
    WIDE: later("around a page"),
}

# Sizes of type, as factors of the system's size. A text is larger only if it names what follows.
NOTE: Final = 0.9
BODY: Final = 1.0
HEADLINE: Final = 1.25
TITLE: Final = 1.6
TYPE_SIZES: Final = {
    NOTE: later("Keys and units"),
    BODY: later("Everything else"),
    HEADLINE: later("Headline of a panel"),
    TITLE: later("Title of a page"),
}

# Colours of the theme and what they are for.
COLOURS: Final = {
    "window": later("window and panels"),
    "surface": later("menus, bars and messages"),
    "base": later("lists and fields"),
    "canvas": later("around the photo"),
    "line": later("lines between parts"),
    "text": later("texts"),
    "quiet": later("hints, units and headings of columns"),
    "disabled": later("what can’t be used now"),
    "accent": later("focus, links and the main button"),
    "on_accent": later("texts on the main button"),
    "selection": later("selected rows and chosen alternatives"),
    "hover": later("under the mouse"),
    "info": later("notes"),
    "warning": later("warnings"),
    "error": later("errors"),
}


def set_size(widget: QWidget, factor: float, *, bold: bool = False) -> None:
    """Give the text of a widget one of the type sizes."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * factor)
    font.setBold(bold)
    widget.setFont(font)
