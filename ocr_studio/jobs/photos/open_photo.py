"""Opens photos: decodes them, loads their pages, and lists their folders."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError, write_failed
from ocr_studio.core.images import page_paths, photo_file, photo_listing, warping
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.images.pyramid import SMALLEST_SHOWN, Pyramid
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list import removed_photos
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.page_cache import Stamp, stamp
from ocr_studio.core.project.project import FOLDER, LinkedProject, PageDamaged, Project, ProjectInUse, SaveFailed
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import later, tr


class NoPhotos(StudioError):
    """The folder contains no photos."""


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """Where and whether projects are saved.

    Attributes:
        library: The user's library folder.
        prefers_library: Whether to use the library rather than the folders of photos.
        saves_state: Whether anything may be saved; if not, nothing is locked either.
        will_change: Whether an unread photo will be changed at once; its project is then locked even if it is new.
        trusted_links: Folders of photos whose project may be a symbolic link.
    """

    library: Path
    prefers_library: bool
    saves_state: bool = True
    will_change: bool = False
    trusted_links: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class PhotoOpened:
    """A photo was decoded, and its page was loaded.

    Attributes:
        path: The photo.
        page: Its page.
        photo: The upright photo as its file has it, (H, W, 3) uint8 RGB.
        image: The photo, turned as the page says, (H, W, 3) uint8 RGB.
        project: Its project.
        read_only: Why it can't be changed here, or empty.
        warning: A message for the user, or empty.
        missing: A message about pages of its file that can't be read, or empty.
        twin: Another file in the folder with the same content, whose page this is, or empty.
        history: The undo log of the project; None until ``prepare_editing``, and if it was loaded before.
        order: Ids of the words in reading order; None if unknown.
        pyramid: Smaller sizes of the image; None until ``prepare_editing``.
    """

    path: Path
    page: Page
    photo: NDArray[np.uint8]
    image: NDArray[np.uint8]
    project: Project
    read_only: str = ""
    warning: str = ""
    missing: str = ""
    twin: str = ""
    history: undo_log.UndoLog | None = None
    order: tuple[str, ...] | None = None
    pyramid: Pyramid | None = None


@dataclass(frozen=True, slots=True)
class LinkFound:
    """A photo was not opened, as the folder of its project is a symbolic link. target: where the link leads."""

    photo: Path
    target: Path


@dataclass(frozen=True, slots=True)
class PasswordNeeded:
    """A photo was not opened, as its PDF is protected. is_wrong: a password was given, but not the right one."""

    photo: Path
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class FolderListed:
    """The photos of a folder, in natural order.

    Attributes:
        folder: The folder.
        photos: The photo files.
        stamps: Their stamps by name; see ``page_cache.stamp``.
        rows: Preliminary rows for the photo list.
        removed: Names of photos that the user removed from the list; they are among ``photos`` all the same.
    """

    folder: Path
    photos: tuple[Path, ...]
    stamps: Mapping[str, Stamp]
    rows: tuple[PhotoRow, ...]
    removed: frozenset[str] = frozenset()

    def without(self, names: Collection[str]) -> FolderListed:
        """Return the same without the photos of these names."""
        if not names:
            return self
        photos = tuple(photo for photo in self.photos if photo.name not in names)
        return replace(self, photos=photos, rows=tuple(row for row in self.rows if row.name not in names))


OpenEvent: TypeAlias = PhotoOpened | LinkFound | PasswordNeeded


@dataclass(frozen=True, slots=True)
class PhotoKept:
    """An image from the clipboard or a browser was saved as a photo."""

    path: Path


def open_photo(
    path: Path,
    *,
    save_options: SaveOptions,
    projects: MutableMapping[Path, Project],
    password: str | None = None,
) -> Iterator[OpenEvent]:
    """Open a photo and its page; yields PhotoOpened, LinkFound or PasswordNeeded.

    Args:
        path: The photo; of a file with several pages, the first one is opened.
        save_options: Where projects are saved.
        projects: Open projects by folder of their photos. A newly opened project is added, as two for the same folder
            would lock each other out; the caller has to unlock them.
        password: The password of a PDF, kept until the program ends.

    Raises:
        PhotoError: The photo can't be read.
        StudioError: The project can't be read.
    """
    path = Path(os.path.abspath(path))
    locked = path.suffix.lower() == page_paths.PDF_SUFFIX and photo_file.is_locked(path)
    if locked and not (password is not None and photo_file.unlock(path, password)):
        yield PasswordNeeded(path, is_wrong=password is not None)
        return
    path = photo_listing.expand_pages(path)[0]
    photo, page_id = photo_file.open_photo_with_id(path)
    project = projects.get(path.parent)
    if project is None:
        try:
            project = Project.open(
                path.parent,
                library=save_options.library,
                prefer_library=save_options.prefers_library,
                follow_links=path.parent in save_options.trusted_links,
            )
        except LinkedProject as error:
            yield LinkFound(path, error.target)
            return
        projects[path.parent] = project
    read_only, warning = _lock(project, create=False) if save_options.saves_state else ("", "")
    page = None
    try:
        page = project.load_page(page_id, aside=save_options.saves_state and not read_only)
    except PageDamaged as error:
        warning = str(error)
    unread = page is None or page.read_at is None
    if save_options.saves_state and save_options.will_change and unread and not (read_only or warning):
        read_only, warning = _lock(project, create=True)
    image = warping.frame_photo(photo, page.facts.frame if page else None)
    height, width = image.shape[:2]
    twin = _twin(project, page, path) if page else ""
    page = replace(page or Page(page_id, "", width, height), image=project.relative(path), width=width, height=height)
    missing = photo_listing.find_missing_pages(page_paths.find_page(path).file)
    yield PhotoOpened(path, page, photo, image, project, read_only, warning, str(missing or ""), twin)


def prepare_editing(opened: PhotoOpened, *, save_options: SaveOptions, known: Project | None = None) -> PhotoOpened:
    """Return an opened photo with the undo log of its project, the order of its words, and smaller sizes for showing.

    Args:
        opened: The photo.
        save_options: Where projects are saved; without saving there is no undo log.
        known: The project whose undo log is loaded already.
    """
    project, history = opened.project, None
    if project is not known and save_options.saves_state and not opened.read_only:
        history = undo_log.load(project.files, shorten=project.locked)
    pyramid = Pyramid(opened.image)
    pyramid.make_levels(SMALLEST_SHOWN)
    return replace(opened, history=history, order=page_order.order_words(opened.page), pyramid=pyramid)


def lock_again(project: Project) -> Iterator[Project]:
    """Try to lock a project that another window had open; yields it if that succeeds."""
    with contextlib.suppress(ProjectInUse, SaveFailed):
        project.lock()
    if project.locked:
        yield project


def _twin(project: Project, page: Page, path: Path) -> str:
    """The photo that the page was saved for, if it is another file than ``path`` with the same content."""
    if page.image == project.relative(path):
        return ""
    try:
        other = project.photo(page)
        return page.image if photo_file.compute_content_id(other) == page.id and not other.samefile(path) else ""
    except (StudioError, OSError):
        # The photo was renamed or moved.
        return ""


def _lock(project: Project, *, create: bool) -> tuple[str, str]:
    """Lock a project. Returns why it is read-only, and a warning; both may be empty."""
    try:
        project.lock(create=create)
    except ProjectInUse:
        why = tr("these photos are open in another OCR Studio window, so they are read-only here")
        remedy = tr("Close the other window, or continue there.")
        return str(ProjectInUse(why, file=project.photos, remedy=remedy)), ""
    except SaveFailed as error:
        return "", str(error)
    return "", ""


def list_folder(folder: Path, project: Project | None = None) -> Iterator[FolderListed]:
    """List the photos of a folder.

    Args:
        folder: The folder.
        project: Its project, which knows the photos removed from the list.
    """
    photos = tuple(photo_listing.list_photos(folder))
    found = ((photo.name, stamp(photo)) for photo in photos)
    stamps = {name: when for name, when in found if when}
    rows = (PhotoRow(photo.name, time=stamps[photo.name][0] / 1e9 if photo.name in stamps else 0.0) for photo in photos)
    removed = removed_photos.load_removed(project) if project else frozenset[str]()
    yield FolderListed(folder, photos, stamps, tuple(rows), removed)


def first_photo(folder: Path) -> Path:
    """The first photo of a folder, in natural order, or of a project given by its own folder. Raises NoPhotos."""
    if folder.name == FOLDER or paths.exists(folder / "project.json"):
        folder = Project.find(folder).photos
    photos = photo_listing.list_photos(folder)
    if not photos:
        endings = ", ".join(sorted(suffix.lstrip(".") for suffix in photo_file.PHOTO_SUFFIXES))
        raise NoPhotos(
            tr("the folder contains no photos"),
            file=folder,
            remedy=tr("Supported formats: {endings}.", endings=endings),
        )
    return photos[0]


def keep_images(
    images: Sequence[NDArray[np.uint8] | bytes], *, folder: Path, when: datetime, word: str
) -> Iterator[PhotoKept]:
    """Save images without a file as PNG.

    Args:
        images: Each (H, W, 3) uint8 RGB, or encoded as a file.
        folder: The target folder.
        when: Local time, for the file names.
        word: First word of the file names, "Pasted" or "Dropped".

    Raises:
        PhotoError: None of the images can be decoded; web pages have some that are no photos.
        WriteFailed: An image can't be saved.
    """
    stem = f"{word} {when:%Y-%m-%d %H.%M.%S}"
    kept, wrong = False, None
    for number, image in enumerate(images, start=1):
        try:
            picture = photo_file.decode_photo(image, name=stem) if isinstance(image, bytes) else image
        except PhotoError as error:
            wrong = error
            continue
        with _writing_in(folder):
            folder.mkdir(parents=True, exist_ok=True)
            names = _names(f"{stem} {number}" if len(images) > 1 else stem, ".png")
            path = next(path for name in names if not paths.exists(path := folder / name))
            photo_file.save_png(path, picture)
        yield PhotoKept(path)
        kept = True
    if wrong and not kept:
        raise wrong


def keep_copy(source: Path, *, folder: Path) -> Iterator[PhotoKept]:
    """Copy the sample photo of the program to a folder where a project can be saved beside it.

    If a different file has that name, the copy gets another name.
    """
    with _writing_in(folder):
        data = source.read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        for path in (folder / name for name in _names(source.stem, source.suffix)):
            if not paths.exists(path):
                paths.replace_file(path, data)
                break
            if path.is_file() and path.read_bytes() == data:
                break
    yield PhotoKept(path)


def _names(stem: str, suffix: str) -> Iterator[str]:
    yield f"{stem}{suffix}"
    yield from (f"{stem} {number}{suffix}" for number in count(2))


@contextlib.contextmanager
def _writing_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = later("can’t save the image: {reason}")
        help_with = later("Free up disk space there, or choose another library folder in the settings.")
        raise write_failed(error.filename or folder, error, what, help_with=help_with) from error
