"""Moving a single corner of the selected box with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.canvas.items.interaction import Sketch
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import ShownDocument

_SAID = (
    later("Arrow keys move the upper-left corner of the text, with Shift by 10 pixels. Esc: move the whole box."),
    later("Arrow keys move the upper-right corner of the text, with Shift by 10 pixels. Esc: move the whole box."),
    later("Arrow keys move the lower-right corner of the text, with Shift by 10 pixels. Esc: move the whole box."),
    later("Arrow keys move the lower-left corner of the text, with Shift by 10 pixels. Esc: move the whole box."),
)


class CornerPicking(QObject):
    """Cycles through the whole box and its four corners. Changing the selection returns to the whole box.

    Signals: ``dropped()`` arrow keys move the whole box again.
    """

    dropped = Signal()

    def __init__(self, document: ShownDocument, sketch: Sketch, redraw: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._sketch, self._redraw = document, sketch, redraw
        document.selection_changed.connect(self.drop)
        document.opened.connect(self.drop)

    @property
    def picked(self) -> bool:
        """Whether arrow keys move a corner."""
        return self._sketch.corner is not None

    def next(self) -> str:
        """Pick the next corner of the current box. Returns a hint for the status bar."""
        if len(self._document.selection) > 1 and self._document.current:
            self._document.select([self._document.current])
        last = self._sketch.corner
        corner = None if last == len(_SAID) - 1 else 0 if last is None else last + 1
        self._sketch.corner = corner
        self._redraw()
        return tr("Arrow keys move the whole box, with Shift by 10 pixels.") if corner is None else tr(_SAID[corner])

    def drop(self) -> None:
        """Return to the whole box."""
        if self._sketch.corner is not None:
            self._sketch.corner = None
            self._redraw()
            self.dropped.emit()

    def move(self, dx: float, dy: float) -> None:
        """Move the picked corner by pixels of the photo."""
        if self._sketch.corner is not None:
            commands.move_corner(self._document, self._sketch.corner, dx, dy)
