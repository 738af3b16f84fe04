"""Which words are to be read again: those of the open photo, or of all photos of its folder."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from ocr_studio.jobs.rereading_project import PageToRead
from ocr_studio.ui import wording
from ocr_studio.ui.job_thread import Trouble


class RereadingScopeDialog(QDialog):
    """Asks; how many there are elsewhere is said as soon as it is known.

    words: of the open photo. Signals: ``here()``; ``everywhere(pages)``.
    """

    here = Signal()
    everywhere = Signal(object)

    def __init__(self, words: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Read unreviewed words again")
        self._pages: tuple[PageToRead, ...] = ()
        self.said = QLabel("Which words shall be read again? You see what would change before anything does.")
        self.said.setWordWrap(True)
        self.this = QPushButton(f"&This photo: {wording.counted(words, 'unreviewed word')}")
        self.this.setEnabled(words > 0)
        self.this.clicked.connect(self._choose_here)
        self.every = QPushButton("&All photos of this folder: counting…")
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
            self.every.setText("No other photo of this folder has unreviewed words")
            return
        words = wording.counted(sum(page.words for page in pages), "unreviewed word")
        photos = "The one other photo" if len(pages) == 1 else f"&All {len(pages)} photos of this folder"
        self.every.setText(f"{photos}: {words}")
        self.every.setEnabled(True)
        (self.this if self.this.isEnabled() else self.every).setFocus()

    def show_trouble(self, trouble: Trouble) -> None:
        """They could not be counted."""
        self.every.setText("The other photos cannot be read again")
        self.said.setText(trouble.message)

    def _choose_here(self) -> None:
        self.accept()
        self.here.emit()

    def _choose_everywhere(self) -> None:
        self.accept()
        self.everywhere.emit(self._pages)
