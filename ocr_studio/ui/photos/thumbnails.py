"""Thumbnails of the visible photos: made in the background, the nearest first, and cached (least recently used)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from ocr_studio.core.photo_list.thumbnail_cache import ThumbnailCache
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import thumbnails
from ocr_studio.jobs.photos.thumbnails import Thumbnail, ThumbnailQueue
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.widgets import image_convert

# Bytes of thumbnails in memory: about 1,500 thumbnails, or 400 on a high-resolution screen.
MOST = 32 << 20


class ThumbnailLoader(QObject):
    """Makes and caches thumbnails.

    Attributes:
        kept: whether thumbnails are also saved on the disk.
        project: the project that says how the photos are turned.

    Signals:
        loaded(Thumbnail): a thumbnail, or why there is none.
        failed(Trouble): the job failed.
    """

    loaded = Signal(object)
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._pictures: OrderedDict[str, QPixmap] = OrderedDict()
        self._bytes = 0
        self._refused: set[str] = set()
        self._wanted = ThumbnailQueue()
        self._job: Job | None = None
        self._folder, self._side, self._ratio = Path(), 0, 1.0
        self.kept = True
        self.project: Project | None = None

    def __len__(self) -> int:
        return len(self._pictures)

    def get(self, name: str) -> QPixmap | None:
        """The thumbnail of this photo, if it is in memory."""
        found = self._pictures.get(name)
        if found is not None:
            self._pictures.move_to_end(name)
        return found

    def want(self, folder: Path, names: Sequence[str], *, side: int, ratio: float) -> None:
        """Request thumbnails of these photos only, most important first.

        Args:
            folder: the folder of the photos.
            names: names of the photos.
            side: length of the longer side in logical pixels.
            ratio: physical pixels per logical pixel.
        """
        if (folder, side, ratio) != (self._folder, self._side, self._ratio):
            self._forget_all()
            self._folder, self._side, self._ratio = folder, side, ratio
        self._wanted.replace(name for name in names if name not in self._pictures and name not in self._refused)
        self._make_next()

    def rename(self, names: Mapping[str, str]) -> None:
        """Rename photos; ``names`` maps former names to new ones."""
        for before, after in names.items():
            if before in self._pictures:
                self._pictures[after] = self._pictures.pop(before)

    def forget(self, name: str) -> None:
        """Drop the thumbnail of a photo that has changed."""
        self._refused.discard(name)
        if (picture := self._pictures.pop(name, None)) is not None:
            self._bytes -= _size(picture)

    def renew(self, names: Iterable[str]) -> None:
        """Drop the thumbnails of photos that were turned, also those that are being made; request them again."""
        self._drop_job()
        for name in names:
            self.forget(name)

    def _forget_all(self) -> None:
        self._drop_job()
        self._pictures.clear()
        self._refused.clear()
        self._bytes = 0

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        # The old one belongs to a job that may still be running.
        self._wanted = ThumbnailQueue()

    def _make_next(self) -> None:
        if self._job is not None or not self._wanted:
            return
        wanted, folder, side = self._wanted, self._folder, round(self._side * self._ratio)
        cache, project = ThumbnailCache(folder, side=side) if self.kept else None, self.project
        job = self._job = self._lane.submit(
            lambda: thumbnails.thumbnails(wanted, folder=folder, side=side, cache=cache, project=project),
            name=later("Creating thumbnails"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._on_thumbnail)
        job.failed.connect(self.failed)
        job.done.connect(self._finish)

    def _finish(self) -> None:
        self._job = None
        self._make_next()  # what was requested while the job ended

    def _on_thumbnail(self, thumbnail: Thumbnail) -> None:
        if thumbnail.picture is None:
            self._refused.add(thumbnail.name)
        else:
            picture = image_convert.pixmap(thumbnail.picture)
            picture.setDevicePixelRatio(self._ratio)
            self.forget(thumbnail.name)
            self._pictures[thumbnail.name] = picture
            self._bytes += _size(picture)
            while self._bytes > MOST and len(self._pictures) > 1:
                _, oldest = self._pictures.popitem(last=False)
                self._bytes -= _size(oldest)
        self.loaded.emit(thumbnail)


def _size(picture: QPixmap) -> int:
    return picture.width() * picture.height() * max(1, picture.depth() // 8)
