"""``ocr-studio read --keep``: saves what was read in the project of the photos' folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from types import TracebackType

from ocr_studio.cli.terminal.console import complain
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project, SaveFailed
from ocr_studio.core.project.project_errors import HistoryNotSaved
from ocr_studio.core.settings import Settings
from ocr_studio.jobs.photos import store_readings
from ocr_studio.jobs.reading import read_batch
from ocr_studio.jobs.reading.read import OcrService, PhotoRead, ReadingEvent
from ocr_studio.jobs.reading.read_batch import PhotoKnown
from ocr_studio.jobs.reading.text_layers import FindText

_REMEDY = "Fix this, then use --keep again; saved photos are not read again."


@dataclass
class ReadingStore:
    """Reads photos and saves the results in their projects, one for each folder, which stay locked meanwhile.

    Entering the context raises StudioError if a project can't be locked, for example because a window has it open.

    Attributes:
        photos: The photos to read.
        settings: Where projects are, among others.
        again: Whether photos that are already in the project are read again.
        follow_links: Whether a project folder may be a symbolic link.
        unkept: How many photos were read but could not be saved.
        known: How many photos were already in the project, and not read.
    """

    photos: Sequence[Path]
    settings: Settings
    again: bool = False
    follow_links: bool = False
    unkept: int = 0
    known: int = 0
    _projects: Mapping[str, Project] = field(default_factory=dict)
    _photo_of: dict[tuple[Path, str], Path] = field(default_factory=dict)  # by folder and page
    _held: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> ReadingStore:
        library, prefer_library = self.settings.library(), self.settings.keep == "library"
        projects: dict[str, Project] = {}
        with ExitStack() as held:
            for photo in self.photos:
                if (place := _folder(photo)) not in projects:
                    project = Project.open(
                        photo.parent,
                        library=library,
                        prefer_library=prefer_library,
                        follow_links=self.follow_links,
                    )
                    _lock(project)
                    held.callback(project.unlock)
                    projects[place] = project
            self._projects, self._held = projects, held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def read(self, ocr_service: OcrService, *, find_text: FindText | None = None) -> Iterator[ReadingEvent]:
        """Read the photos in order and save the results. Photos already in the project are returned as saved.

        find_text: see ``read_photos``.
        """
        for place, photos in groupby(self.photos, _folder):
            project = self._projects[place]
            for event in read_batch.read_batch(
                ocr_service, tuple(photos), project, again=self.again, find_text=find_text
            ):
                if isinstance(event, PhotoRead):
                    yield replace(event, page=self._kept(project, event))
                elif isinstance(event, PhotoKnown):
                    self.known += 1
                    yield PhotoRead(event.path, self._kept(project, event), 0.0)
                else:
                    yield event

    def _report_equal(self, folder: Path, page: Page, photo: Path) -> None:
        first = self._photo_of.setdefault((folder, page.id), photo)
        if first.name != photo.name:
            remedy = "Delete one of them if you don’t need both."
            what = f"it is the same photo as {first.name}; they share one page of the project"
            complain(StudioError(what, file=photo, remedy=remedy))

    def _kept(self, project: Project, event: PhotoRead | PhotoKnown) -> Page:
        try:
            if isinstance(event, PhotoKnown):
                page = store_readings.renamed(project, event.path, event.page)
            else:
                page = store_readings.keep(project, event.page, again=self.again)
        except StudioError as error:
            self.unkept += 1
            complain(_replace_remedy(error, event.path))
            return event.page
        self._report_equal(project.folder, page, event.path)
        return page


def _folder(photo: Path) -> str:
    """The real path of a photo's folder: several paths may lead to one project."""
    return os.path.realpath(photo.parent)


def _lock(project: Project) -> None:
    try:
        project.lock()
    except SaveFailed as error:
        raise _replace_remedy(error, project.photos) from error


def _replace_remedy(error: StudioError, photo: Path) -> StudioError:
    """Replace the remedy of a failed save: the window would retry, this command does not."""
    if isinstance(error, HistoryNotSaved):  # only the history; the same for all photos
        why = error.__cause__.strerror if isinstance(error.__cause__, OSError) else error.what
        return StudioError(
            f"it was not saved, because {error.file} can’t be written: {why}", file=photo, remedy=_REMEDY
        )
    return StudioError(error.what, file=error.file, remedy=_REMEDY) if isinstance(error, SaveFailed) else error
