"""Evaluating: photos whose words are known are read, and compared with that; nothing of them or of a project changes.

A project's own vocabulary has no part in it: it is made of the very words that are asked for here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import metrics, paths
from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.datasets.ground_truth import TruePage, Truth
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation import error_images, html_report
from ocr_studio.core.evaluation.results import Evaluation, PhotoResult, mistakes
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.image_spool import PictureFile
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import tr
from ocr_studio.jobs.reading import read as reading
from ocr_studio.jobs.reading.read import Preparing, ReadingDesk


@dataclass(frozen=True, slots=True)
class PhotoEvaluated:
    """One photo of ``total`` is read, by this model, and compared."""

    result: PhotoResult
    model: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PhotoUnfit:
    """One photo cannot be evaluated; the others go on. error: one line for a person."""

    error: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SearchingPhoto:
    """A photo is not where it was: ``looked`` of the ``files`` photos of its folder are compared with it so far.

    done of total photos are finished.
    """

    image: str
    looked: int
    files: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ReadingPhoto:
    """A photo is being read: lines done of lines; done of total photos are finished."""

    image: str
    lines_done: int
    lines: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All is done."""

    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class PageWritten:
    """One page of an evaluation is written, ``done`` of ``total``. path: the file; error: why not, if it is not."""

    path: Path
    done: int
    total: int
    error: StudioError | None = None


EvaluatingEvent: TypeAlias = Preparing | SearchingPhoto | ReadingPhoto | PhotoEvaluated | PhotoUnfit | Evaluated


def evaluate_project(desk: ReadingDesk, project: Project) -> Iterator[EvaluatingEvent]:
    """Read the photos of a project again and compare with what a person has checked; see ``evaluate``.

    Raises StudioError where nobody has checked a word.
    """
    yield from evaluate(desk, ground_truth.from_project(project), data=str(project.photos))


def evaluate(desk: ReadingDesk, truth: Truth, *, data: str) -> Iterator[EvaluatingEvent]:
    """Read every photo and compare: Preparing, then for each SearchingPhoto … where it is not in its place,
    ReadingPhoto … and its end, at last Evaluated.

    data: what is evaluated, for people.
    """
    total = len(truth.pages) + len(truth.troubles)
    failed = [str(trouble) for trouble in truth.troubles]
    for number, error in enumerate(failed, start=1):
        yield PhotoUnfit(error, number, total)
    done, results, model = len(failed), [], ""
    finder, kept = _Finder(), PictureFile()
    for page in truth.pages:
        try:
            path, image = yield from finder.open(page, done, total)
            words, seconds = [], 0.0
            for event in reading.read_page(desk, image):
                if isinstance(event, reading.WordsRead):
                    words += [Labelled(word.quad, word.text) for word in event.words]
                    yield ReadingPhoto(page.image, event.done, event.total, done, total)
                elif isinstance(event, reading.ReadingDone):
                    seconds, model = event.seconds, event.model
                elif isinstance(event, Preparing):
                    yield event
            result = _result(page, image, words, seconds, path=path, kept=kept)
        except StudioError as error:
            done += 1
            failed.append(str(error))
            yield PhotoUnfit(str(error), done, total)
            continue
        done += 1
        results.append(result)
        yield PhotoEvaluated(results[-1], model, done, total)
    yield Evaluated(Evaluation(data, model, tuple(results), tuple(failed), truth.left_out, desk.options.unit))


def write_pages(evaluation: Evaluation, out: OutputFolder) -> Iterator[PageWritten]:
    """Write a page for each photo and, last, the index of them. A photo that is gone by now is left out of its page."""
    names = html_report.names(evaluation)
    total = len(names) + 1
    for number, (photo, name) in enumerate(zip(evaluation.photos, names, strict=True), start=1):
        try:
            overview = error_images.overview(photo_file.open_photo(photo.photo))
        except StudioError:
            overview = b""
        text = html_report.photo_page(photo, overview, model=evaluation.model)
        yield _written(out, name, text, number, total)
    yield _written(out, html_report.INDEX, html_report.index_page(evaluation), total, total)


def free_folder(folder: Path) -> Path:
    """The folder itself if nothing is in it, else a new one in it, so that no file of a person's is written over.

    Raises StudioError where it cannot be looked into.
    """
    try:
        if not folder.is_dir() or not any(folder.iterdir()):
            return folder
    except OSError as error:
        raise StudioError(
            tr("the folder cannot be read: {reason}", reason=error.strerror or error), file=folder
        ) from error
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
    kept: PictureFile,
) -> PhotoResult:
    compared = metrics.compare(page.words, found, whole=page.whole)
    wrong = mistakes(compared)
    pictures = kept.add(error_images.picture(image, mistake) for mistake in wrong)
    height, width = image.shape[:2]
    score = metrics.score(compared)
    return PhotoResult(page.image, path, width, height, page.whole, score, seconds, wrong, pictures)


@dataclass
class _Folder:
    """The photos of a folder, so many of them looked at; of these id → where it is."""

    photos: list[Path]
    looked: int = 0
    by_id: dict[str, Path] = field(default_factory=dict)


class _Finder:
    """Opens photos; one of a project that was renamed is looked for among those of its folder, by its bytes."""

    def __init__(self) -> None:
        self._folders: dict[Path, _Folder] = {}

    def open(
        self, page: TruePage, done: int, total: int
    ) -> Generator[SearchingPhoto, None, tuple[Path, NDArray[np.uint8]]]:
        """Where the photo is, and the photo. Raises StudioError."""
        if not page.page_id:
            image = photo_file.open_photo(page.photo)
            if trouble := ground_truth.off_photo(page, image.shape[1], image.shape[0]):
                raise trouble
            return page.photo, image
        path = page.photo
        if _content_id(path) != page.page_id:
            path = yield from self._elsewhere(page, done, total)
        return path, photo_file.open_photo(path)

    def _elsewhere(self, page: TruePage, done: int, total: int) -> Generator[SearchingPhoto, None, Path]:
        if page.folder is not None:
            if page.folder not in self._folders:
                self._folders[page.folder] = _Folder(photo_file.photos_in(page.folder))
            folder = self._folders[page.folder]
            while page.page_id not in folder.by_id and folder.looked < len(folder.photos):
                path = folder.photos[folder.looked]
                folder.by_id.setdefault(_content_id(path), path)
                folder.looked += 1
                yield SearchingPhoto(page.image, folder.looked, len(folder.photos), done, total)
            if page.page_id in folder.by_id:
                return folder.by_id[page.page_id]
        raise StudioError(
            tr("the photo that was checked is not here any more, or was changed since"),
            file=page.photo,
            remedy=tr("Put it back, or check the photo as it is now."),
        )


def _content_id(path: Path) -> str:
    try:
        return photo_file.content_id(path)
    except StudioError:
        return ""
