"""Reads photos and words: generators that yield results as soon as they have them."""

from __future__ import annotations

import logging
import shlex
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.editing.split_words import join_readings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import board_corners, photo_file, warping
from ocr_studio.core.models import registry
from ocr_studio.core.page import BoardLook, Page, PageFacts, PhotoFrame, Quad, TextSource, Transcription, Word, now
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import Message, tr
from ocr_studio.jobs.photos import clean_board
from ocr_studio.jobs.reading import text_layers
from ocr_studio.jobs.reading.text_layers import FindText

if TYPE_CHECKING:
    from ocr_studio.engine.preview import PhotoPreview
    from ocr_studio.engine.reader import Reader

# A box with two legible lines is at least this high, in pixels. As shares of the highest line: lower lines are edges of
# lines outside the box; lines whose centres are closer to each other are side by side.
_LEAST_HEIGHT, _RIM, _APART = 24, 0.5, 0.6
# A box this many times as high as its line is so loose that the characters would be read at half their size.
_ROOMY = 1.6

# Writer profiles that stay loaded, 50 MB each.
_PROFILES_KEPT = 3

_Other = TypeVar("_Other")
_log = logging.getLogger(__name__)


def lines_inside(reader: Reader, image: NDArray[np.uint8], word: Word) -> Transcription | None:
    """Read a box that the user drew over several lines or loosely: the texts in reading order, joined by spaces.

    None for other boxes, which are read as they are.
    """
    if word.quad_source is not TextSource.HUMAN or geometry.measure_size(word.quad)[1] < _LEAST_HEIGHT:
        return None
    crop = warping.crop_quad(image, word.quad)
    lines = reader.find_lines(crop)
    if len(lines) == 0:
        return None
    heights = geometry.measure_sizes(lines[:, :4])[:, 1]
    lines, highest = lines[heights >= _RIM * heights.max()], float(heights.max())
    if np.ptp(lines[:, :4, 1].mean(axis=1)) < _APART * highest and crop.shape[0] < _ROOMY * highest:
        return None
    found = {each.id: each for _, words in reader.read_lines(crop, lines) for each in words}
    parts = [found[key] for key in reading_order.order_words(found.values())]
    whole = Quad.from_box(0, 0, crop.shape[1], crop.shape[0])
    return join_readings([(part.quad, part.machine) for part in parts if part.machine], whole)


@dataclass(frozen=True, slots=True)
class LoadingRecognizer:
    """The recognizer is being loaded, which takes a few seconds."""


@dataclass(frozen=True, slots=True)
class LinesCounted:
    """``lines`` lines of writing were found, but are not read yet."""

    lines: int


@dataclass(frozen=True, slots=True)
class WordsRead:
    """Some words were read. done of total: lines of the photo, or words where single words are read.

    order: Ids of all words read so far, in reading order; empty if it was not asked for.
    """

    words: tuple[Word, ...]
    done: int
    total: int
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordsDecodedAgain:
    """Words that were read before have another text now, as the certain words of the photo are known."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class ReadingDone:
    """Everything was read. when: ISO 8601 UTC; seconds: reading time, without loading the recognizer."""

    model: str
    when: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PhotoRead:
    """One of several photos was read. own_text: its words are the text that the file has of its own."""

    path: Path
    page: Page
    seconds: float
    own_text: bool = False


@dataclass(frozen=True, slots=True)
class PhotoFailed:
    """One of several photos could not be read; the job continues. error: why."""

    path: Path
    error: StudioError


ReadingEvent: TypeAlias = (
    LoadingRecognizer | LinesCounted | WordsRead | WordsDecodedAgain | ReadingDone | PhotoRead | PhotoFailed
)


class OcrService:
    """Keeps the recognizer loaded between jobs. Belongs to the thread that computes.

    Making one is cheap; the weights are loaded by the first job that asks for the reader.
    """

    def __init__(self, options: ReaderOptions, *, before: OcrService | None = None) -> None:
        """before: the service that this one replaces, in the same thread; its weights are reused where possible."""
        self.options = options
        self._reader: Reader | None = None
        self._before = before
        self._words = ProjectWords()
        self._profiles: dict[str, Reader] = {}  # by model
        self.profile_errors: dict[str, StudioError] = {}  # by model: profiles that can't be used

    @property
    def ready(self) -> bool:
        """Whether the recognizer is loaded."""
        return self._reader is not None

    @property
    def notice(self) -> Message | None:
        """A line for the user on how the networks run, once the recognizer is loaded; usually none."""
        return self._reader.notice if self._reader else None

    def reader(self, writer: str | None = None) -> Reader:
        """The recognizer, loaded at the first call (seconds).

        Args:
            writer: Who wrote on the photo, if known: the writer's profile reads, if there is one.
        """
        profile = self.options.find_profile(writer)
        return self._general_reader() if profile is None else self._profile_reader(profile, writer or "")

    def _profile_reader(self, name: str, writer: str) -> Reader:
        """The reader with a writer profile; the general one if the profile can't be used."""
        from ocr_studio.engine.reader import Reader

        if name not in self._profiles:
            general = self._general_reader()
            try:
                options = replace(self.options, model=registry.chosen(name))
                reader = Reader(options, detector=general.detector)
                reader.learn(self._words)
            except StudioError as error:
                _log.warning("%s", error)
                self.profile_errors[name] = _make_profile_error(name, writer, error)
                reader = general
            self._profiles[name] = reader
            if len(self._profiles) > _PROFILES_KEPT:
                del self._profiles[next(iter(self._profiles))]
        return self._profiles[name]

    def _general_reader(self) -> Reader:
        if self._reader is None:
            from ocr_studio.engine.reader import Reader

            before, self._before = self._before, None  # or each would keep its predecessor's weights alive
            old = before._reader if before else None
            if before is None or old is None or not before._runs_like(self.options):
                self._reader = Reader(self.options)
            else:
                finds = before.options.finds_with() == self.options.finds_with()
                self._reader = Reader(
                    self.options,
                    detector=old.detector.tuned_to(self.options.detection) if finds else None,
                    recognizer=old.recognizer if before._reads_with_the_same(self.options) else None,
                )
        return self._reader

    def use_project_words(self, project: Project | None) -> None:
        """Use the words of this project, and of no other."""
        words = ProjectWords()
        if project is not None:
            try:
                words = project.count_words()
            except StudioError as error:  # reported when the project is opened; photos can still be read
                _log.warning("%s", error)
        if words != self._words:
            for reader in (self.reader(), *self._profiles.values()):
                reader.learn(words)
            self._words = words

    def preview(self, image: NDArray[np.uint8]) -> PhotoPreview:
        """A preview of detection settings on a photo, (H, W, 3) uint8 RGB."""
        from ocr_studio.engine.preview import PhotoPreview

        return PhotoPreview(self.reader(), image)

    def successor(self, options: ReaderOptions) -> OcrService:
        """A service with other options that reuses the weights of this one where possible."""
        return OcrService(options, before=self)

    def _runs_like(self, options: ReaderOptions) -> bool:
        """Whether these options mean the same runtime and GPU memory."""
        return (self.options.runtime, self.options.gpu_memory_mb) == (options.runtime, options.gpu_memory_mb)

    def _reads_with_the_same(self, options: ReaderOptions) -> bool:
        """Whether these options use the same recognizer weights."""
        name = self.options.reads_with()
        # A trained model has its own alphabet.
        cut = name == registry.BUILT_IN.name
        return options.reads_with() == name and (not cut or options.alphabet == self.options.alphabet)


def _make_profile_error(name: str, writer: str, error: StudioError) -> StudioError:
    """Make the error for a writer profile that can't be used."""
    what = tr(
        "the profile “{profile}” for photos by {writer} can’t be used: {reason}",
        profile=name,
        writer=writer,
        reason=error.what,
    )
    return StudioError(
        what,
        file=error.file,
        remedy=tr("The photos are read like all others. Import the profile again or train a new one."),
        command="The photos are read like all others. Import the profile again, or stop using it:"
        f" ocr-studio models default --writer {shlex.quote(writer)}",
    )


def prepare(ocr_service: OcrService) -> Iterator[LoadingRecognizer]:
    """Load the recognizer if necessary."""
    if not ocr_service.ready:
        yield LoadingRecognizer()
        ocr_service.reader()


def read_page(
    ocr_service: OcrService,
    image: NDArray[np.uint8],
    *,
    project: Project | None = None,
    board: BoardLook | None = None,
    writer: str | None = None,
) -> Iterator[ReadingEvent]:
    """Find and read all words of a photo.

    Args:
        ocr_service: The reader.
        image: The upright photo, (H, W, 3) uint8 RGB.
        project: The project whose words are used like those of the dictionary.
        board: How to clean the board; only the cleaned board is read. The words' boxes are still in photo pixels.
        writer: Who wrote on it, if known.

    Yields:
        LinesCounted, WordsRead …, WordsDecodedAgain if any text changes at last, ReadingDone.
    """
    if board is None:
        yield from _read(ocr_service, image, None, project=project, writer=writer)
        return
    made = clean_board.cleaned(image, board)
    back = np.linalg.inv(made.matrix)
    yield from _read(ocr_service, made.picture, None, project=project, writer=writer, back=back)


def with_order(events: Iterable[ReadingEvent]) -> Iterator[ReadingEvent]:
    """Add the reading order to the events of ``read_page``, for showing the words while they are read."""
    words: list[Word] = []
    for event in events:
        if isinstance(event, WordsRead):
            words += event.words
            yield replace(event, order=reading_order.order_words(words))
        else:
            yield event


def _map_back(back: NDArray[np.floating], words: Sequence[Word]) -> tuple[Word, ...]:
    """Map the boxes of words from the cleaned board to the photo."""
    quads = [board_corners.transform_quad(back, word.quad) for word in words]
    return tuple(replace(word, quad=quad) for word, quad in zip(words, quads, strict=True) if quad)


def _read(
    ocr_service: OcrService,
    image: NDArray[np.uint8],
    lines: NDArray[np.float32] | None,
    *,
    project: Project | None,
    writer: str | None,
    back: NDArray[np.floating] | None = None,
) -> Iterator[ReadingEvent]:
    """``read_page`` with lines that may have been found already. back: maps image to photo pixels, (3, 3)."""
    yield from prepare(ocr_service)
    ocr_service.use_project_words(project)
    reader, start = ocr_service.reader(writer), time.perf_counter()
    lines = reader.find(image) if lines is None else lines
    yield LinesCounted(len(lines))
    done = 0
    for count, found in reader.read_lines(image, lines):
        done += count
        words = tuple(found) if back is None else _map_back(back, found)
        yield WordsRead(words, done, len(lines)) if count else WordsDecodedAgain(words)
    yield ReadingDone(reader.name, now(), time.perf_counter() - start)


def read_words(
    ocr_service: OcrService,
    image: NDArray[np.uint8],
    words: Sequence[Word],
    *,
    project: Project | None = None,
    board: BoardLook | None = None,
    writer: str | None = None,
) -> Iterator[ReadingEvent]:
    """Read the boxes of words again; only the recognized text of each changes.

    Args:
        ocr_service: The reader.
        image: The upright photo, (H, W, 3) uint8 RGB.
        words: The words; a box that the user drew over several lines gets all of them.
        project: As for ``read_page``.
        board: As for ``read_page``; if any word is outside the board, all are read on the photo.
        writer: As for ``read_page``.

    Yields:
        WordsRead …, ReadingDone.
    """
    words = [word for word in words if word.has_box]
    image, places = places_to_read(image, words, board)
    yield from prepare(ocr_service)
    ocr_service.use_project_words(project)
    reader, start = ocr_service.reader(writer), time.perf_counter()
    done = 0
    for transcriptions in reader.read_quads(image, places):
        batch = words[done : done + len(transcriptions)]
        done += len(transcriptions)
        fresh = tuple(
            replace(word, machine=lines_inside(reader, image, replace(word, quad=place)) or read)
            for word, place, read in zip(batch, places[done - len(batch) :], transcriptions, strict=False)
        )
        yield WordsRead(fresh, done, len(words))
    yield ReadingDone(reader.name, now(), time.perf_counter() - start)


def places_to_read(
    image: NDArray[np.uint8], words: Sequence[Word], board: BoardLook | None
) -> tuple[NDArray[np.uint8], list[Quad]]:
    """The image to read, and the boxes of the words on it."""
    here = [word.quad for word in words]
    if board is None:
        return image, here
    made = clean_board.cleaned(image, board)
    height, width = made.picture.shape[:2]
    there = [quad for each in here if (quad := board_corners.transform_quad(made.matrix, each))]
    inside = all(0 <= x <= width and 0 <= y <= height for x, y in map(geometry.find_centre, there))
    return (made.picture, there) if inside and len(there) == len(here) else (image, here)


def read_photos(
    ocr_service: OcrService,
    paths: Iterable[Path | _Other],
    *,
    project_of: Callable[[Path], Project | None] = lambda path: None,
    facts_of: Callable[[Path, str], PageFacts] = lambda photo, page_id: PageFacts(),
    open_photo: Callable[[Path], tuple[NDArray[np.uint8], str]] = photo_file.open_photo_with_id,
    find_text: FindText | None = None,
) -> Iterator[ReadingEvent | _Other]:
    """Read photo files in the given order.

    While a photo is read, the next one is opened and searched for writing; the reported seconds are of reading only.

    Args:
        ocr_service: The reader.
        paths: The photo files; other items are yielded unchanged, in their order.
        project_of: Returns the project of a photo, if any.
        facts_of: Returns what is known of a photo, by its path and page id: who wrote on it, how it is turned, and how
            its board is cleaned before it is read. Called in another thread.
        open_photo: Returns a photo and its content id. Called in another thread.
        find_text: Returns the text that a photo has of its own, which then takes the place of reading, and its content
            id. Called in another thread. Without it, all photos are read.

    Yields:
        The events of each photo, then PhotoRead or PhotoFailed.

    Raises:
        StudioError: The networks can't be loaded.
    """
    with closing(
        _open_ahead(paths, lambda path: _open_photo(ocr_service, path, facts_of, open_photo, find_text))
    ) as opened:
        for each in opened:
            if not isinstance(each, _OpeningPhoto):
                yield each
                continue
            try:
                photo = each.photo.result()
            except StudioError as error:
                yield PhotoFailed(each.path, error)
                continue
            if isinstance(photo, Page):
                yield PhotoRead(each.path, photo, 0.0, own_text=True)
                continue
            yield from prepare(ocr_service)  # fails for all photos or for none
            try:
                yield from _read_opened(ocr_service, each.path, photo, project_of(each.path))
            except StudioError as error:
                yield PhotoFailed(each.path, error)


def _read_opened(
    ocr_service: OcrService, path: Path, photo: _OpenedPhoto, project: Project | None
) -> Iterator[ReadingEvent]:
    """Read a photo of several: the events of ``read_page``, then PhotoRead. Raises StudioError."""
    words: dict[str, Word] = {}
    seconds, when = 0.0, None
    for event in _read(ocr_service, photo.image, photo.lines, project=project, writer=photo.writer, back=photo.back):
        if isinstance(event, WordsRead | WordsDecodedAgain):
            words |= {word.id: word for word in event.words}
        elif isinstance(event, ReadingDone):
            seconds, when = event.seconds, event.when
        yield event
    width, height = photo.size
    facts = PageFacts(frame=photo.frame)
    yield PhotoRead(path, Page(photo.page_id, path.name, width, height, words, when, facts), seconds)


@dataclass(frozen=True, slots=True)
class _OpenedPhoto:
    """A photo that is ready to be read.

    Attributes:
        image: What is read: the photo, or its cleaned board.
        page_id: The content id of the photo.
        size: Width and height of the photo, turned as its frame says.
        lines: The lines of writing, (N, 6, 2); None if they haven't been searched for yet.
        back: Maps image to photo pixels, (3, 3); None if the image is the photo.
        writer: Who wrote on it, if known.
        frame: How the photo is turned.
    """

    image: NDArray[np.uint8]
    page_id: str
    size: tuple[int, int]
    lines: NDArray[np.float32] | None
    back: NDArray[np.floating] | None
    writer: str | None
    frame: PhotoFrame | None


@dataclass(frozen=True, slots=True)
class _OpeningPhoto:
    """A photo that is being opened in another thread."""

    path: Path
    photo: Future[_OpenedPhoto | Page]


def _open_ahead(
    paths: Iterable[Path | _Other], open_photo: Callable[[Path], _OpenedPhoto | Page]
) -> Generator[_OpeningPhoto | _Other, None, None]:
    """Open photos in another thread, one ahead of the caller, so that at most two photos are in memory.

    Items other than paths are yielded at once. A photo that has been opened is yielded even if the next path takes
    long.
    """
    with ThreadPoolExecutor(1, "photos") as thread:
        waiting: deque[_OpeningPhoto] = deque()
        try:
            for path in paths:
                if isinstance(path, Path):
                    waiting.append(_OpeningPhoto(path, thread.submit(open_photo, path)))
                else:
                    yield path
                if len(waiting) > 1 or (waiting and waiting[0].photo.done()):
                    yield waiting.popleft()
            if waiting:
                yield waiting.popleft()
        finally:  # a cancelled job waits only for the photo that is being opened
            thread.shutdown(wait=True, cancel_futures=True)


def _open_photo(
    ocr_service: OcrService,
    path: Path,
    facts_of: Callable[[Path, str], PageFacts],
    open_photo: Callable[[Path], tuple[NDArray[np.uint8], str]],
    find_text: FindText | None,
) -> _OpenedPhoto | Page:
    found = None
    with suppress(StudioError):  # opening the photo tells why
        found = find_text(path) if find_text else None
    if found is not None:
        return text_layers.make_page(path, *found, facts_of, unit=ocr_service.options.unit)
    image, page_id = open_photo(path)
    facts, back = facts_of(path, page_id), None
    image = warping.frame_photo(image, facts.frame)
    height, width = image.shape[:2]
    if facts.board_to_read is not None:
        made = clean_board.cleaned(image, facts.board_to_read)
        image, back = made.picture, np.linalg.inv(made.matrix)
    # Only the reading thread may load the recognizer.
    lines = ocr_service.reader().find(image) if ocr_service.ready else None
    return _OpenedPhoto(image, page_id, (width, height), lines, back, facts.writer, facts.frame)
