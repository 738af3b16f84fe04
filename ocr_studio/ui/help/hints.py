"""What new users are shown once, when it is useful: the tour, and two hints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ocr_studio.core.page import Word
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.help.hint_card import HintCard
from ocr_studio.ui.help.tour import Tour
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.text.page_text_editor import PageTextEditor

TOUR, KEYS, LEARNING = "tour", "keys", "learning"
# From this number of corrections on, training is worth a try.
_ENOUGH = 10


class Hints(QObject):
    """Shows the tour, once the first photo is read; a hint at the keys of the text, after the first correction there;
    and a hint at training, once ten words of the opened photos are corrected. Not in sessions that save nothing, such
    as screenshots of the window.

    Signals: ``changed()`` a hint or the tour was shown or closed.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        opening: Opening,
        reading: ReadingController,
        *,
        tour: Tour,
        actions: ActionSet,
        change_settings: Callable[[Settings], object],
    ) -> None:
        """Show nothing yet; hints are shown over the photo."""
        super().__init__(tour)
        self._document, self._opening, self._reading = document, opening, reading
        self._actions, self._change_settings, self.tour = actions, change_settings, tour
        tour.changed.connect(self.changed)
        self._corrected: set[tuple[str, str]] = set()
        self.card = HintCard(tour.view)
        self.card.closed.connect(self.close)
        if opening.saves_state:
            # After the photo is on the screen, as showing a hint writes to the disk.
            soon = QTimer(self, singleShot=True, interval=0)
            soon.timeout.connect(self._on_page_opened)
            document.opened.connect(soon.start)
            document.changed.connect(self._on_words_changed)
            reading.stopped.connect(self._on_page_opened)

    @property
    def shown(self) -> bool:
        """Whether there is a hint to close, or the tour."""
        return self.tour.step is not None or not self.card.isHidden()

    def close(self) -> None:
        """Close the hint, and skip the tour."""
        self.tour.end()
        self.card.hide()
        self.changed.emit()

    def start_tour(self) -> None:
        """Begin the tour; the keys go to it."""
        self.card.hide()
        self.tour.start(focus=True)

    def _on_page_opened(self) -> None:
        page = self._document.page
        if page is None:
            self.close()
        elif page.words and not self._reading.busy:
            self._count(page.id, page.words.values())
            # Users of earlier versions, who have seen other hints, know what the tour shows.
            if self._document.writable and not self._opening.settings.hints_seen:
                self._mark_seen(TOUR)
                # Not from a text that is being typed, nor a box that is being drawn.
                free = QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
                self.tour.start(focus=free and self.tour.view.window().focusWidget() is self.tour.view)

    def _on_words_changed(self, change: DocumentChange) -> None:
        page = self._document.page
        if page is None or not change.words:
            return
        words = [page.words[key] for key in change.words if key in page.words]
        if not self._count(page.id, words):
            return
        if len(self._corrected) >= _ENOUGH:
            self._show(
                LEARNING,
                tr_n(
                    "You have corrected {count} word on the photos you opened. Train on it to read this handwriting"
                    " better.",
                    "You have corrected {count} words on the photos you opened. Train on them to read this handwriting"
                    " better.",
                    len(self._corrected),
                ),
                offer=(tr("Train model"), self._actions["learn"].trigger),
            )
        elif isinstance(QApplication.focusWidget(), PageTextEditor):
            self._show(
                KEYS,
                tr(
                    "Press Tab to go to the next uncertain word, or Ctrl+Enter to confirm a word first. Enter starts a"
                    " new line. To use an alternative, click it below the text."
                ),
            )

    def _count(self, page_id: str, words: Iterable[Word]) -> bool:
        """Remember which of these words the user has corrected. Returns whether there are any."""
        found = {(page_id, word.id) for word in words if _is_corrected(word)}
        self._corrected |= found
        return bool(found)

    def _show(self, name: str, text: str, *, offer: tuple[str, Callable[[], object]] | None = None) -> None:
        if name in self._opening.settings.hints_seen:
            return
        self._mark_seen(name)
        self.tour.end()
        self.card.show_text(text, key=self._actions.key("close_hint"), offer=offer)
        self.changed.emit()

    def _mark_seen(self, name: str) -> None:
        """Save that a hint was shown, before it is, so that it is not shown twice."""
        now = self._opening.settings
        self._change_settings(replace(now, hints_seen=(*now.hints_seen, name)))


def _is_corrected(word: Word) -> bool:
    return bool(word.human and word.machine and word.human.text != word.machine.text)
