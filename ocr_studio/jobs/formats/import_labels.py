"""Imports words from files of labels that other programs wrote: first a preview, then the edits of the pages."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from ocr_studio.core import paths
from ocr_studio.core.editing import imported_words
from ocr_studio.core.editing.imported_words import Conflict, ImportCounts, ImportedWords
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats import readers
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.file_names import UNFIT_CHARACTERS
from ocr_studio.core.formats.import_format import UPLOADED, BadLabels, ImportFormat, LabelFile
from ocr_studio.core.images import page_paths, photo_file
from ocr_studio.core.images.photo_stream import PHOTO_SUFFIXES, compute_content_id
from ocr_studio.core.page import Edit, Page, StepName, apply
from ocr_studio.core.project import project as projects
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import kept_order
from ocr_studio.core.translation import later, message, message_n, tr
from ocr_studio.jobs.formats.export_photos import ListedPhoto
from ocr_studio.jobs.photos import store_readings

# Files and folders that are looked at, and how deep folders may be nested.
_MOST_FILES: Final = 100_000
_DEEPEST: Final = 8
# Pages and words of a step, so that the window is blocked for some milliseconds only.
_PAGES: Final = 15
_WORDS: Final = 5_000
_NO_PHOTO: Final = later("no photo named {name} in this folder")


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """The next file is this one; ``done`` of ``total`` files come before it."""

    done: int
    total: int
    file: str


@dataclass(frozen=True, slots=True)
class LabelsFound:
    """Words for a photo.

    Attributes:
        file: The file, below the folder that is imported.
        kind: Its format.
        photo: The photo.
        counts: What an import does to its words.
        notices: What was odd and how it was read.
    """

    file: str
    kind: ImportFormat
    photo: ListedPhoto
    counts: ImportCounts
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelsSkipped:
    """A file, or the words of one of its photos, can't be imported, and why."""

    file: str
    error: StudioError


@dataclass(frozen=True, slots=True)
class PagesChanged:
    """The next edits of the pages that the words are imported to.

    Attributes:
        new: Pages of photos that had none; they are saved before the step.
        step: The edits.
        counts: What they do to the words.
        notices: What was odd in the files and how it was read, with their names.
    """

    new: tuple[Page, ...]
    step: Step
    counts: ImportCounts
    notices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageLabels:
    """What a file has for a photo.

    Attributes:
        file: The file.
        kind: Its format.
        photo: The photo.
        words: The words beside those of the page.
        is_new: Whether the photo has no page yet.
    """

    file: LabelFile
    kind: ImportFormat
    photo: ListedPhoto
    words: ImportedWords
    is_new: bool


PreviewEvent: TypeAlias = ImportProgress | LabelsFound | LabelsSkipped
ImportEvent: TypeAlias = ImportProgress | PagesChanged | LabelsSkipped


class PhotoFinder:
    """Finds the photos that labels are for, by their paths or names."""

    def __init__(self, photos: Iterable[ListedPhoto]) -> None:
        """Index the photos of a project."""
        self._by_path: dict[str, ListedPhoto | None] = {}
        self._by_name: dict[str, ListedPhoto | None] = {}
        for photo in photos:
            path = PurePosixPath(photo.image)
            # Also as our own exports are named after it.
            plain = UNFIT_CHARACTERS.sub("_", path.stem)
            names = {path.name, path.name.casefold(), path.stem.casefold(), plain.casefold()}
            for known, each in ((self._by_path, {photo.image}), (self._by_name, names)):
                # What fits two photos tells nothing.
                known.update({name: None if name in known else photo for name in each})

    def find(self, image: str) -> ListedPhoto | None:
        """Find a photo by what a file calls it; None if there is none, or more than one."""
        path = PurePosixPath(image)
        names = (path.name, path.name.casefold(), path.stem.casefold())
        found = next(filter(None, (self._by_path.get(image), *map(self._by_name.get, names))), None)
        plain = UPLOADED.sub("", path.name, count=1)
        return found if found or plain == path.name or self.is_ambiguous(image) else self.find(plain)

    def is_ambiguous(self, image: str) -> bool:
        """Whether several photos have a name that a file tells."""
        path = PurePosixPath(image)
        return any(name in self._by_name for name in (path.name.casefold(), path.stem.casefold()))


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may hold labels, and is opened when its turn comes. name: its path from the folder."""

    folder: SafeFolder
    name: str

    def open(self) -> LabelFile:
        """Read its beginning. Raises BadLabels."""
        return LabelFile.open(self.folder, self.name)


def find_files(sources: Sequence[Path], *, photos: bool = False) -> Iterator[FoundFile]:
    """Find the files to import: the given ones, and all of the given folders and the folders in them.

    Hidden files, links and the folders of projects are left out of folders, and so are photos, PDF files among them,
    unless ``photos`` is set.

    Raises:
        BadLabels: A folder can't be read.
    """
    for source in sources:
        if not paths.is_folder(source):
            yield FoundFile(SafeFolder(source.parent, follow=True), source.name)
            continue
        try:
            yield from _search_folder(SafeFolder(source, follow=True), ".", _DEEPEST, photos=photos)
        except OSError as error:
            raise BadLabels(tr("the folder can’t be read: {reason}", reason=error.strerror), file=source) from error


def _search_folder(folder: SafeFolder, name: str, deeper: int, *, photos: bool) -> Iterator[FoundFile]:
    for entry in sorted(folder.entries(name)):
        path = entry.name if name == "." else f"{name}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_folder and deeper and entry.name != projects.FOLDER:
            yield from _search_folder(folder, path, deeper - 1, photos=photos)
        elif entry.is_file and (photos or PurePosixPath(path).suffix.lower() not in PHOTO_SUFFIXES):
            yield FoundFile(folder, path)


@dataclass(slots=True)
class _Reading:
    """Reads files page by page, and finds the photos."""

    project: Project
    source: Path
    finder: PhotoFinder
    load: Callable[[str], Page | None]
    # Photo -> file that has its words, and what that calls the photo.
    taken: dict[str, tuple[LabelFile, str]] = field(default_factory=dict)
    # Names of files and of photos that these tell and that are not there.
    missing: set[tuple[str, str]] = field(default_factory=set)

    def read(
        self, files: Sequence[FoundFile], kind: ImportFormat | None
    ) -> Iterator[ImportProgress | LabelsSkipped | PageLabels]:
        """Read files. kind: their format; None to recognize it."""
        known = False
        for number, found in enumerate(files):
            yield ImportProgress(number, len(files), found.name)
            try:
                file = found.open()
                if (reader := kind or readers.find_reader(file)) is not None:
                    known = True
                    yield from self._read_file(file, reader, is_told=kind is not None)
                elif len(files) == 1:
                    known = True
                    yield LabelsSkipped(file.name, file.make_error(tr("its format is not known")))
            except StudioError as error:
                known = True
                yield LabelsSkipped(found.name, error)
        if not known:
            what, remedy = tr("no file in a known format"), tr("Choose a folder with files of another program.")
            yield LabelsSkipped("", BadLabels(what, file=self.source, remedy=remedy))

    def _read_file(
        self, file: LabelFile, reader: ImportFormat, *, is_told: bool
    ) -> Iterator[LabelsSkipped | PageLabels]:
        """Read a file. is_told: the user has chosen the format, which need not be that of the file."""
        empty = True
        for labels in reader.read(file):
            empty = False
            if found := self._read_page(file, reader, labels):
                yield found
        if empty and is_told:
            yield LabelsSkipped(file.name, file.make_error(tr("it has no words as {format}", format=tr(reader.title))))

    def _read_page(
        self, file: LabelFile, reader: ImportFormat, labels: ExchangePage
    ) -> LabelsSkipped | PageLabels | None:
        """Read what a file has for a photo; None for a further page of a file that is not there."""
        photo = self.finder.find(labels.image)
        if photo is None:
            return self._skip_missing(file, labels.image)
        other, name = self.taken.setdefault(photo.image, (file, labels.image))
        if other is not file:
            used = other.name if other.name != file.name else other.folder.full(other.name)
            what = tr(
                "the words of {photo} come from {other}; those of this file are left out",
                photo=photo.image,
                other=used,
            )
            remedy = tr("To add them, import this file on its own.")
            return LabelsSkipped(file.name, file.make_error(what, remedy=remedy))
        if name != labels.image:
            what = tr(
                "it has words of {photo} as {name} and as {other_name}; those of {other_name} are left out",
                photo=photo.image,
                name=name,
                other_name=labels.image,
            )
            remedy = tr("Correct the names in the file, then import it again.")
            return LabelsSkipped(file.name, file.make_error(what, remedy=remedy))
        try:
            page, is_new = self._load(photo)
        except StudioError as error:
            return LabelsSkipped(file.name, error)
        if imported_words.has_other_shape(page, labels):
            width, height = page.file_size
            what = tr(
                "its boxes are for a photo of {their_width} × {their_height} pixels; {photo} has {width} × {height}",
                their_width=round(labels.width),
                their_height=round(labels.height),
                photo=photo.image,
                width=width,
                height=height,
            )
            return LabelsSkipped(file.name, file.make_error(what))
        return PageLabels(file, reader, photo, ImportedWords.compare(page, labels), is_new)

    def _skip_missing(self, file: LabelFile, image: str) -> LabelsSkipped | None:
        """Skip the words of a photo that is not there. Returns None if that was said of another page of its file."""
        many = self.finder.is_ambiguous(image)
        page = None if many else page_paths.split_page_name(image)
        name = page[0] if page else image
        if (file.name, name) in self.missing:
            return None
        self.missing.add((file.name, name))
        what = later("several photos named {name} in this folder") if many else _NO_PHOTO
        remedy = later("Name the file after one of them.") if many else later("Copy the photo to this folder.")
        path = file.folder.full(file.name)
        return LabelsSkipped(file.name, BadLabels(tr(what, name=name), file=path, remedy=tr(remedy)))

    def _load(self, photo: ListedPhoto) -> tuple[Page, bool]:
        path = self.project.photo(photo)
        page_id = photo.page_id or compute_content_id(path)
        page = self.load(page_id)
        return (page, False) if page else (Page(page_id, photo.image, *photo_file.read_photo_size(path)), True)


def _list_files(sources: Sequence[Path], kind: ImportFormat | None) -> list[FoundFile]:
    """List the files to import. kind: their format if it is told; PDF files are photos otherwise."""
    photos = kind is not None and kind.name == "pdf"
    return list(itertools.islice(find_files(sources, photos=photos), _MOST_FILES))


def preview(
    project: Project,
    photos: Sequence[ListedPhoto],
    sources: Sequence[Path],
    *,
    kind: ImportFormat | None = None,
    load: Callable[[str], Page | None] | None = None,
) -> Iterator[PreviewEvent]:
    """Look at what an import would do; nothing is changed.

    Args:
        project: The project.
        photos: Its photos.
        sources: The files and folders to import.
        kind: The format; None to recognize it by the content of each file.
        load: Loads a page as it is now; by default that of the project.

    Raises:
        BadLabels: A folder can't be read.
    """
    reading = _Reading(project, sources[0], PhotoFinder(photos), load or partial(project.load_page, aside=False))
    for event in reading.read(_list_files(sources, kind), kind):
        if isinstance(event, PageLabels):
            words = event.words
            yield LabelsFound(event.file.name, event.kind, event.photo, words.counts, words.labels.notices)
        else:
            yield event


def import_labels(
    project: Project,
    photos: Sequence[ListedPhoto],
    sources: Sequence[Path],
    conflict: Conflict,
    *,
    kind: ImportFormat | None = None,
    load: Callable[[str], Page | None] | None = None,
) -> Iterator[ImportEvent]:
    """Make the edits of an import, which whoever receives them applies before asking for the next.

    All steps have one series, so that one Undo reverts the whole import.

    Args:
        project: The project.
        photos: Its photos.
        sources: The files and folders to import.
        conflict: What becomes of words that are there already.
        kind: The format; None to recognize it by the content of each file.
        load: Loads a page as it is now; by default that of the project.

    Raises:
        BadLabels: A folder can't be read.
    """
    reading = _Reading(project, sources[0], PhotoFinder(photos), load or partial(project.load_page, aside=False))
    name = _name_step(sources)
    batch = _Batch(name, secrets.token_hex(6))
    for event in reading.read(_list_files(sources, kind), kind):
        if not isinstance(event, PageLabels):
            yield event
            continue
        words = event.words
        if words.page.id in batch.edits:  # the file has the photo twice
            yield batch.take()
            words = ImportedWords.compare(reading.load(words.page.id) or words.page, words.labels)
        batch.add(words, words.make_edit(conflict, name), is_new=event.is_new)
        batch.notices += [(event.file.name, notice) for notice in words.labels.notices]
        if batch.is_full:
            yield batch.take()
    if batch.edits or batch.notices or batch.counts != ImportCounts():
        yield batch.take()


def _name_step(sources: Sequence[Path]) -> StepName:
    if len(sources) == 1:
        return message("Import {file}", file=sources[0].name)
    return message_n("Import {count} file", "Import {count} files", len(sources))


class _Batch:
    """Collects the edits of a step."""

    def __init__(self, name: StepName, series: str) -> None:
        self._name, self._series = name, series
        self._clear()

    def _clear(self) -> None:
        self.new: list[Page] = []
        self.edits: dict[str, Edit] = {}
        self.counts = ImportCounts()
        self.notices: list[tuple[str, str]] = []

    @property
    def is_full(self) -> bool:
        """Whether the step has as much as can be done at once."""
        return len(self.edits) >= _PAGES or sum(len(edit.changes) for edit in self.edits.values()) >= _WORDS

    def add(self, words: ImportedWords, edit: Edit, *, is_new: bool) -> None:
        """Add the edit of a page. is_new: the page is not in the project yet."""
        self.counts += words.counts
        if edit:
            self.edits[words.page.id] = edit
            self.new += [words.page] if is_new else []

    def take(self) -> PagesChanged:
        """Return the step and begin the next one."""
        step = Step(self._name, self.edits, self._series)
        taken = PagesChanged(tuple(self.new), step, self.counts, tuple(self.notices))
        self._clear()
        return taken


def apply_to_project(project: Project, event: PagesChanged) -> None:
    """Apply edits of an import to a project that no window has open.

    Raises:
        StudioError: The pages can't be saved.
    """
    for page in event.new:
        project.save_page(page)
    edits: dict[str, Edit] = {}
    after: list[Page] = []
    for key, edit in event.step.edits.items():
        if (now := project.load_page(key, aside=False)) is not None:
            edits[key] = kept_order.keep_order(now, edit)
            after.append(apply(now, edits[key]))
    if after:
        store_readings.save_step(project, after, replace(event.step, edits=edits))
