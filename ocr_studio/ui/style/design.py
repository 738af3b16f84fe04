"""The small design system: spacing, densities and type sizes. Colours are in ``theme`` and ``box_colours``.

``ocr-studio --style-guide`` shows all of it on one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QChildEvent, QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLayout, QMessageBox, QVBoxLayout, QWidget

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


@dataclass(frozen=True, slots=True)
class Density:
    """How close together things are. Only heights differ, so that no text has less room.

    Attributes:
        name: Its name.
        row: Pixels added to the height of each row of a list or table.
        factor: Factor for the padding above and below in controls, and for gaps and margins of panels.
        thumbnail: Longest side of a picture in the list of photos, in screen pixels.
    """

    name: str
    row: int
    factor: float
    thumbnail: int

    def pad(self, vertical: int, horizontal: int) -> str:
        """Return a padding for the style sheet, given that of the standard density in pixels."""
        return f"{self.scale(vertical)}px {horizontal}px"

    def scale(self, height: int) -> int:
        """Return a padding, gap or margin in pixels, given that of the standard density."""
        return int(height * self.factor + 0.5)


# By their value in the settings.
DENSITIES: Final = {
    "compact": Density(later("Compact"), -6, 0.5, 48),
    "standard": Density(later("Standard"), 0, 1, 72),
    "spacious": Density(later("Spacious"), 10, 1.5, 72),
}
_DENSITY: Final = "density"  # property of the application, and of layouts: their gaps in the standard density

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


def use_density(app: QApplication, value: str) -> None:
    """Use a density, by its value in the settings, from now on. The theme has to be applied after it."""
    app.setProperty(_DENSITY, value)


def density() -> Density:
    """Return the density in use."""
    app = QApplication.instance()
    return DENSITIES.get(str(app.property(_DENSITY)) if app else "", DENSITIES["standard"])


def space_out(window: QWidget) -> None:
    """Use the density for gaps and margins in a window and its dialogs, except for those of the system."""
    now = density()
    for layout in window.findChildren(QLayout):
        within = layout.parentWidget()
        if within is None or isinstance(within.window(), QFileDialog | QMessageBox):
            continue
        stacked = isinstance(layout, QVBoxLayout)
        margins = layout.contentsMargins()
        if layout.property(_DENSITY) is None:
            layout.setProperty(_DENSITY, (margins.top(), margins.bottom(), layout.spacing() if stacked else 0))
        top, bottom, gap = layout.property(_DENSITY)
        if (margins.top(), margins.bottom()) != (now.scale(top), now.scale(bottom)):
            layout.setContentsMargins(margins.left(), now.scale(top), margins.right(), now.scale(bottom))
        if stacked and layout.spacing() != now.scale(gap):
            layout.setSpacing(now.scale(gap))


class DialogSpacing(QObject):
    """Uses the density for gaps and margins in the dialogs of a window, and in their dialogs, as they are shown."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Notice a dialog before it is shown for the first time, and space it out once its content is there."""
        if event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            if isinstance(event.child(), QDialog):
                event.child().installEventFilter(self)
        elif event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            space_out(watched)
        return super().eventFilter(watched, event)
