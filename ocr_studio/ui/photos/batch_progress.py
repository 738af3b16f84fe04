"""The progress of reading many photos below their list, then the result, and the dialog with those that failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import units
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.photos.batch_reading import BatchProgress, BatchReading, BatchResult
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import PhotoReasons


class BatchStrip(QFrame):
    """Hidden while there is nothing to show.

    Signals:
        photo_chosen(Path): open this photo, which could not be read.
    """

    photo_chosen = Signal(object)

    def __init__(self, batch: BatchReading) -> None:
        super().__init__()
        self._batch = batch
        self._failed: tuple[tuple[Path, str], ...] = ()
        self._folder: Path | None = None
        self.status = PlainLabel()
        self.status.setWordWrap(True)
        self.left = PlainLabel()
        self.left.setProperty("quiet", True)
        self.left.setWordWrap(True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Reading progress"))
        self.pause, self.stop, self.more, self.closer = (QToolButton() for _ in range(4))
        self.pause.setCheckable(True)
        self.pause.toggled.connect(batch.pause)
        self.stop.setText(tr("Stop"))
        self.stop.setToolTip(tr("Stop reading photos; results so far are saved"))
        self.stop.clicked.connect(lambda _: batch.cancel())
        self.more.setText(tr("Show failed photos…"))
        self.more.setToolTip(tr("List the photos that could not be read, and why"))
        self.more.clicked.connect(self._show_failed)
        self.closer.setToolTip(tr("Close this message"))
        self.closer.setAccessibleName(tr("Close this message"))
        self.closer.clicked.connect(self.hide)
        self._lay_out()
        batch.progressed.connect(self._show_progress)
        batch.ended.connect(self._show_end)
        self.hide()

    def retint(self) -> None:
        """Update colours after a theme change."""
        self.closer.setIcon(theme.icon("mdi6.close"))

    def set_folder(self, folder: Path | None) -> None:
        """Set the folder that was open when the result was shown."""
        self._folder = folder

    def forget_other_folder(self, folder: Path) -> None:
        """Hide a result once a photo of another folder was opened."""
        if folder != self._folder and not self._batch.busy:
            self.hide()

    def _lay_out(self) -> None:
        first, buttons = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.status, 1)
        first.addWidget(self.closer, 0, Qt.AlignmentFlag.AlignTop)
        for button in (self.pause, self.stop, self.more):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 6, 8)
        layout.setSpacing(5)
        layout.addLayout(first)
        layout.addWidget(self.bar)
        layout.addWidget(self.left)
        layout.addLayout(buttons)
        self.retint()

    def _show_progress(self, at: BatchProgress) -> None:
        number = min(at.done + 1, at.total)
        if at.paused:
            self.status.setText(tr("Paused at photo {number} of {total}", number=number, total=at.total))
        else:
            self.status.setText(tr("Reading photo {number} of {total}", number=number, total=at.total))
        self.status.setToolTip(labels.tooltip(at.name))
        self.left.setText("" if at.paused or at.seconds is None else units.time_left(at.seconds))
        self.bar.setRange(0, at.total)
        self.bar.setValue(at.done)
        self.pause.blockSignals(True)
        self.pause.setChecked(at.paused)
        self.pause.blockSignals(False)
        self.pause.setText(tr("Resume") if at.paused else tr("Pause"))
        self._arrange(reading=True)

    def _show_end(self, result: BatchResult) -> None:
        self._failed = result.failed
        said = [tr_n("Read {count} photo.", "Read {count} photos.", result.read)]
        if result.known:
            known = result.known
            said.append(tr_n("{count} was already read.", "{count} were already read.", known))
        if result.failed:
            wrong = len(result.failed)
            said.append(tr_n("{count} could not be read.", "{count} could not be read.", wrong))
        if result.left:
            said.append(tr_n("{count} photo left.", "{count} photos left.", result.left))
        self.status.setText(" ".join(said))
        self.status.setToolTip("")
        self.left.setText(result.why)
        self._arrange(reading=False)

    def _arrange(self, *, reading: bool) -> None:
        for widget in (self.bar, self.pause, self.stop):
            widget.setVisible(reading)
        self.left.setVisible(bool(self.left.text()))
        self.closer.setVisible(not reading)
        self.more.setVisible(not reading and bool(self._failed))
        self.show()

    def _show_failed(self) -> None:
        dialog = BatchFailuresDialog(self._failed, self.window())
        dialog.photo_chosen.connect(self.photo_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class BatchFailuresDialog(QDialog):
    """A table of photos and reasons.

    Signals:
        photo_chosen(Path): open this photo.
    """

    photo_chosen = Signal(object)

    def __init__(self, failed: Sequence[tuple[Path, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Photos that could not be read"))
        said = PlainLabel(
            tr_n(
                "{count} photo could not be read. Click it to open it.",
                "{count} photos could not be read. Click a photo to open it.",
                len(failed),
            )
        )
        said.setWordWrap(True)
        self.table = PhotoReasons(tr("Photos that could not be read"), failed)
        self.table.chosen.connect(self._choose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("&Copy list"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setAutoDefault(False)
        copy.clicked.connect(self.table.copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(said)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.resize(QSize(620, 380).boundedTo(self.screen().availableSize() * 0.94))

    def _choose(self, path: Path) -> None:
        self.accept()
        self.photo_chosen.emit(path)
