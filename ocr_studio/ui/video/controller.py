"""Finds the states of the board in videos that the user opens, one video after the other.

Each state is a photo. The first one is opened as soon as it is found, and all are read in the background.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.core.video.video_record import format_time
from ocr_studio.jobs.video import find_states
from ocr_studio.jobs.video.find_states import StateSaved, VideoEvent, VideoFinished, VideoProgress
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Job, JobThread, Priority, Trouble
from ocr_studio.ui.style import labels


class VideoController(QObject):
    """Runs the job, and has its photos opened and read.

    Attributes:
        video: The video that is being looked at, also while paused; None if there is none.
        progress: How far it is.

    Signals: ``changed()``: a video was begun, paused or ended, or a state was found; ``progressed()``;
    ``message(str)``; ``failed(Trouble)``.
    """

    changed = Signal()
    progressed = Signal()
    message = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        document: Document,
        opening: Opening,
        read: Callable[[Sequence[Path]], bool],
        lane: JobThread,
        parent: QObject,
    ) -> None:
        """Create the controller.

        Args:
            document: The open photo.
            opening: Opens photos, and passes on the videos that are to be opened.
            read: Has photos of the open folder read in the background; returns False if that isn't possible.
            lane: Where videos are looked at.
            parent: The window.
        """
        super().__init__(parent)
        self._opening, self._read, self._lane = opening, read, lane
        self.video: Path | None = None
        self.progress = VideoProgress(0, 0)
        self._waiting: list[Path] = []
        self._unread: list[Path] = []
        self._found = 0
        self._job: Job | None = None
        opening.videos_given.connect(self.open)
        document.opened.connect(self._read_found)

    @property
    def running(self) -> bool:
        """Whether a video is being looked at, and not paused."""
        return self._job is not None

    def open(self, videos: Sequence[Path]) -> None:
        """Find the states of the board in these videos, after those that were opened before."""
        if not self._opening.saves_state:
            self.failed.emit(Trouble(tr("Videos can’t be opened while an image of the window is saved.")))
            return
        for path in videos:
            video = Path(os.path.abspath(path))
            if video == self.video:
                self.resume()
            elif video not in self._waiting:
                self._waiting.append(video)
        self._begin_next()

    def pause(self) -> None:
        """Pause; what was found stays."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self.changed.emit()

    def resume(self) -> None:
        """Go on after a pause."""
        if self.video is not None and self._job is None:
            self._run(self.video)

    def stop(self) -> None:
        """Stop this video; what was found stays, and opening it again goes on from there."""
        self.pause()
        if self.video is not None:
            self._end()

    # ----------------------------------------------------------------------------------------------------------------

    def _begin_next(self) -> None:
        if self.video is None and self._waiting:
            self.video, self._found, self.progress = self._waiting.pop(0), 0, VideoProgress(0, 0)
            self._run(self.video)

    def _run(self, video: Path) -> None:
        library = self._opening.settings.library()

        def work() -> Iterator[VideoEvent]:
            yield from find_states.find_states(video, _choose_folder(video, library))

        # A click on anything else goes before its next frame.
        job = self._job = self._lane.submit(work, name=later("Finding board states"), priority=Priority.BACKGROUND)
        job.yielded.connect(self._on_event)
        job.failed.connect(self._fail)
        job.done.connect(self._end)
        self.changed.emit()

    def _end(self) -> None:
        self._job, self.video = None, None
        self.changed.emit()
        self._begin_next()

    def _fail(self, trouble: Trouble) -> None:
        self.failed.emit(trouble)
        self._end()

    def _on_event(self, event: VideoEvent) -> None:
        if isinstance(event, VideoProgress):
            self.progress = event
            self.progressed.emit()
        elif isinstance(event, StateSaved):
            self._show_found(event.path)
        elif isinstance(event, VideoFinished):
            self._report(event)

    def _show_found(self, path: Path) -> None:
        """Open the first state of a video; of the others, the list of photos shows those of the open folder."""
        self._found += 1
        if path not in self._unread:
            self._unread.append(path)
        here = self._opening.path
        if here is not None and here.parent == path.parent:
            self._opening.look_again(path.parent)
            self._read_found()
        elif self._found == 1:
            self._opening.open_paths([path])
        self.changed.emit()

    def _read_found(self) -> None:
        """Have the states read that belong to the open folder."""
        here = self._opening.path
        found = [path for path in self._unread if here is not None and path.parent == here.parent]
        if found and self._read(found):
            self._unread = [path for path in self._unread if path not in found]

    def _report(self, event: VideoFinished) -> None:
        count, name = len(event.record.states), labels.file_name(event.record.name)
        if not count:
            self.failed.emit(Trouble(tr("No writing was found in “{video}”.", video=name)))
            return
        said = [
            tr_n(
                "Found {count} state of the board in “{video}”.",
                "Found {count} states of the board in “{video}”.",
                count,
                video=name,
            )
        ]
        if missing := event.record.missing:
            said.append(tr("The file is incomplete: its last {time} can’t be read.", time=format_time(missing)))
        self.message.emit(" ".join(said))


def _choose_folder(video: Path, library: Path) -> Path:
    """Choose the folder for the states of a video: in the library if there can be none beside the video."""
    beside = find_states.default_folder(video)
    return beside if beside.is_dir() or os.access(video.parent, os.W_OK) else library / video.stem
