"""What a dataset holds: pictures of words with what is written on them, and photos with the places of all words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.files import safe_folder
from ocr_studio.core.files.safe_folder import SafeFolder, TooLarge
from ocr_studio.core.images import photo_file, photo_limit
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.page import Quad
from ocr_studio.core.translation import tr

FORMAT: Final = "ocr-studio-dataset"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
LABELS: Final = "labels.jsonl"
BOXES: Final = "boxes.jsonl"
UNCHECKED: Final = "unchecked.jsonl"
CROPS: Final = "crops"
PHOTOS: Final = "photos"
UNITS: Final = ("words", "lines")
BY: Final = ("human", "imported", "synthetic", "machine")

# A word or line brought to the net's height is a few thousand pixels across at the very most.
MAX_CROP_PIXELS: Final = 8_000_000
MAX_CROP_BYTES: Final = 16 << 20
MAX_PHOTO_BYTES: Final = 256 << 20


class BadDataset(StudioError):
    """A folder is no dataset, or one that cannot be used."""


class BadCrop(BadDataset):
    """The picture of one word cannot be had (any more)."""


class Split(StrEnum):
    """What an example is for: to learn from, or only to measure by what was learned."""

    TRAIN = "train"
    HELD_OUT = "held-out"


class CheckKind(StrEnum):
    """How a word was checked: the user wrote something else than the machine, agreed with it, or hasn't seen it."""

    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class MachineReading:
    """What a recognizer had read before a person checked it. confidence: 0..1, where it gave one."""

    text: str
    confidence: float | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One word (or line) to learn from.

    text: what is written, one line, NFC, never empty. crop: its picture in the dataset's folder, "/" between parts;
    empty where it is to be cut out of ``photo``, likewise in the folder. page: id of its page in the project; image:
    that photo's path there; word: id of the word (of a line, of its first word); all empty where not known. quad: on
    the upright photo. by: of BY, who says what is written: "synthetic" is what the program has drawn itself,
    "machine" what it has read and nobody has checked. writer:
    who wrote it on the board, where known.
    """

    text: str
    crop: str = ""
    photo: str = ""
    page: str = ""
    image: str = ""
    word: str = ""
    quad: Quad | None = None
    split: Split = Split.TRAIN
    checked: CheckKind = CheckKind.CORRECTED
    by: str = "human"
    machine: MachineReading | None = None
    writer: str | None = None

    @property
    def place(self) -> tuple[str, str] | None:
        """(page id, word id) in the project it came from, where known."""
        return (self.page, self.word) if self.page and self.word else None


@dataclass(frozen=True, slots=True)
class TruePhoto:
    """A photo all of whose words are marked: what a detector learns from.

    photo: its file in the dataset's folder, "/" between parts. width, height: pixels of that upright photo. words:
    ignore is true for writing nobody can read.
    """

    photo: str
    page: str
    image: str
    width: int
    height: int
    words: tuple[Labelled, ...]
    split: Split = Split.TRAIN


@dataclass(frozen=True)
class Dataset:
    """Examples in one folder, as ``dataset.read`` found them. It may cross threads.

    folder: where it lies. layout: how its files are written, "ocr-studio" for our own. unit: "words" or "lines".
    manifest: manifest.json as it is, empty for other layouts. digest: SHA-256 over all labels, pictures and boxes, 64
    hex digits; the unchecked words included, but for datasets of earlier versions. trouble: what was left out and why,
    one line each. rule: how examples were held out, "page", "line", "word" or "none". unchecked: words that were read
    with certainty, which are no part of anything else here.
    """

    folder: Path
    examples: tuple[Example, ...]
    pages: tuple[TruePhoto, ...] = ()
    manifest: Mapping[str, object] = field(default_factory=dict)
    trouble: tuple[str, ...] = ()
    layout: str = "ocr-studio"
    unit: str = "words"
    rule: str = "page"
    digest: str = ""
    unchecked: tuple[Example, ...] = ()
    _cutting: list[tuple[str, Pyramid]] = field(default_factory=list, repr=False, compare=False)

    @property
    def train(self) -> tuple[Example, ...]:
        """The examples to learn from."""
        return self._of(Split.TRAIN)

    @property
    def held_out(self) -> tuple[Example, ...]:
        """The examples to measure by."""
        return self._of(Split.HELD_OUT)

    @property
    def alphabet(self) -> str:
        """All characters of the labels, each once, sorted."""
        return collect_alphabet(example.text for example in self.examples)

    def crop(self, example: Example) -> RGB:
        """Its picture, (h, w, 3) uint8 RGB; of our own datasets 48 pixels high. Raises BadCrop."""
        if example.crop:
            return read_picture(self.folder, example.crop, most=MAX_CROP_PIXELS, most_bytes=MAX_CROP_BYTES)
        if example.quad is None:
            raise BadCrop(tr("the example has neither an image nor a box on a photo"), file=self.folder)
        return extract_crop(self._pyramid(example.photo), example.quad.array())

    def photo(self, page: TruePhoto) -> RGB:
        """The photo, (H, W, 3) uint8 RGB. Raises BadCrop."""
        return self.photo_named(page.photo)

    def photo_named(self, name: str) -> RGB:
        """A photo by its name in the folder, (H, W, 3) uint8 RGB. Raises BadCrop."""
        return read_picture(self.folder, name, most=photo_limit.MAX_PIXELS, most_bytes=MAX_PHOTO_BYTES)

    def _of(self, split: Split) -> tuple[Example, ...]:
        return tuple(example for example in self.examples if example.split is split)

    def _pyramid(self, photo: str) -> Pyramid:
        # Neighbours in a dataset are neighbours on a photo: the last one opened is enough to keep.
        for name, pyramid in tuple(self._cutting):
            if name == photo:
                return pyramid
        opened = Pyramid(self.photo_named(photo))
        self._cutting[:] = [(photo, opened)]
        return opened


def read_picture(folder: Path, name: str, *, most: int, most_bytes: int) -> RGB:
    """A picture inside a folder, (h, w, 3) uint8 RGB, upright; at most so many pixels. Raises BadCrop."""
    return decode_picture(read_crop_bytes(folder, name, most_bytes=most_bytes), folder / name, most=most)


def read_crop_bytes(folder: Path, name: str, *, most_bytes: int) -> bytes:
    """The bytes of a file inside a folder. Raises BadCrop."""
    try:
        return SafeFolder(folder, follow=True).read(name, most=most_bytes)
    except (OSError, TooLarge) as error:
        raise BadCrop(
            tr("the image can’t be used: {reason}", reason=safe_folder.explain_error(error)), file=folder / name
        ) from error


def decode_picture(data: bytes, path: Path, *, most: int) -> RGB:
    """The picture in these bytes, as ``read_picture`` gives it. Raises BadCrop."""
    try:
        return photo_file.decode_photo(data, name=str(path), most=most)
    except photo_file.PhotoError as error:
        raise BadCrop(tr("the image can’t be used: {reason}", reason=error.what), file=path) from error


class Digest:
    """SHA-256 over examples (texts, sides, bytes of their pictures) and boxes, whatever their order."""

    def __init__(self) -> None:
        self._each: list[bytes] = []

    def add(self, example: Example, picture: bytes) -> None:
        """picture: SHA-256 of the file that the example's picture is in, or is cut out of."""
        corners = None if example.crop or example.quad is None else example.quad.corners
        label = json.dumps([example.text, example.split.value, corners]).encode("ascii")
        self._each.append(hashlib.sha256(label + picture).digest())

    def add_unchecked(self, example: Example, picture: bytes) -> None:
        """As ``add``, for a word of ``UNCHECKED``: something else is learned if it is checked."""
        label = json.dumps([example.text, CheckKind.UNCHECKED.value]).encode("ascii")
        self._each.append(hashlib.sha256(label + picture).digest())

    def add_photo(self, page: TruePhoto, picture: bytes) -> None:
        """picture: SHA-256 of the photo's file."""
        words = [[word.quad.corners, None if word.ignore else word.text] for word in page.words]
        self._each.append(hashlib.sha256(json.dumps(words).encode("ascii") + picture).digest())

    def hex(self) -> str:
        """64 hex digits."""
        return hashlib.sha256(b"".join(sorted(self._each))).hexdigest()


def collect_alphabet(texts: Iterable[str]) -> str:
    """All characters of some texts, each once, sorted."""
    return "".join(sorted({letter for text in texts for letter in text}))
