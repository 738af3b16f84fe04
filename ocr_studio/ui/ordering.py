"""The gesture that says in which order words are read: clicks in turn, or a line drawn through them."""

from __future__ import annotations

import math

from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.canvas import gestures
from ocr_studio.ui.canvas.items.interaction import Canvas, Pointer

# Screen pixels between two places of the way at which words are looked for: no letter is smaller.
_STEP = 4.0


class Ordering:
    """Each word that is clicked, or that the way of the mouse leads over, is read after the one before it.

    ``sketch.in_turn`` keeps the words from one click to the next; they are selected, so that one sees them. A click on
    nothing, or on one of them, begins anew.
    """

    def __init__(self, canvas: Canvas, start: Pointer) -> None:
        self._canvas, self._last = canvas, start
        self._ids = [] if canvas.sketch.in_turn and not _still_so(canvas) else list(canvas.sketch.in_turn)
        found = gestures.under(canvas, start)[:1]
        if not found or found[0] in self._ids:
            self._ids = []
        self._take(found)

    def move(self, pointer: Pointer) -> None:
        """Words on the way are next."""
        (x0, y0), (x1, y1) = self._last.photo, pointer.photo
        steps = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) * self._canvas.zoom / _STEP))
        for step in range(1, steps + 1):
            share = step / steps
            at = Pointer((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share), pointer.screen)
            self._take(gestures.under(self._canvas, at)[:1])
        self._last = pointer

    def finish(self, pointer: Pointer) -> None:
        """That is the order."""
        self.move(pointer)
        canvas = self._canvas
        canvas.sketch.in_turn = tuple(self._ids)
        page = canvas.document.page
        if page and len(self._ids) > 1:
            canvas.document.push(page_order.in_turn(page, self._ids))

    def _take(self, found: list[str]) -> None:
        for word_id in found:
            if word_id not in self._ids:
                self._ids.append(word_id)
        self._canvas.document.select(self._ids, current=self._ids[-1] if self._ids else None)


def _still_so(canvas: Canvas) -> bool:
    """Whether the words that were clicked still follow each other: a step may have been taken back."""
    order, wanted = canvas.document.order(), canvas.sketch.in_turn
    if wanted[0] not in order:
        return False
    start = order.index(wanted[0])
    return order[start : start + len(wanted)] == wanted
