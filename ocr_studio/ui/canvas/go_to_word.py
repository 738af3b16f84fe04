"""Goes to a mistake or a word: opens its photo, selects the word, zooms to it and highlights it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.results import Mistake
from ocr_studio.core.page import Quad
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.style import box_colours

# Screen pixels: height of writing that is easy to read.
_READABLE = 44.0
# Share of the view that a mistake takes at most, so that its surroundings are visible.
_SHARE = 0.6
# Overlap (IoU) above which a word of the page is the one of the mistake.
_SAME_WORD = 0.3
_MARKED_MS = 4000
# Screen pixels: distance and line width of the highlight.
_AIR, _MARK_WIDTH = 6.0, 3.0


class MistakePlaces(QObject):
    """Goes to mistakes and words.

    Signals: ``shown()`` the place is shown.
    """

    shown = Signal()

    def __init__(self, document: Document, view: PhotoView, opening: Opening) -> None:
        super().__init__(view)
        self._document, self._view, self._opening = document, view, opening
        self._wanted: tuple[Path, Callable[[], None]] | None = None
        self._mark: QGraphicsRectItem | None = None
        self._unmark = QTimer(self, singleShot=True, interval=_MARKED_MS)
        self._unmark.timeout.connect(self._remove_mark)
        opening.opened.connect(self._come)
        opening.refused.connect(lambda *_: self._give_up())
        document.opened.connect(self._remove_mark)

    def go(self, photo: Path, mistake: Mistake) -> None:
        """Show a mistake on its photo, which is opened first if necessary."""
        self._go(photo, lambda: self._show(mistake))

    def go_to_word(self, photo: Path, word_id: str) -> None:
        """Show a word on its photo; only the photo if the word was deleted."""
        self._go(photo, lambda: self._show_word(word_id))

    def follow_word(self, photo: Path, word_id: str) -> None:
        """Show a word as ``go_to_word`` does, but move the photo only if the word is out of sight or too small."""
        self._go(photo, lambda: self._follow_word(word_id))

    def go_to_box(self, photo: Path, box: Quad) -> None:
        """Show a place on a photo, and select the word that is there now, if any."""
        self._go(photo, lambda: self._show_place([box], box.bounds()))

    def _go(self, photo: Path, show: Callable[[], None]) -> None:
        if self._opening.path == photo:
            self._wanted = None
            show()
        else:
            self._wanted = photo, show
            self._opening.open_paths([photo])

    def _come(self, event: PhotoOpened) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted and wanted[0] == event.path:
            # The window shows the photo on the same signal; wait until that is done.
            QTimer.singleShot(0, self, lambda: wanted[1]() if self._opening.path == wanted[0] else None)

    def _give_up(self) -> None:
        self._wanted = None

    def _show(self, mistake: Mistake) -> None:
        self._show_place([word.quad for word in (mistake.wanted or mistake.read)], mistake.bounds)

    def _show_place(self, about: list[Quad], bounds: tuple[float, float, float, float]) -> None:
        self._document.select(self._words(about))
        self._show_box(bounds)

    def _show_word(self, word_id: str) -> None:
        word = self._document.word(word_id)
        if word is not None:
            self._document.select([word_id])
            self._show_box(word.quad.bounds())

    def _follow_word(self, word_id: str) -> None:
        if self._document.word(word_id) is not None:
            self._document.select([word_id])
            self._view.make_readable(word_id)
            self.shown.emit()

    def _show_box(self, bounds: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = self._view.document.placed(Quad.from_box(*bounds)).bounds()
        box = QRectF(left, top, right - left, bottom - top)
        self._bring_near(box)
        self._put_mark(box)
        self.shown.emit()

    def _words(self, about: list[Quad]) -> list[str]:
        """Return the ids of the page's words at these places; the page may have changed since."""
        page = self._document.page
        ids = list(page.words) if page else []
        places = [page.words[key].quad for key in ids] if page else []
        return [ids[found] for _, found in metrics.matches(about, places, least=_SAME_WORD)]

    def _bring_near(self, box: QRectF) -> None:
        room = self._view.viewport().size()
        side = max(1.0, min(box.width(), box.height()))
        fits = _SHARE * min(room.width() / max(1.0, box.width()), room.height() / max(1.0, box.height()))
        wanted = min(max(self._view.zoom, _READABLE / side), fits)
        self._view.zoom_by(wanted / self._view.zoom)
        self._view.centre_on(QPointF(box.center()))

    def _put_mark(self, box: QRectF) -> None:
        self._remove_mark()
        width = _MARK_WIDTH * self._view.devicePixelRatioF()
        pen = QPen(box_colours.current().selection, width, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        air = _AIR / self._view.zoom
        self._mark = self._view.scene().addRect(box.adjusted(-air, -air, air, air), pen)
        self._mark.setZValue(1)
        self._unmark.start()

    def _remove_mark(self) -> None:
        self._unmark.stop()
        if self._mark is not None:
            self._view.scene().removeItem(self._mark)
            self._mark = None
