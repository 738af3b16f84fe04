"""Opens the dialogs of settings, models and text detection, and passes on the settings chosen there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.settings import DetectionOptions, Settings
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.models.controller import ModelsController
from ocr_studio.ui.models.download import DownloadController
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.reading.detection_dialog import DetectionDialog
from ocr_studio.ui.reading.detection_preview import DetectionTrials
from ocr_studio.ui.reading.detection_view import DetectionView
from ocr_studio.ui.settings.dialog import SettingsDialog


class SettingsController(QObject):
    """Opens the dialogs of settings over the window.

    Signals:
        chosen(Settings): The settings were changed.
        restart_requested(): The window should be created again, in another language.

    Attributes:
        models_controller: Opens the dialogs of models.
        download_controller: Downloads models.
    """

    chosen = Signal(object)
    restart_requested = Signal()

    def __init__(
        self,
        document: Document,
        reading: ReadingController,
        current: Callable[[], Settings],
        window: QWidget,
        *,
        downloads: JobThread,
        actions: tuple[ActionSpec[Any], ...],
    ) -> None:
        super().__init__(window)
        self._document, self._reading, self._current, self._window = document, reading, current, window
        self._actions = actions
        self.models_controller = ModelsController(document, reading, current, self.chosen.emit, window)
        self.download_controller = DownloadController(downloads, reading.lane, self)
        self.models_controller.fetch_wanted.connect(self.download_controller.show)
        self.download_controller.imported.connect(self.models_controller.show_new)

    @property
    def lines(self) -> bool:
        """Whether there is one box per line instead of one per word."""
        return self._current().unit == "lines"

    def switch_unit(self) -> None:
        """Switch between one box per word and one per line."""
        self.chosen.emit(replace(self._current(), unit="words" if self.lines else "lines"))

    def remember_canvas(self, *, box_opacity: float, snapping: bool) -> None:
        """Save the opacity of boxes, 0..1, and whether edges snap."""
        now = self._current()
        chosen = replace(now, box_opacity=round(box_opacity, 2), snapping=snapping)
        if chosen != now:
            self.chosen.emit(chosen)

    def show_settings(self, page: str = "general") -> None:
        """Open the settings at a page: "general", "reading" or "keys"."""
        self.chosen.emit(self._current())  # the command line may have changed some meanwhile
        dialog = SettingsDialog(self._current, self._try_detection, self._actions, self._window)
        dialog.go_to(page)
        dialog.chosen.connect(self.chosen)
        # Queued, so that the dialog has closed before its window is deleted.
        dialog.restart_requested.connect(self.restart_requested, Qt.ConnectionType.QueuedConnection)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_detection(self) -> None:
        """Open the dialog of text detection on the open photo."""
        self._try_detection(
            self._current().detection,
            self._window,
            lambda detection: self.chosen.emit(replace(self._current(), detection=detection)),
        )

    def _try_detection(
        self, detection: DetectionOptions, parent: QWidget, then: Callable[[DetectionOptions], None]
    ) -> None:
        image, pyramid, trial = self._document.image, self._document.pyramid, self._reading.trial()
        view = None if image is None or pyramid is None else DetectionView(image, pyramid)
        trials = None if trial is None else DetectionTrials(self._reading.lane, trial)
        dialog = DetectionDialog(detection, view, trials, parent)
        if trials:
            trials.setParent(dialog)
        dialog.chosen.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
