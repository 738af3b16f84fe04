"""Images of words, loaded from their photos in the background when they are first shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import word_pictures
from ocr_studio.jobs.photos.word_pictures import PicturePlace, PlacePicture
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.widgets import image_convert

# The largest image, in pixels of the screen at 100 %.
SIZE: Final = QSize(160, 36)
_KEPT: Final = 1500
_AT_ONCE: Final = 60  # with more, the first would be out of sight before the last is loaded


class WordPictures(QObject):
    """Images of the words of a project, for lists; those of the open photo are there at once.

    Signals:
        loaded(PicturePlace): The image of this word can be shown now.
    """

    loaded = Signal(object)

    def __init__(
        self, document: Document, lane: JobThread, project: Callable[[], Project | None], parent: QObject
    ) -> None:
        """Create an empty store.

        Args:
            document: The open photo.
            lane: The thread that opens photos.
            project: Returns the open project.
            parent: The owner.
        """
        super().__init__(parent)
        self._document, self._lane, self._project = document, lane, project
        self._ratio = 1.0
        self._pixmaps: OrderedDict[PicturePlace, QPixmap | None] = OrderedDict()
        self._wanted: list[PicturePlace] = []
        self._job: Job | None = None
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._fetch)

    def picture(self, page_id: str, image: str, quad: Quad, ratio: float) -> QPixmap | None:
        """The image of a word; None until ``loaded``.

        Args:
            page_id: Id of the page.
            image: The photo, as named in the page.
            quad: Box of the word.
            ratio: Pixels of the screen per unit of Qt.
        """
        if ratio != self._ratio:
            self._pixmaps.clear()
            self._ratio = ratio
        place = PicturePlace(page_id, image, quad)
        if place in self._pixmaps:
            return self._pixmaps[place]
        page, pyramid = self._document.page, self._document.pyramid
        if page is not None and page.id == page_id and pyramid is not None:
            return self._keep(place, self._of_open(pyramid, quad))
        self._pixmaps[place] = None
        self._wanted.append(place)
        self._ask.start()
        return None

    def _of_open(self, pyramid: Pyramid, quad: Quad) -> QPixmap:
        corners = geometry.widen_quad(quad, word_pictures.AROUND)
        along, across = geometry.measure_sizes(corners)[0]
        whole = QSize(max(1, round(along)), max(1, round(across)))
        size = whole.scaled(SIZE * self._ratio, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        return image_convert.pixmap(pyramid.warp(corners, (size.width(), size.height())))

    def _keep(self, place: PicturePlace, pixmap: QPixmap) -> QPixmap:
        most = SIZE * self._ratio
        if pixmap.width() > most.width() or pixmap.height() > most.height():
            smooth = Qt.TransformationMode.SmoothTransformation
            pixmap = pixmap.scaled(most, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        pixmap.setDevicePixelRatio(self._ratio)
        self._pixmaps[place] = pixmap
        while len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        return pixmap

    def _fetch(self) -> None:
        project = self._project()
        if self._job is not None or project is None or not self._wanted:
            return
        # The latest requests are visible now; the others are requested again when they become visible.
        some, given_up = self._wanted[-_AT_ONCE:], self._wanted[:-_AT_ONCE]
        self._wanted = []
        for place in given_up:
            self._pixmaps.pop(place, None)
        height = round(SIZE.height() * self._ratio)
        job = self._job = self._lane.submit(
            lambda: word_pictures.pictures(project, some, height=height),
            name=later("Loading images of the words"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._on_picture)
        job.ended.connect(self._rest)

    def _rest(self) -> None:
        self._job = None
        self._ask.start()

    def _on_picture(self, made: PlacePicture) -> None:
        if made.picture is not None and made.place in self._pixmaps:
            self._keep(made.place, image_convert.pixmap(made.picture))
            self.loaded.emit(made.place)
