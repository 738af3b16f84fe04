"""Reads photos that are added to the open folder, by a camera, a scanner or a phone, as soon as they are complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer

from ocr_studio.core.project.page_cache import Stamp
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import list_folder
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.photos.batch_reading import BatchReading
from ocr_studio.ui.photos.folder_model import FolderPhotos

# Milliseconds. A file that has not changed for that long is taken for complete; one that can't be read is looked at
# less and less often.
QUIET: Final = 1000
_RARELY: Final = 60_000


class AddedPhotos(QObject):
    """Follows the list of photos of the open folder, and reads those that are new in it.

    A photo that can't be read, perhaps because copying it paused, is tried again when its file changes.
    """

    def __init__(self, photos: FolderPhotos, batch: BatchReading, lane: JobThread, wanted: Callable[[], bool]) -> None:
        """wanted: Returns whether added photos are to be read."""
        super().__init__(photos)
        self._photos, self._batch, self._lane, self._wanted = photos, batch, lane, wanted
        self._folder, self._known = photos.folder, frozenset[str]()
        # Files of added photos that haven't been read, as they were at the last look and when reading them began.
        self._waiting: dict[str, Stamp | None] = {}
        self._tried: dict[str, Stamp] = {}
        self._job: Job | None = None
        self._timer = QTimer(self, interval=QUIET)
        self._timer.timeout.connect(self._look)
        photos.listed.connect(self._note_added)
        batch.page_read.connect(self._forget)

    def _note_added(self) -> None:
        photos = self._photos
        if not photos.complete:
            return
        names = frozenset(row.name for row in photos.rows)
        added = (names - self._known - set(photos.renamed.values())) | photos.replaced
        elsewhere, self._folder, self._known = photos.folder != self._folder, photos.folder, names
        if elsewhere:
            self._stop()
        elif added and self._wanted():
            self._waiting |= dict.fromkeys(added - self._waiting.keys())
            self._timer.start(QUIET)

    def _forget(self, path: Path, _: object) -> None:
        if path.parent == self._folder:
            self._waiting.pop(path.name, None)

    def _stop(self) -> None:
        self._waiting.clear()
        self._tried.clear()
        self._timer.stop()

    def _look(self) -> None:
        """Look whether the files have changed since the last time."""
        if not self._waiting or not self._wanted():
            self._stop()
        elif self._job is None:
            folder, names = self._folder, tuple(self._waiting)
            job = self._job = self._lane.submit(
                lambda: list_folder.stamps(folder, names),
                name=later("Waiting for added photos"),
                priority=Priority.BACKGROUND,
            )
            job.yielded.connect(lambda stamps: self._read_complete(folder, stamps))
            job.ended.connect(self._rest)

    def _rest(self) -> None:
        self._job = None

    def _read_complete(self, folder: Path, stamps: Mapping[str, Stamp]) -> None:
        if folder != self._folder:
            return
        complete = {
            name: stamp
            for name, stamp in stamps.items()
            if name in self._waiting and stamp == self._waiting[name] and stamp != self._tried.get(name)
        }
        self._waiting = {name: stamp for name, stamp in stamps.items() if name in self._waiting}
        self._tried |= complete
        settled = all(self._tried.get(name) == stamp for name, stamp in self._waiting.items())
        self._timer.setInterval(min(2 * self._timer.interval(), _RARELY) if settled else QUIET)
        if complete:
            self._batch.start([folder / name for name in complete], again=False)
