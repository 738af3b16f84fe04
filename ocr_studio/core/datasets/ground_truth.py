"""Ground truth: photos with known words, from ``annotations.json`` or from a project with checked words.

annotations.json: [{"image": "path in the folder", "words": [{"quad": [[x, y] × 4], "text": "…", "ignore": false}]}],
pixels of the upright photo, corners clockwise from the text's own top left. ignore: unreadable writing.
In a project, only checked words count. On a page that isn't fully checked, words found elsewhere are not counted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Unpack

from msgspec import Meta

from ocr_studio.core import paths, plain_text
from ocr_studio.core.dataset_files.validation import Box
from ocr_studio.core.dataset_files.validation import quad as quad_with_area
from ocr_studio.core.datasets.reader import check_ended, check_labels
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge, stays_inside
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, PhotoFrame, Quad
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.project.project import Places, Project
from ocr_studio.core.translation import tr

ANNOTATIONS: Final = "annotations.json"
# Half a million words; far beyond any set that is read on one machine in a day.
MAX_BYTES: Final = 64 << 20
MAX_WORDS: Final = 20_000


@dataclass(frozen=True, slots=True)
class TruePage:
    """A photo and what truly stands on it.

    Attributes:
        image: Name of the photo, for the user.
        photo: Its path.
        words: Its words, in pixels of the upright photo, turned as ``frame`` says.
        whole: Whether these are all its words; otherwise only those that the user has checked.
        page_id: Hash of the photo's bytes that the words belong to; empty if unknown.
        folder: Where to look for a photo with these bytes if it was renamed.
        writer: Who wrote on it, if known.
        frame: How the photo is turned; None if it is not.
    """

    image: str
    photo: Path
    words: tuple[Labelled, ...]
    whole: bool = True
    page_id: str = ""
    folder: Path | None = None
    writer: str | None = None
    frame: PhotoFrame | None = None


class BadTruth(StudioError):
    """The ground truth of a photo is invalid, so the photo is not evaluated."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What can be evaluated. troubles: what cannot, and why. left_out: pages of which nobody has checked a word.

    words: each true box holds a word; of a project nobody knows, as its boxes may be lines.
    """

    pages: tuple[TruePage, ...]
    troubles: tuple[StudioError, ...] = ()
    left_out: int = 0
    words: bool = False


def load(path: Path, **where: Unpack[Places]) -> Truth:
    """The truth in a folder with annotations.json, or in a project, or in a folder of photos that has one.

    where: as in ``Project.find``. Raises StudioError where there is nothing of the kind.
    """
    if not paths.is_folder(path):
        what = tr("it is not a folder") if paths.exists(path) else tr("the folder does not exist")
        raise StudioError(what, file=path, remedy=tr("Specify a folder with {file}, or a project.", file=ANNOTATIONS))
    if paths.exists(path / ANNOTATIONS):
        return from_annotations(path)
    project = Project.find(path, **where)
    if not project.exists:
        check_ended(path)
        check_labels(path)
        raise StudioError(
            tr("there are no checked words to compare with"),
            file=path,
            remedy=tr("Specify a folder with {file}, or a project with checked words.", file=ANNOTATIONS),
        )
    return from_project(project)


def from_annotations(folder: Path) -> Truth:
    """The truth in annotations.json. Raises StudioError where that file makes no sense as a whole, or lists nothing."""
    file = folder / ANNOTATIONS
    try:
        entries = strict_json.load(SafeFolder(folder, follow=True).read(ANNOTATIONS, most=MAX_BYTES))
    except OSError as error:
        raise StudioError(tr("it can’t be read: {reason}", reason=error.strerror or error), file=file) from error
    except TooLarge as error:
        raise StudioError(str(error), file=file, remedy=tr("Split it and its photos into several folders.")) from error
    except strict_json.NotUtf8 as error:
        raise StudioError(tr("it is not UTF-8 text"), file=file, remedy=tr("Save it as UTF-8.")) from error
    except strict_json.BadJson as error:
        raise StudioError(
            tr("it is not valid JSON: {reason}", reason=error), file=file, remedy=tr("Fix the file or create it again.")
        ) from error
    if not isinstance(entries, list):
        remedy = tr('The file must start with [{"image": "photo.jpg", "words": [')
        raise StudioError(tr("it is not a list of photos"), file=file, remedy=remedy)
    if not entries:
        remedy = tr('List photos like this: [{"image": "photo.jpg", "words": [')
        raise StudioError(tr("there is nothing to evaluate: it lists no photos"), file=file, remedy=remedy)
    pages: dict[str, TruePage] = {}
    troubles: list[StudioError] = []
    for number, entry in enumerate(entries, start=1):
        try:
            page = _page(entry, folder)
            place = os.path.realpath(page.photo)
            if place in pages:
                raise _Bad(
                    tr("“{image}” is listed twice; the first entry is used", image=page.image),
                    tr("Remove one of the entries."),
                )
            pages[place] = page
        except _Bad as error:
            troubles.append(
                BadTruth(
                    tr("photo {number} of {total}: {what}", number=number, total=len(entries), what=error.what),
                    file=file,
                    remedy=error.remedy,
                )
            )
    return Truth(tuple(pages.values()), tuple(troubles), words=True)


def from_project(project: Project) -> Truth:
    """The words of a project that a person has checked. Nothing of it is changed, damaged pages included.

    Raises StudioError where there is none.
    """
    pages: list[Page] = []
    troubles: list[StudioError] = []
    for key in sorted({*project.summaries(), *project.page_ids()}):
        try:
            if page := project.load_page(key, aside=False):
                pages.append(page)
        except StudioError as error:
            troubles.append(error)
    pages.sort(key=lambda page: (make_natural_key(page.image), page.id))
    true = [page for page in (_checked(page, project) for page in pages) if page.words]
    if not true and not troubles:
        why = (
            tr("no words of these photos have been checked yet")
            if pages
            else tr("none of its photos has been read yet")
        )
        raise StudioError(
            tr("there is nothing to evaluate: {why}", why=why),
            file=project.photos if pages else project.folder,
            remedy=tr("Open the photos and check some words: correct or confirm them."),
            command="Open the photos in the window and check some words: correct or confirm them.",
        )
    return Truth(tuple(true), tuple(troubles), len(pages) - len(true))


def off_photo(page: TruePage, width: int, height: int) -> StudioError | None:
    """What is wrong if a word of annotations.json does not lie on the photo, whose upright size this is.

    Most often the places are those on the photo as the camera stored it, not yet turned.
    """
    for number, word in enumerate(() if page.page_id else page.words, start=1):
        x, y = geometry.find_centre(word.quad)
        if not (0 <= x <= width and 0 <= y <= height):
            what = tr(
                "word {number}, “{text}”, is outside the photo, which is {width} × {height} pixels",
                number=number,
                text=word.text,
                width=width,
                height=height,
            )
            return BadTruth(what, file=page.photo, remedy=tr("Use pixel coordinates of the upright photo."))
    return None


def _checked(page: Page, project: Project) -> TruePage:
    words = [word for word in page.words.values() if word.checked and word.has_box]
    return TruePage(
        image=page.image,
        photo=project.photo(page),
        words=tuple(Labelled(word.quad, word.text, word.mark is not None) for word in words),
        whole=len(words) == len(page.words),
        page_id=page.id,
        folder=project.photos,
        writer=page.facts.writer,
        frame=page.facts.frame,
    )


# ------------------------------------------------------------------------------------------------ annotations.json


class _Bad(ValueError):
    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy or tr("Fix or remove this entry.")


@dataclass(frozen=True, slots=True)
class _Photo:
    image: Annotated[str, Meta(min_length=1)]
    words: Annotated[list[object], Meta(max_length=MAX_WORDS)]
    writer: Annotated[str, Meta(max_length=200)] | None = None


@dataclass(frozen=True, slots=True)
class _Word:
    quad: Box
    text: Annotated[str, Meta(max_length=plain_text.LONGEST)] = ""
    ignore: bool = False
    id: str | int | None = None


def _page(entry: object, folder: Path) -> TruePage:
    try:
        photo = json_schema.convert(entry, _Photo)
    except json_schema.BadValue as error:
        raise _Bad(str(error), tr('Use the form {"image": …, "words": […]}.')) from error
    if not _inside(photo.image):
        raise _Bad(
            tr("“{image}” is outside the folder", image=photo.image),
            tr("Move the photo to the folder and use its path inside the folder."),
        )
    writer = one_line(photo.writer or "") or None
    return TruePage(PurePosixPath(photo.image).as_posix(), folder / photo.image, tuple(_words(photo)), writer=writer)


def _inside(image: str) -> bool:
    # What leads out on one system shall not be a name on another.
    return stays_inside(image) and stays_inside(image.replace("\\", "/"))


def _words(photo: _Photo) -> Iterator[Labelled]:
    ids: set[object] = set()
    for number, value in enumerate(photo.words, start=1):
        try:
            word = json_schema.convert(value, _Word)
            if word.id in ids:
                raise _Bad(tr("its id {id} is used twice", id=json.dumps(word.id)[:40]))
            ids |= {word.id} - {None}
            yield _labelled(word)
        except (_Bad, json_schema.BadValue) as error:
            what = tr("“{image}”, word {number}: {what}", image=photo.image, number=number, what=error)
            raise _Bad(what, getattr(error, "remedy", "")) from error


def _labelled(word: _Word) -> Labelled:
    text = one_line(word.text)
    if not text and not word.ignore:
        raise _Bad(tr("it has no text"), tr('Add the text, or "ignore": true.'))
    return Labelled(Quad(word.quad) if word.ignore else quad_with_area(word.quad), text, word.ignore)
