"""Collects the training data before a training: the checked words of a project, or a dataset."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from ocr_studio.core import paths
from ocr_studio.core.datasets import dataset as datasets
from ocr_studio.core.datasets import sources as dataset_sources
from ocr_studio.core.datasets.builder import NothingToWrite
from ocr_studio.core.datasets.dataset import Dataset, ExportOptions, LeftOut, Reason, Report
from ocr_studio.core.datasets.eligibility import SourcePage
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import charset
from ocr_studio.core.models import registry
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.training import preflight
from ocr_studio.core.training.events import TrainingPreparing
from ocr_studio.core.training.preflight import DoubtfulLabel, WordGroup
from ocr_studio.core.translation import tr
from ocr_studio.jobs.learning import export_dataset

# Leftovers of a killed window are deleted after this many seconds.
_STALE: Final = 86_400.0
_FOLDER: Final = "looked-at"


@dataclass(frozen=True, slots=True)
class PageLook:
    """A page when the data were collected.

    Attributes:
        photo: The file of the photo.
        boxes: Number of all boxes.
        checked: Number of checked boxes.
        words: Number of checked boxes with a text.
    """

    photo: Path
    boxes: int
    checked: int
    words: int


@dataclass(frozen=True, slots=True)
class Preflight:
    """The collected training data.

    Attributes:
        about: Source of the data, as shown to the user.
        unit: "word" or "line".
        dataset: The dataset; None if it would be empty.
        pages: The pages by id.
        groups: Numbers of examples by photo or writer.
        doubts: Examples worth a second look.
        left_out: Checked words that can't be used.
        new_letters: Characters that the model in use doesn't have.
    """

    about: str
    unit: str
    dataset: Dataset | None = None
    pages: Mapping[str, PageLook] = field(default_factory=dict)
    groups: tuple[WordGroup, ...] = ()
    doubts: tuple[DoubtfulLabel, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    new_letters: str = ""

    @property
    def words(self) -> int:
        """Number of words for training and evaluation."""
        return len(self.dataset.examples) if self.dataset else 0

    @property
    def reviewed(self) -> int:
        """Number of fully checked photos."""
        return len(self.dataset.pages) if self.dataset else 0

    @property
    def drawn(self) -> bool:
        """Whether the dataset is synthetic."""
        return self.dataset is not None and synth_options.KEY in self.dataset.manifest


LookEvent: TypeAlias = TrainingPreparing | Preflight


def look(project: Project, *, options: ReaderOptions) -> Iterator[LookEvent]:
    """Make a dataset of a project's checked words, without changing it; yields TrainingPreparing …, then Preflight.

    The options determine the known characters.

    Raises:
        StudioError: The project can't be read, or the dataset can't be saved.
    """
    seen = Preflight(about=str(project.photos), unit=options.unit.removesuffix("s"))
    if not project.exists:
        yield seen
        return
    sources = dataset_sources.from_project(project)
    seen = replace(seen, pages={source.page.id: _page(source) for source in sources.pages})
    if not any(page.words for page in seen.pages.values()):
        yield seen
        return
    folder, report = _fresh_folder(), None
    try:
        for event in export_dataset.export_sources(sources, folder, ExportOptions(unit=options.unit, unchecked=True)):
            if isinstance(event, Report):
                report = event
            else:
                yield TrainingPreparing(tr("Collecting your corrections"), event.done, event.total)
        yield _judged(seen, datasets.read(folder), report, options)
    except NothingToWrite as nothing:
        shutil.rmtree(folder, ignore_errors=True)
        yield replace(seen, left_out=_worth_saying(nothing.report))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def look_at_dataset(folder: Path, *, options: ReaderOptions) -> Iterator[LookEvent]:
    """Load an existing dataset, which stays in its folder; yields TrainingPreparing, then Preflight.

    Raises BadDataset.
    """
    yield TrainingPreparing(tr("Loading the dataset"))
    dataset = datasets.read(folder)
    pages = {
        each.page: PageLook(dataset.folder / each.photo, len(each.words), len(each.words), len(each.words))
        for each in dataset.pages
        if each.page
    }
    seen = Preflight(str(dataset.folder), dataset.unit.removesuffix("s"), pages=pages)
    yield _judged(seen, dataset, None, options)


def checked_words(page: Page) -> int:
    """Number of checked words of a page that have a text."""
    return sum(1 for word in page.words.values() if word.human and word.human.text and word.has_box)


def moved(dataset: Dataset, folder: Path) -> Dataset:
    """Move a collected dataset to a folder; a dataset of the user stays where it is.

    Raises:
        StudioError: It can't be moved.
    """
    if not _is_passing(dataset):
        return dataset
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(dataset.folder, folder)
    except OSError as error:
        raise StudioError(
            tr("can’t save the training data: {reason}", reason=error.strerror or error),
            file=folder,
            remedy=tr("Free up disk space there."),
        ) from error
    return replace(dataset, folder=folder)


def forget(seen: Preflight) -> None:
    """Delete a collected dataset that isn't needed; a dataset of the user stays."""
    if seen.dataset is not None and _is_passing(seen.dataset):
        shutil.rmtree(seen.dataset.folder, ignore_errors=True)


def _is_passing(dataset: Dataset) -> bool:
    """Whether it is a temporary dataset."""
    above = paths.cache_dir() / _FOLDER
    return dataset.folder.parent in (above, above.resolve())


def _judged(seen: Preflight, dataset: Dataset, report: Report | None, options: ReaderOptions) -> Preflight:
    return replace(
        seen,
        dataset=dataset,
        groups=preflight.group_words(dataset),
        doubts=preflight.find_doubtful_labels(dataset),
        left_out=_worth_saying(report) if report else (),
        new_letters=preflight.find_new_letters(dataset, _find_readable(dataset.alphabet, options)),
    )


def _worth_saying(report: Report) -> tuple[LeftOut, ...]:
    """The checked words that were left out."""
    return tuple(each for each in report.left_out if each.reason not in {Reason.UNCHECKED, Reason.EMPTY})


def _page(source: SourcePage) -> PageLook:
    words = source.page.words
    checked = sum(1 for word in words.values() if word.checked)
    return PageLook(source.photo, len(words), checked, checked_words(source.page))


def _find_readable(letters: str, options: ReaderOptions) -> str:
    """The characters among ``letters`` that the model in use can read."""
    model = registry.in_use(options.model, alphabet=options.alphabet)
    if model.card is not None:
        return "".join(model.card.alphabet)
    alphabet: charset.Alphabet = "all" if options.alphabet == "all" else "latin"
    return "".join(each for each in letters if charset.is_in_alphabet(each, alphabet))


def _fresh_folder() -> Path:
    above = paths.cache_dir() / _FOLDER
    try:
        above.mkdir(parents=True, exist_ok=True)
        for left in above.iterdir():
            if time.time() - left.stat().st_mtime > _STALE:
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise StudioError(
            tr("can’t collect the words: {reason}", reason=error.strerror or error),
            file=above,
            remedy=tr("Free up disk space there."),
        ) from error
    return above / secrets.token_hex(6)
