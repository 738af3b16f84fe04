"""The strip under the photo: the states of the board in the video that it is from, and a video that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core import paths
from ocr_studio.core.translation import later, tr
from ocr_studio.core.video.video_record import Moment, StoredState, VideoRecord, find_moment, format_time
from ocr_studio.jobs.photos import thumbnails
from ocr_studio.jobs.photos.thumbnails import Thumbnail, ThumbnailQueue
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.style import design, labels
from ocr_studio.ui.video.controller import VideoController
from ocr_studio.ui.widgets import image_convert
from ocr_studio.ui.widgets.elided_label import ElidedLabel

# Screen pixels of a picture in the strip.
_PICTURE: Final = QSize(112, 63)
_STATE: Final = Qt.ItemDataRole.UserRole


class VideoStrip(QFrame):
    """Hidden unless a video is looked at, or the open photo is from a video."""

    def __init__(self, controller: VideoController, document: Document, opening: Opening, lane: JobThread) -> None:
        """Create the strip. lane: where files are read."""
        super().__init__()
        self._controller, self._document, self._opening, self._lane = controller, document, opening, lane
        self._finding: Job | None = None
        self.moment: Moment | None = None
        self.progress = _ProgressRow(controller)
        self.title, self.times = ElidedLabel(), ElidedLabel()
        self.times.setProperty("quiet", True)
        self.states = StateList(lane)
        self.states.itemActivated.connect(self._open)
        self.states.itemClicked.connect(self._open)
        self._lay_out()
        document.opened.connect(self._look)
        document.selection_changed.connect(self._show_times)
        document.changed.connect(self._show_times)
        controller.changed.connect(self._refresh)
        controller.progressed.connect(self.progress.refresh)
        self._arrange()

    def _lay_out(self) -> None:
        self._headline = QWidget()
        above = QHBoxLayout(self._headline)
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(self.title, 2)
        above.addWidget(self.times, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.EDGE, design.NEAR, design.EDGE, design.NEAR)
        layout.setSpacing(design.TIGHT)
        for part in (self.progress, self._headline, self.states):
            layout.addWidget(part)

    def _refresh(self) -> None:
        self.progress.refresh()
        self._arrange()
        self._look()

    def _look(self) -> None:
        """Look whether the open photo is from a video."""
        if self._finding is not None:
            self._finding.cancel()
        page, path = self._document.page, self._opening.path
        if page is None or path is None:
            self._show(None)
            return
        folder, page_id = path.parent, page.id

        def find() -> Iterator[Moment | None]:
            yield find_moment(folder, page_id)

        self._finding = self._lane.submit(find, name=later("Looking for the video of a photo"))
        self._finding.yielded.connect(self._show)

    def _show(self, moment: Moment | None) -> None:
        self._finding = None
        self.moment = moment
        if moment is None:
            self.states.clear_states()
        else:
            states = moment.video.states
            self.title.setText(
                tr(
                    "Board {number} of {total} in “{video}”",
                    number=1 + states.index(moment.state),
                    total=len(states),
                    video=labels.file_name(moment.video.name),
                )
            )
            self.states.show_states(moment.folder, moment.video, moment.state)
        self._show_times()
        self._arrange()

    def _show_times(self) -> None:
        """Say when the selected word was on the board; without one, when the board was so."""
        moment, page = self.moment, self._document.page
        if moment is None or page is None:
            return
        words = self._document.selected_words()
        times = moment.word_times(page, words[0].quad) if len(words) == 1 else None
        if times is not None:
            self.times.setText(
                tr(
                    "“{text}” first seen at {first}, last at {last}",
                    text=words[0].text,
                    first=format_time(times[0]),
                    last=format_time(times[1]),
                )
            )
        else:
            first, last = format_time(moment.state.start), format_time(moment.state.end)
            self.times.setText(tr("On the board from {first} to {last}", first=first, last=last))

    def _arrange(self) -> None:
        for part in (self._headline, self.states):
            part.setVisible(self.moment is not None)
        self.setVisible(self.moment is not None or self._controller.video is not None)

    def _open(self, item: QListWidgetItem) -> None:
        state, moment = item.data(_STATE), self.moment
        if moment is not None and state != moment.state:
            path = moment.folder / state.image
            if paths.exists(path):
                self._opening.open_paths([path])
            else:  # it was renamed
                self._opening.open_page(state.page)


class StateList(QListWidget):
    """Pictures of the states of a board side by side, each with its time."""

    def __init__(self, lane: JobThread) -> None:
        super().__init__()
        self._lane = lane
        self._folder = Path()
        self._items: dict[str, QListWidgetItem] = {}  # by the file names of the photos
        self._wanted = ThumbnailQueue()
        self._job: Job | None = None
        self.setAccessibleName(tr("States of the board"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(_PICTURE)
        self.setSpacing(design.TIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.horizontalScrollBar().rangeChanged.connect(lambda *_: self.updateGeometry())

    def show_states(self, folder: Path, video: VideoRecord, here: StoredState) -> None:
        """Show the states of a video. here: the one that is open."""
        names = [state.image for state in video.states]
        if folder != self._folder or list(self._items)[: len(names)] != names[: len(self._items)]:
            self.clear_states()
        self._folder = folder
        for state in video.states[len(self._items) :]:
            self._add(state)
        with QSignalBlocker(self):
            self.setCurrentItem(self._items[here.image])
        self._load()
        self.updateGeometry()

    def clear_states(self) -> None:
        """Show nothing."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._wanted = ThumbnailQueue()
        self._items.clear()
        self.clear()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """One row of pictures, and the scroll bar if there is one."""
        scrolls = self.horizontalScrollBar().maximum() > 0
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) if scrolls else 0
        row = self.sizeHintForRow(0) if self.count() else _PICTURE.height() + self.fontMetrics().height()
        return QSize(_PICTURE.width(), row + 2 * self.spacing() + bar + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The same: pictures are never cut off below."""
        return self.sizeHint()

    def _add(self, state: StoredState) -> None:
        blank = QPixmap(_PICTURE)
        blank.fill(Qt.GlobalColor.transparent)
        item = QListWidgetItem(QIcon(blank), format_time(state.end), self)
        item.setData(_STATE, state)
        times = {"first": format_time(state.start), "last": format_time(state.end)}
        item.setToolTip(labels.tooltip(tr("On the board from {first} to {last}", **times)))
        self._items[state.image] = item

    def _load(self) -> None:
        """Load the pictures that are still missing, the nearest first."""
        here = self.currentRow()
        rows = sorted(range(self.count()), key=lambda row: abs(row - here))
        names = list(self._items)
        self._wanted.replace(names[row] for row in rows if not self._has_picture(self.item(row)))
        if self._job is not None or not self._wanted:
            return
        wanted, folder = self._wanted, self._folder
        side = round(_PICTURE.width() * self.devicePixelRatioF())
        job = self._job = self._lane.submit(
            lambda: thumbnails.thumbnails(wanted, folder=folder, side=side),
            name=later("Creating thumbnails"),
            priority=Priority.LOW,
        )
        job.yielded.connect(self._show_picture)
        job.ended.connect(self._end_job)

    def _end_job(self) -> None:
        self._job = None

    def _show_picture(self, thumbnail: Thumbnail) -> None:
        item = self._items.get(thumbnail.name)
        if item is not None and thumbnail.picture is not None:
            picture = image_convert.pixmap(thumbnail.picture)
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            item.setIcon(_fit(picture))
            item.setData(_STATE + 1, True)

    @staticmethod
    def _has_picture(item: QListWidgetItem) -> bool:
        return bool(item.data(_STATE + 1))


def _fit(picture: QPixmap) -> QIcon:
    """Make an icon that looks the same when it is selected."""
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(picture, mode)
    return icon


class _ProgressRow(QWidget):
    """How far a video is, and the buttons to pause and stop."""

    def __init__(self, controller: VideoController) -> None:
        super().__init__()
        self._controller = controller
        self.status = ElidedLabel()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(tr("Progress"))
        self.pause, self.stop = QToolButton(), QToolButton()
        self.pause.clicked.connect(self._pause_or_resume)
        self.stop.setText(tr("Stop"))
        self.stop.setToolTip(tr("Stop; what was found is kept, and opening the video again continues from here"))
        self.stop.clicked.connect(controller.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(design.NEAR)
        layout.addWidget(self.status, 2)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.pause)
        layout.addWidget(self.stop)
        self.refresh()

    def refresh(self) -> None:
        """Show the state of the controller."""
        video, at, running = self._controller.video, self._controller.progress, self._controller.running
        self.setVisible(video is not None)
        if video is None:
            return
        name, time = labels.file_name(video.name), format_time(at.seconds)
        if not running:
            said = tr("Paused at {time} in “{video}”", time=time, video=name)
        elif at.looking or not at.seconds:
            said = tr("Looking at “{video}”…", video=name)
        elif at.total:
            said = tr(
                "Finding board states in “{video}”: {time} of {total}",
                video=name,
                time=time,
                total=format_time(at.total),
            )
        else:
            said = tr("Finding board states in “{video}”: {time}", video=name, time=time)
        self.status.setText(said)
        busy = running and (at.looking or not at.total)
        self.bar.setRange(0, 0 if busy else round(max(at.total, 1)))
        self.bar.setValue(round(at.seconds))
        self.pause.setText(tr("Pause") if running else tr("Resume"))

    def _pause_or_resume(self) -> None:
        if self._controller.running:
            self._controller.pause()
        else:
            self._controller.resume()
