"""The state of all photos in the open folder: the rows of the photo list, from all sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.page import Page
from ocr_studio.core.photo_list import rows as photo_rows
from ocr_studio.core.photo_list.rows import PhotoRow, PhotoState
from ocr_studio.core.project.page_cache import Stamp
from ocr_studio.core.project.project import Project
from ocr_studio.core.search.index import Index
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import list_folder
from ocr_studio.jobs.photos.list_folder import PhotoSeen, PhotosKnown
from ocr_studio.jobs.photos.open_photo import FolderListed
from ocr_studio.ui.job_thread import Job, JobThread, Priority

# Milliseconds between updates while the index is still being built.
_SOON = 1500
# Unknown photos that are compared with pages whose photo is missing: per job, as other jobs wait in the lane, and in
# total, as there may be no such photo.
_AT_ONCE, _SOUGHT = 10, 500


class FolderPhotos(QObject):
    """Photos by number, in natural order. Rows set here take precedence over those from the index.

    Signals:
        listing(): the list of photos is about to change.
        listed(): the list of photos has changed.
        learned(): many rows have changed.
        changed(numbers): these rows have changed.
        moved(names): new names, by page id, of photos whose pages have an old name.
        failed(Trouble): a job failed.
    """

    listing = Signal()
    listed = Signal()
    learned = Signal()
    changed = Signal(object)
    moved = Signal(object)
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self.folder = Path()
        self.project: Project | None = None
        self.index: Index | None = None
        self._found: FolderListed | None = None
        self.rows: list[PhotoRow] = []
        # In the latest listing: former name -> new name; names of photos whose contents have changed.
        self.renamed: Mapping[str, str] = {}
        self.replaced: frozenset[str] = frozenset()
        self._numbers: dict[str, int] = {}
        self._stamps: dict[str, Stamp] = {}
        self._ids: dict[str, str] = {}
        self._fresh: dict[str, PhotoRow] = {}  # rows set here, not from the index
        self._job: Job | None = None
        self._again = False
        self._lost: set[str] = set()  # pages whose photos may have been renamed
        self._asked: set[str] = set()  # names of photos already compared with those
        self._seeking: Job | None = None
        self._counts: Counter[PhotoState] | None = None
        self.others = False  # while ``listed`` is emitted
        self._now = QTimer(self, singleShot=True, interval=0)
        self._now.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.look)

    def show(self, photos: Sequence[Path], project: Project | None, found: FolderListed | None = None) -> None:
        """Show these photos, all of one folder; ``found`` is the listing of that folder, if there is one."""
        folder = photos[0].parent if photos else self.folder
        elsewhere = folder != self.folder
        if elsewhere:
            for known in (self._ids, self._fresh, self._stamps, self._asked):
                known.clear()
        self.folder = folder
        if project is not self.project or elsewhere:
            self.project = project
            self._now.start()
        if not elsewhere and (self._found is found if found else len(photos) == len(self.rows)):
            return
        self._found = found
        fresh = found.rows if found else tuple(PhotoRow(path.name) for path in photos)
        self.listing.emit()
        self._replace_rows(fresh, found.stamps if found else {}, before={} if elsewhere else self._numbers)
        self.others = True
        self.listed.emit()
        self.others = False
        self._now.start()

    @property
    def complete(self) -> bool:
        """Whether these are all photos of the folder; first there is only the one that was opened."""
        return self._found is not None

    def use(self, index: Index | None) -> None:
        """Use this index, as soon as photos of its project are shown."""
        self.index = index

    def look_now(self) -> None:
        """The index is complete: update now if an update is due."""
        if self._soon.isActive():
            self._soon.stop()
            self._now.start()

    def look_soon(self) -> None:
        """The index has changed: update soon."""
        if not self._soon.isActive():
            self._soon.start()

    def look(self) -> None:
        """Update the rows of all photos from the index."""
        if self._job is not None:
            self._again = True
            return
        project, index = self.project, self.index
        if not self.rows or index is None or index.project is not project:
            return
        files, ids = [(row.name, row.time) for row in self.rows], dict(self._ids)
        job = self._job = self._lane.submit(
            lambda: list_folder.rows(files, index, ids), name=later("Updating the photo list")
        )
        job.yielded.connect(lambda known: self._learn(project, known))
        job.failed.connect(self.failed)
        job.ended.connect(self._rest)

    # ------------------------------------------------------------------------------------------------------ one photo

    def number(self, name: str) -> int | None:
        """The number of the photo with this name."""
        return self._numbers.get(name)

    def path(self, number: int) -> Path:
        """The path of a photo."""
        return self.folder / self.rows[number].name

    def set_page(self, name: str, page: Page) -> None:
        """Update the row of this photo from its page."""
        self._ids[name] = page.id
        self._put({name: photo_rows.make_page_row(self._row(name), page)})

    def set_pages(self, pages: Iterable[Page]) -> None:
        """Update the rows of these pages; copies of the same photo share a page."""
        by_id = {page.id: page for page in pages}
        self._put(
            {row.name: photo_rows.make_page_row(row, by_id[row.page_id]) for row in self.rows if row.page_id in by_id}
        )

    def set_failed(self, name: str, why: str) -> None:
        """Mark a photo that could not be opened or read."""
        self._put({name: photo_rows.make_failed_row(self._row(name), why)})

    def set_seen(self, name: str, page_id: str, stamp: Stamp | None) -> None:
        """Record which page a photo belongs to, as found from its bytes."""
        if stamp:
            self._stamps[name] = stamp
        before, number = self._ids.get(name), self._numbers.get(name)
        self._ids[name] = page_id
        if number is None or before == page_id or self.rows[number].page_id == page_id:
            return
        # Another photo under the same name, or a page saved under another name.
        row = photo_rows.make_blank_row(self.rows[number])
        twin = next((each for each in self.rows if each.page_id == page_id), None)
        known = replace(twin, name=row.name, time=row.time) if twin else replace(row, page_id=page_id)
        self._put({name: known}, fresh=False)
        if twin is None and self.index is not None:
            self.look_soon()

    def count(self, state: PhotoState) -> int:
        """The number of photos in this state."""
        if self._counts is None:
            self._counts = Counter(row.state for row in self.rows)
        return self._counts[state]

    # ----------------------------------------------------------------------------------------------------------------

    def _row(self, name: str) -> PhotoRow:
        number = self._numbers.get(name)
        return PhotoRow(name) if number is None else self.rows[number]

    def _put(self, rows: Mapping[str, PhotoRow], *, fresh: bool = True) -> None:
        if fresh:
            self._fresh.update(rows)
        changed = []
        for name, row in rows.items():
            number = self._numbers.get(name)
            if number is not None and self.rows[number] != row:
                self.rows[number] = row
                changed.append(number)
                self._counts = None
        if changed:
            self.changed.emit(tuple(changed))

    def _replace_rows(
        self, fresh: tuple[PhotoRow, ...], stamps: Mapping[str, Stamp], *, before: Mapping[str, int]
    ) -> None:
        """Replace the rows, and carry over what is known of the same photos.

        Args:
            fresh: a blank row for each photo.
            stamps: file stamps by name.
            before: numbers of the current rows by name; empty for another folder.
        """
        numbers = {row.name: number for number, row in enumerate(fresh)}
        gone = {self._stamps[name]: name for name in before.keys() - numbers.keys() if name in self._stamps}
        new = (name for name in numbers if name not in before) if gone else ()
        self.renamed = {gone[stamps[name]]: name for name in new if stamps.get(name) in gone}
        for one, other in self.renamed.items():
            if page_id := self._ids.pop(one, "") or self.rows[before[one]].page_id:
                self._ids[other] = page_id
            if one in self._fresh:
                self._fresh[other] = self._fresh.pop(one)
        known = self._stamps
        self.replaced = frozenset(
            name for name, now in stamps.items() if known.get(name, now) != now and name in before
        )
        for name in self.replaced:
            self._ids.pop(name, None)
            self._fresh.pop(name, None)
            self._asked.discard(name)
        former = {after: one for one, after in self.renamed.items()}
        rows = list(fresh)
        for number, row in enumerate(fresh) if before else ():
            place = before.get(former.get(row.name, row.name))
            if place is not None and row.name not in self.replaced:
                rows[number] = replace(self.rows[place], name=row.name, time=row.time or self.rows[place].time)
        for name, row in () if before else self._fresh.items():
            if name in numbers:
                rows[numbers[name]] = replace(row, time=rows[numbers[name]].time)
        self.rows, self._numbers, self._counts = rows, numbers, None
        self._stamps = dict(stamps) or {name: known[name] for name in numbers if name in known}

    def _learn(self, project: Project | None, found: PhotosKnown) -> None:
        """Take the rows that the index of this project has returned."""
        if project is not self.project or len(found.rows) != len(self.rows):
            return
        self._lost = set(found.lost)
        known = list(found.rows)
        for name, row in self._fresh.items():
            number = self._numbers.get(name)
            if number is not None:
                known[number] = replace(row, name=name, time=known[number].time)
        if known != self.rows:
            self.rows, self._counts = known, None
            self.learned.emit()
        if found.moved:
            self.moved.emit(found.moved)
        self._seek_renamed()

    def _seek_renamed(self) -> None:
        """Compare the bytes of some unknown photos with pages whose photo is missing."""
        if self._seeking is not None or not self._lost or len(self._asked) >= _SOUGHT:
            return
        unknown = (row.name for row in self.rows if not row.page_id and row.name not in self._ids)
        names = list(islice((name for name in unknown if name not in self._asked), _AT_ONCE))
        if not names:
            return
        self._asked.update(names)
        folder = self.folder
        job = self._seeking = self._lane.submit(
            lambda: list_folder.seen(folder, names),
            name=later("Searching for renamed photos"),
            priority=Priority.BACKGROUND,
        )
        job.yielded.connect(lambda seen: self._find(folder, seen))
        job.ended.connect(self._continue_seeking)

    def _find(self, folder: Path, seen: PhotoSeen) -> None:
        if folder == self.folder and seen.page_id in self._lost:
            self._lost.discard(seen.page_id)
            self.set_seen(seen.name, seen.page_id, seen.stamp)

    def _continue_seeking(self) -> None:
        self._seeking = None
        self._seek_renamed()

    def _rest(self) -> None:
        self._job = None
        if self._again:
            self._again = False
            self.look()
