"""Opens the dialog for synthetic datasets with the options used last, and passes datasets on to training."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core import paths, state_file
from ocr_studio.core.errors import StudioError
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.synth.dialog import SynthDialog
from ocr_studio.ui.synth.target_folder import TargetFolderCheck

log = logging.getLogger(__name__)

# The defaults: generated in about a minute, and enough for a first try.
_FIRST = SynthOptions(words=2000, boards=20)


class SynthController(QObject):
    """Shows the dialog.

    Signals:
        train_wanted(Path): train a model with the dataset in this folder.
    """

    train_wanted = Signal(object)

    def __init__(self, lane: JobThread, places: JobThread, window: QWidget) -> None:
        """Show nothing yet; ``lane`` generates datasets, which can take hours, and ``places`` checks folders."""
        super().__init__(window)
        self._lane, self._places, self._window = lane, places, window

    def ask(self) -> None:
        """Open the dialog."""
        options, folder = _kept()
        dialog = SynthDialog(options, folder, self._lane, TargetFolderCheck(self._places), self._window)
        dialog.written.connect(_keep)
        dialog.train_wanted.connect(self.train_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _file() -> Path:
    return paths.state_dir() / "synthetic.json"


def _kept() -> tuple[SynthOptions, Path]:
    """The options and folder used last, or the defaults."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(documents or Path.home()) / "OCR Studio" / "synthetic"
    try:
        known = state_file.read(_file())
        if isinstance(before := known.get("folder"), str) and before and "\0" not in before:
            folder = Path(before)
        if "options" in known:
            return synth_options.parse_options(known["options"]), folder
    except StudioError as error:
        log.info("the last options for synthetic datasets were not restored: %s", error)
    return _FIRST, folder


def _keep(options: SynthOptions, folder: Path) -> None:
    """Save the options for the next time; errors are only logged, as this is only a convenience."""
    try:
        state_file.write(_file(), {"options": synth_options.options_values(options), "folder": str(folder)})
    except (OSError, StudioError) as error:
        log.warning("the options for synthetic datasets were not saved: %s", error)
