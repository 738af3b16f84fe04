"""Hugging Face ``imagefolder``: metadata.jsonl beside the photos, a line for each, with the text and all words.

https://huggingface.co/docs/datasets/image_dataset. ``file_name`` is relative to the file, and photos have to be in its
folder or below, so the file belongs into the folder of the photos. ``bbox`` has x, y, width and height.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.formats.exchange import MAX_WORDS, ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import Coordinate, LabelledWords, Size, find_mark, read_without_pictures
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Point
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr

_MOST_LINES: Final = 100_000


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of all pages."""
    return "".join(json.dumps(_describe(page, photos), ensure_ascii=False) + "\n" for page in pages)


def _describe(page: Page, photos: PhotoSource | None) -> dict[str, object]:
    found = ExchangePage.from_page(page)
    words = list(found.boxed_words())
    bounds = [quad.bounds() for _, quad in words]
    return {
        "file_name": format_photo_path(photos.reference(page) if photos else page.image),
        "width": found.width,
        "height": found.height,
        "objects": {
            "bbox": [
                [left, top, round(right - left, 2), round(bottom - top, 2)] for left, top, right, bottom in bounds
            ],
            "quad": [[value for corner in quad.corners for value in corner] for _, quad in words],
            "text": [word.text for word, _ in words],
            "checked": [word.checked for word, _ in words],
            # "" for none: Hugging Face can't load lists of nothing but null.
            "mark": [word.mark.value if word.mark else "" for word, _ in words],
        },
        "text": page_order.compose_text(page),
    }


_Corners: TypeAlias = Annotated[list[Coordinate], Meta(min_length=8, max_length=8)]


@dataclass(frozen=True, slots=True)
class _Objects:
    bbox: Annotated[list[tuple[Coordinate, Coordinate, Size, Size]], Meta(max_length=MAX_WORDS)]
    quad: Annotated[list[_Corners], Meta(max_length=MAX_WORDS)] | None = None
    text: Annotated[list[str], Meta(max_length=MAX_WORDS)] | None = None
    checked: Annotated[list[bool], Meta(max_length=MAX_WORDS)] | None = None
    mark: Annotated[list[str | None], Meta(max_length=MAX_WORDS)] | None = None


@dataclass(frozen=True, slots=True)
class _Photo:
    file_name: Annotated[str, Meta(max_length=5_000)]
    objects: _Objects
    width: Size = 0
    height: Size = 0


def recognizes(file: LabelFile) -> bool:
    """Whether a file is a list of photos with words, a line for each."""
    outer, inner = find_keys(file.beginning.partition(b"\n")[0])
    return {"file_name", "objects"} <= outer and "bbox" in inner


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    data = read_without_pictures(file)
    if data.count(b"\n") > _MOST_LINES:
        raise file.make_error(tr("it has more than {most} lines", most=_MOST_LINES))
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            try:
                yield _read_photo(json_schema.convert(strict_json.load(line), _Photo))
            except (strict_json.BadJson, json_schema.BadValue) as error:
                raise file.make_error(tr("line {number}: {reason}", number=number, reason=error)) from error


def _read_photo(photo: _Photo) -> ExchangePage:
    words, objects = LabelledWords(resolve_photo_name(photo.file_name), (photo.width, photo.height)), photo.objects
    count = len(objects.bbox)
    marks = objects.mark if objects.mark and len(objects.mark) == count else [None] * count
    checked = objects.checked if objects.checked and len(objects.checked) == count else [True] * count
    texts = objects.text if objects.text and len(objects.text) == count else [""] * count
    for points, text, mark, is_checked in zip(_find_outlines(objects), texts, marks, checked, strict=True):
        words.add(points, text, ExchangeWord(None, checked=is_checked, mark=find_mark(mark)))
    return words.page()


def _find_outlines(objects: _Objects) -> list[list[Point]]:
    """Return the outlines of the words, from their boxes if there is nothing better."""
    if objects.quad is not None and len(objects.quad) == len(objects.bbox):
        return [list(zip(corners[::2], corners[1::2], strict=True)) for corners in objects.quad]
    return [[(left, top), (left + width, top + height)] for left, top, width, height in objects.bbox]
