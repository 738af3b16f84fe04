"""Evaluates reading on photos with known words; neither photos nor projects are changed.

The project's words aren't used for reading, as they contain the correct answers; writer profiles are, as for any
reading.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import paths
from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.datasets.ground_truth import TruePage, Truth
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation import error_images, html_report, metrics
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.evaluation.results import Evaluation, PhotoResult, mistakes
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images import photo_file, photo_listing, warping
from ocr_studio.core.images.image_spool import ImageSpool
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import tr
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService


@dataclass(frozen=True, slots=True)
class PhotoEvaluated:
    """One photo of ``total`` was read with this model and compared."""

    result: PhotoResult
    model: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PhotoUnfit:
    """One photo can't be evaluated; the job continues. error: one line for the user."""

    error: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SearchingPhoto:
    """A photo isn't in its place: ``looked`` of ``files`` were searched; ``done`` of ``total`` photos are finished."""

    image: str
    looked: int
    files: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ReadingPhoto:
    """A photo is being read: ``lines_done`` of its ``lines``; ``done`` of ``total`` photos are finished."""

    image: str
    lines_done: int
    lines: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The result."""

    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class PageWritten:
    """Page ``done`` of ``total`` of the report was saved. path: its file; error: why it failed, else None."""

    path: Path
    done: int
    total: int
    error: StudioError | None = None


EvaluatingEvent: TypeAlias = LoadingRecognizer | SearchingPhoto | ReadingPhoto | PhotoEvaluated | PhotoUnfit | Evaluated


def evaluate_project(ocr_service: OcrService, project: Project) -> Iterator[EvaluatingEvent]:
    """Read the photos of a project again and compare with the checked words; see ``evaluate``.

    Raises:
        StudioError: No word is checked.
    """
    yield from evaluate(ocr_service, ground_truth.from_project(project), data=str(project.photos))


def evaluate(ocr_service: OcrService, truth: Truth, *, data: str) -> Iterator[EvaluatingEvent]:
    """Read every photo and compare with its known words.

    Args:
        ocr_service: The reader.
        truth: The photos and their words.
        data: What is evaluated, as shown to the user.

    Yields:
        LoadingRecognizer; for each photo SearchingPhoto … if it isn't in its place, ReadingPhoto …, and PhotoEvaluated
        or PhotoUnfit; then Evaluated.
    """
    total = len(truth.pages) + len(truth.troubles)
    failed = [str(trouble) for trouble in truth.troubles]
    for number, error in enumerate(failed, start=1):
        yield PhotoUnfit(error, number, total)
    done, results, model = len(failed), [], ""
    finder, kept = _Finder(), ImageSpool()
    for page in truth.pages:
        try:
            path, image = yield from finder.open(page, done, total)
            words, seconds = dict[str, Labelled](), 0.0
            for event in reading.read_page(ocr_service, image, writer=page.writer):
                if isinstance(event, reading.WordsRead | reading.WordsDecodedAgain):
                    words |= {word.id: Labelled(word.quad, word.text) for word in event.words}
                if isinstance(event, reading.WordsRead):
                    yield ReadingPhoto(page.image, event.done, event.total, done, total)
                elif isinstance(event, reading.ReadingDone):
                    seconds, model = event.seconds, event.model
                elif isinstance(event, LoadingRecognizer):
                    yield event
            result = _result(page, image, [*words.values()], seconds, path=path, kept=kept)
        except StudioError as error:
            done += 1
            failed.append(str(error))
            yield PhotoUnfit(str(error), done, total)
            continue
        done += 1
        results.append(result)
        yield PhotoEvaluated(results[-1], model, done, total)
    yield Evaluated(Evaluation(data, model, tuple(results), tuple(failed), truth.left_out, ocr_service.options.unit))


def write_pages(evaluation: Evaluation, out: OutputFolder) -> Iterator[PageWritten]:
    """Write a web page for each photo, then the index. If a photo is gone, its page has no overview image."""
    names = html_report.name_pages(evaluation)
    total = len(names) + 1
    for number, (photo, name) in enumerate(zip(evaluation.photos, names, strict=True), start=1):
        try:
            shown = warping.frame_photo(photo_file.open_photo(photo.photo), photo.frame)
            overview = error_images.draw_overview(shown)
        except StudioError:
            overview = b""
        text = html_report.render_photo_page(photo, overview, model=evaluation.model)
        yield _written(out, name, text, number, total)
    yield _written(out, html_report.INDEX, html_report.render_index(evaluation), total, total)


def free_folder(folder: Path) -> Path:
    """The folder itself if it is empty, else a new subfolder, so that no file is overwritten.

    Raises:
        StudioError: The folder can't be read.
    """
    try:
        if not folder.is_dir() or not any(folder.iterdir()):
            return folder
    except OSError as error:
        raise StudioError(tr("can’t read the folder: {reason}", reason=error.strerror or error), file=folder) from error
    names = chain(["Evaluation"], (f"Evaluation {number}" for number in count(2)))
    return next(path for name in names if not paths.exists(path := folder / name))


def _written(out: OutputFolder, name: str, text: str, done: int, total: int) -> PageWritten:
    try:
        out.write(name, text)
    except StudioError as error:
        return PageWritten(out.path / name, done, total, error)
    return PageWritten(out.path / name, done, total)


def _result(
    page: TruePage,
    image: NDArray[np.uint8],
    found: Sequence[Labelled],
    seconds: float,
    *,
    path: Path,
    kept: ImageSpool,
) -> PhotoResult:
    compared = metrics.compare(page.words, found, whole=page.whole)
    wrong = mistakes(compared)
    pictures = kept.add(error_images.draw_mistake(image, mistake) for mistake in wrong)
    height, width = image.shape[:2]
    score = metrics.score(compared)
    return PhotoResult(
        page.image, path, width, height, page.whole, score, seconds, wrong, pictures, page.writer, page.frame
    )


@dataclass
class _Folder:
    """The photos of a folder. looked: number of photos whose id is known; by_id: paths of these by id."""

    photos: list[Path]
    looked: int = 0
    by_id: dict[str, Path] = field(default_factory=dict)


class _Finder:
    """Opens photos; a renamed photo of a project is found among the files of its folder by its content."""

    def __init__(self) -> None:
        self._folders: dict[Path, _Folder] = {}

    def open(
        self, page: TruePage, done: int, total: int
    ) -> Generator[SearchingPhoto, None, tuple[Path, NDArray[np.uint8]]]:
        """The path of a photo, and the image. Raises StudioError."""
        if not page.page_id:
            image = photo_file.open_photo(page.photo)
            if trouble := ground_truth.off_photo(page, image.shape[1], image.shape[0]):
                raise trouble
            return page.photo, image
        path = page.photo
        if _content_id(path) != page.page_id:
            path = yield from self._elsewhere(page, done, total)
        return path, warping.frame_photo(photo_file.open_photo(path), page.frame)

    def _elsewhere(self, page: TruePage, done: int, total: int) -> Generator[SearchingPhoto, None, Path]:
        if page.folder is not None:
            if page.folder not in self._folders:
                self._folders[page.folder] = _Folder(photo_listing.list_photos(page.folder))
            folder = self._folders[page.folder]
            while page.page_id not in folder.by_id and folder.looked < len(folder.photos):
                path = folder.photos[folder.looked]
                folder.by_id.setdefault(_content_id(path), path)
                folder.looked += 1
                yield SearchingPhoto(page.image, folder.looked, len(folder.photos), done, total)
            if page.page_id in folder.by_id:
                return folder.by_id[page.page_id]
        raise StudioError(
            tr("the checked photo is missing or has changed"),
            file=page.photo,
            remedy=tr("Restore the original photo, or check the words of the changed one."),
        )


def _content_id(path: Path) -> str:
    try:
        return photo_file.compute_content_id(path)
    except StudioError:
        return ""
