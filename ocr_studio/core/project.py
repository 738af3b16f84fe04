"""A project: what is known about the photos of one folder, in a folder of its own. The photos are never written.

ocr-studio-project/       beside the photos, or in the library under the folder's name and a hash of its place
    project.json          format and where the photos are
    pages/<id>.json       one file for each page, see ``page_file``; <id> is the hash of the photo's bytes
    history.jsonl         what was done to them, so that it can be taken back, see ``history``
    lock                  held by the system for the window that may write; a killed program lets go of it
    index.sqlite          all of it, to be found quickly; made again where it is missing, see ``index``
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from ocr_studio.core import page_file, paths, project_errors, project_places, saving
from ocr_studio.core.errors import StudioError
from ocr_studio.core.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.opened_lock import OpenedLock
from ocr_studio.core.page import Page, PageState
from ocr_studio.core.page_cache import PageCache
from ocr_studio.core.page_summaries import PageSummaries, PageSummary, Stamp, stamp
from ocr_studio.core.project_errors import NewerFile, PageDamaged, ProjectInUse, SaveFailed
from ocr_studio.core.translation import tr
from ocr_studio.core.typed_words import Counted, TypedWords

__all__ = ["FOLDER", "FORMAT", "NewerFile", "PageDamaged", "Project", "ProjectInUse", "SaveFailed", "Watcher"]

FOLDER: Final = "ocr-studio-project"
FORMAT: Final = 1

# Called with a page, and the stamp of its file where it is on the disk.
Watcher: TypeAlias = Callable[[Page, Stamp | None], None]

_PAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_log = logging.getLogger(__name__)


class Project:
    """The pages of one folder of photos. May be used from several threads.

    ``load_page`` and the rest of reading need no lock; the first saving takes it, if ``lock`` has not before.
    """

    def __init__(self, folder: Path, photos: Path) -> None:
        """folder: the project's own; photos: where its photos are. Nothing is read or written yet; see ``open``."""
        self.folder = folder
        self.photos = photos
        self._lock = FileLock(folder / "lock")
        self._opened = OpenedLock(photos)
        self._files = threading.RLock()
        self._noting = threading.Lock()
        self._unsaved: dict[str, Page] = {}
        self._watchers: tuple[Watcher, ...] = ()
        self._lines: page_file.Lines = {}
        self._stamps: dict[str, Stamp | None] = {}
        self._decoded = PageCache()
        self._summaries = PageSummaries()
        self._typed = TypedWords()
        self._another = ""  # some page on the disk
        # All pages on the disk, from who knows them without looking at their files; None: nobody does.
        self.known_pages: Callable[[], Mapping[str, Counted] | None] = lambda: None

    @classmethod
    def open(
        cls, photos: Path, *, library: Path | None = None, prefer_library: bool = False, create: bool = True
    ) -> Project:
        """The project of a folder of photos: the one it has, else a new one, not yet on the disk.

        library: the folder of projects that do not lie beside their photos (None: the program's own).
        prefer_library: a new project goes there, as it does where the photos' folder cannot be written, or a file is in
        the project's place. Raises StudioError where the project is of a newer format or may not be looked into, or
        with ``create`` off where there is none.
        """
        photos = Path(os.path.abspath(photos))
        places = [photos / FOLDER, project_places.in_library(photos, library or paths.library_dir())]
        if prefer_library:
            places.reverse()
        project = next((cls(place, photos) for place in places if project_places.is_project(place)), None)
        if project:
            project._check_format()
            return project
        if not create:
            raise StudioError(tr("there is no OCR Studio project for these photos"), file=photos)
        if not prefer_library and (project_places.is_taken(places[0]) or not os.access(photos, os.W_OK)):
            places.reverse()
        return cls(places[0], photos)

    @classmethod
    def find(cls, path: Path, *, library: Path | None = None, prefer_library: bool = False) -> Project:
        """The project of a photo, of a folder of photos, or of a project's own folder. Raises StudioError."""
        path = Path(os.path.abspath(path))
        if not paths.is_folder(path):
            return cls.open(path.parent, library=library, prefer_library=prefer_library)
        if paths.exists(path / "project.json"):
            return cls(path, _photos_folder(path))
        photos = path.parent if path.name == FOLDER else path
        return cls.open(photos, library=library, prefer_library=prefer_library)

    @property
    def exists(self) -> bool:
        """Whether anything of it is on the disk."""
        return paths.is_folder(self.folder / "pages")

    @property
    def locked(self) -> bool:
        """Whether this window is the one that may write."""
        return self._lock.held or self._opened.held

    def lock(self, *, create: bool = False) -> None:
        """Become the one that may write; raises ProjectInUse where another is, SaveFailed where nobody can.

        Of a project that is not on the disk yet only its being open is noted, see ``OpenedLock``, so that looking at
        photos leaves nothing beside them; the first saving makes it and locks it. create: or now, for somebody who is
        about to change something.
        """
        with self._files:
            try:
                self._opened.take()
                if create:
                    self._prepare()
                elif self.exists:
                    self._hold()
            except LockedElsewhere as error:
                raise project_errors.in_use(self.photos) from error
            except ProjectInUse:
                self._opened.release()
                raise
            except OSError as error:
                raise project_errors.save_failed(self.folder, error) from error

    def unlock(self) -> None:
        """Let another window write."""
        with self._files:
            self._lock.release()
            self._opened.release()

    def relative(self, photo: Path) -> str:
        """A photo's path as a page keeps it. Raises StudioError for one outside the photos' folder."""
        path = Path(os.path.abspath(photo))
        if not path.is_relative_to(self.photos) or path == self.photos:
            raise StudioError(tr("the photo is not in {folder}", folder=self.photos), file=photo)
        return path.relative_to(self.photos).as_posix()

    def photo(self, page: Page | PageSummary) -> Path:
        """Where a page's photo should be; it may have been renamed since. Raises StudioError for one outside."""
        if not page_file.stays_inside(page.image):
            raise StudioError(tr("the page's photo is not in {folder}", folder=self.photos), file=page.image)
        return self.photos / page.image

    def load_page(self, page_id: str, *, image: str | None = None, aside: bool = True) -> Page | None:
        """What is known about a photo, noted but unsaved changes included; None if nothing is.

        image: where the photo is now, for one that was renamed or moved. Raises PageDamaged after the file was put
        aside (with ``aside`` off it stays where it is), NewerFile, or StudioError where the file cannot be read.
        """
        with self._noting:
            page = self._unsaved.get(page_id)
        # Without the lock of the files, which is held while a page is saved: the window waits for no disk.
        if page is None and (page := self._known(page_id)) is None:
            with self._files:
                page = self._read(page_id, aside=aside)
        return replace(page, image=image) if page and image is not None else page

    def note(self, page: Page) -> None:
        """Remember a state that is about to be saved: from now on ``load_page`` gives this one."""
        with self._noting:
            self._unsaved[page.id] = page
        for watcher in self._watchers:
            watcher(page, None)

    def watch(self, watcher: Watcher) -> None:
        """From now on tell of each page that is about to be saved, and, with its file's stamp, that is saved; in the
        thread that says or saves it.
        """
        self._watchers += (watcher,)

    def unwatch(self, watcher: Watcher) -> None:
        """Tell this one no more."""
        self._watchers = tuple(each for each in self._watchers if each != watcher)

    def save_page(self, page: Page) -> None:
        """Put a page on the disk, whole or not at all. Raises SaveFailed, ProjectInUse or NewerFile.

        A file that somebody else has written since it was read here is kept under another name, not lost.
        """
        with self._files:
            path, data = self.ready(page)
            try:
                paths.replace_file(path, data)
            except OSError as error:
                raise self.failed(page, error) from error
        self.placed(page)

    def save_together(self, pages: Iterable[Page], lines: bytes) -> None:
        """Put pages on the disk with what made them so: all of it or nothing, however the program ends.

        lines: of the history, at least one. Raises as ``save_page`` does, and NotPlaced where pages are safe but not
        yet in their places: those are to be saved once more, without the lines.
        """
        saving.together(pages, lines, self)

    def ready(self, page: Page) -> tuple[Path, bytes]:
        """For ``saving``: where a page belongs, which may be written now, and what there is to write."""
        path = self.page_path(page.id)
        with self._files:
            try:
                data = page_file.encode(page, self._lines)
                self._prepare()
                if (now := stamp(path)) is not None and now != self._stamps.get(page.id):
                    saving.keep_foreign(path)
                    self._stamps[page.id] = now  # should the page itself not be written, once is enough
            except (OSError, ValueError) as error:
                raise self.failed(page, error) from error
        return path, data

    def failed(self, page: Page, error: Exception) -> SaveFailed:
        """For ``saving``: a page could not be written."""
        return project_errors.save_failed(self.photos / page.image, error)

    def placed(self, page: Page) -> None:
        """For ``saving``: a page is in its place."""
        with self._files:
            now = self._stamps[page.id] = stamp(self.page_path(page.id))
            self._decoded.put(page, now)
        with self._noting:
            newer = self._unsaved.get(page.id, page) is not page
            if not newer:
                self._unsaved.pop(page.id, None)
        for watcher in self._watchers if not newer else ():
            watcher(page, now)

    def know(self, summaries: Mapping[str, tuple[Stamp, PageSummary | None]]) -> None:
        """Page id -> stamp of its file and what that says, from who has looked: these files need not be read."""
        self._summaries.know(summaries)

    def summaries(self) -> dict[str, PageSummary]:
        """Page id -> photo and state of every page on the disk that can be read; each file is read once."""
        found = self._summaries.of(self.page_files())
        with self._noting:
            return found | {key: PageSummary.of(page) for key, page in self._unsaved.items()}

    def states(self) -> dict[str, PageState]:
        """Page id -> how far it has come."""
        return {key: summary.state for key, summary in self.summaries().items()}

    def typed_words(self) -> Mapping[str, int]:
        """The words that a person has written on all pages that can be read, and how often each; see ``TypedWords``."""
        known = self.known_pages()
        saved: Mapping[str, Page | Counted] = self._summaries.of(self.page_files()) if known is None else known
        with self._noting:
            pages = {**saved, **self._unsaved}
        return self._typed.on(pages)

    def has_others(self, page_id: str) -> bool:
        """Whether there are pages on the disk besides this one, or were; asked whenever something changes, so quick."""
        if self._another in {"", page_id}:
            with contextlib.suppress(OSError), os.scandir(self.folder / "pages") as entries:
                names = (entry.name[:-5] for entry in entries if entry.name.endswith(".json"))
                self._another = next((name for name in names if name != page_id), "")
        return self._another not in {"", page_id}

    def page_ids(self) -> tuple[str, ...]:
        """The pages on the disk, those that cannot be read included."""
        return tuple(path.stem for path in self.page_files())

    def page_path(self, page_id: str) -> Path:
        """Where the file of a page is, or would be. Raises StudioError for what is no page id."""
        if not _PAGE_ID.fullmatch(page_id):
            raise StudioError(tr("“{id}” is no page id", id=page_id), file=self.folder)
        return self.folder / "pages" / f"{page_id}.json"

    def page_files(self) -> list[Path]:
        """The files of ``page_ids``."""
        folder = self.folder / "pages"
        try:
            with os.scandir(folder) as entries:
                # Names, as ten thousand paths take half a second to be put in order.
                names = sorted(entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise project_errors.unreadable(self.folder, error) from error
        return [folder / name for name in names if name.endswith(".json") and _PAGE_ID.fullmatch(name[:-5])]

    def _read(self, page_id: str, *, aside: bool) -> Page | None:
        path = self.page_path(page_id)
        try:
            when = stamp(path)
            if when is None:
                return None
            page = page_file.decode(paths.read_file(path, most=page_file.MAX_BYTES))
            if page.id != page_id:
                raise page_file.NotAPage(tr("it belongs to another photo"))
        except page_file.NewerFormat as error:
            raise project_errors.newer(path, error) from error
        except (page_file.NotAPage, paths.TooLarge) as error:
            raise project_errors.damaged(path, error, aside=aside) from error
        except OSError as error:
            raise StudioError(
                tr("the page cannot be read: {reason}", reason=error.strerror or error), file=path
            ) from error
        self._stamps[page_id] = when
        self._decoded.put(page, when)
        return page

    def _known(self, page_id: str) -> Page | None:
        """The page as it was loaded or saved here, if its file is still the same."""
        path = self.page_path(page_id)
        with contextlib.suppress(OSError):  # told where it is read
            return self._decoded.get(page_id, stamp(path))
        return None

    def _prepare(self) -> None:
        """Folder, lock and project.json, so far as they are not there."""
        (self.folder / "pages").mkdir(parents=True, exist_ok=True)
        self._hold()
        about = self.folder / "project.json"
        if not about.exists():
            beside = self.folder.parent == self.photos
            fields = {"format": FORMAT, "photos": ".." if beside else str(self.photos)}
            paths.replace_file(about, (json.dumps(fields, indent=1) + "\n").encode("ascii"))

    def _hold(self) -> None:
        """Take the lock, if it is not held yet, and clear up after a holder that was killed."""
        if self._lock.held:
            return
        try:
            self._lock.take()
        except LockedElsewhere as error:
            raise project_errors.in_use(self.photos) from error
        saving.finish(self.folder, self.page_path)

    def _check_format(self) -> None:
        about = self.folder / "project.json"
        if paths.exists(about):
            _project_fields(about)


def _photos_folder(folder: Path) -> Path:
    """Where project.json says that the photos are."""
    about = folder / "project.json"
    where = _project_fields(about).get("photos")
    if where == ".." or (where is None and folder.name == FOLDER):
        return folder.parent
    if not isinstance(where, str) or "\0" in where or not Path(where).is_absolute():
        raise StudioError(tr("the project does not say where its photos are"), file=about)
    return Path(where)


def _project_fields(about: Path) -> dict[str, object]:
    try:
        fields = json.loads(paths.read_file(about).decode("utf-8"))
    except OSError as error:
        raise project_errors.unreadable(about, error) from error
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not isinstance(fields.get("format"), int):
        _log.warning("%s is damaged", about)
        return {}
    if fields["format"] > FORMAT:
        raise project_errors.newer(about, tr("it has format {version}", version=fields["format"]))
    return fields
