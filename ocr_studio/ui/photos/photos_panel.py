"""Panel with the photo list, its filter, and the progress of reading many photos."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Edit, Page
from ocr_studio.core.photo_list.rows import PhotoSort, PhotoState
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.translation import later, message_n, tr, tr_n
from ocr_studio.jobs.photos import list_folder
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.jobs.photos.open_several import SeveralOpened
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.folder_watcher import FolderWatcher
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.document.photo_framing import PhotoFraming
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.photos.added_photos import AddedPhotos
from ocr_studio.ui.photos.batch_progress import BatchStrip
from ocr_studio.ui.photos.batch_reading import BatchReading
from ocr_studio.ui.photos.filter_field import PhotoFilterBox
from ocr_studio.ui.photos.metadata_dialog import MetadataChange, MetadataDialog
from ocr_studio.ui.photos.photo_actions import PhotoActions
from ocr_studio.ui.photos.photo_list_view import PhotoListView
from ocr_studio.ui.photos.renamed_photos import RenamedPhotos
from ocr_studio.ui.photos.rotate_photos import PhotoRotation
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Most photos whose writer and tags can be set at once: their pages stay in memory until saved, and the step is undone
# in the window's thread.
MOST_AT_ONCE: Final = 200
_SOON = 120
# Up to this many changed pages are updated immediately.
_FEW: Final = 5


class PhotosPanel(QWidget):
    """Keeps the photo list up to date with photos and pages.

    Signals:
        counted(reviewed, total): number of checked photos and of all photos in the folder.
        message(str): a message for the status bar.
        failed(Trouble): a job failed.
    """

    counted = Signal(int, int)
    message = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        photos: PhotoListView,
        batch: BatchReading,
        document: Document,
        opening: Opening,
        *,
        framing: PhotoFraming,
        lane: JobThread,
    ) -> None:
        super().__init__()
        self.photos, self.batch = photos, batch
        self._document, self._opening, self._lane = document, opening, lane
        self.filter = PhotoFilterBox(lambda: photos.photos.rows)
        self.strip = BatchStrip(batch)
        self.count = PlainLabel()
        self.count.setProperty("quiet", True)
        self.count.setWordWrap(True)
        self.relist = QToolButton()
        self.relist.setText(tr("List again"))
        self.relist.setToolTip(tr("List the removed photos of this folder again"))
        self._count_soon = QTimer(self, singleShot=True, interval=_SOON)
        self._count_soon.timeout.connect(self._count)
        self._changed: set[str] = set()  # pages whose rows are outdated
        self._take_soon = QTimer(self, singleShot=True, interval=0)
        self._take_soon.timeout.connect(self._update_changed)
        self._watch = FolderWatcher(self)
        self._renamed = RenamedPhotos(photos.photos, document, opening, lane, self)
        self.rotation = PhotoRotation(photos, opening, document=document, framing=framing, lane=lane, parent=self)
        AddedPhotos(photos.photos, batch, lane, lambda: opening.settings.read_when_added)
        self.photo_actions = PhotoActions(photos, opening, lane, self)
        self._lay_out()
        self._connect()

    def retint(self) -> None:
        """Update colours after a theme change."""
        self.strip.retint()

    def read_chosen(self) -> None:
        """Read the selected photos, also those already read."""
        self._read((row.name for row in self.photos.chosen_rows()), again=True)

    def read_unread(self) -> None:
        """Read all unread photos in the folder."""
        rows = self.photos.photos.rows
        self._read((row.name for row in rows if row.state is PhotoState.UNREAD), again=False)

    def read_photos(self, paths: Iterable[Path]) -> None:
        """Read those of these photos that have not been read."""
        self.batch.start(paths, again=False)

    @property
    def has_unread(self) -> bool:
        """Whether the folder has an unread photo."""
        return self.photos.photos.count(PhotoState.UNREAD) > 0

    def go_to_review(self, step: int) -> None:
        """Open the next (step 1) or previous (-1) listed photo with unchecked words."""
        path = self.photos.next_to_review(step)
        if path is None:
            self.message.emit(tr("No other photo in this list has unchecked words"))
        else:
            self._opening.open_paths([path])

    def begin_filter(self) -> None:
        """Focus the filter field."""
        self.filter.begin()

    def ask_facts(self) -> None:
        """Open the dialog for the writer and tags of the selected photos."""
        rows = self.photos.chosen_rows()
        if len(rows) > MOST_AT_ONCE:
            self.message.emit(tr("Select at most {count} photos at once", count=MOST_AT_ONCE))
            return
        if not rows:
            return
        paths = [self.photos.photos.folder / row.name for row in rows]
        dialog = MetadataDialog(rows, self.photos.photos.rows, self.window())
        dialog.chosen.connect(partial(self._set_metadata, paths))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ----------------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.photos, 1)
        below = QHBoxLayout()
        below.setContentsMargins(12, 4, 6, 5)
        below.addWidget(self.count, 1)
        below.addWidget(self.relist)
        layout.addLayout(below)
        layout.addWidget(self.strip)
        self.setMinimumWidth(self.photos.minimumWidth())

    def _connect(self) -> None:
        photos, opening, batch = self.photos, self._opening, self.batch
        self.filter.chosen.connect(photos.set_filter)
        self.filter.sort_chosen.connect(lambda sort: photos.set_sort(PhotoSort(sort)))
        self.filter.edit.left.connect(photos.setFocus)
        photos.changed.connect(self._count_soon.start)
        photos.failed.connect(self.failed)
        self.photo_actions.message.connect(self.message)
        self._document.changed.connect(self.photo_actions.follow_change)
        opening.opened.connect(lambda event: self.photo_actions.follow_folder(event.path.parent))
        self.relist.clicked.connect(self.photo_actions.list_removed)
        opening.opened.connect(self._follow)
        opening.several.connect(self._choose_given)
        self._watch.changed.connect(opening.look_again)
        self._document.changed.connect(self._note_pages)
        self.rotation.message.connect(self.message)
        self.rotation.failed.connect(self.failed)
        batch.page_read.connect(photos.set_page)
        batch.photo_failed.connect(photos.set_refused)
        batch.ended.connect(lambda _: photos.reshow())
        batch.ended.connect(lambda _: self.strip.set_folder(opening.path.parent if opening.path else None))
        self.strip.photo_chosen.connect(photos.photo_chosen)

    def _follow(self, event: PhotoOpened) -> None:
        self.photos.pictures.kept = self._opening.saves_state
        self._watch.watch(event.path.parent)
        self.strip.forget_other_folder(event.path.parent)

    def _choose_given(self, event: SeveralOpened) -> None:
        if event.opened is not None and event.opened.photos:
            self.photos.choose({path.name for path in event.opened.photos})

    def _note_pages(self, change: DocumentChange) -> None:
        self._changed.update(change.after)
        if len(self._changed) <= _FEW:
            self._update_changed()
        else:
            # Later, so that a change of many pages does not block the window for longer.
            self._take_soon.start()

    def _update_changed(self) -> None:
        pages: list[Page] = []
        ids, self._changed = self._changed, set()
        for page_id in ids:
            try:
                page = self._document.history.page(page_id)
            except StudioError:  # reported when its photo is opened
                continue
            if page is not None:
                pages.append(page)
        self.photos.photos.set_pages(pages)

    def _count(self) -> None:
        rows, shown = self.photos.photos.rows, self.photos.shown
        chosen = len(self.photos.selectionModel().selectedIndexes())
        said = []
        if shown < len(rows):
            said.append(tr_n("{shown} of {count} photo", "{shown} of {count} photos", len(rows), shown=shown))
        if chosen > 1:
            said.append(tr_n("{count} selected", "{count} selected", chosen))
        removed = len(self._opening.removed)
        if removed:
            said.append(tr_n("{count} removed", "{count} removed", removed))
        self.relist.setVisible(bool(removed))
        self.count.setText(" · ".join(said))
        self.count.setVisible(bool(said))
        self.counted.emit(self.photos.photos.count(PhotoState.REVIEWED), len(rows))

    def _read(self, names: Iterable[str], *, again: bool) -> None:
        folder = self.photos.photos.folder
        self.batch.start([folder / name for name in names], again=again)

    def _set_metadata(self, paths: list[Path], change: MetadataChange) -> None:
        project = self._opening.project
        if not change or project is None:
            return
        job = self._lane.submit(lambda: list_folder.pages_of(paths, project), name=later("Loading photo details"))
        found: list[Page | StudioError] = []
        job.yielded.connect(found.append)
        job.failed.connect(self.failed)
        job.done.connect(lambda: self._state(found, change) if project is self._opening.project else None)

    def _state(self, found: list[Page | StudioError], change: MetadataChange) -> None:
        """Set writer and tags of these pages in one undoable step."""
        history = self._document.history
        name = message_n("Set writer and tags of {count} photo", "Set writer and tags of {count} photos", len(found))
        made: dict[str, Edit] = {}
        new: list[Page] = []
        try:
            for page in found:
                if isinstance(page, StudioError):
                    raise page
                now = history.page(page.id)
                if now is None:
                    now = page
                    new.append(page)
                made[page.id] = edits.set_facts(now, change.of(now.facts), name)
            if new:
                history.save(*new)  # so that the step finds them
            history.push(Step(name, made))
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
            return
        for page in found:
            if isinstance(page, Page):
                after = history.page(page.id)
                self.photos.photos.set_page(Path(page.image).name, after or page)
