"""The tools of the photo view: which gesture a mouse press starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import snapping
from ocr_studio.core.geometry.snapping import BoxSide
from ocr_studio.core.page import Edit, Page, Point
from ocr_studio.core.translation import later
from ocr_studio.ui.canvas import gestures
from ocr_studio.ui.canvas.gestures import Dragging, Neighbours, Placing, under
from ocr_studio.ui.canvas.items import handles
from ocr_studio.ui.canvas.items.handles import Handle
from ocr_studio.ui.canvas.items.interaction import Canvas, Cut, Gesture, Pointer
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.document.document import ShownDocument

_TURN_STEP = 15.0


HINTS = {
    Tool.SELECT: later("Click a word to select it, double-click to edit it. Drag to select several words."),
    Tool.LASSO: later(
        "Draw a line around words to select them; Shift adds to the selection, Ctrl removes. Press Esc when done."
    ),
    Tool.DRAW: later("Drag a box around a word; Enter adds one in the middle. Press Esc when done."),
    Tool.SPLIT: later("Click where a word should be split in two. Press Esc when done."),
    Tool.ORDER: later("Click words in reading order, or draw a line through them. Press Esc when done."),
    Tool.PAN: later("Drag the photo to move it. Press Esc when done."),
}
CURSORS = {
    Tool.SELECT: Qt.CursorShape.ArrowCursor,
    Tool.LASSO: Qt.CursorShape.CrossCursor,
    Tool.DRAW: Qt.CursorShape.CrossCursor,
    Tool.SPLIT: Qt.CursorShape.SplitHCursor,
    Tool.ORDER: Qt.CursorShape.PointingHandCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
}

_GESTURES: Mapping[Tool, Callable[[Canvas, Pointer], Gesture]] = {
    Tool.PAN: gestures.Panning,
    Tool.LASSO: gestures.Lasso,
    Tool.DRAW: gestures.Drawing,
    Tool.ORDER: gestures.Ordering,
}


def begin(tool: Tool, canvas: Canvas, pointer: Pointer) -> Gesture | None:
    """Start the gesture of a tool after the left button was pressed. Returns None if the press was enough."""
    if tool in (Tool.DRAW, Tool.SPLIT, Tool.ORDER) and not canvas.may_change():
        return None
    if tool in _GESTURES:
        return _GESTURES[tool](canvas, pointer)
    if tool is Tool.SPLIT:
        split(canvas, pointer)
        return None
    return _grip(canvas, pointer) or _select(canvas, pointer)


def show_cut(canvas: Canvas, pointer: Pointer) -> None:
    """Preview where the word under the mouse would be split."""
    canvas.sketch.cut = _cut(canvas, pointer)[1]
    canvas.redraw()


def split(canvas: Canvas, pointer: Pointer) -> None:
    """Split the word under the mouse, and select both halves."""
    found = under(canvas, pointer)[:1]
    if not found or not canvas.may_change(found):
        return
    edit, cut = _cut(canvas, pointer)
    if edit and cut:
        canvas.document.push(edit)
        canvas.document.select(edit.changes)


def _grip(canvas: Canvas, start: Pointer) -> Gesture | None:
    """Grab a handle of the selected word, if one is under the mouse."""
    shown = canvas.handles()
    handle = shown[1].at(start.screen) if shown else None
    word = canvas.document.word(shown[0]) if shown else None
    if handle is None or word is None:
        return None
    quad, neighbours = word.quad, Neighbours(canvas, {word.id})

    def turn(page: Page, pointer: Pointer) -> Placing:
        degrees = handles.turned_by(quad, start.photo, pointer.photo)
        if pointer.held & Qt.KeyboardModifier.ShiftModifier:
            slope = geometry.measure_angle(quad)
            degrees = round((slope + degrees) / _TURN_STEP) * _TURN_STEP - slope
        return Placing(edits.rotate(page, [word.id], degrees))

    def pull(page: Page, pointer: Pointer) -> Placing:
        x, y = gestures.on_photo(page, pointer.photo)
        free = bool(pointer.held & Qt.KeyboardModifier.ControlModifier)
        by = (x - start.photo[0], y - start.photo[1])
        if handle.value < Handle.TOP.value:
            edges = snapping.shift_edges(snapping.corner_edges(quad, handle.value), by)
        else:
            (edge,) = snapping.side_edges(quad, BoxSide(handle.value - Handle.TOP.value))
            far = by[0] * edge.way[0] + by[1] * edge.way[1]
            edges = snapping.shift_edges([edge], (far * edge.way[0], far * edge.way[1]))
        snap = neighbours.snap(edges, pointer)
        by = (by[0] + snap.by[0], by[1] + snap.by[1])
        return Placing(edits.reshape(page, word.id, handles.pulled(quad, handle, by, free=free)), snap.guides)

    return Dragging(canvas, start, turn if handle is Handle.TURN else pull, ids={word.id})


def _select(canvas: Canvas, start: Pointer) -> Gesture | None:
    """Select the word under the mouse, and return the gesture that moves it or selects several words."""
    document, found = canvas.document, under(canvas, start)
    if not found:
        return gestures.Band(canvas, start)
    if start.held & gestures.ADDS:
        gestures.toggle(document, found[0])
        return None
    before = [word_id for word_id in found if word_id in document.selection]
    target = next((word_id for word_id in before if word_id == document.current), (before or found)[0])
    click: Callable[[], None] | None = None
    if target not in document.selection:
        document.select([target])
    elif len(document.selection) > 1:
        click = _selecting(document, [target])
    else:
        # Of overlapping words, each further click selects the next one below.
        click = _selecting(document, [found[(found.index(target) + 1) % len(found)]])
    ids = tuple(document.selection)
    return Dragging(canvas, start, _moving(canvas, start, target, ids), ids=ids, click=click)


def _moving(canvas: Canvas, start: Pointer, held: str, ids: tuple[str, ...]) -> gestures.Make:
    """Move words together; the edges of the dragged one snap to neighbouring boxes."""
    neighbours, word = Neighbours(canvas, ids), canvas.document.word(held)
    edges = snapping.box_edges(word.quad) if word else ()

    def move(page: Page, pointer: Pointer) -> Placing:
        by: Point = (pointer.photo[0] - start.photo[0], pointer.photo[1] - start.photo[1])
        snap = neighbours.snap(snapping.shift_edges(edges, by), pointer)
        return Placing(edits.move(page, ids, by[0] + snap.by[0], by[1] + snap.by[1]), snap.guides)

    return move


def _selecting(document: ShownDocument, ids: Iterable[str]) -> Callable[[], None]:
    return lambda: document.select(ids)


def _cut(canvas: Canvas, pointer: Pointer) -> tuple[Edit | None, Cut | None]:
    page, found = canvas.document.page, under(canvas, pointer)
    if page is None or not found:
        return None, None
    word = page.words[found[0]]
    fraction = geometry.find_fraction(word.quad, pointer.photo)
    edit = edits.split(page, word.id, fraction)
    halves = [after for _, after in edit.changes.values() if after]
    if len(halves) < 2:
        return None, None
    return edit, Cut(word.quad, fraction, halves[0].text, halves[1].text)
