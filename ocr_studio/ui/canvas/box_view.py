"""The photo with the boxes of its words, as the document has them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad, Word, WordState
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
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import box_colours

# The current word, for who hears the window.
_SAID = {
    WordState.UNREAD: later("“{word}”, not read"),
    WordState.READ: later("“{word}”, read"),
    WordState.ACCEPTED: later("“{word}”, checked"),
    WordState.CORRECTED: later("“{word}”, corrected"),
    WordState.MARKED: later("“{word}”, set aside"),
}
# Screen pixels: writing lower than this cannot be read, as high as that it can, with the words round it in sight.
_TOO_SMALL, _READABLE = 18, 40


class BoxView(ZoomView):
    """Shows the open page of a document, its selection, and a sketch of what a hand is about to do; changes nothing.

    button_down: while a button of the mouse is held the photo stays where it is, whatever is selected. looks: how all
    that is shown.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        document.words_changed.connect(self._on_words)
        document.selection_changed.connect(self._on_selection)
        self._put_on_colours()
        self._on_opened()

    def show_word(self, word_id: str) -> None:
        """Bring a word into sight."""
        word = self.document.word(word_id)
        if word:
            left, top, right, bottom = word.quad.bounds()
            self.bring_into_sight(QRectF(left, top, right - left, bottom - top))

    def make_readable(self, word_id: str) -> None:
        """Bring a word into sight and, where its writing is too small to be read, nearer. Never goes back out."""
        word = self.document.word(word_id)
        if word is None:
            return
        width, height = (max(1.0, side * self.zoom) for side in geometry.size(word.quad))
        if height < _TOO_SMALL:
            factor = min(_READABLE / height, max(1.0, 0.8 * self.viewport().width() / width))
            left, top, right, bottom = word.quad.bounds()
            self.zoom_by(factor)
            self.centre_on(QPointF((left + right) / 2, (top + bottom) / 2))
        self.show_word(word_id)

    def seen(self) -> Box:
        """What of the photo is in sight: left, top, right, bottom in its pixels; may reach beyond it."""
        inverse, _ = self.viewportTransform().inverted()
        box = inverse.mapRect(QRectF(self.viewport().rect()))
        return box.left(), box.top(), box.right(), box.bottom()

    def set_busy(self, busy: bool) -> None:
        """Whether the page is being read: boxes that wait for their text look so."""
        self._words.busy = busy
        self._words.update()

    @property
    def texts_shown(self) -> bool:
        """Whether small texts stand above the boxes where there is room."""
        return self._words.texts_shown

    def set_texts_shown(self, shown: bool) -> None:
        """Show the words' texts above their boxes, or do not."""
        self._words.texts_shown = shown
        self._words.update()

    def handles(self) -> tuple[str, Handles] | None:
        """The word whose handles are shown, and they, in pixels of the viewport."""
        return self._above.handles(self.viewportTransform(), QRectF(self.viewport().rect()))

    def redraw(self) -> None:
        """Show the sketch as it is now."""
        self._words.hidden = self.sketch.quads.keys()
        self.viewport().update()

    def show_handles(self, shown: bool) -> None:
        """Whether the selected word has handles: not while its text is being edited."""
        self._above.handles_shown = shown
        self.viewport().update()

    def screen_box(self, quad: Quad) -> QRectF:
        """The rectangle around a quad in pixels of this widget."""
        box = self.viewportTransform().map(QPolygonF([QPointF(x, y) for x, y in quad.corners])).boundingRect()
        return box.translated(QPointF(self.viewport().pos()))

    def screen_area(self) -> QRect:
        """What of this widget shows the photo."""
        return self.viewport().geometry()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802  (Qt's name)
        """The lens lies above all."""
        super().drawForeground(painter, rect)
        to_screen = self.viewportTransform()
        if self._lens.at is not None and to_screen.mapRect(QRectF(rect)).intersects(QRectF(self._lens.area())):
            self._lens.paint(painter, to_screen, self._above.colours)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Follow the theme."""
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
        # Boxes may stand out over the photo's edge.
        roomy = content.adjusted(-content.width(), -content.height(), content.width(), content.height())
        self._words.reset(roomy, content)
        self._above.reset(roomy)
        self._lines.reset(roomy)
        if page:
            self._on_words(frozenset(page.words))
        self.set_content(content)

    def _on_picture(self) -> None:
        self._photo.set_photo(self.document.pyramid)
        self._put_on_colours()

    def _on_words(self, ids: frozenset[str]) -> None:
        page = self.document.page
        if page:
            self.index.update(page.words, ids)
            self._words.update_words(page.words, ids)
            self._above.forget_paths()
            self._lines.forget()
            self.redraw()
        if self.document.current in ids:
            self._describe()

    def _carry_lens(self, mouse: QPointF) -> None:
        """The mouse went here; away from the photo, with coordinates below zero, the lens is at the current word."""
        self._mouse = mouse
        if self.looks.lens:
            self._place_lens()

    def _follow_lens(self) -> None:
        """The photo has moved: Qt moves what was drawn over it along with it."""
        if self.looks.lens:
            self._place_lens()
            self.viewport().update()

    def _place_lens(self) -> None:
        before, self._lens.at = self._lens.area(), None
        word = self.document.word(self.document.current)
        if self.looks.lens and self.viewport().rect().contains(self._mouse.toPoint()):
            self._lens.at = self._mouse
        elif self.looks.lens:
            x, y = geometry.centre(word.quad) if word else self.scene().sceneRect().center().toTuple()
            self._lens.at = self.viewportTransform().map(QPointF(x, y))
        for area in (before, self._lens.area()):
            self.viewport().update(area)

    def _on_selection(self) -> None:
        self._words.selected = self.document.selection
        self._above.forget_paths()
        self.redraw()
        word = self.document.word(self.document.current)
        self._describe()
        # A word that was clicked is in sight; the photo must not run away under the mouse.
        if word and len(self.document.selection) == 1 and not self.button_down:
            self.show_word(word.id)
        if self.looks.lens:
            self._place_lens()

    def _describe(self) -> None:
        """Say what is selected, for who hears the window."""
        word = self.document.word(self.document.current)
        self.setAccessibleDescription(_described(word, len(self.document.selection)))


def _described(word: Word | None, count: int) -> str:
    if word is None:
        return tr("No word is selected")
    said = tr(_SAID[word.state], word=word.text)
    if count > 1:
        said = tr_n("{count} word is selected; {current}", "{count} words are selected; {current}", count, current=said)
    return tr("{word}; its box is locked", word=said) if word.locked else said
