"""A dialog over the open photo that first shows how far a job has come, then what came of it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLayout, QProgressBar, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.widgets.plain_label import PlainLabel


class JobResultDialog(QDialog):
    """What is said, the progress, the result, a note, buttons; one below the other.

    title: of the window. said: what is being done. note: what a person should know of the result.
    """

    def __init__(
        self,
        title: str,
        said: str,
        *,
        note: str,
        parent: QWidget | None,
        buttons: QDialogButtonBox.StandardButton = QDialogButtonBox.StandardButton.Close,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.said = PlainLabel(said)
        self.said.setWordWrap(True)
        self.bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.note = PlainLabel(note)
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(buttons)
        self.buttons.rejected.connect(self.reject)

    def show_progress(self, done: int, total: int) -> None:
        """So much of it is done."""
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def show_taking(self, done: int, total: int) -> None:
        """What a person has chosen of the result is being done: so many photos are."""
        self.bar.setVisible(done < total)
        self.show_progress(done, total)

    def show_trouble(self, trouble: Trouble) -> None:
        """It could not be done."""
        self.bar.hide()
        self.said.setText(trouble.message)

    def _lay_out(self, *results: QWidget | QLayout, size: QSize) -> None:
        """results: what takes the room of the result, the first most of it. size: where the screen has so much."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.said)
        layout.addWidget(self.bar)
        for number, result in enumerate(results):
            stretch = 0 if number else 1
            if isinstance(result, QWidget):
                layout.addWidget(result, stretch)
                layout.addStretch(0)  # takes the room as long as the result is hidden
            else:
                layout.addLayout(result, stretch)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)
        self.resize(size.boundedTo(self.screen().availableSize() * 0.94))
