"""What the window says about saving: at its bottom always, and at its top where it does not work."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.widgets.message_bar import MessageBar, Severity
from ocr_studio.ui.widgets.status_bar import Status


class KeptNews(QObject):
    """Tells whether all is saved."""

    def __init__(self, autosave: Autosave, document: Document, messages: MessageBar, status: Status) -> None:
        super().__init__(status)
        self._autosave, self._document, self._messages, self._status = autosave, document, messages, status
        autosave.saving.connect(status.saving)
        autosave.saved.connect(self.tell)
        autosave.failed.connect(self.tell)

    def tell(self, trouble: str = "") -> None:
        """Say how it is. trouble: what has just gone wrong."""
        if trouble:
            self._messages.show_message(trouble, Severity.ERROR, key="saving")
        if trouble or self._autosave.trouble:
            self._status.not_saved(trouble or self._autosave.trouble)
        elif self._autosave.unsaved:
            self._status.saving()
        else:
            self._messages.withdraw("saving")
            (self._status.saved if self._document.writable else self._status.read_only)()
