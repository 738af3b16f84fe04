"""Opening photos: decoding, what is known about them, the folder around them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.page_cache import Stamp, stamp
from ocr_studio.core.project.project import FOLDER, LinkedProject, PageDamaged, Project, ProjectInUse, SaveFailed
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr


class NoPhotos(StudioError):
    """A folder was opened that has no photos in it."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where projects are kept, and whether.

    library: the folder of one's own. preferred: there, not beside the photos. keeps: whether anything may be written
    at all; without, nothing is locked either. begins: an unread photo will be changed at once, so that its project is
    locked even if nothing of it is on the disk yet. follows: photos' folders whose project may be a symbolic link.
    """

    library: Path
    preferred: bool
    keeps: bool = True
    begins: bool = False
    follows: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class PhotoOpened:
    """A photo is decoded and what was kept about it is loaded.

    image: upright, (H, W, 3) uint8 RGB. read_only: why nothing may be changed here, or nothing. warning: what a
    person should know about it, or nothing. twin: another file in the folder with the same bytes, whose words these
    are, or nothing. course: what was done to the project's pages before, None where that was known. order: of the
    page's words as they are read, None where nobody has looked.
    """

    path: Path
    page: Page
    image: NDArray[np.uint8]
    project: Project
    read_only: str = ""
    warning: str = ""
    twin: str = ""
    course: undo_log.Course | None = None
    order: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LinkFound:
    """A photo was not opened, as the folder of its project is a symbolic link. photo: its path; target: what the link
    leads to.
    """

    photo: Path
    target: Path


@dataclass(frozen=True, slots=True)
class FolderListed:
    """The photos of a folder, in natural order. stamps: of the files, see ``page_cache.stamp``. rows: what a list
    shows of each before more is known.
    """

    folder: Path
    photos: tuple[Path, ...]
    stamps: Mapping[str, Stamp]
    rows: tuple[PhotoRow, ...]


@dataclass(frozen=True, slots=True)
class PhotoKept:
    """A picture that had no file, from the clipboard or a browser, has one now."""

    path: Path


def open_photo(
    path: Path, *, keeping: Keeping, projects: MutableMapping[Path, Project], known: Project | None = None
) -> Iterator[PhotoOpened | LinkFound]:
    """Open a photo and what is kept about it. Raises PhotoError, or StudioError where that cannot be read.

    known: the project whose history is known already. projects: photos' folder -> its project, for those that are open
    already. A folder that is not among them is added: two projects of one folder would lock each other out. They are
    the caller's to unlock.
    """
    path = Path(os.path.abspath(path))
    image, page_id = photo_file.open_with_id(path)
    project = projects.get(path.parent)
    if project is None:
        try:
            project = Project.open(
                path.parent,
                library=keeping.library,
                prefer_library=keeping.preferred,
                follow_links=path.parent in keeping.follows,
            )
        except LinkedProject as error:
            yield LinkFound(path, error.target)
            return
        projects[path.parent] = project
    read_only, warning = _lock(project, create=False) if keeping.keeps else ("", "")
    page = None
    try:
        page = project.load_page(page_id, aside=keeping.keeps and not read_only)
    except PageDamaged as error:
        warning = str(error)
    if keeping.keeps and keeping.begins and (page is None or page.read_at is None) and not (read_only or warning):
        read_only, warning = _lock(project, create=True)
    height, width = image.shape[:2]
    twin = _twin(project, page, path) if page else ""
    page = replace(page or Page(page_id, "", width, height), image=project.relative(path), width=width, height=height)
    course = None
    if project is not known and keeping.keeps and not read_only:
        course = undo_log.load(project.files, shorten=project.locked)
    order = page_order.order(page)
    yield PhotoOpened(path, page, image, project, read_only, warning, twin, course, order)


def lock_again(project: Project) -> Iterator[Project]:
    """Become the one that may write a project that another window had; nothing comes while that is still there."""
    with contextlib.suppress(ProjectInUse, SaveFailed):
        project.lock()
    if project.locked:
        yield project


def _twin(project: Project, page: Page, path: Path) -> str:
    """The photo that the page was kept for, if that is another file than ``path`` and still has the same bytes."""
    if page.image == project.relative(path):
        return ""
    try:
        other = project.photo(page)
        return page.image if photo_file.content_id(other) == page.id and not other.samefile(path) else ""
    except (StudioError, OSError):
        # Renamed or moved: this is the photo itself.
        return ""


def _lock(project: Project, *, create: bool) -> tuple[str, str]:
    """Why the project is only for looking, and what is wrong with it; empty where it is not so."""
    try:
        project.lock(create=create)
    except ProjectInUse:
        why = tr("these photos are open in another window of OCR Studio, so nothing can be changed or read here")
        remedy = tr("Close the other window, or go on there.")
        return str(ProjectInUse(why, file=project.photos, remedy=remedy)), ""
    except SaveFailed as error:
        return "", str(error)
    return "", ""


def list_folder(folder: Path) -> Iterator[FolderListed]:
    """Which photos are in a folder."""
    photos = tuple(photo_file.photos_in(folder))
    found = ((photo.name, _stamp(photo)) for photo in photos)
    stamps = {name: when for name, when in found if when}
    rows = (PhotoRow(photo.name, time=stamps[photo.name][0] / 1e9 if photo.name in stamps else 0.0) for photo in photos)
    yield FolderListed(folder, photos, stamps, tuple(rows))


def _stamp(photo: Path) -> Stamp | None:
    try:
        return stamp(photo)
    except OSError:  # it is told when somebody opens it
        return None


def first_photo(folder: Path) -> Path:
    """The first photo of a folder, in natural order; a project's own folder means its photos'. Raises NoPhotos."""
    if folder.name == FOLDER or paths.exists(folder / "project.json"):
        folder = Project.find(folder).photos
    photos = photo_file.photos_in(folder)
    if not photos:
        endings = ", ".join(sorted(suffix.lstrip(".") for suffix in photo_file.PHOTO_SUFFIXES))
        raise NoPhotos(
            tr("there is no photo in this folder"), file=folder, remedy=tr("Photos end in {endings}.", endings=endings)
        )
    return photos[0]


def keep_picture(picture: NDArray[np.uint8], *, folder: Path, when: datetime, word: str) -> Iterator[PhotoKept]:
    """Write a picture that has no file, (H, W, 3) uint8 RGB, as PNG into a folder of the person's own.

    word: how its name begins, "Pasted" or "Dropped". when: local time, for its name.
    """
    with _writing_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        names = _names(f"{word} {when:%Y-%m-%d %H.%M.%S}", ".png")
        path = next(folder / name for name in names if not paths.exists(folder / name))
        photo_file.save_png(path, picture)
    yield PhotoKept(path)


def keep_copy(source: Path, *, folder: Path) -> Iterator[PhotoKept]:
    """Copy a photo of the program's own (the sample) into a folder where projects can be kept beside it.

    A file of that name that somebody has changed stays; the copy gets another name.
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
        raise StudioError(
            tr("the picture cannot be kept: {reason}", reason=error.strerror or error),
            file=error.filename or folder,
            remedy=tr("Make room there, or choose another library folder in the settings."),
        ) from error
