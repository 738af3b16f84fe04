"""What reads the photos of an archive in a worker: a process of this computer, or an actor of a cluster."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import msgspec

import ocr_studio
from ocr_studio.core.archive import storage
from ocr_studio.core.archive.page_addresses import make_page_address
from ocr_studio.core.archive.rows import ArchiveRow, make_row
from ocr_studio.core.errors import StudioError, write_failed
from ocr_studio.core.images import page_paths, photo_file, photo_limit, photo_stream
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import CARD_FILE, WEIGHTS_FILE
from ocr_studio.core.page import Page, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.translation import later, tr

if TYPE_CHECKING:
    from ocr_studio.core.models.registry import Model
    from ocr_studio.engine.reader import Reader

_THREADS: Final = "OCR_STUDIO_THREADS"
# Errors of the row behind the last page, by ``FilePages.rest``.
_NO_MORE: Final = {
    "damaged": later("the file is damaged: any pages from this one on are lost"),
    "limit": later("the file has too many pages: those from this one on are not read"),
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A photo to read.

    Attributes:
        shard: Number of its shard.
        place: Its place in the shard.
        address: Path or address.
        data: Its bytes, if the worker can't read them itself.
    """

    shard: int
    place: int
    address: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """The worker is ready. version: of the program there. trouble: why it is not, with the parts of a StudioError."""

    version: str = ""
    trouble: tuple[str, str | None, str] | None = None


@dataclass(frozen=True, slots=True)
class ShippedModel:
    """A model that a worker gets as bytes, as it isn't one of the program's. name: of the model."""

    name: str
    card: bytes
    weights: bytes

    def unpack(self, folder: Path) -> Model:
        """Write it to a folder, check it and return it. Raises BadModel and OSError."""
        place = folder / self.name
        place.mkdir()
        (place / CARD_FILE).write_bytes(self.card)
        (place / WEIGHTS_FILE).write_bytes(self.weights)
        return registry.in_folder(place)


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How the photos of an archive are read.

    Attributes:
        options: The options; they choose among the models that come with the program.
        megapixels: Largest photo.
        recognizer: Another recognizer: its folder, or its files.
        detector: Another detector.
    """

    options: ReaderOptions
    megapixels: int
    recognizer: Path | ShippedModel | None = None
    detector: Path | ShippedModel | None = None


class PhotoReader(Protocol):
    """What reads photos."""

    def read(self, address: str, data: bytes) -> list[ArchiveRow]:
        """Read a photo: one row, or one for each page. Raises StudioError."""


MakeReader: TypeAlias = Callable[[], PhotoReader]


def load_reader(plan: ReadingPlan) -> PhotoReader:
    """Load the networks. Raises StudioError."""
    os.environ[_THREADS] = "1"  # each worker is one of many
    photo_limit.allow_megapixels(plan.megapixels)
    from ocr_studio.engine import model_loader
    from ocr_studio.engine.reader import Reader

    folder = Path(tempfile.mkdtemp(prefix="ocr-studio-model-"))
    try:
        try:
            recognizer = _find_model(plan.recognizer, folder)
            detector = _find_model(plan.detector, folder)
        except OSError as error:
            raise write_failed(folder, error) from error
        reader = Reader(
            plan.options,
            recognizer=model_loader.load_recognizer(recognizer, plan.options) if recognizer else None,
            detector=model_loader.load_detector(detector, plan.options) if detector else None,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _NetworkReader(reader)


def _find_model(given: Path | ShippedModel | None, folder: Path) -> Model | None:
    if isinstance(given, ShippedModel):
        return given.unpack(folder)
    return None if given is None else registry.in_folder(given)


class _NetworkReader:
    """Reads photos with the networks; each photo by itself, so that the order they come in changes nothing."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, address: str, data: bytes) -> list[ArchiveRow]:
        """See ``PhotoReader``."""
        path, content_id = Path(address), photo_stream.compute_id(data)
        paged = path.suffix.lower() in page_paths.PAGED_SUFFIXES
        pages = photo_file.count_pages(data, name=address) if paged else FilePages(1)
        if pages.count == 1:
            found = [self._read_page(address, data, content_id, 0)]
        else:
            names = [make_page_address(address, index) for index in range(pages.count)]
            found = [
                ArchiveRow(name, error=tr("the file is damaged: this page is lost"))
                if index in pages.lost
                else self._read_page(name, data, content_id, index)
                for index, name in enumerate(names)
            ]
        if pages.rest is not None:
            found.append(ArchiveRow(make_page_address(address, pages.count), error=tr(_NO_MORE[pages.rest])))
        return found

    def _read_page(self, address: str, data: bytes, content_id: str, index: int) -> ArchiveRow:
        start = time.perf_counter()
        try:
            image = photo_file.decode_photo(data, name=address, page=index)
        except StudioError as error:  # other pages may be good
            return ArchiveRow(address, error=error.what)
        words: dict[str, Word] = {}
        for _, found in self._reader.read_lines(image, self._reader.find(image)):
            words |= {word.id: word for word in found}
        height, width = image.shape[:2]
        page = Page(photo_stream.add_page(content_id, index), address, width, height, words)
        seconds = round(time.perf_counter() - start, 3)
        return make_row(page_order.number_words(page), address, model=self._reader.name, seconds=seconds)


class Station:
    """Loads the networks and reads photos in one thread; meanwhile another one fetches the next photo."""

    def __init__(self, make: MakeReader) -> None:
        self._make = make
        self._reader: PhotoReader | None = None
        # The thread that loads the networks also runs them: it flushes subnormal numbers (see ``OnnxNetwork``).
        self._reading = ThreadPoolExecutor(1, "reading")
        self._fetching = ThreadPoolExecutor(1, "fetching")

    def load(self) -> bytes:
        """Load the networks. Returns ``Loaded`` as JSON."""
        return msgspec.json.encode(self._reading.submit(self._load).result())

    def begin(self, task: Task) -> Future[bytes]:
        """Begin to fetch and read a photo. The future's result is a list of rows as JSON; photos come in order."""
        data = self._fetching.submit(_fetch, task)
        return self._reading.submit(self._read, task, data)

    def close(self) -> None:
        """End the threads after the photo that is being read."""
        for thread in (self._fetching, self._reading):
            thread.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> Loaded:
        try:
            self._reader = self._make()
        except StudioError as error:
            return Loaded(ocr_studio.__version__, (error.what, error.file, error.remedy))
        return Loaded(ocr_studio.__version__)

    def _read(self, task: Task, data: Future[bytes]) -> bytes:
        assert self._reader is not None
        try:
            rows = self._reader.read(task.address, data.result())
        except StudioError as error:
            rows = [ArchiveRow(task.address, error=error.what)]
        except Exception as error:  # noqa: BLE001  (one photo among millions must not stop the others)
            _log.exception("reading %s", task.address)
            rows = [ArchiveRow(task.address, error=tr("unexpected error: {reason}", reason=_describe(error)))]
        return msgspec.json.encode([clean_row(row) for row in rows])


def _describe(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _fetch(task: Task) -> bytes:
    return storage.read_photo(task.address) if task.data is None else task.data


def clean_row(row: ArchiveRow) -> ArchiveRow:
    """Return a row whose path and error have no halves of characters, which JSON and Parquet don't take."""
    return replace(row, path=_clean(row.path), error=_clean(row.error) if row.error else row.error)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
