"""Writing a dataset: pictures of words as their pages come, at the end the labels, the manifest and the report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from ocr_studio.core import dataset_choice, dataset_folder, dataset_report, images
from ocr_studio.core import dataset_fields as fields
from ocr_studio.core.dataset_choice import Candidate, SourcePage
from ocr_studio.core.dataset_folder import file_id
from ocr_studio.core.dataset_layouts import LAYOUTS, own
from ocr_studio.core.dataset_layouts.layout import Layout
from ocr_studio.core.dataset_report import REASONS, LeftOut, Reason, Report
from ocr_studio.core.dataset_split import SHARE, Division, Place, divide
from ocr_studio.core.dataset_values import (
    FORMAT,
    MANIFEST,
    PHOTOS,
    VERSION,
    BadDataset,
    Checked,
    Digest,
    Example,
    Split,
    TruePhoto,
    alphabet_of,
)
from ocr_studio.core.errors import StudioError
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.moved_photos import MovedPhotos
from ocr_studio.core.pixels import RGB
from ocr_studio.core.pyramid import Pyramid
from ocr_studio.core.word_crops import level

# High enough that boxes and strokes are as on the photo itself; without loss a photo would take 20 MB.
_JPEG_QUALITY: Final = 95


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a dataset is to be written. layout: of ``LAYOUTS``. unit: "words" or "lines". letters: the only characters
    that labels may have; None: any."""

    layout: str = own.LAYOUT.name
    unit: str = "words"
    letters: str | None = None


@dataclass(frozen=True, slots=True)
class PhotoCut:
    """The words of one photo are cut out: ``done`` of ``total`` photos."""

    image: str
    done: int
    total: int


def export(
    pages: Sequence[SourcePage], folder: Path, wanted: Wanted, *, trouble: Sequence[str] = ()
) -> Iterator[PhotoCut | Report]:
    """Write a dataset: PhotoCut for each page, at last the Report. Given up before, it leaves nothing behind.

    folder: a new or empty one, or one with a dataset of this layout, which is replaced. trouble: what is known to be
    missing already, for the report. Raises WriteFailed, also where other files are in the folder, and BadDataset where
    there is nothing to write; what lies there already then stays.
    """
    layout = LAYOUTS[wanted.layout]
    ordered = sorted(pages, key=lambda source: (images.natural_key(source.page.image), source.page.id))
    with dataset_folder.workshop(folder, layout) as workshop:
        gathering = _Gathering(workshop, layout, wanted)
        for number, source in enumerate(ordered, start=1):
            gathering.add(source)
            yield PhotoCut(source.page.image, number, len(ordered))
        report = gathering.finish(folder, trouble)
        if not report.written and not report.boxes:
            raise _nothing(report)
        dataset_folder.publish(workshop, folder, layout)
    yield report


class _Gathering:
    """Cuts out the words of one page after the other and keeps what is to be said of them."""

    def __init__(self, workshop: Path, layout: Layout, wanted: Wanted) -> None:
        self._workshop, self._layout, self._wanted = workshop, layout, wanted
        self._letters = None if wanted.letters is None else frozenset(wanted.letters)
        self._examples: list[Example] = []
        self._places: list[Place] = []
        self._photos: list[TruePhoto] = []
        self._left_out: list[LeftOut] = []
        self._known: set[tuple[bytes, str]] = set()
        self._pictures: dict[str, bytes] = {}
        self._sources: list[SourcePage] = []
        self._trouble: list[str] = []
        self._moved = MovedPhotos()
        for name in filter(None, (layout.crops, "" if layout.photos == "none" else PHOTOS)):
            (workshop / name).mkdir()

    def add(self, source: SourcePage) -> None:
        """Take what can be learned from a page."""
        self._sources.append(source)
        found = dataset_choice.candidates(source, unit=self._wanted.unit, letters=self._letters)
        fit = any(each.reason is None for each in found)
        image = self._opened(source) if fit or source.whole else None
        if image is None:
            self._left_out += [_left(source, each, each.reason or Reason.PHOTO) for each in found]
            return
        photo = f"{PHOTOS}/{file_id(source.page.id)}.jpg"
        self._cut(source, found, Pyramid(image), photo)
        boxes = source.whole and self._layout.photos == "reviewed"
        if boxes:
            self._photos.append(_true_photo(source, photo))
        if boxes or (fit and self._layout.photos == "all"):
            self._write(photo, ".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))

    def finish(self, folder: Path, trouble: Sequence[str]) -> Report:
        """Write the labels and the manifest. folder: where the dataset will be."""
        division = divide(self._places)
        self._examples = [replace(each, split=side) for each, side in zip(self._examples, division.sides, strict=True)]
        held = {each.page for each in self._examples if each.split is Split.HELD_OUT} if division.rule == "page" else ()
        self._photos = [
            replace(each, split=Split.HELD_OUT if each.page in held else Split.TRAIN) for each in self._photos
        ]
        for name, data in self._layout.render(self._examples, self._photos).items():
            (self._workshop / name).write_bytes(data)
        report = self._report(folder, division, trouble)
        manifest = fields.json_bytes(self._manifest(report, division), indent=1)
        (self._workshop / MANIFEST).write_bytes(manifest + b"\n")
        return report

    def _opened(self, source: SourcePage) -> RGB | None:
        try:
            return self._moved.open(source.photo, source.page.id, source.folder)[1]
        except StudioError as error:
            self._trouble.append(str(error))
            return None

    def _cut(self, source: SourcePage, found: Sequence[Candidate], pyramid: Pyramid, photo: str) -> None:
        for each in found:
            reason = each.reason
            if reason is None:
                picture = level(pyramid, each.quad.array())
                key = hashlib.sha256(f"{picture.shape}".encode() + picture.tobytes()).digest(), each.text
                reason = Reason.DUPLICATE if key in self._known else None
                self._known.add(key)
                if reason is None:
                    self._keep(source, each, picture, photo)
            if reason is not None:
                self._left_out.append(_left(source, each, reason))

    def _keep(self, source: SourcePage, found: Candidate, picture: RGB, photo: str) -> None:
        page, crop = source.page, ""
        if self._layout.crops:
            crop = f"{self._layout.crops}/{file_id(page.id)}-{file_id(found.word)}.png"
            self._write(crop, ".png", picture, ())
        example = Example(
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
        )
        self._examples.append(example)
        self._places.append(Place(page.id, found.line, found.word))

    def _write(self, name: str, kind: str, picture: RGB, options: Sequence[int]) -> None:
        _, encoded = cv2.imencode(kind, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
        data = np.asarray(encoded).tobytes()
        self._pictures[name] = hashlib.sha256(data).digest()
        (self._workshop / name).write_bytes(data)

    def _report(self, folder: Path, division: Division, trouble: Sequence[str]) -> Report:
        written, digest = self._examples, Digest()
        for example in written:
            digest.add(example, self._pictures[example.crop or example.photo])
        confirmed = sum(each.checked is Checked.CONFIRMED for each in written)
        return Report(
            folder=folder,
            layout=self._layout.name,
            unit=self._wanted.unit,
            found=len(written) + len(self._left_out),
            written=len(written),
            corrected=len(written) - confirmed,
            confirmed=confirmed,
            train=division.sides.count(Split.TRAIN),
            held_out=division.sides.count(Split.HELD_OUT),
            pages=len(self._sources),
            pages_written=len({each.page for each in written}),
            boxes=len(self._photos),
            rule=division.rule,
            alphabet=alphabet_of(each.text for each in written),
            digest=digest.hex(),
            left_out=tuple(self._left_out),
            trouble=(*trouble, *self._trouble),
        )

    def _manifest(self, report: Report, division: Division) -> dict[str, object]:
        """Nothing in it tells when or where it was written: the same words give the same manifest."""
        boxes = {each.page for each in self._photos}
        held = {each.page for each in self._examples if each.split is Split.HELD_OUT}
        numbers = Counter(each.page for each in self._examples)
        pages = [
            {
                "page": source.page.id,
                "image": source.page.image,
                "examples": numbers[source.page.id],
                "boxes": source.page.id in boxes,
                "held_out": source.page.id in held,
            }
            for source in self._sources
        ]
        return {
            "format": FORMAT,
            "version": VERSION,
            "layout": self._layout.name,
            "unit": report.unit,
            "alphabet": report.alphabet,
            "counts": dataset_report.values(report),
            "split": {
                "rule": division.rule,
                "why": dataset_report.RULES[division.rule],
                "wanted": SHARE,
                "held_out": round(division.share, 4),
                "examples": {"train": report.train, "held-out": report.held_out},
            },
            "digest": report.digest,
            "models": sorted({each.machine.model for each in self._examples if each.machine and each.machine.model}),
            "pages": pages,
        }


def _nothing(report: Report) -> BadDataset:
    why = [f"{count} left out: {REASONS[reason]}" for reason, count in report.counts.items() if count]
    return BadDataset(
        f"there is nothing to learn from yet ({'; '.join([*why, *report.trouble]) or 'no words at all'})",
        file=report.folder,
        remedy="Go through a photo in the window: Return says that a word is right.",
    )


def _left(source: SourcePage, found: Candidate, reason: Reason) -> LeftOut:
    return LeftOut(source.page.id, source.page.image, found.word, found.text, reason)


def _true_photo(source: SourcePage, photo: str) -> TruePhoto:
    """All words of a photo; boxes in which a person found nothing written are none."""
    page = source.page
    words = tuple(
        Labelled(word.quad, word.text, word.id in source.ignored)
        for word in page.words.values()
        if word.text or word.id in source.ignored
    )
    return TruePhoto(photo, page.id, page.image, page.width, page.height, words)
