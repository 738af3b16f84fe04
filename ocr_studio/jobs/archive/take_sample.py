"""Copies photos of an archive, with the words that were read on them, into a folder that the window opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core.archive import page_addresses, rows, storage
from ocr_studio.core.archive.rows import ArchiveRow
from ocr_studio.core.errors import StudioError, WriteFailed, write_failed
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.images import page_paths, photo_stream
from ocr_studio.core.page import now
from ocr_studio.core.project.project import Project, SaveFailed
from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos import store_readings


@dataclass(frozen=True, slots=True)
class SampleCopied:
    """A photo and its words are in the folder. known: its words were there before and are unchanged."""

    path: str
    photo: Path
    known: bool


@dataclass(frozen=True, slots=True)
class SampleFailed:
    """A photo could not be copied; the job continues."""

    path: str
    error: StudioError


SampleEvent: TypeAlias = SampleCopied | SampleFailed


def take_sample(chosen: Iterable[ArchiveRow], project: Project) -> Iterator[SampleEvent]:
    """Copy photos to the folder of a project, and save their words in it.

    Photos that are in the project already keep their words, corrections included.

    Args:
        chosen: The rows of the photos.
        project: The project, locked.

    Raises:
        WriteFailed: The folder can't be written.
        StudioError: The project can't be written.
    """
    folder = SafeFolder(project.photos, follow=True)
    for row in chosen:
        try:
            photo, known = _copy(row, project, folder)
        except (WriteFailed, SaveFailed):
            raise
        except StudioError as error:
            yield SampleFailed(row.path, error)
        else:
            yield SampleCopied(row.path, photo, known)


def _copy(row: ArchiveRow, project: Project, folder: SafeFolder) -> tuple[Path, bool]:
    address, index = page_addresses.find_page(row.path)
    data = storage.read_photo(address)
    page_id = photo_stream.add_page(photo_stream.compute_id(data), index)
    if page_id != row.content_id:
        remedy = tr("Read the archive again.")
        raise StudioError(tr("the photo has changed since it was read"), file=row.path, remedy=remedy)
    if (there := project.load_page(page_id)) is not None and page_paths.exists(project.photo(there)):
        return project.photo(there), True
    photo = project.photos / _write_photo(folder, address, data)
    image = page_paths.make_page_path(photo, index) if index or address != row.path else photo
    page = rows.make_page(row, image=project.relative(image), when=now())
    store_readings.keep(project, page, again=False)
    return image, there is not None


def _write_photo(folder: SafeFolder, address: str, data: bytes) -> str:
    """Write a photo under its own name, or, where another one has that, with a part of its hash. Returns the name."""
    path = Path(storage.local_path(address) if not storage.is_remote(address) else address)
    (name,) = output_names([path.stem], path.suffix)
    others = output_names([f"{path.stem}-{photo_stream.compute_id(data)[:8]}"], path.suffix)
    for free in (name, *others):
        try:
            if not folder.has(free):
                folder.replace(free, data)
                return free
            if folder.stat(free).st_size == len(data) and folder.read(free, most=len(data)) == data:
                return free
        except OSError as error:
            raise write_failed(folder.full(free), error) from error
    what = tr("there is another file with this name")
    raise StudioError(what, file=folder.full(name), remedy=tr("Choose another folder."))
