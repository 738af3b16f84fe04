"""The state of a mouse gesture, and the interfaces of gestures and the view."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from ocr_studio.core.geometry.snapping import Guide
from ocr_studio.core.page import Point, Quad
from ocr_studio.ui.canvas.items.handles import Handles
from ocr_studio.ui.canvas.items.spatial_index import Box, WordIndex
from ocr_studio.ui.document.document import ShownDocument


@dataclass(frozen=True, slots=True)
class Pointer:
    """The position of the mouse on the photo and on the screen, and the modifier keys."""

    photo: Point
    screen: QPointF
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a word would be split, and the resulting texts."""

    quad: Quad
    fraction: float
    left: str
    right: str


@dataclass(slots=True)
class Sketch:
    """The preview of a gesture, and other temporary marks on the photo.

    Attributes:
        quads: Boxes that are being moved, by id of the word.
        fresh: A new box.
        band: The rubber band.
        lasso: Points of the lasso.
        cut: Where a word would be split.
        guides: Lines that edges have snapped to.
        hover: Id of the word under the mouse.
        corner: Corner (0..3) of the selected box that arrow keys move.
        others: Texts of another model that can be applied, by id of the word.
        in_turn: Ids of the words clicked so far to set the reading order.
    """

    quads: dict[str, Quad] = field(default_factory=dict)
    fresh: Quad | None = None
    band: Box | None = None
    lasso: tuple[Point, ...] = ()
    cut: Cut | None = None
    guides: tuple[Guide, ...] = ()
    hover: str | None = None
    corner: int | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    in_turn: tuple[str, ...] = ()

    def clear(self) -> None:
        """Remove the preview of a gesture."""
        self.quads, self.fresh, self.band, self.lasso, self.cut, self.guides = {}, None, None, (), None, ()


class Canvas(Protocol):
    """The view, as gestures use it."""

    document: ShownDocument
    index: WordIndex
    sketch: Sketch
    snapping: bool

    @property
    def zoom(self) -> float:
        """Screen pixels per pixel of the photo."""

    def handles(self) -> tuple[str, Handles] | None:
        """Return the id of the word that has handles, and the handles in screen pixels; or None."""

    def seen(self) -> Box:
        """Return the visible area in pixels of the photo."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the photo by pixels of the screen."""

    def redraw(self) -> None:
        """Redraw the sketch."""

    def request_reading(self, word_id: str) -> None:
        """Report that the user has changed what is in the box of a word, so that it has to be read."""

    def may_change(self, ids: Collection[str] = ()) -> bool:
        """Whether the page and the boxes of these words may be changed; otherwise shows why not."""


class Gesture(Protocol):
    """A mouse gesture, from press to release."""

    def move(self, pointer: Pointer) -> None:
        """Handle a movement of the mouse."""

    def finish(self, pointer: Pointer) -> None:
        """Handle the release of the button."""
