"""Updates the pages of photos whose files were renamed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

from PySide6.QtCore import QObject

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later
from ocr_studio.jobs.photos import list_folder
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Job, JobThread, Priority
from ocr_studio.ui.photos.folder_model import FolderPhotos

# Photos per job, as other jobs wait in the lane.
_AT_ONCE: Final = 10


class RenamedPhotos(QObject):
    """Works only in a window that may write the project. Renaming is not an undoable step, as it happened outside."""

    def __init__(
        self, photos: FolderPhotos, document: Document, opening: Opening, lane: JobThread, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._photos, self._document, self._opening, self._lane = photos, document, opening, lane
        self._waiting: dict[str, str] = {}
        self._job: Job | None = None
        photos.listed.connect(self._follow_open)
        photos.moved.connect(self._on_renamed)
        opening.opened.connect(lambda _: self._save_next())

    def _follow_open(self) -> None:
        """Open the current photo again if it was renamed."""
        path, renamed = self._opening.path, self._photos.renamed
        if path is not None and path.name in renamed:
            self._opening.open_paths([path.with_name(renamed[path.name])])

    def _on_renamed(self, moved: Mapping[str, str]) -> None:
        self._waiting = dict(moved)
        self._save_next()

    def _save_next(self) -> None:
        project, folder = self._opening.project, self._photos.folder
        if self._job is not None or project is None or project is not self._photos.project:
            return
        if self._document.history.pages is None:  # nothing may be written here
            return
        some = dict(islice(self._waiting.items(), _AT_ONCE))
        if not some:
            return
        for page_id in some:
            del self._waiting[page_id]
        job = self._job = self._lane.submit(
            lambda: list_folder.renamed(folder, some, project),
            name=later("Searching for renamed photos"),
            priority=Priority.BACKGROUND,
        )
        names: dict[str, str] = {}
        job.yielded.connect(lambda found: names.update([found]))
        job.done.connect(lambda: self._save_names(project, names))
        job.ended.connect(self._rest)

    def _save_names(self, project: Project, names: Mapping[str, str]) -> None:
        """Save the new names in the pages of this project, in one change."""
        if project is not self._opening.project or self._document.history.pages is None:
            return
        pages: list[Page] = []
        for page_id, name in names.items():
            if self._reopen_under(page_id, name):
                continue
            with contextlib.suppress(StudioError):  # reported when its photo is opened
                page = self._document.history.page(page_id)
                if page is not None:
                    pages.append(replace(page, image=project.relative(self._photos.folder / name)))
        if pages:
            self._document.history.save(*pages)

    def _rest(self) -> None:
        self._job = None
        # The open photo waits until it is opened under its new name.
        shown = self._document.page
        if self._waiting.keys() - ({shown.id} if shown else set()):
            self._save_next()

    def _reopen_under(self, page_id: str, name: str) -> bool:
        """Open a photo under its new name if it is open under the old one. Returns whether it was."""
        shown, path = self._document.page, self._opening.path
        if shown is None or path is None or shown.id != page_id or path.name == name:
            return False
        if self._photos.number(path.name) is None:
            self._waiting[page_id] = name
            self._opening.open_paths([path.with_name(name)])
        return True
