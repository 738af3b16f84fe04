"""The photo with the boxes of its words, as the document has them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF
from PySide6.QtGui import QPolygonF
from PySide6.QtWidgets import QWidget

from ocr_studio.core import geometry
from ocr_studio.core.page import Quad, Word
from ocr_studio.ui import colours, wording
from ocr_studio.ui.document import Document
from ocr_studio.ui.handles import Handles
from ocr_studio.ui.photo_item import PhotoItem
from ocr_studio.ui.sketch_item import SketchItem
from ocr_studio.ui.tools import Sketch
from ocr_studio.ui.word_index import WordIndex
from ocr_studio.ui.word_item import WordsItem
from ocr_studio.ui.zoom_view import ZoomView

# Screen pixels: writing lower than this cannot be read, as high as that it can, with the words round it in sight.
_TOO_SMALL, _READABLE = 18, 40


class BoxView(ZoomView):
    """Shows the open page of a document, its selection, and a sketch of what a hand is about to do; changes nothing.

    button_down: while a button of the mouse is held the photo stays where it is, whatever is selected.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.index = WordIndex()
        self.sketch = Sketch()
        self.button_down = False
        self._photo, self._words = PhotoItem(), WordsItem(self.index)
        self._above = SketchItem(document, self.index, self._words, self.sketch)
        for item in (self._photo, self._words, self._above):
            self.scene().addItem(item)
        document.opened.connect(self._on_opened)
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

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_above"):
            self._put_on_colours()

    def _put_on_colours(self) -> None:
        chosen = colours.over(self.document.image)
        self.setBackgroundBrush(chosen.board)
        self._words.set_colours(chosen)
        self._above.colours = chosen
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
        if page:
            self._on_words(frozenset(page.words))
        self.set_content(content)

    def _on_words(self, ids: frozenset[str]) -> None:
        page = self.document.page
        if page:
            self.index.update(page.words, ids)
            self._words.update_words(page.words, ids)
            self._above.forget_paths()
            self.redraw()

    def _on_selection(self) -> None:
        self._words.selected = self.document.selection
        self._above.forget_paths()
        self.redraw()
        word = self.document.word(self.document.current)
        self.setAccessibleDescription(_described(word, len(self.document.selection)))
        # A word that was clicked is in sight; the photo must not run away under the mouse.
        if word and len(self.document.selection) == 1 and not self.button_down:
            self.show_word(word.id)


def _described(word: Word | None, count: int) -> str:
    if word is None:
        return "No word is selected"
    many = f"{wording.counted(count, 'word')} are selected; " if count > 1 else ""
    return f"{many}“{word.text}”, {wording.STATES[word.state].lower()}"
