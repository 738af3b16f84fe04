"""Checks the folder for a synthetic dataset in the background, once the user has stopped typing.

Disks can be slow and manifests large, so neither is read in the window's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.synth.target_folder import FolderContents
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import FolderState
from ocr_studio.ui.job_thread import Job, JobThread


def whether_to_throw_away(parent: QWidget, write: Callable[[], None], *, begun: bool) -> None:
    """Ask whether to discard an unfinished dataset with other options.

    Args:
        parent: the window to open the question over.
        write: called if the user agrees.
        begun: whether the folder also has an unfinished dataset with the same options, which is resumed.
    """
    asked = QMessageBox(parent)
    asked.setTextFormat(Qt.TextFormat.PlainText)
    asked.setIcon(QMessageBox.Icon.Question)
    asked.setWindowTitle(tr("Generate synthetic boards"))
    if begun:
        asked.setText(tr("Discard the other unfinished dataset in this folder?"))
    else:
        asked.setText(tr("Discard the unfinished dataset in this folder?"))
    asked.setInformativeText(
        tr("It has other settings or source files. To resume it instead, cancel and restore those settings and files.")
    )
    throw = asked.addButton(tr("&Discard and generate"), QMessageBox.ButtonRole.DestructiveRole)
    asked.addButton(QMessageBox.StandardButton.Cancel)
    asked.setDefaultButton(QMessageBox.StandardButton.Cancel)
    throw.clicked.connect(write)
    asked.finished.connect(asked.deleteLater)
    asked.open()


# Milliseconds after the last change before the folder is checked, and between checks while another process writes to
# it.
_REST: Final = 250
_AGAIN: Final = 2000


class TargetFolderCheck(QObject):
    """The state of the folder, as far as it is known.

    Attributes:
        found: the state, or None while it is not known.

    Signals:
        known(): the state is known, or has changed.
    """

    known = Signal()

    def __init__(self, lane: JobThread) -> None:
        super().__init__()
        self._lane = lane
        self._asked: tuple[SynthOptions, Path] | None = None
        self._job: Job | None = None
        self.found: FolderState | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN)
        self._rest.timeout.connect(self.look)
        self._again.timeout.connect(self.look)

    @property
    def begun(self) -> bool:
        """Whether the folder has an unfinished dataset with the same options, which can be resumed or discarded."""
        return self.found is not None and self.found.begun and self.found.writer is None

    @property
    def others(self) -> bool:
        """Whether the folder has an unfinished dataset with other options, which generating would discard."""
        return self.found is not None and self.found.others and self.found.writer is None

    @property
    def told(self) -> FolderContents | Literal[False]:
        """What the user was told will be replaced; nothing else may be."""
        return self.found.there if self.found else False

    @property
    def free(self) -> int | None:
        """Free disk space in bytes, if known."""
        return self.found.free if self.found else None

    @property
    def may_write(self) -> bool:
        """Whether nothing is known that prevents writing to the folder."""
        return self.found is None or (self.found.writer is None and not self.found.taken)

    @property
    def status_text(self) -> str:
        """A message about the folder; empty if there is nothing to report."""
        found = self.found
        if found is None:
            return ""
        if found.writer is not None:
            return _said_writer(found.writer)
        if found.taken:
            return found.taken
        said = []
        if found.begun:
            said.append(tr("An unfinished dataset with these settings is in this folder. You can resume it."))
        if found.others:
            said.append(
                tr(
                    "An unfinished dataset with other settings or source files is in this folder. You are asked before"
                    " it is discarded."
                )
            )
        if found.dataset:
            said.append(tr("The dataset in this folder will be replaced."))
        return " ".join(said)

    def ask(self, options: SynthOptions, folder: Path | None) -> None:
        """Check a folder soon; until then its state is unknown."""
        self.stop()
        self.found = None
        self._asked = (options, folder) if folder is not None else None
        if self._asked is not None:
            self._rest.start()

    def look(self) -> None:
        """Check the folder now."""
        self.stop()
        if self._asked is None:
            return
        options, folder = self._asked
        job = self._job = self._lane.submit(
            lambda: generate.look_there(options, folder), name=later("Checking the folder")
        )
        job.yielded.connect(self._on_checked)
        # Assumed empty: writing to it will report the error.
        job.failed.connect(lambda _: self._on_checked(FolderState()))

    def stop(self) -> None:
        """Stop checking."""
        self._rest.stop()
        self._again.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_checked(self, found: FolderState) -> None:
        self.found = found
        if found.writer is not None:
            self._again.start()
        self.known.emit()


def _said_writer(process: int) -> str:
    if process == os.getpid():
        return tr("Another window of OCR Studio is writing to this folder. Wait until it has finished.")
    if process:
        said = tr("Another window or command (process {number}) is writing to this folder.", number=process)
    else:
        said = tr("Another window or command is writing to this folder.")
    return f"{said} {tr('Wait until it has finished.')}"
