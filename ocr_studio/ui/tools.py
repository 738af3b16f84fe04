"""What the mouse does on the photo: one gesture from press to release, by the tool in hand.

A gesture shows in the sketch what would become of the words, and pushes one edit at its end; dropping it half way
leaves nothing behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from PySide6.QtCore import QPointF, Qt

from ocr_studio.core import edits, geometry
from ocr_studio.core.page import Edit, Page, Point, Quad
from ocr_studio.ui import handles
from ocr_studio.ui.document import Document
from ocr_studio.ui.handles import Handle, Handles
from ocr_studio.ui.word_index import Box, WordIndex

# Screen pixels: a hand that only clicks trembles less than this.
_TREMBLE = 4.0
# Screen pixels beside a box that still count as on it.
_NEAR = 4.0
# Pixels of the photo: nothing smaller is writing.
_LEAST = 3.0
_TURN_STEP = 15.0
_ADDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

Make: TypeAlias = Callable[[Page, "Pointer"], Edit]


class Tool(StrEnum):
    """What is in the person's hand."""

    SELECT = "select"
    DRAW = "draw"
    SPLIT = "split"
    PAN = "pan"


HINTS = {
    Tool.SELECT: "Click a word to select it, double-click to correct it; drag over several.",
    Tool.DRAW: "Drag a box round a word; Enter puts one in the middle. Esc when done.",
    Tool.SPLIT: "Click where a word should be cut in two. Esc when done.",
    Tool.PAN: "Drag the photo. Esc when done.",
}
CURSORS = {
    Tool.SELECT: Qt.CursorShape.ArrowCursor,
    Tool.DRAW: Qt.CursorShape.CrossCursor,
    Tool.SPLIT: Qt.CursorShape.SplitHCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
}


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
    """What a hand is about to do: words as they would stand, a new box, a band, a cut; and the word under the mouse."""

    quads: dict[str, Quad] = field(default_factory=dict)
    fresh: Quad | None = None
    band: Box | None = None
    cut: Cut | None = None
    hover: str | None = None

    def clear(self) -> None:
        """Nothing is about to happen."""
        self.quads, self.fresh, self.band, self.cut = {}, None, None, None


class Canvas(Protocol):
    """The view, as far as a gesture needs it."""

    document: Document
    index: WordIndex
    sketch: Sketch

    @property
    def zoom(self) -> float:
        """Screen pixels per pixel of the photo."""

    def handles(self) -> tuple[str, Handles] | None:
        """The word whose handles are shown, and they."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the photo under the window, in pixels of the screen."""

    def redraw(self) -> None:
        """Show the sketch as it is now."""

    def drawn(self, word_id: str) -> None:
        """A person drew this word."""

    def may_change(self) -> bool:
        """Whether the page may be changed; if not, the person is told so."""


class Gesture(Protocol):
    """From a press of the mouse to its release."""

    def move(self, pointer: Pointer) -> None:
        """The mouse went here."""

    def finish(self, pointer: Pointer) -> None:
        """The mouse was released here."""


class Dragging:
    """Words follow the mouse; the edit is made when it is released. A mere click does something else."""

    def __init__(self, canvas: Canvas, start: Pointer, make: Make, click: Callable[[], None] | None = None) -> None:
        self._canvas, self._start, self._make, self._click = canvas, start, make, click
        self._moved = False

    def move(self, pointer: Pointer) -> None:
        """Show the words where they would stand."""
        if not self._moved and _far(self._start, pointer):
            self._moved = self._canvas.may_change()
        page = self._canvas.document.page
        if self._moved and page:
            changes = self._make(page, pointer).changes
            self._canvas.sketch.quads = {key: after.quad for key, (_, after) in changes.items() if after}
            self._canvas.redraw()

    def finish(self, pointer: Pointer) -> None:
        """Make the edit."""
        page = self._canvas.document.page
        if self._moved and page:
            self._canvas.document.push(self._make(page, pointer))
        elif self._click:
            self._click()


class Band:
    """A rubber band: words it touches are selected; from a press on nothing, so a click selects nothing."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._start = canvas, start
        self._kept = canvas.document.selection if start.held & _ADDS else frozenset()

    def move(self, pointer: Pointer) -> None:
        """Select what the band touches now."""
        if self._canvas.sketch.band is None and not _far(self._start, pointer):
            return
        self._canvas.sketch.band = band = _box(self._start.photo, pointer.photo)
        self._canvas.document.select(self._kept | set(self._canvas.index.inside(band)))
        self._canvas.redraw()

    def finish(self, _pointer: Pointer) -> None:
        """Keep the selection; a click beside all words takes it away."""
        if self._canvas.sketch.band is None and not self._kept:
            self._canvas.document.select(())


class Drawing:
    """A new, upright box from corner to corner."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._start = canvas, start

    def move(self, pointer: Pointer) -> None:
        """Show the box."""
        self._canvas.sketch.fresh = self._quad(pointer)
        self._canvas.redraw()

    def finish(self, pointer: Pointer) -> None:
        """Add the box and select it; one too small is a slip of the hand."""
        quad = self._quad(pointer)
        if quad and _far(self._start, pointer):
            draw(self._canvas, quad)

    def _quad(self, pointer: Pointer) -> Quad | None:
        page = self._canvas.document.page
        if page is None:
            return None
        left, top, right, bottom = _box(on_photo(page, self._start.photo), on_photo(page, pointer.photo))
        return Quad.from_box(left, top, right, bottom) if min(right - left, bottom - top) >= _LEAST else None


class Panning:
    """The photo follows the mouse."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._last = canvas, start.screen

    def move(self, pointer: Pointer) -> None:
        """Follow."""
        by, self._last = pointer.screen - self._last, pointer.screen
        self._canvas.pan_by(by.x(), by.y())

    def finish(self, pointer: Pointer) -> None:
        """Follow to the end."""
        self.move(pointer)


def begin(tool: Tool, canvas: Canvas, pointer: Pointer) -> Gesture | None:
    """What a press of the left button starts with this tool; None where the press was all."""
    if tool is Tool.PAN:
        return Panning(canvas, pointer)
    if tool in (Tool.DRAW, Tool.SPLIT) and not canvas.may_change():
        return None
    if tool is Tool.DRAW:
        return Drawing(canvas, pointer)
    if tool is Tool.SPLIT:
        split(canvas, pointer)
        return None
    return _grip(canvas, pointer) or _select(canvas, pointer)


def draw(canvas: Canvas, quad: Quad) -> None:
    """Add a box and select it."""
    document = canvas.document
    if document.page is None:
        return
    edit = edits.add(document.page, quad)
    document.push(edit)
    document.select(edit.changes)
    for word_id in edit.changes:
        canvas.drawn(word_id)


def show_cut(canvas: Canvas, pointer: Pointer) -> None:
    """Show where the word under the mouse would be cut."""
    canvas.sketch.cut = _cut(canvas, pointer)[1]
    canvas.redraw()


def split(canvas: Canvas, pointer: Pointer) -> None:
    """Cut the word under the mouse, and select both halves."""
    edit, cut = _cut(canvas, pointer)
    if edit and cut:
        canvas.document.push(edit)
        canvas.document.select(edit.changes)


def under(canvas: Canvas, pointer: Pointer) -> list[str]:
    """Ids of the words under the mouse, the smallest first."""
    return canvas.index.at(pointer.photo, _NEAR / canvas.zoom)


def on_photo(page: Page, point: Point) -> Point:
    """The point of the photo nearest to a point that may lie beside it."""
    return min(max(point[0], 0.0), float(page.width)), min(max(point[1], 0.0), float(page.height))


def _grip(canvas: Canvas, start: Pointer) -> Gesture | None:
    """Take hold of a handle of the selected word."""
    shown = canvas.handles()
    handle = shown[1].at(start.screen) if shown else None
    word = canvas.document.word(shown[0]) if shown else None
    if handle is None or word is None:
        return None
    quad = word.quad

    def turn(page: Page, pointer: Pointer) -> Edit:
        degrees = handles.turned_by(quad, start.photo, pointer.photo)
        if pointer.held & Qt.KeyboardModifier.ShiftModifier:
            slope = geometry.angle(quad)
            degrees = round((slope + degrees) / _TURN_STEP) * _TURN_STEP - slope
        return edits.rotate(page, [word.id], degrees)

    def pull(page: Page, pointer: Pointer) -> Edit:
        x, y = on_photo(page, pointer.photo)
        free = bool(pointer.held & Qt.KeyboardModifier.ControlModifier)
        by = (x - start.photo[0], y - start.photo[1])
        return edits.reshape(page, word.id, handles.pulled(quad, handle, by, free=free))

    return Dragging(canvas, start, turn if handle is Handle.TURN else pull)


def _select(canvas: Canvas, start: Pointer) -> Gesture | None:
    """Select what is under the mouse, and be ready to move it."""
    document, found = canvas.document, under(canvas, start)
    if not found:
        return Band(canvas, start)
    if start.held & _ADDS:
        _toggle(document, found[0])
        return None
    before = [word_id for word_id in found if word_id in document.selection]
    target = next((word_id for word_id in before if word_id == document.current), (before or found)[0])
    click: Callable[[], None] | None = None
    if target not in document.selection:
        document.select([target])
    elif len(document.selection) > 1:
        click = _selecting(document, [target])
    else:
        # Words over one another: each further click takes the next one below.
        click = _selecting(document, [found[(found.index(target) + 1) % len(found)]])
    ids = tuple(document.selection)

    def move(page: Page, pointer: Pointer) -> Edit:
        return edits.move(page, ids, pointer.photo[0] - start.photo[0], pointer.photo[1] - start.photo[1])

    return Dragging(canvas, start, move, click)


def _selecting(document: Document, ids: Iterable[str]) -> Callable[[], None]:
    return lambda: document.select(ids)


def _toggle(document: Document, word_id: str) -> None:
    if word_id in document.selection:
        document.select(document.selection - {word_id}, current=document.current)
    else:
        document.select(document.selection | {word_id}, current=word_id)


def _cut(canvas: Canvas, pointer: Pointer) -> tuple[Edit | None, Cut | None]:
    page, found = canvas.document.page, under(canvas, pointer)
    if page is None or not found:
        return None, None
    word = page.words[found[0]]
    fraction = geometry.fraction_at(word.quad, pointer.photo)
    edit = edits.split(page, word.id, fraction)
    halves = [after for _, after in edit.changes.values() if after]
    if len(halves) < 2:
        return None, None
    return edit, Cut(word.quad, fraction, halves[0].text, halves[1].text)


def _far(start: Pointer, now: Pointer) -> bool:
    return math.hypot(*(now.screen - start.screen).toTuple()) >= _TREMBLE


def _box(one: Point, other: Point) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
