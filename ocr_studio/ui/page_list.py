"""The photos of the open photo's folder, as small pictures with how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ocr_studio.core.page import PageState
from ocr_studio.core.project import Project
from ocr_studio.jobs import opening
from ocr_studio.ui import pictures, theme
from ocr_studio.ui.job_thread import Job, JobThread

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
SIDE = 72
# In a list narrower than this the picture is smaller and stands closer, so that the photo's name can be read.
_ROOMY, _SMALL_SIDE = SIDE + 130, 44
STATES = {
    PageState.UNREAD: ("Not read", "mdi6.circle-outline"),
    PageState.READ: ("Read", "mdi6.text-recognition"),
    PageState.REVIEWED: ("Reviewed", "mdi6.check-circle-outline"),
}
REFUSED = ("Cannot be opened", "mdi6.image-off-outline")


class PageListModel(QAbstractListModel):
    """Photos as rows. Small pictures are made in a lane of their own, for those rows that somebody looks at.

    Signals: ``failed(Trouble)``.
    """

    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QWidget) -> None:
        super().__init__(parent)
        self._lane, self._widget = lane, parent
        self._photos: tuple[Path, ...] = ()
        self._rows: dict[Path, int] = {}
        self._pictures: dict[Path, QPixmap | None] = {}
        self._states: dict[Path, PageState] = {}
        self._refused: set[Path] = set()
        self._project: Project | None = None
        self._wanted: list[Path] = []
        self._job: Job | None = None
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._fetch)

    def show_photos(self, photos: Sequence[Path], project: Project | None) -> None:
        """Show these photos."""
        self._project = project
        if tuple(photos) == self._photos:
            return
        self.beginResetModel()
        if self._job:
            self._job.cancel()
        self._wanted.clear()
        self._photos = tuple(photos)
        self._rows = {path: row for row, path in enumerate(photos)}
        # Those that were asked for and have not come are asked for again.
        self._pictures = {path: kept for path, kept in self._pictures.items() if path in self._rows and kept}
        self._states = {path: state for path, state in self._states.items() if path in self._rows}
        self._refused &= self._rows.keys()
        self.endResetModel()

    def set_state(self, path: Path, state: PageState) -> None:
        """How far the page of this photo, which is open, has come."""
        if path in self._rows and (path in self._refused or self._states.get(path) != state):
            if path in self._refused:
                # It has been mended, so there is a picture of it.
                self._refused.remove(path)
                self._pictures.pop(path, None)
            self._states[path] = state
            self._changed(path)

    def set_refused(self, path: Path) -> None:
        """This photo cannot be opened."""
        if path in self._rows:
            self._refused.add(path)
            self._changed(path)

    def row_of(self, path: Path | None) -> int | None:
        """The row of a photo."""
        return self._rows.get(path) if path else None

    def photo(self, row: int) -> Path:
        """The photo in a row."""
        return self._photos[row]

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """How many photos there are."""
        return 0 if parent.isValid() else len(self._photos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row shows: name, small picture, how far it has come (UserRole: words, icon)."""
        path = self._photos[index.row()]
        state = REFUSED if path in self._refused else STATES[self._states.get(path, PageState.UNREAD)]
        if role == Qt.ItemDataRole.DisplayRole:
            return path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{path}\n{state[0]}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{path.name}, {state[0].lower()}"
        if role == Qt.ItemDataRole.UserRole:
            return state
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(path)
        return None

    def _picture(self, path: Path) -> QPixmap | None:
        if path not in self._pictures:
            self._pictures[path] = None
            self._wanted.append(path)
            self._ask.start()
        return self._pictures[path]

    def _fetch(self) -> None:
        if self._job is not None and self._job.running:
            return
        wanted, self._wanted = tuple(self._wanted), []
        if not wanted:
            return
        project = self._project
        side = round(SIDE * self._widget.devicePixelRatioF())
        job = self._job = self._lane.submit(
            lambda: opening.thumbnails(wanted, project=project, side=side), name="Small pictures"
        )
        job.came.connect(self._take)
        job.failed.connect(self.failed)
        job.ended.connect(self._ask.start)

    def _take(self, thumbnail: opening.Thumbnail) -> None:
        if thumbnail.path not in self._rows:
            return
        if thumbnail.picture is not None:
            pixmap = pictures.pixmap(thumbnail.picture)
            pixmap.setDevicePixelRatio(self._widget.devicePixelRatioF())
            self._pictures[thumbnail.path] = pixmap
        else:
            self._refused.add(thumbnail.path)
        self._states.setdefault(thumbnail.path, thumbnail.state)
        self._changed(thumbnail.path)

    def _changed(self, path: Path) -> None:
        index = self.index(self._rows[path])
        self.dataChanged.emit(index, index)


class PageList(QListView):
    """The list's view. A click or Enter opens a photo.

    Signals: ``photo_chosen(Path)``; ``failed(Trouble)``.
    """

    photo_chosen = Signal(object)
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = PageListModel(lane, self)
        self._model.failed.connect(self.failed)
        self.setModel(self._model)
        self.setItemDelegate(_PhotoDelegate(self))
        self.setAccessibleName("Photos in this folder")
        self.setUniformItemSizes(True)
        self.setMinimumWidth(SIDE + 88)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough for the name of a photo from a camera."""
        return QSize(SIDE + 145, 400)

    def show_photos(self, photos: Sequence[Path], current: Path | None, project: Project | None) -> None:
        """Show these photos with one marked as open."""
        self._model.show_photos(photos, project)
        row = self._model.row_of(current)
        if row is None:
            self.clearSelection()
        else:
            self.setCurrentIndex(self._model.index(row))

    def set_state(self, path: Path, state: PageState) -> None:
        """How far the page of this photo, which is open, has come."""
        self._model.set_state(path, state)

    def set_refused(self, path: Path) -> None:
        """This photo cannot be opened."""
        self._model.set_refused(path)

    def _choose(self, index: QModelIndex) -> None:
        self.photo_chosen.emit(self._model.photo(index.row()))


class _PhotoDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(SIDE + 60, SIDE + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        name, option.text, option.icon = option.text, "", type(option.icon)()
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        state = index.data(Qt.ItemDataRole.UserRole)
        side, gap = (SIDE, 12) if option.rect.width() >= _ROOMY else (_SMALL_SIDE, 7)
        frame = QRect(0, 0, side, side)
        frame.moveCenter(option.rect.center())
        frame.moveLeft(option.rect.left() + gap)
        painter.save()
        _draw_photo(painter, frame, index.data(Qt.ItemDataRole.DecorationRole))
        place = option.rect.adjusted(side + 2 * gap, 0, 2 - gap, 0)
        metrics = painter.fontMetrics()
        line = metrics.height()
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        top = place.center().y() - line - 1
        painter.drawText(
            place.left(), top + metrics.ascent(), metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, place.width())
        )
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        said = metrics.elidedText(state[0], Qt.TextElideMode.ElideRight, place.width() - 19)
        theme.icon(state[1], role="quiet").paint(painter, place.left(), top + line + 3, 14, 14)
        painter.drawText(place.left() + 19, top + line + 2 + metrics.ascent(), said)
        painter.restore()


def _draw_photo(painter: QPainter, frame: QRect, picture: object) -> None:
    if isinstance(picture, QPixmap):
        size = picture.deviceIndependentSize().toSize()
        if size.width() > frame.width() or size.height() > frame.height():
            size.scale(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(frame.topLeft(), size)
        place.moveCenter(frame.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, picture)
    else:
        painter.fillRect(frame.adjusted(4, frame.height() // 6, -4, -frame.height() // 6), QColor(theme.colours().line))
