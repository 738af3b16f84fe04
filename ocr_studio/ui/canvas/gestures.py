"""Mouse gestures on the photo, from press to release.

A gesture previews its result in the sketch and pushes one edit when it ends; a cancelled gesture changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import Qt

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import hit_tests, snapping
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.geometry.snapping import Edge, Guide, Snap
from ocr_studio.core.page import Edit, Page, Point, Quad
from ocr_studio.core.reading_order import baselines, page_order
from ocr_studio.ui.canvas.items.interaction import Canvas, Pointer
from ocr_studio.ui.canvas.items.spatial_index import Box
from ocr_studio.ui.document.document import ShownDocument

# Screen pixels: smaller movements count as a click.
_TREMBLE = 4.0
# Screen pixels beside a box that still count as on it.
_NEAR = 4.0
# Pixels of the photo: the smallest box.
_LEAST = 3.0
# Snapping distance in screen pixels, and its maximum as a share of the usual box height: among boxes that are small on
# the screen, every position would be near an edge.
_SNAP, _SNAP_SHARE = 6.0, 0.35
# Screen pixels around the mouse in which a line of writing is searched that a new box may continue, and the number of
# words above which the area is reduced, so that the search takes less than a frame.
_ROUND, _MANY = 400.0, 300
# Screen pixels between two points of a lasso.
_STEP = 2.0
ADDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class Placing:
    """The edit that a gesture would make, and the guides that edges snap to."""

    edit: Edit
    guides: tuple[Guide, ...] = ()


Make: TypeAlias = Callable[[Page, Pointer], Placing]


class Neighbours:
    """The visible boxes except those that are being moved. Edges snap to them unless Alt is held."""

    def __init__(self, canvas: Canvas, moving: Collection[str] = ()) -> None:
        self._canvas, self._moving = canvas, moving
        self._corners: Floats | None = None
        self._reach = 0.0

    def snap(self, edges: tuple[Edge, ...], pointer: Pointer) -> Snap:
        """Return how far the edges have to move from the pointer's position to snap."""
        if not self._canvas.snapping or pointer.held & Qt.KeyboardModifier.AltModifier:
            return Snap()
        corners = self._found()
        return snapping.snap_edges(edges, corners, self._reach)

    def _found(self) -> Floats:
        # Computed on the first movement, because most presses are clicks.
        if self._corners is None:
            page, index = self._canvas.document.page, self._canvas.index
            ids = [key for key in index.inside(self._canvas.seen()) if key not in self._moving] if page else []
            words = page.words if page else {}
            self._corners = np.array([words[key].quad.corners for key in ids], dtype=np.float64).reshape(-1, 4, 2)
            usual = float(np.median(geometry.measure_sizes(self._corners)[:, 1])) if ids else 0.0
            self._reach = min(_SNAP / self._canvas.zoom, _SNAP_SHARE * usual)
        return self._corners


class Dragging:
    """Words follow the mouse; the edit is made on release. A click without movement calls ``click``."""

    def __init__(
        self,
        canvas: Canvas,
        start: Pointer,
        make: Make,
        *,
        ids: Collection[str],
        click: Callable[[], None] | None = None,
    ) -> None:
        """Start dragging.

        Args:
            canvas: The photo view.
            start: Where the button was pressed.
            make: Makes the edit for a position of the mouse.
            ids: Ids of the words.
            click: Called if the mouse was not moved.
        """
        self._canvas, self._start, self._make, self._ids, self._click = canvas, start, make, ids, click
        self._moved: bool | None = None

    def move(self, pointer: Pointer) -> None:
        """Preview the words at their new position."""
        if self._moved is None and far(self._start, pointer):
            self._moved = self._canvas.may_change(self._ids)
        page = self._canvas.document.page
        if self._moved and page:
            placing = self._make(page, pointer)
            changes = placing.edit.changes
            self._canvas.sketch.quads = {key: after.quad for key, (_, after) in changes.items() if after}
            self._canvas.sketch.guides = placing.guides
            self._canvas.redraw()

    def finish(self, pointer: Pointer) -> None:
        """Make the edit."""
        page = self._canvas.document.page
        if self._moved and page:
            self._canvas.document.push(self._make(page, pointer).edit)
        elif self._moved is None and self._click:
            self._click()


class Band:
    """A rubber band that selects the words it touches. A click beside all words clears the selection."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._start = canvas, start
        self._kept = canvas.document.selection if start.held & ADDS else frozenset()

    def move(self, pointer: Pointer) -> None:
        """Select the words that the band touches."""
        if self._canvas.sketch.band is None and not far(self._start, pointer):
            return
        self._canvas.sketch.band = band = box_of(self._start.photo, pointer.photo)
        self._canvas.document.select(self._kept | set(self._canvas.index.inside(band)))
        self._canvas.redraw()

    def finish(self, _pointer: Pointer) -> None:
        """Keep the selection, or clear it after a click."""
        if self._canvas.sketch.band is None and not self._kept:
            self._canvas.document.select(())


class Lasso:
    """A freehand line that selects the words whose centre it encloses.

    With Shift they are added to the selection, with Ctrl removed from it. A click does the same with one word.
    """

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._start, self._last = canvas, start, start
        self._takes = bool(start.held & Qt.KeyboardModifier.ControlModifier)
        self._before = canvas.document.selection if start.held & ADDS else frozenset()
        page = canvas.document.page
        self._ids = np.array(list(page.words) if page else [], dtype=object)
        corners = [word.quad.corners for word in page.words.values()] if page else []
        self._middles = np.array(corners, dtype=np.float64).reshape(-1, 4, 2).mean(axis=1)

    def move(self, pointer: Pointer) -> None:
        """Select the words that the line encloses."""
        sketch = self._canvas.sketch
        if not far(self._last, pointer, _STEP if sketch.lasso else _TREMBLE):
            return
        self._last = pointer
        sketch.lasso = (*(sketch.lasso or (self._start.photo,)), pointer.photo)
        inside = hit_tests.find_points_inside(self._middles, sketch.lasso, tolerance=1 / self._canvas.zoom)
        self._select(self._ids[inside].tolist())
        self._canvas.redraw()

    def finish(self, pointer: Pointer) -> None:
        """Keep the selection."""
        if not self._canvas.sketch.lasso:
            self._select(under(self._canvas, pointer)[:1])

    def _select(self, ids: Collection[str]) -> None:
        self._canvas.document.select(self._before.difference(ids) if self._takes else self._before.union(ids))


class Drawing:
    """Draws a new box from corner to corner: upright, or with the slope of the line of writing that it continues."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._start = canvas, start
        self._neighbours = Neighbours(canvas)
        self._slope: float | None = None

    def move(self, pointer: Pointer) -> None:
        """Preview the box."""
        self._canvas.sketch.fresh, self._canvas.sketch.guides = self._box(pointer)
        self._canvas.redraw()

    def finish(self, pointer: Pointer) -> None:
        """Add the box and select it, unless it is too small."""
        quad = self._box(pointer)[0]
        if quad and far(self._start, pointer):
            draw(self._canvas, quad)

    def _box(self, pointer: Pointer) -> tuple[Quad | None, tuple[Guide, ...]]:
        page = self._canvas.document.page
        if page is None:
            return None, ()
        one, other, degrees = on_photo(page, self._start.photo), on_photo(page, pointer.photo), self._degrees(pointer)
        rough = geometry.span_rectangle(one, other, degrees)
        if min(geometry.measure_size(rough)) < _LEAST:
            return None, ()
        # The corner at the pointer; the opposite one is where the gesture started.
        held = min(range(4), key=lambda index: math.dist(rough.corners[index], other))
        first, second = (
            self._neighbours.snap(snapping.corner_edges(rough, index), pointer) for index in (held ^ 2, held)
        )
        ends = [on_photo(page, (x + snap.by[0], y + snap.by[1])) for (x, y), snap in ((one, first), (other, second))]
        quad = geometry.span_rectangle(ends[0], ends[1], degrees)
        if min(geometry.measure_size(quad)) < _LEAST:
            return rough, ()
        return quad, (*first.guides, *second.guides)

    def _degrees(self, pointer: Pointer) -> float:
        """Return the slope in degrees of the line that the box continues. Searched only once."""
        if not self._canvas.snapping or pointer.held & Qt.KeyboardModifier.AltModifier:
            return 0.0
        if self._slope is None:
            page, (x, y), reach = self._canvas.document.page, self._start.photo, _ROUND / self._canvas.zoom
            near = self._canvas.index.inside((x - reach, y - reach, x + reach, y + reach))
            while len(near) > _MANY and reach > 1:
                reach /= 2
                near = self._canvas.index.inside((x - reach, y - reach, x + reach, y + reach))
            lines = baselines.find_baselines(page.words[key] for key in near) if page else ()
            self._slope = baselines.find_slope_at(lines, self._start.photo) or 0.0
        return self._slope


class Panning:
    """Pans the photo with the mouse."""

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._last = canvas, start.screen

    def move(self, pointer: Pointer) -> None:
        """Pan."""
        by, self._last = pointer.screen - self._last, pointer.screen
        self._canvas.pan_by(by.x(), by.y())

    def finish(self, pointer: Pointer) -> None:
        """Pan to the last position."""
        self.move(pointer)


def draw(canvas: Canvas, quad: Quad) -> None:
    """Add a box and select it; if the current word has none, it becomes the box of that word."""
    document = canvas.document
    if document.page is None:
        return
    current = document.word(document.current)
    if current is not None and not current.has_box:
        edit = edits.give_box(document.page, current.id, quad)
    else:
        edit = edits.add(document.page, quad)
    document.push(edit)
    document.select(edit.changes)
    for word_id in edit.changes:
        canvas.request_reading(word_id)


def under(canvas: Canvas, pointer: Pointer) -> list[str]:
    """Return the ids of the words under the mouse, the smallest first."""
    return canvas.index.at(pointer.photo, _NEAR / canvas.zoom)


def toggle(document: ShownDocument, word_id: str) -> None:
    """Add a word to the selection, or remove it."""
    if word_id in document.selection:
        document.select(document.selection - {word_id}, current=document.current)
    else:
        document.select(document.selection | {word_id}, current=word_id)


def on_photo(page: Page, point: Point) -> Point:
    """Clamp a point to the photo."""
    return min(max(point[0], 0.0), float(page.width)), min(max(point[1], 0.0), float(page.height))


def far(start: Pointer, now: Pointer, least: float = _TREMBLE) -> bool:
    """Whether the mouse has moved at least ``least`` pixels of the screen."""
    return math.hypot(*(now.screen - start.screen).toTuple()) >= least


def box_of(one: Point, other: Point) -> Box:
    """Return the upright box with these opposite corners."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


# Screen pixels between two points of the path at which words are searched; characters are larger.
_ORDER_STEP = 4.0


class Ordering:
    """Sets the reading order: each word that is clicked or crossed by the mouse follows the one before it.

    ``sketch.in_turn`` has the words from one click to the next; they are shown as selected. A click on one of them, or
    beside all words, starts over.
    """

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._last = canvas, start
        self._ids = [] if canvas.sketch.in_turn and not _still_so(canvas) else list(canvas.sketch.in_turn)
        found = under(canvas, start)[:1]
        if not found or found[0] in self._ids:
            self._ids = []
        self._add_words(found)

    def move(self, pointer: Pointer) -> None:
        """Add the words that the mouse crosses."""
        (x0, y0), (x1, y1) = self._last.photo, pointer.photo
        steps = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) * self._canvas.zoom / _ORDER_STEP))
        for step in range(1, steps + 1):
            share = step / steps
            at = Pointer((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share), pointer.screen)
            self._add_words(under(self._canvas, at)[:1])
        self._last = pointer

    def finish(self, pointer: Pointer) -> None:
        """Apply the order."""
        self.move(pointer)
        canvas = self._canvas
        canvas.sketch.in_turn = tuple(self._ids)
        page = canvas.document.page
        if page and len(self._ids) > 1:
            canvas.document.push(page_order.chain_words(page, self._ids))

    def _add_words(self, found: list[str]) -> None:
        for word_id in found:
            if word_id not in self._ids:
                self._ids.append(word_id)
        self._canvas.document.select(self._ids, current=self._ids[-1] if self._ids else None)


def _still_so(canvas: Canvas) -> bool:
    """Whether the clicked words still follow each other; a step may have been undone."""
    order, wanted = canvas.document.order(), canvas.sketch.in_turn
    if wanted[0] not in order:
        return False
    start = order.index(wanted[0])
    return order[start : start + len(wanted)] == wanted
