"""Dialog that asks which words to read again: of the open photo, or of all photos in its folder."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.reading.reread_project import PageToRead
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.widgets.plain_label import PlainLabel


class RereadingScopeDialog(QDialog):
    """Asks for the scope; the number of words on the other photos appears once they are counted.

    Signals:
        here(): read the words of the open photo.
        everywhere(pages): read the words of these pages.
    """

    here = Signal()
    everywhere = Signal(object)

    def __init__(self, words: int, parent: QWidget) -> None:
        """Offer the ``words`` unchecked words of the open photo."""
        super().__init__(parent)
        self.setWindowTitle(tr("Read unchecked words again"))
        self._pages: tuple[PageToRead, ...] = ()
        self.status = PlainLabel(
            tr("Which words do you want to read again? You can review the changes before they are applied.")
        )
        self.status.setWordWrap(True)
        here = tr_n("&This photo: {count} unchecked word", "&This photo: {count} unchecked words", words)
        self.this = QPushButton(here)
        self.this.setEnabled(words > 0)
        self.this.clicked.connect(self._choose_here)
        self.every = QPushButton(tr("&All photos in this folder: counting…"))
        self.every.setEnabled(False)
        self.every.clicked.connect(self._choose_everywhere)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        for widget in (self.status, self.this, self.every, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(420)

    def show_pages(self, pages: tuple[PageToRead, ...], *, here: str) -> None:
        """Offer all pages with unchecked words; ``here`` is the id of the open page."""
        self._pages = pages
        if all(page.page_id == here for page in pages):
            self.every.setText(tr("No unchecked words on other photos in this folder"))
            return
        number = sum(page.words for page in pages)
        words = tr_n("{count} unchecked word", "{count} unchecked words", number)
        if len(pages) == 1:
            self.every.setText(tr("&One other photo: {words}", words=words))
        else:
            self.every.setText(
                tr_n(
                    "&All {count} photos in this folder: {words}",
                    "&All {count} photos in this folder: {words}",
                    len(pages),
                    words=words,
                )
            )
        self.every.setEnabled(True)
        (self.this if self.this.isEnabled() else self.every).setFocus()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why the words could not be counted."""
        self.every.setText(tr("The other photos can’t be read again"))
        self.status.setText(trouble.message)

    def _choose_here(self) -> None:
        self.accept()
        self.here.emit()

    def _choose_everywhere(self) -> None:
        self.accept()
        self.everywhere.emit(self._pages)
