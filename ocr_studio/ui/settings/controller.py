"""Opens the dialogs of settings, models and text detection, and passes on the settings chosen there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core import translation
from ocr_studio.core.settings import DetectionOptions, Settings
from ocr_studio.core.translation import tr
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
from ocr_studio.ui.settings.general_page import GeneralPage
from ocr_studio.ui.settings.page import SettingsChange, SettingsPage, SettingsRow
from ocr_studio.ui.settings.reading_page import ReadingPage
from ocr_studio.ui.style import language as window_language


@dataclass(frozen=True, slots=True)
class SettingOffer:
    """A setting to choose a value for, outside the dialog.

    Attributes:
        row: The setting.
        page: The title of its page.
        show: Opens the dialog at the setting.
    """

    row: SettingsRow
    page: str
    show: Callable[[], object]


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
        self._pages: dict[str, SettingsPage] = {}
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

    def show_settings(self, page: str = "general", setting: str = "") -> None:
        """Open the settings at a page, "general", "reading" or "keys", and highlight a setting on it."""
        self.chosen.emit(self._current())  # the command line may have changed some meanwhile
        dialog = SettingsDialog(self._current, self._try_detection, self._actions, self._window)
        dialog.chosen.connect(self.chosen)
        # Queued, so that the dialog has closed before its window is deleted.
        dialog.restart_requested.connect(self.restart_requested, Qt.ConnectionType.QueuedConnection)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        dialog.go_to(page, setting)

    def offers(self) -> list[SettingOffer]:
        """Return all settings but the shortcuts, with what they can be set to."""
        now = self._current()
        for page in self._pages.values():
            page.deleteLater()
        # Never shown; a value is chosen in its field.
        self._pages = {"general": GeneralPage(now), "reading": ReadingPage(now, self._try_detection)}
        for page in self._pages.values():
            page.setParent(self._window)
            page.hide()
            page.changed.connect(self._apply)
        return [
            SettingOffer(row, page.title.replace("&", ""), partial(self.show_settings, name, row.title))
            for name, page in self._pages.items()
            for row in page.rows
        ]

    def _apply(self, change: SettingsChange) -> None:
        before = self._current()
        self.chosen.emit(change(before))
        language = self._current().language
        if language != before.language and window_language.spoken(language) != translation.language():
            # The window has to be opened again, which the dialog offers.
            self.show_settings("general", tr("L&anguage").replace("&", ""))

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
