"""What is known of all photos of the open photo's folder: the list's rows, whoever found them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core import photo_rows
from ocr_studio.core.index import Index
from ocr_studio.core.page import Page
from ocr_studio.core.page_summaries import Stamp
from ocr_studio.core.photo_rows import PhotoRow, PhotoState
from ocr_studio.core.project import Project
from ocr_studio.jobs import listing
from ocr_studio.ui.job_thread import Job, JobThread

# Milliseconds between two looks at all that is known, while it is still being found out.
_SOON = 1500


class FolderPhotos(QObject):
    """Photos by their numbers, in natural order. What was found out here counts more than what the index says.

    Signals: ``listing()`` there will be other photos in a moment, ``listed()`` there are; ``learned()`` of many photos
    something else is known now; ``changed(tuple of numbers)`` of these; ``failed(Trouble)``.
    """

    listing = Signal()
    listed = Signal()
    learned = Signal()
    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, lane: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self.folder = Path()
        self.project: Project | None = None
        self.index: Index | None = None
        self.rows: list[PhotoRow] = []
        # By the latest listing: former name -> name; names of photos that are others than before.
        self.renamed: Mapping[str, str] = {}
        self.replaced: frozenset[str] = frozenset()
        self._numbers: dict[str, int] = {}
        self._stamps: dict[str, Stamp] = {}
        self._ids: dict[str, str] = {}
        self._fresh: dict[str, PhotoRow] = {}  # what was found out here
        self._job: Job | None = None
        self._again = False
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.look)

    def show(
        self, photos: Sequence[Path], project: Project | None, stamps: Sequence[Stamp | None] | None = None
    ) -> None:
        """These are the photos, all of one folder."""
        folder = photos[0].parent if photos else self.folder
        elsewhere = folder != self.folder
        if elsewhere:
            for known in (self._ids, self._fresh, self._stamps):
                known.clear()
        self.folder = folder
        names = [path.name for path in photos]
        if project is not self.project or elsewhere:
            self.project = project
            self.look()
        if stamps is None and not elsewhere and names == [row.name for row in self.rows]:
            return
        now = {name: stamp for name, stamp in zip(names, stamps or (), strict=False) if stamp}
        self.listing.emit()
        self._take_names(names, now, rows={} if elsewhere else {row.name: row for row in self.rows})
        self.listed.emit()
        self.look()

    def use(self, index: Index | None) -> None:
        """What is known of the pages is in this index; asked once photos of its project are shown."""
        self.index = index

    def look_soon(self) -> None:
        """The index knows more than before."""
        if not self._soon.isActive():
            self._soon.start()

    def look(self) -> None:
        """Ask anew what is known of all photos."""
        if self._job is not None:
            self._again = True
            return
        project, index = self.project, self.index
        if not self.rows or index is None or index.project is not project:
            return
        files, ids = [(row.name, row.time) for row in self.rows], dict(self._ids)
        job = self._job = self._lane.submit(
            lambda: listing.rows(files, index, ids), name="Looking at what is known of the photos"
        )
        job.came.connect(lambda rows: self._learn(project, rows))
        job.failed.connect(self.failed)
        job.ended.connect(self._rest)

    # ------------------------------------------------------------------------------------------------------ one photo

    def number(self, name: str) -> int | None:
        """The number of the photo of this name."""
        return self._numbers.get(name)

    def path(self, number: int) -> Path:
        """Where a photo is."""
        return self.folder / self.rows[number].name

    def set_page(self, name: str, page: Page) -> None:
        """The page of this photo is so now."""
        self._ids[name] = page.id
        self._put({name: photo_rows.of_page(self._row(name), page)})

    def set_pages(self, pages: Iterable[Page]) -> None:
        """These pages are so now; a photo that is there twice has one for both."""
        by_id = {page.id: page for page in pages}
        self._put({row.name: photo_rows.of_page(row, by_id[row.page_id]) for row in self.rows if row.page_id in by_id})

    def set_failed(self, name: str, why: str) -> None:
        """This photo cannot be opened, or its reading went wrong."""
        self._put({name: photo_rows.failed(self._row(name), why)})

    def set_seen(self, name: str, page_id: str, stamp: Stamp | None) -> None:
        """The bytes of this photo were looked at: it is the one of this page."""
        if stamp:
            self._stamps[name] = stamp
        before, number = self._ids.get(name), self._numbers.get(name)
        self._ids[name] = page_id
        if number is None or before == page_id or self.rows[number].page_id == page_id:
            return
        # Another than its name says, or one of a page that was kept under another name.
        row = photo_rows.blank(self.rows[number])
        twin = next((each for each in self.rows if each.page_id == page_id), None)
        known = replace(twin, name=row.name, time=row.time) if twin else replace(row, page_id=page_id)
        self._put({name: known}, fresh=False)
        if twin is None and self.index is not None:
            self.look_soon()

    @property
    def reviewed(self) -> int:
        """How many photos are reviewed."""
        return sum(row.state is PhotoState.REVIEWED for row in self.rows)

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
        if changed:
            self.changed.emit(tuple(changed))

    def _take_names(self, names: Sequence[str], stamps: Mapping[str, Stamp], *, rows: Mapping[str, PhotoRow]) -> None:
        gone = {self._stamps[name]: name for name in rows.keys() - set(names) if name in self._stamps}
        new = [name for name in names if name not in rows] if gone else []
        self.renamed = {gone[stamps[name]]: name for name in new if stamps.get(name) in gone}
        for before, after in self.renamed.items():
            if before in self._ids:
                self._ids[after] = self._ids.pop(before)
            if before in self._fresh:
                self._fresh[after] = self._fresh.pop(before)
        former = {after: before for before, after in self.renamed.items()}
        known_before = self._stamps
        self.replaced = frozenset(
            name for name, now in stamps.items() if known_before.get(name, now) != now and name not in former
        )
        for name in self.replaced:
            self._ids.pop(name, None)
            self._fresh.pop(name, None)
        self._stamps = dict(stamps) or {name: self._stamps[name] for name in names if name in self._stamps}
        self.rows = []
        for name in names:
            row = rows.get(former.get(name, name))
            when = stamps[name][0] / 1e9 if name in stamps else row.time if row else 0.0
            self.rows.append(replace(row, name=name, time=when) if row else PhotoRow(name, time=when))
        self._numbers = {name: number for number, name in enumerate(names)}

    def _learn(self, project: Project | None, rows: tuple[PhotoRow, ...]) -> None:
        """project: whose pages those are."""
        if project is not self.project or len(rows) != len(self.rows):
            return
        known = list(rows)
        for name, row in self._fresh.items():
            number = self._numbers.get(name)
            if number is not None:
                known[number] = replace(row, name=name, time=known[number].time)
        self.rows = known
        self.learned.emit()

    def _rest(self) -> None:
        self._job = None
        if self._again:
            self._again = False
            self.look()
