"""What a hand on the photo is about to do, and what it needs to know of the view for that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from ocr_studio.core.geometry.snapping import Guide
from ocr_studio.core.page import Point, Quad
from ocr_studio.ui.canvas.items.handles import Handles
from ocr_studio.ui.canvas.items.spatial_index import Box, WordIndex
from ocr_studio.ui.document.document import Document


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the mouse is, on the photo and on the screen, and which keys are held."""

    photo: Point
    screen: QPointF
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a word would be cut, and the two texts it would leave."""

    quad: Quad
    fraction: float
    left: str
    right: str


@dataclass(slots=True)
class Sketch:
    """What a hand is about to do: words as they would stand, a new box, a band, a lasso, a cut, and the lines that
    edges have jumped to; the word under the mouse; the corner, 0..3, of the selected box that arrow keys move; and how
    another model reads words, by their ids, where that may be taken over; and the words clicked in turn, to be read so.
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
        """Nothing is about to happen."""
        self.quads, self.fresh, self.band, self.lasso, self.cut, self.guides = {}, None, None, (), None, ()


class Canvas(Protocol):
    """The view, as far as a gesture needs it."""

    document: Document
    index: WordIndex
    sketch: Sketch
    snapping: bool

    @property
    def zoom(self) -> float:
        """Screen pixels per pixel of the photo."""

    def handles(self) -> tuple[str, Handles] | None:
        """The word whose handles are shown, and they."""

    def seen(self) -> Box:
        """What of the photo is in sight."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the photo under the window, in pixels of the screen."""

    def redraw(self) -> None:
        """Show the sketch as it is now."""

    def drawn(self, word_id: str) -> None:
        """A person drew this word."""

    def may_change(self, ids: Collection[str] = ()) -> bool:
        """Whether the page, and the boxes of these words, may be changed; if not, the person is told so."""


class Gesture(Protocol):
    """From a press of the mouse to its release."""

    def move(self, pointer: Pointer) -> None:
        """The mouse went here."""

    def finish(self, pointer: Pointer) -> None:
        """The mouse was released here."""
