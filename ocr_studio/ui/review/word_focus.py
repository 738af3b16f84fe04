"""Keeps the card of the review queue and the word that is selected on the photo the same."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.review.controller import Reviewing, ReviewStage

# Milliseconds that a card is shown before the photo shows its word: after it was painted; or, if another photo has to
# be opened, once the user stays with the word.
_SOON_MS: Final = 30
_STAYS_MS: Final = 600


class WordFocus(QObject):
    """Shows the word of the card on the photo, and the card of a word that the user selects there.

    Signals: ``changed()`` see ``apart``.

    Attributes:
        active: Whether the card is in sight, and the user has worked on it since the program was started.
    """

    changed = Signal()

    def __init__(self, reviewing: Reviewing, document: Document, places: MistakePlaces) -> None:
        super().__init__(reviewing)
        self._reviewing, self._document, self._places = reviewing, document, places
        self.active = False
        self._selecting = False
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.show_word)
        reviewing.changed.connect(self.follow)
        document.selection_changed.connect(self._on_selection)
        document.opened.connect(self.changed)
        places.shown.connect(self.changed)

    @property
    def apart(self) -> bool:
        """Whether the photo shows another word than the card."""
        place, page = self._reviewing.place, self._document.page
        if place is None or self._reviewing.stage is not ReviewStage.GOING:
            return False
        return page is None or (page.id, self._document.current) != place

    @property
    def busy(self) -> bool:
        """Whether the photo is about to show the word of the card."""
        return self._soon.isActive()

    def follow(self) -> None:
        """Show the word of the card soon: at once would delay the card."""
        page, place = self._document.page, self._reviewing.place
        if self.active and place is not None:
            self._soon.start(_SOON_MS if page is not None and page.id == place[0] else _STAYS_MS)
        self.changed.emit()

    def activate(self) -> None:
        """Follow from now on: the user works on the card."""
        if not self.active:
            self.active = True
            self.follow()

    def stop(self) -> None:
        """Leave the photo as it is until the next card: the user has opened another one."""
        self._soon.stop()

    def stays_here(self) -> None:
        """The user types: the photo is not changed while they do."""
        if self._soon.isActive() and self._soon.interval() == _STAYS_MS:
            self._soon.start()

    def show_word(self) -> None:
        """Show the word of the card on its photo, which is opened if necessary."""
        place, photo = self._reviewing.place, self._reviewing.photo
        if not self.active or place is None or photo is None or not self.apart:
            return
        self._selecting = True
        try:
            self._places.follow_word(photo, place[1])
        finally:
            self._selecting = False
        self.changed.emit()

    def _on_selection(self) -> None:
        """Show the card of the word that the user has selected, if it is in the queue."""
        page, current = self._document.page, self._document.current
        if self.active and not self._selecting and page is not None and current is not None:
            self._soon.stop()
            if (page.id, current) != self._reviewing.place:
                self._reviewing.pick((page.id, current))
        self.changed.emit()
