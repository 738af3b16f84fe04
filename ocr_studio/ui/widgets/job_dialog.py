"""A dialog that shows the progress of a job and then its result."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLayout, QProgressBar, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.widgets.plain_label import PlainLabel


class JobResultDialog(QDialog):
    """A status line, the progress, the result, a note and buttons, one below the other."""

    def __init__(
        self,
        title: str,
        status: str,
        *,
        note: str,
        parent: QWidget | None,
        buttons: QDialogButtonBox.StandardButton = QDialogButtonBox.StandardButton.Close,
    ) -> None:
        """Create the dialog.

        Args:
            title: The title of the window.
            status: The status line, at first what the job does.
            note: A note on the result.
            parent: The window.
            buttons: The standard buttons.
        """
        super().__init__(parent)
        self.setWindowTitle(title)
        self.status = PlainLabel(status)
        self.status.setWordWrap(True)
        self.bar = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.note = PlainLabel(note)
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        self.buttons = QDialogButtonBox(buttons)
        self.buttons.rejected.connect(self.reject)

    def show_progress(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps are done."""
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def show_trouble(self, trouble: Trouble) -> None:
        """Show why the job failed."""
        self.bar.hide()
        self.status.setText(trouble.message)

    def _lay_out(self, *results: QWidget | QLayout, size: QSize) -> None:
        """Lay out the dialog.

        Args:
            *results: What is shown as the result; the first gets most of the room.
            size: The size of the dialog, on a screen that is large enough.
        """
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.status)
        layout.addWidget(self.bar)
        for number, result in enumerate(results):
            stretch = 0 if number else 1
            if isinstance(result, QWidget):
                layout.addWidget(result, stretch)
                layout.addStretch(0)  # fills the room while the result is hidden
            else:
                layout.addLayout(result, stretch)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)
        self.resize(size.boundedTo(self.screen().availableSize() * 0.94))
