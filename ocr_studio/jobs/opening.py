"""Opening photos: decoding, what is known about them, the folder around them, small pictures of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import images
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, PageState
from ocr_studio.core.project import PageDamaged, Project, ProjectInUse, SaveFailed


class NoPhotos(StudioError):
    """A folder was opened that has no photos in it."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where projects are kept. library: the folder of one's own; preferred: there, not beside the photos."""

    library: Path
    preferred: bool


@dataclass(frozen=True, slots=True)
class PhotoOpened:
    """A photo is decoded and what was kept about it is loaded.

    image: upright, (H, W, 3) uint8 RGB. read_only: why nothing may be changed here, or nothing. warning: what a
    person should know about it, or nothing.
    """

    path: Path
    page: Page
    image: NDArray[np.uint8]
    project: Project
    read_only: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class FolderListed:
    """The photos of a folder, in natural order."""

    folder: Path
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of a photo, (h, w, 3) uint8 RGB, None where it cannot be opened; and its page's state."""

    path: Path
    picture: NDArray[np.uint8] | None
    state: PageState


@dataclass(frozen=True, slots=True)
class PhotoKept:
    """A picture that had no file, from the clipboard or a browser, has one now."""

    path: Path


def open_photo(path: Path, *, keeping: Keeping, project: Project | None) -> Iterator[PhotoOpened]:
    """Open a photo and what is kept about it. project: the one that is open already; used if the photo is in it.

    The project of the result is locked for this process unless ``read_only`` says otherwise. Raises PhotoError.
    """
    path = Path(os.path.abspath(path))
    image = images.open_photo(path)
    page_id = images.content_id(path)
    if project is None or project.photos != path.parent:
        project = Project.open(path.parent, library=keeping.library, prefer_library=keeping.preferred)
    held, read_only, warning, page = project.locked, "", "", None
    try:
        project.lock()
    except ProjectInUse as error:
        read_only = str(error)
    except SaveFailed as error:
        warning = str(error)
    try:
        page = project.load_page(page_id, image=project.relative(path))
    except PageDamaged as error:
        warning = str(error)
    except StudioError:
        # Nobody will hear of a project that was opened here: it must not stay locked.
        if not held:
            project.unlock()
        raise
    height, width = image.shape[:2]
    page = page or Page(page_id, project.relative(path), width, height)
    yield PhotoOpened(path, page, image, project, read_only, warning)


def list_folder(folder: Path) -> Iterator[FolderListed]:
    """Which photos are in a folder."""
    yield FolderListed(folder, tuple(images.photos_in(folder)))


def first_photo(folder: Path) -> Path:
    """The first photo of a folder, in natural order; a project's own folder means its photos'. Raises NoPhotos."""
    folder = Project.find(folder).photos
    photos = images.photos_in(folder)
    if not photos:
        endings = ", ".join(sorted(suffix.lstrip(".") for suffix in images.PHOTO_SUFFIXES))
        raise NoPhotos("there is no photo in this folder", file=folder, remedy=f"Photos end in {endings}.")
    return photos[0]


def thumbnails(paths: Sequence[Path], *, project: Project | None, side: int) -> Iterator[Thumbnail]:
    """Small pictures of photos, at most ``side`` pixels long. One that cannot be opened stops nothing."""
    states = dict(project.states()) if project else {}
    for path in paths:
        try:
            state = states.get(images.content_id(path), PageState.UNREAD) if states else PageState.UNREAD
            picture = images.thumbnail(path, side=side)
        except StudioError:
            state, picture = PageState.UNREAD, None
        yield Thumbnail(path, picture, state)


def keep_picture(picture: NDArray[np.uint8], *, folder: Path, when: datetime, word: str) -> Iterator[PhotoKept]:
    """Write a picture that has no file, (H, W, 3) uint8 RGB, as PNG into a folder of the person's own.

    word: how its name begins, "Pasted" or "Dropped". when: local time, for its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{word} {when:%Y-%m-%d %H.%M.%S}"
    path = folder / f"{stem}.png"
    number = 2
    while path.exists():
        path, number = folder / f"{stem} {number}.png", number + 1
    images.save_png(path, picture)
    yield PhotoKept(path)


def keep_copy(source: Path, *, folder: Path) -> Iterator[PhotoKept]:
    """Copy a photo of the program's own (the sample) into a folder where projects can be kept beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / source.name
    data = source.read_bytes()
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
    yield PhotoKept(path)
