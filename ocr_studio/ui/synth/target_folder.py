"""The folder that synthetic samples shall be written to: looked at in the background, once a person has stopped typing.

A disk may be slow, or far away, and the manifest of a dataset large: none of it is read in the window's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from ocr_studio.core.synth.options import SynthOptions
from ocr_studio.core.synth.target_folder import There
from ocr_studio.core.translation import later, tr
from ocr_studio.jobs.synth import generate
from ocr_studio.jobs.synth.generate import FolderState
from ocr_studio.ui.job_thread import Job, JobThread, Trouble


def whether_to_throw_away(parent: QWidget, write: Callable[[], None], *, begun: bool) -> None:
    """Ask whether others, begun in the folder and not ended, go. write: called where they do; begun: whether these were
    begun there as well, which stay."""
    asked = QMessageBox(parent)
    asked.setTextFormat(Qt.TextFormat.PlainText)
    asked.setIcon(QMessageBox.Icon.Question)
    asked.setWindowTitle(tr("Synthetic boards"))
    if begun:
        asked.setText(tr("Throw away what else was begun in this folder?"))
    else:
        asked.setText(tr("Throw away what was begun in this folder?"))
    asked.setInformativeText(
        tr(
            "It was chosen differently, or drawn from other files, and not ended. Chosen like that again, with those"
            " files as they were, it would go on where it was."
        )
    )
    throw = asked.addButton(tr("&Throw away and write"), QMessageBox.ButtonRole.DestructiveRole)
    asked.addButton(QMessageBox.StandardButton.Cancel)
    asked.setDefaultButton(QMessageBox.StandardButton.Cancel)
    throw.clicked.connect(write)
    asked.finished.connect(asked.deleteLater)
    asked.open()


# Milliseconds without a change after which it is looked; and after which it is looked again while others write there.
_REST: Final = 250
_AGAIN: Final = 2000


class SynthPlace(QObject):
    """Knows what is there, or that it is not known yet. Signals: ``known()``, also each time that something there has
    become otherwise."""

    known = Signal()

    def __init__(self, lane: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
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
        """Whether the same was begun there before and can be gone on with, or thrown away."""
        return self.found is not None and self.found.begun and self.found.writer is None

    @property
    def others(self) -> bool:
        """Whether something else was begun there before, which is lost when these are written."""
        return self.found is not None and self.found.others and self.found.writer is None

    @property
    def told(self) -> There | Literal[False]:
        """What a person was told lies there, and is lost; nothing else is."""
        return self.found.there if self.found else False

    @property
    def free(self) -> int | None:
        """Bytes that are free there, as far as that is known."""
        return self.found.free if self.found else None

    @property
    def may_write(self) -> bool:
        """Whether nothing is known that would stop writing."""
        return self.found is None or (self.found.writer is None and not self.found.taken)

    @property
    def said(self) -> str:
        """What a person is to know of it, empty where there is nothing."""
        found = self.found
        if found is None:
            return ""
        if found.writer is not None:
            return _said_writer(found.writer)
        if found.taken:
            return found.taken
        said = []
        if found.begun:
            said.append(tr("These were begun in this folder before, and not ended. Writing goes on there."))
        if found.others:
            said.append(
                tr(
                    "Something that was chosen differently, or drawn from other files, was begun in this folder, and"
                    " not ended. You are asked before it is thrown away."
                )
            )
        if found.dataset:
            said.append(tr("There is a dataset in this folder; it is replaced."))
        return " ".join(said)

    def ask(self, options: SynthOptions, folder: Path | None) -> None:
        """Look at a folder soon; until then nothing is known."""
        self.stop()
        self.found = None
        self._asked = (options, folder) if folder is not None else None
        if self._asked is not None:
            self._rest.start()

    def look(self) -> None:
        """Look at once."""
        self.stop()
        if self._asked is None:
            return
        options, folder = self._asked
        job = self._job = self._lane.submit(
            lambda: generate.look_there(options, folder), name=later("Looking at a folder")
        )
        job.came.connect(self._hear)
        job.failed.connect(self._fail)

    def stop(self) -> None:
        """Look no more."""
        self._rest.stop()
        self._again.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _fail(self, _: Trouble) -> None:
        """Nothing could be found out: writing will say what is wrong."""
        self._hear(FolderState())

    def _hear(self, found: FolderState) -> None:
        self.found = found
        if found.writer is not None:
            self._again.start()
        self.known.emit()


def _said_writer(process: int) -> str:
    if process == os.getpid():
        return tr("Another window of this program is writing to this folder. Wait until it has ended.")
    if process:
        said = tr("Another window or command (process {number}) is writing to this folder.", number=process)
    else:
        said = tr("Another window or command is writing to this folder.")
    return f"{said} {tr('Wait until it has ended.')}"
