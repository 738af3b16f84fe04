"""Dialog that asks which words to read again: of the open photo, of its writer's photos, or of all in its folder."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.reading.reread_project import PageToRead
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Characters of a writer's name that are shown at most.
_LONGEST = 40


class RereadingScopeDialog(QDialog):
    """Asks for the scope; the number of words on the other photos appears once they are counted.

    Signals:
        here(): read the words of the open photo.
        everywhere(pages): read the words of these pages, all with unchecked words or those by the writer.
    """

    here = Signal()
    everywhere = Signal(object)

    def __init__(self, words: int, parent: QWidget, *, writer: str = "") -> None:
        """Offer the ``words`` unchecked words of the open photo. writer: who wrote on it, if known."""
        super().__init__(parent)
        self.setWindowTitle(tr("Read unchecked words again"))
        self._pages: tuple[PageToRead, ...] = ()
        self._writer = writer
        self.status = PlainLabel(
            tr("Which words do you want to read again? You can review the changes before they are applied.")
        )
        self.status.setWordWrap(True)
        here = tr_n("&This photo: {count} unchecked word", "&This photo: {count} unchecked words", words)
        self.this = QPushButton(here)
        self.this.setEnabled(words > 0)
        self.this.clicked.connect(self._choose_here)
        self.theirs = QPushButton()
        self.theirs.hide()
        self.theirs.clicked.connect(lambda: self._choose(self._find_theirs()))
        self.every = QPushButton(tr("&All photos in this folder: counting…"))
        self.every.setEnabled(False)
        self.every.clicked.connect(lambda: self._choose(self._pages))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        for widget in (self.status, self.this, self.theirs, self.every, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(420)

    def show_pages(self, pages: tuple[PageToRead, ...], *, here: str) -> None:
        """Offer all pages with unchecked words; ``here`` is the id of the open page."""
        self._pages = pages
        self._offer_pages(here)
        self.adjustSize()  # the numbers need more room

    def _offer_pages(self, here: str) -> None:
        pages = self._pages
        if all(page.page_id == here for page in pages):
            self.every.setText(tr("No unchecked words on other photos in this folder"))
            return
        if len(pages) == 1:
            self.every.setText(tr("&One other photo: {words}", words=_count_words(pages)))
        else:
            self.every.setText(
                tr_n(
                    "&All photos in this folder: {words} on {count} photo",
                    "&All photos in this folder: {words} on {count} photos",
                    len(pages),
                    words=_count_words(pages),
                )
            )
        self.every.setEnabled(True)
        self._offer_theirs(here)
        (self.this if self.this.isEnabled() else self.every if self.theirs.isHidden() else self.theirs).setFocus()

    def _offer_theirs(self, here: str) -> None:
        """Offer the writer's photos if that is more than the open one and less than all."""
        theirs = self._find_theirs()
        if len(theirs) < len(self._pages) and any(page.page_id != here for page in theirs):
            self.theirs.setText(
                tr_n(
                    "&Photos by {writer}: {words} on {count} photo",
                    "&Photos by {writer}: {words} on {count} photos",
                    len(theirs),
                    writer=labels.label(labels.shortened(self._writer, _LONGEST)),
                    words=_count_words(theirs),
                )
            )
            self.theirs.show()

    def _find_theirs(self) -> tuple[PageToRead, ...]:
        return tuple(page for page in self._pages if self._writer and page.writer == self._writer)

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why the words could not be counted."""
        self.every.setText(tr("The other photos can’t be read again"))
        self.status.setText(trouble.message)

    def _choose_here(self) -> None:
        self.accept()
        self.here.emit()

    def _choose(self, pages: tuple[PageToRead, ...]) -> None:
        self.accept()
        self.everywhere.emit(pages)


def _count_words(pages: tuple[PageToRead, ...]) -> str:
    return tr_n("{count} unchecked word", "{count} unchecked words", sum(page.words for page in pages))
