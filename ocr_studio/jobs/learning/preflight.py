"""A look at what could be learned from, before anything is: the checked words of a project become a dataset."""

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
from ocr_studio.core.datasets.dataset import Dataset, LeftOut, Reason, Report, Wanted
from ocr_studio.core.datasets.eligibility import SourcePage
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import charset
from ocr_studio.core.models import registry as models
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.core.synth import options as synth_options
from ocr_studio.core.training import preflight as judging
from ocr_studio.core.training.events import Preparing
from ocr_studio.core.training.preflight import Doubt, Group
from ocr_studio.core.translation import tr
from ocr_studio.jobs.learning import export_dataset

# Seconds after which nobody looks any more at what a window that was killed has left.
_STALE: Final = 86_400.0
_FOLDER: Final = "looked-at"


@dataclass(frozen=True, slots=True)
class PageLook:
    """A page as it was when it was looked at. photo: its file; boxes: all there are; checked: those a person has
    checked; words: those of them where something is written."""

    photo: Path
    boxes: int
    checked: int
    words: int


@dataclass(frozen=True, slots=True)
class Preflight:
    """What there is to learn from.

    title: what a model of it may be called; about: where it comes from, for a person; unit: "word" or "line", what each
    box holds. dataset: None where there is not a single word. pages: by their ids. left_out: checked words that cannot
    be learned from. new_letters: those the model in use does not know.
    """

    title: str
    about: str
    unit: str
    dataset: Dataset | None = None
    pages: Mapping[str, PageLook] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    new_letters: str = ""

    @property
    def words(self) -> int:
        """How many words there are to learn from and to measure by."""
        return len(self.dataset.examples) if self.dataset else 0

    @property
    def reviewed(self) -> int:
        """How many photos there are of which every word is checked."""
        return len(self.dataset.pages) if self.dataset else 0

    @property
    def drawn(self) -> bool:
        """Whether all of it was drawn by the program, so that nobody has checked it."""
        return self.dataset is not None and synth_options.KEY in self.dataset.manifest


LookEvent: TypeAlias = Preparing | Preflight


def look(project: Project, *, options: ReaderOptions) -> Iterator[LookEvent]:
    """Make a dataset of a project's checked words: Preparing …, at last Preflight. Nothing of the project changes.

    options: how photos are read; they say which letters are known. Raises StudioError.
    """
    seen = Preflight(
        title=project.photos.name or tr("my writing"), about=str(project.photos), unit=options.unit.removesuffix("s")
    )
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
        for event in export_dataset.export_sources(sources, folder, Wanted(unit=options.unit)):
            if isinstance(event, Report):
                report = event
            else:
                yield Preparing(tr("Collecting your corrections"), event.done, event.total)
        yield _judged(seen, datasets.read(folder), report, options)
    except NothingToWrite as nothing:
        shutil.rmtree(folder, ignore_errors=True)
        yield replace(seen, left_out=_worth_saying(nothing.report))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def look_at_dataset(folder: Path, *, options: ReaderOptions) -> Iterator[LookEvent]:
    """What there is to learn from in a dataset that lies somewhere, where it stays: at last Preflight.

    options: as for ``look``. Raises BadDataset.
    """
    yield Preparing(tr("Looking at the dataset"))
    dataset = datasets.read(folder)
    pages = {
        each.page: PageLook(dataset.folder / each.photo, len(each.words), len(each.words), len(each.words))
        for each in dataset.pages
        if each.page
    }
    title = dataset.folder.name or tr("my writing")
    seen = Preflight(title, str(dataset.folder), dataset.unit.removesuffix("s"), pages=pages)
    yield _judged(seen, dataset, None, options)


def checked_words(page: Page) -> int:
    """How many words of a page a person has checked, and not found to be nothing."""
    return sum(1 for word in page.words.values() if word.human and word.human.text)


def moved(dataset: Dataset, folder: Path) -> Dataset:
    """The dataset of a look in another folder, where it stays; one that was there before stays where it is.

    Raises StudioError.
    """
    if not _is_passing(dataset):
        return dataset
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(dataset.folder, folder)
    except OSError as error:
        raise StudioError(
            tr("what is to be learned cannot be kept: {reason}", reason=error.strerror or error),
            file=folder,
            remedy=tr("Make room there."),
        ) from error
    return replace(dataset, folder=folder)


def forget(seen: Preflight) -> None:
    """Delete the dataset of a look that came to nothing."""
    if seen.dataset is not None and _is_passing(seen.dataset):
        shutil.rmtree(seen.dataset.folder, ignore_errors=True)


def _is_passing(dataset: Dataset) -> bool:
    """Whether it was made for a look, and for nothing else."""
    above = paths.cache_dir() / _FOLDER
    return dataset.folder.parent in (above, above.resolve())


def _judged(seen: Preflight, dataset: Dataset, report: Report | None, options: ReaderOptions) -> Preflight:
    return replace(
        seen,
        dataset=dataset,
        groups=judging.groups(dataset),
        doubts=judging.doubts(dataset),
        left_out=_worth_saying(report) if report else (),
        new_letters=judging.new_letters(dataset, _known(dataset.alphabet, options)),
    )


def _worth_saying(report: Report) -> tuple[LeftOut, ...]:
    """The words that were left out against a person's will."""
    return tuple(each for each in report.left_out if each.reason not in {Reason.UNCHECKED, Reason.EMPTY})


def _page(source: SourcePage) -> PageLook:
    words = source.page.words
    checked = sum(1 for word in words.values() if word.checked)
    return PageLook(source.photo, len(words), checked, checked_words(source.page))


def _known(letters: str, options: ReaderOptions) -> str:
    """Those of some letters that the model in use can read."""
    model = models.in_use(options.model, alphabet=options.alphabet)
    if model.card is not None:
        return "".join(model.card.alphabet)
    alphabet: charset.Alphabet = "all" if options.alphabet == "all" else "latin"
    return "".join(each for each in letters if charset.in_alphabet(each, alphabet))


def _fresh_folder() -> Path:
    above = paths.cache_dir() / _FOLDER
    try:
        above.mkdir(parents=True, exist_ok=True)
        for left in above.iterdir():
            if time.time() - left.stat().st_mtime > _STALE:
                shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise StudioError(
            tr("the words cannot be collected: {reason}", reason=error.strerror or error),
            file=above,
            remedy=tr("Make room there."),
        ) from error
    return above / secrets.token_hex(6)
