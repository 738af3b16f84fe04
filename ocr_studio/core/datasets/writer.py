"""Writing a dataset: pictures of words as their pages come, at the end the labels, the manifest and the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ocr_studio.core.dataset_files import own
from ocr_studio.core.dataset_files.layouts import LAYOUTS
from ocr_studio.core.dataset_files.values import PHOTOS, Example, Split, TruePhoto
from ocr_studio.core.datasets import eligibility
from ocr_studio.core.datasets import folder as dataset_folder
from ocr_studio.core.datasets.builder import DatasetBuilder
from ocr_studio.core.datasets.eligibility import Candidate, SourcePage
from ocr_studio.core.datasets.folder import make_file_id
from ocr_studio.core.datasets.report import LeftOut, Reason, Report
from ocr_studio.core.datasets.split import ExamplePlace, divide
from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.photo_list.moved_photos import MovedPhotos

# Unchecked words of a dataset, of all writers together.
MOST_UNCHECKED: Final = 3000


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How a dataset is to be written. layout: of ``LAYOUTS``. unit: "words" or "lines". letters: the only characters
    that labels may have; None: any. unchecked: whether words that were read with certainty go along, from photos with
    checked words; only in our own layout."""

    layout: str = own.LAYOUT.name
    unit: str = "words"
    letters: str | None = None
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class PhotoCut:
    """The words of one photo are cut out: ``done`` of ``total`` photos."""

    image: str
    done: int
    total: int


def export(
    pages: Sequence[SourcePage],
    folder: Path,
    wanted: ExportOptions,
    *,
    source: Path | None = None,
    trouble: Sequence[str] = (),
) -> Iterator[PhotoCut | Report]:
    """Write a dataset: PhotoCut for each page, at last the Report. Given up before, it leaves nothing behind.

    folder: a new or empty one, or one with a dataset of this layout, which is replaced. source: the folder of the
    pages, which an error about them names. trouble: what is known to be missing already, for the report. Raises
    WriteFailed, also where other files are in the folder, and BadDataset where there is nothing to write; what lies
    there already then stays.
    """
    layout = LAYOUTS[wanted.layout]
    ordered = sorted(pages, key=lambda source: (make_natural_key(source.page.image), source.page.id))
    with dataset_folder.open_workshop(folder, layout) as workshop:
        unchecked = wanted.unchecked and layout.name == own.LAYOUT.name and wanted.unit == "words"
        making = DatasetBuilder(workshop, layout, wanted.unit, source, trouble=list(trouble), with_unchecked=unchecked)
        gathering = _ExampleCutter(making, wanted)
        for number, each in enumerate(ordered, start=1):
            gathering.add(each)
            yield PhotoCut(each.page.image, number, len(ordered))
        report = making.finish(folder, rule=gathering.divide())
        dataset_folder.publish(workshop, folder, layout)
    yield report


class _ExampleCutter:
    """Cuts out the words of one page after the other."""

    def __init__(self, making: DatasetBuilder, wanted: ExportOptions) -> None:
        self._making, self._layout, self._wanted = making, making.layout, wanted
        self._letters = None if wanted.letters is None else frozenset(wanted.letters)
        self._places: list[ExamplePlace] = []
        self._known: set[tuple[bytes, str]] = set()
        self._moved = MovedPhotos()

    def add(self, source: SourcePage) -> None:
        """Take what can be learned from a page."""
        making = self._making
        making.pages.append((source.page.id, source.page.image))
        found = eligibility.find_candidates(source, unit=self._wanted.unit, letters=self._letters)
        fit = any(each.reason is None for each in found)
        certain = eligibility.find_certain(source, letters=self._letters) if fit and making.with_unchecked else []
        image = self._opened(source) if fit or source.whole else None
        if image is None:
            making.left_out += [_make_left_out(source, each, each.reason or Reason.PHOTO) for each in found]
            return
        photo = f"{PHOTOS}/{make_file_id(source.page.id)}.jpg"
        pyramid = Pyramid(image)
        self._cut(source, found, pyramid, photo)
        for each in certain[: max(0, MOST_UNCHECKED - len(making.unchecked))]:
            making.unchecked.append(self._write_example(source, each, extract_crop(pyramid, each.quad.array()), photo))
        boxes = source.whole and self._layout.photos == "reviewed"
        if boxes:
            making.photos.append(_make_true_photo(source, photo))
        if boxes or (fit and self._layout.photos == "all"):
            making.write(photo, image)

    def divide(self) -> str:
        """Hold some examples out. Returns the rule."""
        division, making = divide(self._places), self._making
        making.examples = [
            replace(each, split=side) for each, side in zip(making.examples, division.sides, strict=True)
        ]
        held = {each.page for each in making.examples if each.split is Split.HELD_OUT}
        if division.rule == "page":  # nothing is learned from photos that are held out
            making.unchecked = [each for each in making.unchecked if each.page not in held]
            making.photos = [
                replace(each, split=Split.HELD_OUT if each.page in held else Split.TRAIN) for each in making.photos
            ]
        return division.rule

    def _opened(self, source: SourcePage) -> RGB | None:
        try:
            page = source.page
            return self._moved.open(source.photo, page.id, source.folder, frame=page.facts.frame)[1]
        except StudioError as error:
            self._making.trouble.append(str(error))
            return None

    def _cut(self, source: SourcePage, found: Sequence[Candidate], pyramid: Pyramid, photo: str) -> None:
        for each in found:
            reason = each.reason
            if reason is None:
                picture = extract_crop(pyramid, each.quad.array())
                key = hashlib.sha256(f"{picture.shape}".encode() + picture.tobytes()).digest(), each.text
                reason = Reason.DUPLICATE if key in self._known else None
                self._known.add(key)
                if reason is None:
                    self._keep(source, each, picture, photo)
            if reason is not None:
                self._making.left_out.append(_make_left_out(source, each, reason))

    def _keep(self, source: SourcePage, found: Candidate, picture: RGB, photo: str) -> None:
        self._making.examples.append(self._write_example(source, found, picture, photo))
        self._places.append(ExamplePlace(source.page.id, found.line, found.word))

    def _write_example(self, source: SourcePage, found: Candidate, picture: RGB, photo: str) -> Example:
        page, crop = source.page, ""
        if self._layout.crops:
            crop = f"{self._layout.crops}/{make_file_id(page.id)}-{make_file_id(found.word)}.png"
            self._making.write(crop, picture)
        return Example(
            text=found.text,
            crop=crop,
            photo="" if crop else photo,
            page=page.id,
            image=page.image,
            word=found.word,
            quad=found.quad,
            checked=found.checked,
            by=found.by,
            machine=found.machine,
            writer=page.facts.writer,
        )


def _make_left_out(source: SourcePage, found: Candidate, reason: Reason) -> LeftOut:
    return LeftOut(source.page.id, source.page.image, found.word, found.text, reason)


def _make_true_photo(source: SourcePage, photo: str) -> TruePhoto:
    """All words of a photo; boxes in which a person found nothing written are none."""
    page = source.page
    aside = source.ignored | {word.id for word in page.words.values() if word.mark}
    words = tuple(
        Labelled(word.quad, word.text, word.id in aside)
        for word in page.words.values()
        if (word.text or word.id in aside) and geometry.measure_area(word.quad) >= 1
    )
    return TruePhoto(photo, page.id, page.image, page.width, page.height, words)
