"""A project: what is known about the photos of one folder, in a folder of its own. The photos are never written.

ocr-studio-project/       beside the photos, or in the library under the folder's name and a hash of its place
    project.json          format and where the photos are
    pages/<id>.json       one file for each page, see ``page_file``; <id> is the hash of the photo's bytes
    history.jsonl         what was done to them, so that it can be taken back, see ``undo_log``
    lock                  held by the system for the window that may write; a killed program lets go of it
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import stat
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeAlias, TypedDict, Unpack

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError, newer_format
from ocr_studio.core.files import strict_json
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge, UnsafeFile, is_valid_path, stays_inside
from ocr_studio.core.page import Page
from ocr_studio.core.project import page_file, project_errors, transaction, undo_log
from ocr_studio.core.project.opened_lock import OpenedLock
from ocr_studio.core.project.page_cache import PageCache, PageSummaries, PageSummary, Stamp, stamp_of
from ocr_studio.core.project.project_errors import (
    LinkedProject,
    NewerFile,
    NotPlaced,
    PageDamaged,
    ProjectInUse,
    SaveFailed,
)
from ocr_studio.core.project.project_words import Counted, ProjectWords, WordCounter
from ocr_studio.core.translation import tr

__all__ = [
    "FOLDER",
    "FORMAT",
    "LinkedProject",
    "NewerFile",
    "PageDamaged",
    "Project",
    "ProjectInUse",
    "SaveFailed",
    "Watcher",
]

FOLDER: Final = "ocr-studio-project"
FORMAT: Final = 1

# Called with a page, and the stamp of its file where it is on the disk.
Watcher: TypeAlias = Callable[[Page, Stamp | None], None]

_PAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_log = logging.getLogger(__name__)


class Places(TypedDict, total=False):
    """Where to look for a project, as ``Project.open`` and ``Project.find`` take it.

    Attributes:
        library: The folder of projects that do not lie beside their photos; None for the program's own.
        prefer_library: A new project goes there.
        follow_links: Open a project whose folder is a symbolic link, too.
    """

    library: Path | None
    prefer_library: bool
    follow_links: bool


class HasImage(Protocol):
    """What names a photo of the project."""

    @property
    def image(self) -> str:
        """Its path, relative to the photos' folder, "/" between parts."""


class Project:
    """The pages of one folder of photos. May be used from several threads.

    ``load_page`` and the rest of reading need no lock; the first saving takes it, if ``lock`` has not before.
    """

    def __init__(self, folder: Path, photos: Path) -> None:
        """folder: the project's own; photos: where its photos are. Nothing is read or written yet; see ``open``."""
        self.folder = folder
        self.photos = photos
        self.files = SafeFolder(folder)
        self._lock = FileLock(self.files, "lock")
        self._opened = OpenedLock(photos)
        self._files = threading.RLock()
        self._noting = threading.Lock()
        self._unsaved: dict[str, Page] = {}
        self._watchers: tuple[Watcher, ...] = ()
        self._lines: page_file.Lines = {}
        self._stamps: dict[str, Stamp | None] = {}
        self._decoded = PageCache()
        self._summaries = PageSummaries()
        self._words = WordCounter()
        self._another = ""  # some page on the disk
        # All pages on the disk, from who knows them without looking at their files; None: nobody does.
        self.known_pages: Callable[[], Mapping[str, Counted] | None] = lambda: None

    @classmethod
    def open(
        cls,
        photos: Path,
        *,
        library: Path | None = None,
        prefer_library: bool = False,
        create: bool = True,
        follow_links: bool = False,
    ) -> Project:
        """The project of a folder of photos: the one it has, else a new one, not yet on the disk.

        library, prefer_library, follow_links: see ``Places``. A new project also goes to the library where the photos'
        folder cannot be written, or a file is in the project's place. Links in a project are never followed. Raises
        StudioError where the project is of a newer format or may not be looked into, or with ``create`` off where there
        is none, and LinkedProject.
        """
        photos = Path(os.path.abspath(photos))
        places = [photos / FOLDER, in_library(photos, library or paths.library_dir())]
        if prefer_library:
            places.reverse()
        if follow_links:
            places = [Path(os.path.realpath(each)) if each.is_symlink() else each for each in places]
        project = next((cls(each, photos) for each in places if is_project(SafeFolder(each))), None)
        if project:
            project._check_format()
            return project
        if not create:
            raise StudioError(tr("there is no OCR Studio project for these photos"), file=photos)
        if not prefer_library and (is_taken(places[0]) or not os.access(photos, os.W_OK)):
            places.reverse()
        return cls(places[0], photos)

    @classmethod
    def find(cls, path: Path, **places: Unpack[Places]) -> Project:
        """The project of a photo, of a folder of photos, or of a project's own folder. Raises as ``open`` does."""
        path = Path(os.path.abspath(path))
        if paths.is_folder(path) and paths.exists(path / "project.json"):
            folder = Path(os.path.realpath(path)) if places.get("follow_links") and path.is_symlink() else path
            is_project(SafeFolder(folder))  # says so where it is a link
            return cls(folder, _photos_folder(SafeFolder(folder), given=path))
        photos = path if paths.is_folder(path) and path.name != FOLDER else path.parent
        return cls.open(photos, **places)

    @property
    def exists(self) -> bool:
        """Whether anything of it is on the disk."""
        return self.files.is_folder("pages")

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

    def photo(self, page: HasImage) -> Path:
        """Where a page's photo should be; it may have been renamed since. Raises StudioError for one outside."""
        if not stays_inside(page.image):
            raise StudioError(tr("the page’s photo is not in {folder}", folder=self.photos), file=page.image)
        return self.photos / page.image

    def load_page(self, page_id: str, *, aside: bool = True) -> Page | None:
        """What is known about a photo, noted but unsaved changes included; None if nothing is.

        Raises PageDamaged after the file was put aside (with ``aside`` off it stays where it is), NewerFile, or
        StudioError where the file cannot be read.
        """
        with self._noting:
            page = self._unsaved.get(page_id)
        # Without the lock of the files, which is held while a page is saved: the window waits for no disk.
        if page is None and (page := self._known(page_id)) is None:
            with self._files:
                page = self._read(page_id, aside=aside)
        return page

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
            name, data = self._encoded(page)
            try:
                self.files.replace(name, data)
            except OSError as error:
                raise self._failed(page, error) from error
        self._note_saved(page)

    def save_together(self, pages: Iterable[Page], lines: bytes) -> None:
        """Save pages with their lines of the undo log, at least one: all of it or nothing, however the program ends.

        See ``transaction`` for the order in which that is done.

        Raises:
            SaveFailed, HistoryNotSaved, ProjectInUse, NewerFile: Nothing is saved.
            NotPlaced: Pages are safe but not yet in their places; save those once more, without the lines.
        """
        beside: list[tuple[Page, str, str]] = []
        try:
            for page in pages:
                name, data = self._encoded(page)
                try:
                    beside.append((page, name, self.files.write_beside(name, data)))
                except OSError as error:
                    raise self._failed(page, error) from error
            line = undo_log.saved_line({page.id: file.rpartition("/")[2] for page, _, file in beside}, lines)
            try:
                undo_log.add(self.files, line)
            except OSError as error:
                raise project_errors.history_not_saved(self.files.full(undo_log.FILE), error) from error
        except BaseException:
            for _, _, file in beside:
                with contextlib.suppress(OSError):
                    self.files.remove(file)
            raise
        wrong: dict[str, SaveFailed] = {}
        for page, name, file in beside:
            try:
                self.files.put(file, name)
            except OSError as error:
                wrong[page.id] = self._failed(page, error)
            else:
                self._note_saved(page)
        self.files.flush("pages")
        if wrong:
            raise NotPlaced(wrong)

    def _encoded(self, page: Page) -> tuple[str, bytes]:
        """The name of a page's file, which may be written now, and what there is to write. Raises StudioError."""
        name = self.page_name(page.id)
        with self._files:
            try:
                data = page_file.encode(page, self._lines)
                self._prepare()
                if (now := self.page_stamp(page.id)) is not None and now != self._stamps.get(page.id):
                    transaction.keep_foreign(self.files, name)
                    self._stamps[page.id] = now  # should the page itself not be written, once is enough
            except (OSError, ValueError) as error:
                raise self._failed(page, error) from error
        return name, data

    def _failed(self, page: Page, error: Exception) -> SaveFailed:
        return project_errors.save_failed(self.photos / page.image, error)

    def _note_saved(self, page: Page) -> None:
        """A page is on the disk, in its place."""
        with self._files:
            now = self._stamps[page.id] = self.page_stamp(page.id)
            self._decoded.put(page, now)
        with self._noting:
            newer = self._unsaved.get(page.id, page) is not page
            if not newer:
                self._unsaved.pop(page.id, None)
        for watcher in self._watchers if not newer else ():
            watcher(page, now)

    def use_summaries(self, summaries: Mapping[str, tuple[Stamp, PageSummary | None]]) -> None:
        """Page id -> stamp of its file and what that says, from who has looked: these files need not be read."""
        self._summaries.use_summaries(summaries)

    def summaries(self) -> dict[str, PageSummary]:
        """Page id -> photo and state of every page on the disk that can be read; each file is read once."""
        found = self._summaries.of(self.page_stamps(), self.read_page)
        with self._noting:
            return found | {key: PageSummary.of(page) for key, page in self._unsaved.items()}

    def count_words(self) -> ProjectWords:
        """Count the words on all pages that can be read. Where nothing changed, the counts are the same objects."""
        known = self.known_pages()
        saved: Mapping[str, Page | Counted] = (
            self._summaries.of(self.page_stamps(), self.read_page) if known is None else known
        )
        with self._noting:
            pages = {**saved, **self._unsaved}
        return self._words.count(pages)

    def has_others(self, page_id: str) -> bool:
        """Whether there are pages on the disk besides this one, or were; asked whenever something changes, so quick."""
        if self._another in {"", page_id}:
            with contextlib.suppress(StudioError):
                self._another = next((key for key in self.page_stamps() if key != page_id), "")
        return self._another not in {"", page_id}

    def page_ids(self) -> tuple[str, ...]:
        """The pages on the disk, those that cannot be read included."""
        return tuple(self.page_stamps())

    def page_name(self, page_id: str) -> str:
        """The name in the project's folder of a page's file. Raises StudioError for what is no page id."""
        if not _PAGE_ID.fullmatch(page_id):
            raise StudioError(tr("“{id}” is not a page id", id=page_id), file=self.folder)
        return f"pages/{page_id}.json"

    def page_path(self, page_id: str) -> Path:
        """The path of a page's file, to be named. Raises StudioError for what is no page id."""
        return self.files.full(self.page_name(page_id))

    def page_stamp(self, page_id: str) -> Stamp | None:
        """The stamp of a page's file; None where there is none. Raises OSError."""
        try:
            return stamp_of(self.files.stat(self.page_name(page_id)))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def page_stamps(self) -> dict[str, Stamp]:
        """The stamps of all pages' files by id, in order, those that cannot be read included. Raises StudioError."""
        try:
            entries = self.files.entries("pages")
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise project_errors.unreadable(self.folder, error) from error
        found = {entry.name[:-5]: stamp_of(entry.status) for entry in entries if entry.name.endswith(".json")}
        return {key: found[key] for key in sorted(found) if _PAGE_ID.fullmatch(key)}

    def read_page(self, page_id: str) -> Page:
        """Read a page's file as it is on the disk.

        Raises:
            NotAPage: It is damaged, or of another photo.
            NewerFormat: It is of a newer version of the program.
            TooLarge: It is larger than any page.
            OSError: It cannot be read.
        """
        page = page_file.decode(self.files.read(self.page_name(page_id), most=page_file.MAX_BYTES))
        if page.id != page_id:
            raise page_file.NotAPage(tr("it belongs to another photo"))
        return page

    def _read(self, page_id: str, *, aside: bool) -> Page | None:
        name = self.page_name(page_id)
        try:
            when = self.page_stamp(page_id)
            if when is None:
                return None
            page = self.read_page(page_id)
        except page_file.NewerFormat as error:
            raise project_errors.newer(self.files.full(name), error) from error
        except (page_file.NotAPage, TooLarge) as error:
            raise project_errors.damaged(self.files, name, error, aside=aside) from error
        except OSError as error:
            raise StudioError(
                tr("can’t read the page: {reason}", reason=error.strerror or error),
                file=self.files.full(name),
                remedy=project_errors.remedy_for(error),
            ) from error
        self._stamps[page_id] = when
        self._decoded.put(page, when)
        return page

    def _known(self, page_id: str) -> Page | None:
        """The page as it was loaded or saved here, if its file is still the same."""
        with contextlib.suppress(OSError):  # told where it is read
            return self._decoded.get(page_id, self.page_stamp(page_id))
        return None

    def _prepare(self) -> None:
        """Folder, lock and project.json, so far as they are not there."""
        self.files.make_folder("pages")
        self._hold()
        if not self.files.has("project.json"):
            beside = self.folder.parent == self.photos
            fields = {"format": FORMAT, "photos": ".." if beside else str(self.photos)}
            self.files.replace("project.json", (json.dumps(fields, indent=1) + "\n").encode("ascii"))

    def _hold(self) -> None:
        """Take the lock, if it is not held yet, and clear up after a holder that was killed."""
        if self._lock.held:
            return
        try:
            self._lock.take()
        except LockedElsewhere as error:
            raise project_errors.in_use(self.photos) from error
        transaction.finish(self.files, self.page_name)

    def _check_format(self) -> None:
        if self.files.has("project.json"):
            _project_fields(self.files)


def _photos_folder(files: SafeFolder, *, given: Path) -> Path:
    """Where project.json says that the photos are. given: the project's folder as the user has named it."""
    where = _project_fields(files).get("photos")
    if where == ".." or (where is None and given.name == FOLDER):
        return given.parent
    if not isinstance(where, str) or not is_valid_path(where) or not Path(where).is_absolute():
        raise StudioError(tr("the project doesn’t contain the folder of its photos"), file=files.full("project.json"))
    # Only a project in a library leads elsewhere, and its name is made from that place.
    if in_library(Path(where), given.parent).name != given.name:
        raise StudioError(
            tr("the project doesn’t belong to its folder of photos, {folder}", folder=where),
            file=files.full("project.json"),
            remedy=tr("Open the folder of the photos instead."),
        )
    return Path(where)


def _project_fields(files: SafeFolder) -> dict[str, object]:
    about = files.full("project.json")
    try:
        fields = strict_json.load(files.read("project.json", most=1 << 20))
    except OSError as error:
        raise project_errors.unreadable(about, error) from error
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or not isinstance(fields.get("format"), int):
        _log.warning("%s is damaged", about)
        return {}
    if fields["format"] > FORMAT:
        raise project_errors.newer(about, newer_format(fields["format"], FORMAT))
    return fields


def is_project(folder: SafeFolder) -> bool:
    """Whether a project lies there. Raises StudioError where that cannot be told, as there may be work in it, and
    LinkedProject where its folder is a link.
    """
    try:
        return stat.S_ISDIR(folder.stat("pages").st_mode)
    except UnsafeFile as error:
        if not folder.follow and folder.is_link():
            raise project_errors.linked(folder.path) from error
        raise project_errors.linked_part(folder.full("pages")) from error
    except PermissionError as error:
        raise StudioError(
            tr("you don’t have permission to open the project in this folder"),
            file=folder.path,
            remedy=tr("Ask the owner for permission to read and write it, or copy the photos to your own folder."),
        ) from error
    except (OSError, ValueError):
        return False


def is_taken(place: Path) -> bool:
    """Whether something that is no folder has the place of a project."""
    return os.path.lexists(place) and not paths.is_folder(place)


def in_library(photos: Path, library: Path) -> Path:
    """The place in the library of the project of a folder of photos."""
    digest = hashlib.blake2b(os.fsencode(photos), digest_size=6).hexdigest()
    # A folder's name may be as long as a name can be, and then there is no room for more.
    name = re.sub(r"[^\w .()+-]", "_", photos.name)[:40].strip(" .") or "photos"
    return Path(os.path.abspath(library)) / f"{name}-{digest}"
