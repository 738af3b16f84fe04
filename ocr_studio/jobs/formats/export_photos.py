"""Exports photos of a project to files: their texts in any format, or images of the cleaned boards."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core.errors import StudioError, WriteFailed, WrongUsage
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.formats import CLEANED, FORMATS, VAULT
from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.export_format import FileBeginner, GrowingFile
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.images import page_paths, photo_listing
from ocr_studio.core.images.photo_stream import PHOTO_SUFFIXES, compute_content_id
from ocr_studio.core.page import Page, PageState
from ocr_studio.core.photo_list.rows import PhotoRow
from ocr_studio.core.project.outdated_pages import OutdatedPages
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import tr
from ocr_studio.jobs.formats import planned_files
from ocr_studio.jobs.formats.planned_files import PlannedFile, plan_files


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """A photo of a project.

    Attributes:
        image: Its path, relative to the folder of the photos.
        page_id: Id of its page; "" while unknown.
    """

    image: str
    page_id: str = ""


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """The next photo is this one; ``done`` of ``total`` photos come before it."""

    done: int
    total: int
    image: str


@dataclass(frozen=True, slots=True)
class PhotoWritten:
    """The file of a photo, or the one that contains it, was written."""

    image: str
    file: str


@dataclass(frozen=True, slots=True)
class PhotoSkipped:
    """Nothing was written for a photo, and why."""

    image: str
    error: StudioError


@dataclass(frozen=True, slots=True)
class ContentLost:
    """What the photos hold that the format has no place for; comes last, once, if there is anything."""

    counts: Mapping[Content, int]


@dataclass(frozen=True, slots=True)
class PhotosRendered:
    """The text of so many photos, and its formatted form, "" for none."""

    count: int
    plain: str
    formatted: str


@dataclass(frozen=True, slots=True)
class PhotoExportOptions:
    """How photos are exported.

    Attributes:
        kind: A key of ``FORMATS``, or ``CLEANED``.
        one_file: Write all of them to one file, where the format leaves the choice; else each photo gets a file, and
            the pages of a PDF or TIFF file get one together.
        languages: Languages of the texts, for formats that tell them.
    """

    kind: str
    one_file: bool = False
    languages: tuple[str, ...] = ()


ExportEvent: TypeAlias = ExportProgress | PhotoWritten | PhotoSkipped | ContentLost
# Writes a file of pages; returns those that are in it.
Writer: TypeAlias = Callable[[PlannedFile, list[Page]], Generator[ExportEvent, None, list[Page]]]


def list_rows(rows: Iterable[PhotoRow]) -> tuple[ListedPhoto, ...]:
    """The photos of these rows of the photo list."""
    return tuple(ListedPhoto(row.name, row.page_id) for row in rows)


class NotRead(StudioError):
    """A photo has no text yet."""


def list_pages(project: Project) -> list[ListedPhoto]:
    """All photos of a project that have a page, in natural order, those with a damaged page last."""
    known = project.summaries()
    found = sorted(known, key=lambda key: (make_natural_key(known[key].image), key))
    damaged = sorted(set(project.page_ids()) - set(found))
    return [*(ListedPhoto(known[key].image, key) for key in found), *(ListedPhoto(key, key) for key in damaged)]


def list_all(project: Project) -> list[ListedPhoto]:
    """All photos of a project with a page, and those of its folder without one, in natural order.

    A photo that was renamed, or has a damaged page, is listed under its present name; a copy as a photo of its own.
    Of several pages of one name, only that of the present file is listed: a file that was replaced and read again.
    """
    listed = list_pages(project)
    try:
        present = {path.name for path in photo_listing.list_photos(project.photos)}
    except StudioError:  # the project was moved without its photos
        return listed
    page_ids = {photo.page_id for photo in listed}
    # A protected PDF whose pages have been read is not an unread photo besides, though they can't be listed.
    whole = {page_paths.find_page(project.photos / photo.image).file.name for photo in listed}
    new = [
        ListedPhoto(name, _find_page(project.photos / name, page_ids))
        for name in present - whole - {photo.image for photo in listed}
    ]
    found = {photo.page_id for photo in new}
    outdated = OutdatedPages(project).find({photo.page_id: photo.image for photo in listed if photo.image in present})
    kept = [
        photo
        for photo in listed
        if photo.page_id not in outdated
        and (photo.page_id not in found or photo_listing.is_listed(project.photos / photo.image))
    ]
    return sorted([*kept, *new], key=lambda photo: (make_natural_key(photo.image), photo.page_id))


def _find_page(path: Path, page_ids: Collection[str]) -> str:
    """Return the id of a photo's page; "" if none of them is."""
    try:
        return found if (found := compute_content_id(path)) in page_ids else ""
    except StudioError:  # reading the photo reports it
        return ""


def load_pages(project: Project, photos: Iterable[ListedPhoto]) -> Iterator[Page | PhotoSkipped]:
    """Load the pages of photos, unsaved changes included, or say why that can't be done."""
    for photo in photos:
        try:
            yield _load(project, photo, needs_text=True, seek=False)
        except StudioError as error:
            yield PhotoSkipped(photo.image, error)


def render_together(
    project: Project, photos: Sequence[ListedPhoto], render: Callable[[Sequence[Page]], tuple[str, str]]
) -> Iterator[ExportProgress | PhotoSkipped | PhotosRendered]:
    """Make one text of photos, of those whose pages can be loaded.

    Args:
        project: The project.
        photos: The photos.
        render: Makes the plain text of their pages, and the formatted one, "" for none.
    """
    pages: list[Page] = []
    for number, (photo, event) in enumerate(zip(photos, load_pages(project, photos), strict=True)):
        yield ExportProgress(number, len(photos), photo.image)
        if isinstance(event, Page):
            pages.append(event)
        else:
            yield event
    if pages:
        yield PhotosRendered(len(pages), *render(pages))


def export_photos(
    project: Project,
    photos: Sequence[ListedPhoto],
    out: OutputFolder,
    options: PhotoExportOptions,
    *,
    chosen: Collection[str] | None = None,
) -> Iterator[ExportEvent]:
    """Export photos with their corrections, unsaved ones included. A photo that can't be exported stops no other.

    Args:
        project: The project.
        photos: All its photos: a file is named the same however many of them are chosen, so that exporting one photo
            never replaces the file of another.
        out: Where to.
        options: How.
        chosen: The ``image`` of those to export; None for all.

    Raises:
        WrongUsage: Files that are photos themselves, such as cleaned boards, can't go among the photos.
        WriteFailed: The one file can't be written.
    """
    kind, one_file = options.kind, options.one_file
    _check_folder(project, out, planned_files.get_suffix(kind))
    plan = plan_files(project, photos, kind, chosen=chosen, one_file=one_file)
    loader = _Loader(project, photos, sum(len(file.photos) for file in plan), needs_text=kind != CLEANED)
    write, count_losses = _choose_writer(project, options, out), _choose_counter(kind)
    together = planned_files.goes_together(kind, one_file=one_file)
    written: list[tuple[str, Page]] = []
    lost: Counter[Content] = Counter()
    complete = True  # whether each file was written
    for file in plan:
        if kind != CLEANED and (begin := FORMATS[kind].begin) is not None:
            complete &= yield from _grow_file(out, file, begin, loader, together=together)
            continue
        pages = yield from loader.load(file.photos)
        try:
            good = (yield from write(file, pages)) if pages else []
        except WriteFailed as error:
            if together:
                raise
            yield from (PhotoSkipped(page.image, error) for page in pages)
            continue
        complete &= bool(good)
        for page in good:
            lost += count_losses(page)
        if kind != CLEANED and FORMATS[kind].extra is not None:
            written += [(file.name, page) for page in good]
    _finish(project, out, kind, plan if together and complete else (), written)
    if lost:
        yield ContentLost(lost)


class _Loader:
    """Loads the pages of an export, and counts how far it is."""

    def __init__(self, project: Project, photos: Sequence[ListedPhoto], total: int, *, needs_text: bool) -> None:
        self.project, self.photos = project, photos
        self._total, self._done, self._needs_text = total, 0, needs_text
        self._seek = bool(set(project.page_ids()) - {photo.page_id for photo in photos})

    def find_file(self, place: int) -> Path:
        """Return the file of the photo with this index, which has several pages or is the photo."""
        return page_paths.find_page(self.project.photos / self.photos[place].image).file

    def load(self, places: Iterable[int]) -> Generator[ExportEvent, None, list[Page]]:
        """Load the pages of the photos with these indices. Returns those that can be loaded."""
        pages = []
        for photo in (self.photos[place] for place in places):
            yield ExportProgress(self._done, self._total, photo.image)
            self._done += 1
            try:
                pages.append(_load(self.project, photo, needs_text=self._needs_text, seek=self._seek))
            except StudioError as error:
                yield PhotoSkipped(photo.image, error)
        return pages


def _grow_file(
    out: OutputFolder, file: PlannedFile, begin: FileBeginner, loader: _Loader, *, together: bool
) -> Generator[ExportEvent, None, bool]:
    """Write a file page by page, of the photos that can be read. Returns whether there is any.

    Args:
        out: Where to.
        file: The file.
        begin: Begins it.
        loader: Loads its pages.
        together: Whether all photos go to it. Then WriteFailed is raised, else told for each photo.
    """
    project, images = loader.project, [loader.photos[place].image for place in file.photos]
    source, skipped = PhotoSource(project.photo, out.path), set[str]()
    try:
        with out.writing(file.name) as stream:
            growing = begin(stream, source)
            for _, group in groupby(file.photos, loader.find_file):
                for event in _add_pages(growing, loader, list(group)):
                    if isinstance(event, PhotoSkipped):
                        skipped.add(event.image)
                    yield event
            growing.finish()
    except WriteFailed as error:
        if together:
            raise
        yield from (PhotoSkipped(image, error) for image in images if image not in skipped)
        return False
    good = [image for image in images if image not in skipped]
    yield from (PhotoWritten(image, file.name) for image in good)
    return bool(good)


def _add_pages(growing: GrowingFile, loader: _Loader, places: Sequence[int]) -> Iterator[ExportEvent]:
    """Add a photo, or the pages of one file, to a file."""
    if pages := (yield from loader.load(places)):
        for page, error in zip(pages, growing.add(pages), strict=True):
            if error is not None:
                yield PhotoSkipped(page.image, error)


def _write_file(
    out: OutputFolder, name: str, make: Callable[[Sequence[Page]], bytes | str], pages: list[Page]
) -> Generator[ExportEvent, None, list[Page]]:
    """Write the file of pages; if photos can't be read, that of the others. Returns those in it. Raises WriteFailed."""
    data: bytes | str = b""
    good = pages
    try:
        data = make(pages)
    except StudioError as error:
        good = []
        if len(pages) == 1:
            yield PhotoSkipped(pages[0].image, error)
        else:
            good = yield from _find_readable(make, pages)
            data = make(good) if good else b""
    if good:
        out.write(name, data)
    yield from (PhotoWritten(page.image, name) for page in good)
    return good


def _find_readable(
    make: Callable[[Sequence[Page]], bytes | str], pages: list[Page]
) -> Generator[ExportEvent, None, list[Page]]:
    """Return the pages whose photos can be read."""
    good = []
    for page in pages:
        try:
            make([page])
            good.append(page)
        except StudioError as error:
            yield PhotoSkipped(page.image, error)
    return good


def _check_folder(project: Project, out: OutputFolder, suffix: str) -> None:
    """Raises WrongUsage if files would go into the project, or would be taken for photos among the photos."""
    if Path(os.path.realpath(out.path)).is_relative_to(os.path.realpath(project.folder)):
        raise WrongUsage(
            tr("the project keeps its own files in this folder"),
            file=out.path,
            remedy=tr("Choose another folder."),
            command="Choose another folder for --out.",
        )
    if suffix.lower().endswith(tuple(PHOTO_SUFFIXES)) and os.path.realpath(out.path) == os.path.realpath(
        project.photos
    ):
        raise WrongUsage(
            tr("the photos are in this folder"),
            file=out.path,
            remedy=tr("Choose another folder."),
            command="Choose another folder for --out.",
        )


def _finish(
    project: Project, out: OutputFolder, kind: str, plan: Sequence[PlannedFile], written: Sequence[tuple[str, Page]]
) -> None:
    """Write the further files of a format, and remove what an earlier export has divided among other files.

    Args:
        project: The project.
        out: Where to.
        kind: The format.
        plan: The files of this export if they hold all photos together, and each was written.
        written: See ``ExportFormat.extra``.

    Raises:
        WriteFailed: A file can't be written or removed.
    """
    if kind == CLEANED:
        return
    if FORMATS[kind].most_bytes is not None:
        for name in planned_files.find_replaced(plan, out.list_written()):
            out.remove(name)
    if written and (extra := FORMATS[kind].extra):
        for name, data in extra(written, PhotoSource(project.photo, out.path)).items():
            out.write(name, data)


def _choose_writer(project: Project, options: PhotoExportOptions, out: OutputFolder) -> Writer:
    """Return what writes a file of pages."""
    kind, source = options.kind, PhotoSource(project.photo, out.path)
    if kind == VAULT:
        return _make_note_writer(out, source, options.languages)
    if kind != CLEANED:
        return lambda file, pages: _write_file(out, file.name, lambda some: FORMATS[kind].render(some, source), pages)
    from ocr_studio.jobs.photos import clean_board  # noqa: PLC0415  (loads OpenCV, which texts do not need)

    return lambda file, pages: _write_file(
        out, file.name, lambda some: clean_board.encode_page(project, some[0]), pages
    )


def _make_note_writer(out: OutputFolder, source: PhotoSource, languages: Sequence[str]) -> Writer:
    """Return what writes notes."""
    from ocr_studio.core.formats.vault import vault_folder  # noqa: PLC0415  (loads OpenCV, which texts do not need)

    vault = vault_folder.VaultFolder(out.path, source, overwrite=out.overwrite)

    def write(file: PlannedFile, pages: list[Page]) -> Generator[ExportEvent, None, list[Page]]:
        try:
            content_id = compute_content_id(file.source) if file.source else pages[0].id
            note_id = vault_folder.make_id(content_id, file.part)
            name = vault.write(vault_folder.PhotoNote(note_id, file.name, pages, file.source, languages))
        except StudioError as error:
            yield from (PhotoSkipped(page.image, error) for page in pages)
            return []
        yield from (PhotoWritten(page.image, name) for page in pages)
        return pages

    return write


def _choose_counter(kind: str) -> Callable[[Page], Counter[Content]]:
    """Return what counts what a page holds and the format has no place for."""
    if kind == CLEANED or FORMATS[kind].is_document:
        return lambda _: Counter()
    from ocr_studio.core.formats import losses  # noqa: PLC0415  (loads OpenCV, which texts do not need)

    return lambda page: losses.count_losses(kind, page)


def _load(project: Project, photo: ListedPhoto, *, needs_text: bool, seek: bool) -> Page:
    """Load the page of a photo.

    Args:
        project: The project.
        photo: The photo.
        needs_text: Whether it must have been read.
        seek: Whether there are pages that belong to none of the photos as far as known; the page of a photo without
            one is then looked for by the bytes of the photo, which may have been renamed.

    Raises:
        NotRead: It has no text yet.
        StudioError: The page or the photo can't be read.
    """
    path = project.photo(photo)
    page_id = photo.page_id or (compute_content_id(path) if seek else "")
    page = project.load_page(page_id, aside=False) if page_id else None
    if page is None or (needs_text and page.state is PageState.UNREAD):
        from ocr_studio.core.images import photo_file  # noqa: PLC0415  (loads Pillow, which texts do not need)

        if needs_text:
            photo_file.check_format(path)  # what is no photo can't be read either
            raise NotRead(
                tr("not read yet"),
                file=path,
                remedy=tr("Read the photo, then export it again."),
                command="Run ocr-studio read FOLDER --keep.",
            )
        page = Page(page_id, photo.image, *photo_file.read_photo_size(path))
    return replace(page, image=photo.image)
