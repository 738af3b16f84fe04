"""Where examples come from: a project a person has gone through, or photos with ``annotations.json``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from ocr_studio.core import paths
from ocr_studio.core.datasets import ground_truth
from ocr_studio.core.datasets.eligibility import SourcePage
from ocr_studio.core.datasets.ground_truth import TruePage
from ocr_studio.core.datasets.reader import check_ended, check_labels, is_dataset
from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.page import Page, PageFacts, PageState, TextSource, Transcription, Word
from ocr_studio.core.project.project import Places, Project
from ocr_studio.core.translation import tr


@dataclass(frozen=True, slots=True)
class DatasetSources:
    """Pages to make examples of. folder: of the photos. trouble: those that could not be read, one line each."""

    folder: Path
    pages: tuple[SourcePage, ...]
    trouble: tuple[str, ...] = ()


def find_sources(path: Path, **where: Unpack[Places]) -> DatasetSources:
    """The pages in a project, a folder of photos that has one, or a folder with annotations.json. Raises StudioError.

    where: as in ``Project.find``.
    """
    if not paths.is_folder(path):
        raise StudioError(
            tr("the folder does not exist"), file=path, remedy=tr("Specify a project or a folder of photos.")
        )
    if paths.exists(path / ground_truth.ANNOTATIONS):
        return from_annotations(path)
    project = Project.find(path, **where)
    if not project.exists:
        check_ended(path)
        check_labels(path)
        if not photo_listing.list_photos(project.photos):
            remedy = tr("Specify a project or a folder of photos.")
            raise StudioError(tr("the folder contains no photos"), file=path, remedy=remedy)
    return from_project(project)


def is_only_dataset(folder: Path, **where: Unpack[Places]) -> bool:
    """Whether a folder is a dataset and nothing else words could be taken from: photos may have labels beside them.

    where: as in ``Project.find``. Raises StudioError where a project may not be looked into.
    """
    if not is_dataset(folder) or paths.exists(folder / ground_truth.ANNOTATIONS):
        return False
    return not Project.find(folder, **where).exists


def has_source_pages(folder: Path, **where: Unpack[Places]) -> bool:
    """Whether there is something in a folder that a dataset can be made of, and none itself.

    where: as in ``Project.find``. Raises StudioError where a project may not be looked into.
    """
    if not paths.is_folder(folder) or is_dataset(folder):
        return False
    if paths.exists(folder / ground_truth.ANNOTATIONS):
        return True
    return Project.find(folder, **where).exists


def from_project(project: Project) -> DatasetSources:
    """All pages that are known. Nothing of the project is changed. Raises StudioError where there is none."""
    if not project.exists:
        raise StudioError(
            tr("no photos have been read here yet"),
            file=project.photos,
            remedy=tr("Open the photos and correct some words first."),
            command="Open the photos in the window and correct some words first.",
        )
    pages: list[SourcePage] = []
    trouble: list[str] = []
    for key in sorted({*project.summaries(), *project.page_ids()}):
        try:
            if page := project.load_page(key, aside=False):
                # Somewhere on the photo there may be writing that no box marks.
                boxed = all(word.has_box for word in page.words.values())
                whole = boxed and page.state is PageState.REVIEWED
                pages.append(SourcePage(page, project.photo(page), whole, folder=project.photos))
        except StudioError as error:
            trouble.append(str(error))
    return DatasetSources(project.photos, tuple(pages), tuple(trouble))


def from_annotations(folder: Path) -> DatasetSources:
    """The photos that annotations.json lists, their words as somebody else has marked them. Raises StudioError."""
    truth = ground_truth.from_annotations(folder)
    pages: list[SourcePage] = []
    trouble = [str(each) for each in truth.troubles]
    for page in truth.pages:
        try:
            pages.append(_marked(page))
        except StudioError as error:
            trouble.append(str(error))
    return DatasetSources(folder, tuple(pages), tuple(trouble))


def _marked(true: TruePage) -> SourcePage:
    width, height = photo_file.read_photo_size(true.photo)
    if wrong := ground_truth.off_photo(true, width, height):
        raise wrong
    words = {
        f"{number:06d}": Word(
            f"{number:06d}", each.quad, TextSource.IMPORTED, human=Transcription(each.text, TextSource.IMPORTED)
        )
        for number, each in enumerate(true.words, start=1)
    }
    ignored = frozenset(key for key, each in zip(words, true.words, strict=True) if each.ignore)
    facts = PageFacts(writer=true.writer)
    page = Page(photo_file.compute_content_id(true.photo), true.image, width, height, words, facts=facts)
    return SourcePage(page, true.photo, whole=True, ignored=ignored)
