"""The photo with the boxes of its words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Quad, Word, WordState
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.ui.canvas.items.baselines_item import BaselinesItem
from ocr_studio.ui.canvas.items.handles import Handles
from ocr_studio.ui.canvas.items.interaction import Sketch
from ocr_studio.ui.canvas.items.interaction_item import SketchItem
from ocr_studio.ui.canvas.items.magnifier import Magnifier
from ocr_studio.ui.canvas.items.photo_item import PhotoItem
from ocr_studio.ui.canvas.items.spatial_index import Box, WordIndex
from ocr_studio.ui.canvas.items.word_item import WordsItem
from ocr_studio.ui.canvas.view_options import CanvasLooks
from ocr_studio.ui.canvas.zoom_view import ZoomView
from ocr_studio.ui.document.document import ShownDocument
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.style import box_colours

# Descriptions of the current word for screen readers.
_SAID = {
    WordState.UNREAD: later("“{word}”, not read"),
    WordState.READ: later("“{word}”, read"),
    WordState.ACCEPTED: later("“{word}”, checked"),
    WordState.CORRECTED: later("“{word}”, corrected"),
    WordState.MARKED: later("“{word}”, excluded"),
}
# Screen pixels: height below which writing can't be read, and height to which it is enlarged.
_TOO_SMALL, _READABLE = 18, 40

_UNBOXED = later("“{word}”, without a box")


class BoxView(ZoomView):
    """Shows the open page, the selection, and a preview of the current gesture. It doesn't change the page.

    ``button_down``: while a mouse button is held, the view doesn't scroll to the selection. ``looks``: display options.
    """

    def __init__(self, document: ShownDocument) -> None:
        super().__init__()
        self.document = document
        self.index = WordIndex()
        self.sketch = Sketch()
        self.button_down = False
        self._photo, self._words = PhotoItem(), WordsItem(self.index)
        self._lines = BaselinesItem(document)
        self._above = SketchItem(document, self.index, self._words, self.sketch)
        layers = (self._photo, self._lines, self._words, self._above)
        for item in layers:
            self.scene().addItem(item)
        self._lens, self._mouse = Magnifier(layers), QPointF(-1.0, -1.0)
        self.looks = CanvasLooks(*layers, parent=self)
        self.looks.changed.connect(self._place_lens)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self._follow_lens)
        document.opened.connect(self._on_opened)
        document.picture_changed.connect(self._on_picture)
        document.changed.connect(self._on_change)
        document.selection_changed.connect(self._on_selection)
        self._put_on_colours()
        self._on_opened()

    def show_word(self, word_id: str) -> None:
        """Scroll to a word."""
        word = self.document.word(word_id)
        if word:
            left, top, right, bottom = word.quad.bounds()
            self.bring_into_sight(QRectF(left, top, right - left, bottom - top))

    def make_readable(self, word_id: str) -> None:
        """Scroll to a word, and zoom in if its writing is too small to be read. Never zooms out."""
        word = self.document.word(word_id)
        if word is None:
            return
        width, height = (max(1.0, side * self.zoom) for side in geometry.measure_size(word.quad))
        if height < _TOO_SMALL:
            factor = min(_READABLE / height, max(1.0, 0.8 * self.viewport().width() / width))
            left, top, right, bottom = word.quad.bounds()
            self.zoom_by(factor)
            self.centre_on(QPointF((left + right) / 2, (top + bottom) / 2))
        self.show_word(word_id)

    def seen(self) -> Box:
        """Return the visible area: left, top, right, bottom in pixels of the photo; may extend beyond it."""
        inverse, _ = self.viewportTransform().inverted()
        box = inverse.mapRect(QRectF(self.viewport().rect()))
        return box.left(), box.top(), box.right(), box.bottom()

    def set_busy(self, busy: bool) -> None:
        """Show whether the page is being read; boxes without text are drawn as waiting."""
        self._words.busy = busy
        self._words.update()

    @property
    def texts_shown(self) -> bool:
        """Whether texts are shown above the boxes where there is room."""
        return self._words.texts_shown

    def set_texts_shown(self, shown: bool) -> None:
        """Show or hide the texts above the boxes."""
        self._words.texts_shown = shown
        self._words.update()

    def handles(self) -> tuple[str, Handles] | None:
        """Return the id of the word that has handles, and the handles in pixels of the viewport; or None."""
        return self._above.handles(self.viewportTransform(), QRectF(self.viewport().rect()))

    def redraw(self) -> None:
        """Redraw the preview of the current gesture."""
        self._words.hidden = self.sketch.quads.keys()
        self.viewport().update()

    def show_handles(self, shown: bool) -> None:
        """Show or hide the handles of the selected word; they are hidden while its text is being edited."""
        self._above.handles_shown = shown
        self.viewport().update()

    def screen_box(self, quad: Quad) -> QRectF:
        """Return the bounding rectangle of a quad in pixels of this widget."""
        box = self.viewportTransform().map(QPolygonF([QPointF(x, y) for x, y in quad.corners])).boundingRect()
        return box.translated(QPointF(self.viewport().pos()))

    def screen_area(self) -> QRect:
        """Return the part of this widget that shows the photo."""
        return self.viewport().geometry()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802  (Qt's name)
        """Draw the magnifier above everything else."""
        super().drawForeground(painter, rect)
        to_screen = self.viewportTransform()
        if self._lens.at is not None and to_screen.mapRect(QRectF(rect)).intersects(QRectF(self._lens.area())):
            self._lens.paint(painter, to_screen, self._above.colours)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_above"):
            self._put_on_colours()

    def _put_on_colours(self) -> None:
        chosen = box_colours.over(self.document.image)
        self.setBackgroundBrush(chosen.board)
        self._words.set_colours(chosen)
        self._above.colours = self._lines.colours = chosen
        self.viewport().update()

    def _on_opened(self) -> None:
        page = self.document.page
        self.sketch.clear()
        self.sketch.hover = None
        self.index.clear()
        self._photo.set_photo(self.document.pyramid)
        self._put_on_colours()
        content = QRectF(0, 0, page.width, page.height) if page else QRectF()
        # Boxes may extend beyond the photo.
        roomy = content.adjusted(-content.width(), -content.height(), content.width(), content.height())
        self._words.reset(roomy, content)
        self._above.reset(roomy)
        self._lines.reset(roomy)
        if page:
            self._put(page, frozenset(page.words))
        self.set_content(content)

    def _on_picture(self) -> None:
        self._photo.set_photo(self.document.pyramid)
        self._put_on_colours()

    def _on_change(self, change: DocumentChange) -> None:
        page = self.document.page
        if page and change.here:
            self._put(page, change.words)
        if self.document.current in change.words:
            self._describe()

    def _put(self, page: Page, ids: frozenset[str]) -> None:
        """Show these words of the page as they are now."""
        self.index.update(page.words, ids)
        self._words.update_words(page.words, ids)
        self._above.forget_paths()
        self._lines.forget()
        self.redraw()

    def _carry_lens(self, mouse: QPointF) -> None:
        """Move the magnifier to the mouse; with negative coordinates (no mouse) to the current word."""
        self._mouse = mouse
        if self.looks.lens:
            self._place_lens()

    def _follow_lens(self) -> None:
        """Redraw the magnifier after scrolling, because Qt scrolls its pixels along with the photo."""
        if self.looks.lens:
            self._place_lens()
            self.viewport().update()

    def _place_lens(self) -> None:
        before, self._lens.at = self._lens.area(), None
        word = self.document.word(self.document.current)
        if self.looks.lens and self.viewport().rect().contains(self._mouse.toPoint()):
            self._lens.at = self._mouse
        elif self.looks.lens:
            x, y = geometry.find_centre(word.quad) if word else self.scene().sceneRect().center().toTuple()
            self._lens.at = self.viewportTransform().map(QPointF(x, y))
        for area in (before, self._lens.area()):
            self.viewport().update(area)

    def _on_selection(self) -> None:
        self._words.selected = self.document.selection
        self._above.forget_paths()
        self.redraw()
        word = self.document.word(self.document.current)
        self._describe()
        # A clicked word is visible already, and the photo must not move under the mouse.
        if word and len(self.document.selection) == 1 and not self.button_down:
            self.show_word(word.id)
        if self.looks.lens:
            self._place_lens()

    def _describe(self) -> None:
        """Describe the selection for screen readers."""
        word = self.document.word(self.document.current)
        self.setAccessibleDescription(_described(word, len(self.document.selection)))


def _described(word: Word | None, count: int) -> str:
    if word is None:
        return tr("No word is selected")
    said = tr(_SAID[word.state] if word.has_box else _UNBOXED, word=word.text)
    if count > 1:
        said = tr_n("{count} word is selected; {current}", "{count} words are selected; {current}", count, current=said)
    return tr("{word}; its box is locked", word=said) if word.locked else said
