"""The look of boxes on the photo: colour, line and mark, depending on state and confidence of the word.

Looks never differ by colour alone: each has its own line or mark. Each line is drawn in two tones, a core on a halo,
one dark and one bright, so that it is visible on a white board as well as on a dark wall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from ocr_studio.core.page import Word
from ocr_studio.ui.style import theme
from ocr_studio.ui.style.style_sheet import Colours

SURE, UNSURE = 0.9, 0.6
# The brightness, of 255, at which dark and bright lines are about equally visible.
_BRIGHT = 115


class Look(StrEnum):
    """The kinds of boxes that the user must be able to tell apart."""

    UNREAD = "unread"
    SURE = "sure"
    UNSURE = "unsure"
    DOUBTFUL = "doubtful"
    CHECKED = "checked"
    ASIDE = "aside"
    UNBOXED = "text without a box"


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """How a box is drawn.

    Attributes:
        colour: The colour of the line.
        width: The width of the line in screen pixels.
        dash: Dashes and gaps, in line widths; () for a solid line.
        mark: One character beside the box, or "".
    """

    colour: QColor
    width: float = 1.75
    dash: tuple[float, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CanvasColours:
    """The colours on and around the photo in one theme.

    Attributes:
        styles: The style of each kind of box.
        halo: Under every line.
        guide: Lines that edges snap to, and baselines.
        selection: Selected boxes.
        handle: The inside of handles.
        plate: The background of small labels.
        plate_text: The text of small labels.
        board: Around the photo.
    """

    styles: Mapping[Look, BoxStyle]
    halo: QColor
    guide: QColor
    selection: QColor
    handle: QColor
    plate: QColor
    plate_text: QColor
    board: QColor


def _styles(unread: str, sure: str, unsure: str, doubtful: str, checked: str) -> dict[Look, BoxStyle]:
    return {
        Look.UNREAD: BoxStyle(QColor(unread), width=1.0),
        Look.SURE: BoxStyle(QColor(sure)),
        Look.UNSURE: BoxStyle(QColor(unsure), dash=(4.0, 2.5), mark="~"),
        Look.DOUBTFUL: BoxStyle(QColor(doubtful), width=2.0, dash=(1.0, 1.5), mark="?"),
        Look.CHECKED: BoxStyle(QColor(checked), mark="✓"),
        Look.ASIDE: BoxStyle(QColor(unread), width=1.0, dash=(3.0, 3.0), mark="×"),
        Look.UNBOXED: BoxStyle(QColor(unread), width=1.5, dash=(1.0, 1.0), mark="T"),
    }


def _with_contrast(canvas: CanvasColours, colours: Colours) -> CanvasColours:
    """Canvas colours for a theme of high contrast; those of the boxes are bright or dark enough already."""
    return replace(
        canvas, selection=QColor(colours.accent), plate=QColor(colours.base), plate_text=QColor(colours.text),
        board=QColor(colours.canvas),
    )  # fmt: skip


LIGHT = CanvasColours(
    styles=_styles("#5f6875", "#00708c", "#a85400", "#c2185b", "#147a3d"),
    halo=QColor("#ffffff"),
    guide=QColor("#8a1fb0"),
    selection=QColor("#2f6fde"),
    handle=QColor("#ffffff"),
    plate=QColor("#ffffff"),
    plate_text=QColor("#1d2129"),
    board=QColor(theme.LIGHT.canvas),
)
DARK = CanvasColours(
    styles=_styles("#b4bdc9", "#4fc7e8", "#ffb74d", "#ff7d9c", "#63d893"),
    halo=QColor("#0b0e12"),
    guide=QColor("#e29bff"),
    selection=QColor("#6ea1ff"),
    handle=QColor("#0d1420"),
    plate=QColor("#1a1d21"),
    plate_text=QColor("#e6e9ee"),
    board=QColor(theme.DARK.canvas),
)
_OF_THEME = {
    theme.DARK.window: DARK,
    theme.LIGHT_CONTRAST.window: _with_contrast(LIGHT, theme.LIGHT_CONTRAST),
    theme.DARK_CONTRAST.window: _with_contrast(DARK, theme.DARK_CONTRAST),
}


def current() -> CanvasColours:
    """Return the canvas colours of the current theme."""
    return _OF_THEME.get(theme.colours().window, LIGHT)


def over(image: NDArray[np.uint8] | None) -> CanvasColours:
    """Return the canvas colours over a photo.

    Args:
        image: (H, W, 3) RGB, whose brightness decides on the colours of lines; None for those of the theme.

    Returns:
        The colours; all but the lines are those of the theme.
    """
    chosen = current()
    if image is None:
        return chosen
    few = image[:: max(1, image.shape[0] // 64), :: max(1, image.shape[1] // 64)]
    lines = LIGHT if float(np.median(few)) >= _BRIGHT else DARK
    return replace(chosen, styles=lines.styles, halo=lines.halo, guide=lines.guide)


def by_confidence(confidence: float | None) -> Look:
    """Return the look for a confidence, 0..1; without a confidence the word is doubtful."""
    if confidence is None or confidence < UNSURE:
        return Look.DOUBTFUL
    return Look.SURE if confidence >= SURE else Look.UNSURE


def look_of(word: Word) -> Look:
    """Return the look of a word."""
    if word.mark:
        return Look.ASIDE
    if not word.has_box:
        return Look.UNBOXED
    if word.human:
        return Look.CHECKED
    return by_confidence(word.machine.confidence) if word.machine else Look.UNREAD


def of(confidence: float | None) -> QColor:
    """Return the colour for a confidence, 0..1, in the current theme."""
    return current().styles[by_confidence(confidence)].colour
