"""docTR: labels.json of all photos, with outlines for its detection dataset and words for its OCR dataset.

https://mindee.github.io/doctr/using_doctr/custom_datasets.html. docTR fails on photos without boxes, so they are left
out; it has no place for writing that doesn't count.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import json_schema
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import (
    Coordinate,
    LabelledWords,
    Outline,
    Size,
    check_count,
    load_json,
)
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Point
from ocr_studio.core.translation import tr

_WORDS: Final = "typed_words"


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of all pages."""
    values: dict[str, object] = {}
    for page in pages:
        found = ExchangePage.from_page(page)
        words = list(found.boxed_words())
        if not words:
            continue
        values[format_photo_path(found.image)] = {
            "img_dimensions": [found.height, found.width],
            "img_hash": _compute_hash(page, photos),
            "polygons": [[list(corner) for corner in quad.corners] for _, quad in words],
            _WORDS: [{"geometry": list(quad.bounds()), "value": word.text} for word, quad in words if word.text],
        }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _compute_hash(page: Page, photos: PhotoSource | None) -> str:
    """The SHA-256 of the photo's file; "" if it can't be read, as docTR reads the photo by its name."""
    try:
        return hashlib.sha256(photos.read(page)).hexdigest() if photos else ""
    except StudioError:
        return ""


@dataclass(frozen=True, slots=True)
class _Word:
    geometry: Annotated[list[Coordinate], Meta(min_length=4, max_length=8)]
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Photo:
    polygons: object = None  # a list, or lists by classes
    img_dimensions: object = None
    typed_words: object = None


_Box: TypeAlias = tuple[float, ...]


def recognizes(file: LabelFile) -> bool:
    """Whether a file is of docTR."""
    _, inner = find_keys(file.beginning)
    return bool(inner & {"img_dimensions", "img_hash", _WORDS}) or inner == {"polygons"}


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    found = load_json(file)
    if not isinstance(found, dict):
        raise file.make_error(tr("it has no list of images"))
    for name, entry in found.items():
        if photo := json_schema.convert_or(entry, _Photo, None):
            yield _read_photo(file, name, photo)


def _read_photo(file: LabelFile, name: str, photo: _Photo) -> ExchangePage:
    height, width = json_schema.convert_or(photo.img_dimensions, tuple[Size, Size], (0.0, 0.0))
    words = LabelledWords(resolve_photo_name(name), (width, height))
    polygons = photo.polygons
    if isinstance(polygons, dict):
        polygons = [each for group in polygons.values() if isinstance(group, list) for each in group]
    polygons = polygons if isinstance(polygons, list) else []
    entries = photo.typed_words if isinstance(photo.typed_words, list) else []
    for each in (polygons, entries):
        check_count(file, each)
    outlines: list[list[Point]] = json_schema.valid_entries(polygons, Outline)
    typed: list[_Word] = json_schema.valid_entries(entries, _Word)
    words.leave_out(len(polygons) - len(outlines) + len(entries) - len(typed))
    texts: defaultdict[_Box, list[str]] = defaultdict(list)
    for word in typed:
        texts[_find_bounds(_find_corners(word))].insert(0, word.value)
    for outline in outlines:
        same = texts.get(_find_bounds(outline))
        words.add(outline, same.pop() if same else "")
    if not outlines:
        for word in typed:
            words.add(_find_corners(word), word.value)
    return words.page()


def _find_corners(word: _Word) -> list[Point]:
    numbers = word.geometry
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _find_bounds(outline: Sequence[Point]) -> _Box:
    xs, ys = zip(*outline, strict=True)
    return tuple(round(value, 1) for value in (min(xs), min(ys), max(xs), max(ys)))
