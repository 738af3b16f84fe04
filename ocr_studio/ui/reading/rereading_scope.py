"""Which words are to be read again: those of the open photo, or of all photos of its folder."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.jobs.reading.reread_project import PageToRead
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.widgets.plain_label import PlainLabel


class RereadingScopeDialog(QDialog):
    """Asks; how many there are elsewhere is said as soon as it is known.

    words: of the open photo. Signals: ``here()``; ``everywhere(pages)``.
    """

    here = Signal()
    everywhere = Signal(object)

    def __init__(self, words: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Read unreviewed words again"))
        self._pages: tuple[PageToRead, ...] = ()
        self.said = PlainLabel(tr("Which words shall be read again? You see what would change before anything does."))
        self.said.setWordWrap(True)
        here = tr_n("&This photo: {count} unreviewed word", "&This photo: {count} unreviewed words", words)
        self.this = QPushButton(here)
        self.this.setEnabled(words > 0)
        self.this.clicked.connect(self._choose_here)
        self.every = QPushButton(tr("&All photos of this folder: counting…"))
        self.every.setEnabled(False)
        self.every.clicked.connect(self._choose_everywhere)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        for widget in (self.said, self.this, self.every, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(420)

    def show_pages(self, pages: tuple[PageToRead, ...], *, here: str) -> None:
        """All pages with words that nobody has checked. here: id of the open one."""
        self._pages = pages
        if all(page.page_id == here for page in pages):
            self.every.setText(tr("No other photo of this folder has unreviewed words"))
            return
        number = sum(page.words for page in pages)
        words = tr_n("{count} unreviewed word", "{count} unreviewed words", number)
        if len(pages) == 1:
            self.every.setText(tr("The one other photo: {words}", words=words))
        else:
            self.every.setText(
                tr_n(
                    "&All {count} photos of this folder: {words}",
                    "&All {count} photos of this folder: {words}",
                    len(pages),
                    words=words,
                )
            )
        self.every.setEnabled(True)
        (self.this if self.this.isEnabled() else self.every).setFocus()

    def show_trouble(self, trouble: Trouble) -> None:
        """They could not be counted."""
        self.every.setText(tr("The other photos cannot be read again"))
        self.said.setText(trouble.message)

    def _choose_here(self) -> None:
        self.accept()
        self.here.emit()

    def _choose_everywhere(self) -> None:
        self.accept()
        self.everywhere.emit(self._pages)
