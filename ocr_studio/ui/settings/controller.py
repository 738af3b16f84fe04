"""What a person chooses for the whole program: the settings, models, how writing is found, words or lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.settings import Finding, Settings
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.models.controller import Modelling
from ocr_studio.ui.models.download import Fetching
from ocr_studio.ui.reading.controller import Reading
from ocr_studio.ui.reading.detection_dialog import FindingDialog
from ocr_studio.ui.reading.detection_preview import FindingTrials
from ocr_studio.ui.reading.detection_view import FindingView
from ocr_studio.ui.reading.reread import Rereading
from ocr_studio.ui.settings.dialog import SettingsDialog


class Choosing(QObject):
    """Shows the dialogs of settings over the window. modelling, rereading: those of models, and of reading again.

    current: asked for the settings as they are. Signals: ``chosen(Settings)``;
    ``anew_wanted()`` the window should be made again, as it is in another language.
    """

    chosen = Signal(object)
    anew_wanted = Signal()

    def __init__(
        self,
        document: Document,
        reading: Reading,
        current: Callable[[], Settings],
        window: QWidget,
        *,
        fetching: JobThread,
        actions: tuple[ActionSpec[Any], ...],
    ) -> None:
        """fetching: the lane in which files come from the network. actions: whose keys can be chosen."""
        super().__init__(window)
        self._document, self._reading, self._current, self._window = document, reading, current, window
        self._actions = actions
        self.rereading: Rereading = Rereading(document, reading, window)
        self.modelling: Modelling = Modelling(document, reading, self.rereading, current, self.chosen.emit, window)
        self.fetching: Fetching = Fetching(fetching, reading.lane, self)
        self.modelling.fetch_wanted.connect(self.fetching.show)
        self.fetching.taken_in.connect(self.modelling.show_new)

    @property
    def lines(self) -> bool:
        """Whether there is one box for each line instead of each word."""
        return self._current().unit == "lines"

    def switch_unit(self) -> None:
        """From words to lines or back."""
        self.chosen.emit(replace(self._current(), unit="words" if self.lines else "lines"))

    def remember_canvas(self, *, box_opacity: float, snapping: bool) -> None:
        """From now on, and at the next start, boxes are as faint, and edges snap or do not."""
        now = self._current()
        chosen = replace(now, box_opacity=round(box_opacity, 2), snapping=snapping)
        if chosen != now:
            self.chosen.emit(chosen)

    def show_settings(self, page: str = "general") -> None:
        """Show the settings. page: "general", "reading" or "keys"."""
        dialog = SettingsDialog(self._current, self._try_finding, self._actions, self._window)
        dialog.go_to(page)
        dialog.chosen.connect(self.chosen)
        # After the dialog is gone, which the window takes along.
        dialog.anew_wanted.connect(self.anew_wanted, Qt.ConnectionType.QueuedConnection)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_finding(self) -> None:
        """Show how writing is found, on the open photo."""
        self._try_finding(
            self._current().finding,
            self._window,
            lambda finding: self.chosen.emit(replace(self._current(), finding=finding)),
        )

    def _try_finding(self, finding: Finding, parent: QWidget, then: Callable[[Finding], None]) -> None:
        image, pyramid, trial = self._document.image, self._document.pyramid, self._reading.trial()
        view = None if image is None or pyramid is None else FindingView(image, pyramid)
        trials = None if trial is None else FindingTrials(self._reading.lane, trial)
        dialog = FindingDialog(finding, view, trials, parent)
        if trials:
            trials.setParent(dialog)
        dialog.chosen.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
