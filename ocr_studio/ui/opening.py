"""Opening photos, as the window sees it: from a dialog, the command line, a drop or the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from ocr_studio.core import images, resources
from ocr_studio.core.errors import StudioError
from ocr_studio.core.project import Project
from ocr_studio.core.settings import RecentFiles, Settings
from ocr_studio.jobs import opening
from ocr_studio.ui import pictures
from ocr_studio.ui.autosave import Autosave
from ocr_studio.ui.document import Document
from ocr_studio.ui.job_thread import Job, JobThread, Trouble


class Opening(QObject):
    """Puts photos into the document, one at a time; the last one asked for wins.

    Signals: ``started(str)`` the name of what is being opened; ``leaving()`` the photo on the
    screen is about to go; ``opened(PhotoOpened)``; ``listed(photos)`` of the
    folder; ``failed(Trouble)``; ``recent_changed()``.
    keeps: whether changes are saved and photos remembered; not so for a mere picture of the window.
    """

    started = Signal(str)
    leaving = Signal()
    opened = Signal(object)
    listed = Signal(object)
    failed = Signal(object)
    recent_changed = Signal()

    def __init__(
        self, document: Document, lane: JobThread, autosave: Autosave, *, settings: Settings, recent: RecentFiles
    ) -> None:
        super().__init__(lane)
        self._document, self._lane, self._autosave = document, lane, autosave
        self.settings = settings
        self.recent = recent
        self.keeps = True
        self.path: Path | None = None
        self.project: Project | None = None
        self.photos: tuple[Path, ...] = ()
        self._latest = 0
        self._going_to: Path | None = None

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open the first photo among these files and folders."""
        first = next((path for path in paths if path.is_dir() or images.is_photo(path)), paths[0] if paths else None)
        # The photo that is open already stays as it is, its history included.
        if first is not None and first != (self._going_to or self.path):
            self._open(first)

    def open_mime(self, data: QMimeData, *, word: str) -> bool:
        """Open what was dropped or pasted: files, folders, or the picture itself. False if there is nothing of that.

        word: what the picture's file is called, "Pasted" or "Dropped".
        """
        local = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if local:
            self.open_paths(local)
            return True
        picture = QImage(data.imageData()) if data.hasImage() else QImage()
        if not picture.isNull():
            self._keep_picture(picture, word)
            return True
        if data.hasUrls():
            self.failed.emit(
                Trouble(
                    "The other program gave only the picture's address on the internet, and nothing is fetched from"
                    " there. Copy the picture itself there and paste it here, or save it and open the file."
                )
            )
            return True
        return False

    @staticmethod
    def takes(data: QMimeData) -> bool:
        """Whether ``open_mime`` could do something with it."""
        return data.hasUrls() or data.hasImage()

    def paste(self) -> None:
        """Open the picture or the photos on the clipboard."""
        # None where nothing was ever copied.
        data = QGuiApplication.clipboard().mimeData() or QMimeData()
        if not self.open_mime(data, word="Pasted"):
            self.failed.emit(
                Trouble("There is no picture on the clipboard. Copy one, or a photo's file, and try again.")
            )

    def open_sample(self) -> None:
        """Open a copy of the sample, in a folder of the person's own so that what is done to it can be kept."""
        folder = self.settings.library() / "Sample"
        try:
            sample = resources.sample_photo()
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
            return
        self._keep(lambda: opening.keep_copy(sample, folder=folder), "Opening the sample")

    def step(self, by: int) -> bool:
        """Open the photo ``by`` places on in the folder. False at either end."""
        here = self._going_to or self.path
        if here not in self.photos:
            return False
        place = self.photos.index(here) + by
        if not 0 <= place < len(self.photos):
            return False
        self._open(self.photos[place])
        return True

    def save(self) -> bool:
        """Save what is not saved yet, a text that is being typed included. False if it could not all be saved."""
        self.leaving.emit()
        return self._autosave.flush()

    def close(self) -> None:
        """Save what is not saved yet, and let go of the project."""
        self.save()
        if self.project is not None:
            self.project.unlock()

    def _open(self, path: Path) -> None:
        self._latest += 1
        number, project, keeping = self._latest, self.project, self._keeping()
        self._going_to = path

        def make() -> Iterator[object]:
            # Asked for in a row, only the last is worth decoding.
            if number == self._latest:
                photo = opening.first_photo(path) if path.is_dir() else path
                yield from opening.open_photo(photo, keeping=keeping, project=project)
                # Here, as it waits for the disk.
                if self.keeps:
                    self.recent.add(photo)

        job = self._lane.submit(make, name=f"Opening {path.name}")
        job.came.connect(lambda event: self._take(number, event))
        job.failed.connect(lambda trouble: self._fail(number, path, trouble))
        job.done.connect(self.recent_changed)
        self.started.emit(path.name)

    def _take(self, number: int, event: opening.PhotoOpened) -> None:
        if number != self._latest:
            if event.project is not self.project:
                event.project.unlock()
            return
        self.leaving.emit()
        if self.project is not None and self.project is not event.project:
            self._autosave.flush()
            self.project.unlock()
        moved = self.path is None or self.path.parent != event.path.parent or event.path not in self.photos
        self.path, self.project, self._going_to = event.path, event.project, None
        self._autosave.set_project(event.project if self.keeps and not event.read_only else None)
        self._document.open(event.page, event.image, writable=not event.read_only)
        self.opened.emit(event)
        if moved:
            self._list(event.path.parent)

    def _fail(self, number: int, path: Path, trouble: Trouble) -> None:
        if number == self._latest:
            self._going_to = None
        if not path.exists():
            self.recent.forget(path)
            self.recent_changed.emit()
        self.failed.emit(trouble)

    def _list(self, folder: Path) -> None:
        job = self._lane.submit(lambda: opening.list_folder(folder), name=f"Listing {folder.name}")
        job.came.connect(self._take_list)
        job.failed.connect(self.failed)

    def _take_list(self, event: opening.FolderListed) -> None:
        if self.path is not None and event.folder == self.path.parent:
            self.photos = event.photos
            self.listed.emit(event.photos)

    def _keep_picture(self, picture: QImage, word: str) -> None:
        rgb, folder, when = pictures.array(picture), self.settings.library() / word, datetime.now().astimezone()
        self._keep(lambda: opening.keep_picture(rgb, folder=folder, when=when, word=word), "Keeping the picture")

    def _keep(self, make: Callable[[], Iterator[object]], name: str) -> Job:
        job = self._lane.submit(make, name=name)
        job.came.connect(lambda event: self._open(event.path))
        job.failed.connect(self.failed)
        return job

    def _keeping(self) -> opening.Keeping:
        return opening.Keeping(library=self.settings.library(), preferred=self.settings.keep == "library")
