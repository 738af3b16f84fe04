"""Proposes to rotate a photo whose writing says that it lies on its side or upside down."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.page import Page
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.photo_framing import PhotoFraming
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity

_KEY = "rotation proposal"


class RotationProposal(QObject):
    """Looks at each photo once it is read or opened; each photo is asked about once."""

    def __init__(
        self, document: Document, framing: PhotoFraming, reading: ReadingController, messages: MessageBar
    ) -> None:
        super().__init__(reading)
        self._document, self._framing, self._reading, self._messages = document, framing, reading, messages
        self._answered: set[str] = set()  # ids of pages
        document.opened.connect(self._look)
        document.photo_turned.connect(self._withdraw)
        reading.stopped.connect(self._look)

    def _look(self) -> None:
        self._messages.withdraw(_KEY)
        page = self._document.page
        if page is None or not page.read_at or page.id in self._answered:
            return
        if self._reading.busy or not self._document.writable:
            return
        quarters = photo_frame.find_turn(page)
        if quarters:
            said = (
                tr("This photo seems to be upside down. Rotate it?")
                if quarters == 2
                else tr("This photo seems to lie on its side. Rotate it?")
            )
            label = tr("Rotate and read again") if _is_untouched(page) else tr("Rotate")
            self._messages.show_message(
                said,
                Severity.INFO,
                key=_KEY,
                offer=(label, lambda: self._accept(page.id, quarters)),
                dismiss=lambda: self._answered.add(page.id),
            )

    def _withdraw(self) -> None:
        """The user has turned the photo, so nobody needs to be asked."""
        if self._document.page is not None:
            self._answered.add(self._document.page.id)
        self._messages.withdraw(_KEY)

    def _accept(self, page_id: str, quarters: int) -> None:
        page = self._document.page
        if page is None or page.id != page_id:
            return
        # Lines that run level are found better.
        again = self._reading.read_page if _is_untouched(page) else lambda: None
        self._framing.change(lambda page: photo_frames.turn_photo(page, quarters), done=again)


def _is_untouched(page: Page) -> bool:
    return not any(word.touched for word in page.words.values())
