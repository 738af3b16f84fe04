"""COCO, with the texts as COCO-Text has them: one JSON file for all photos.

https://cocodataset.org/#format-data, https://bgshih.github.io/cocotext. COCO-Text itself, and TextOCR, have objects by
ids, ``imgs`` and ``anns``, where COCO has the lists ``images`` and ``annotations``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import (
    TEXT_CLASS,
    Coordinate,
    LabelledWords,
    Size,
    check_count,
    clean_text,
    find_mark,
    load_json,
)
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Mark, Page, Point, Quad
from ocr_studio.core.translation import tr

_CATEGORY: Final = 1
_TEXTS: Final = ("utf8_string", "text", "transcription")
_LEGIBLE: Final = "legible"
_ILLEGIBLE: Final = "illegible"


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of all pages."""
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for number, page in enumerate(pages, start=1):
        found = ExchangePage.from_page(page)
        name = format_photo_path(photos.reference(page) if photos else found.image)
        images.append({"id": number, "file_name": name, "width": found.width, "height": found.height})
        annotations.extend(_make_annotation(word, quad, number) for word, quad in found.boxed_words())
    values = {
        "info": {"description": "OCR Studio"},
        "licenses": [],
        "images": images,
        "annotations": [{"id": number, **each} for number, each in enumerate(annotations, start=1)],
        "categories": [{"id": _CATEGORY, "name": TEXT_CLASS, "supercategory": TEXT_CLASS}],
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _make_annotation(word: ExchangeWord, quad: Quad, image: int) -> dict[str, object]:
    left, top, right, bottom = quad.bounds()
    attributes: dict[str, object] = {"text": word.text, "checked": word.checked}
    if word.mark:
        attributes["mark"] = word.mark.value
    annotation: dict[str, object] = {
        "image_id": image,
        "category_id": _CATEGORY,
        "bbox": [left, top, round(right - left, 2), round(bottom - top, 2)],
        "area": round(geometry.measure_area(quad), 2),
        "iscrowd": 0,
        "segmentation": [[value for corner in quad.corners for value in corner]],
        "utf8_string": word.text,
        "legibility": _ILLEGIBLE if word.mark else _LEGIBLE,
        "class": "handwritten",
        "attributes": attributes,
    }
    if word.confidence is not None:
        annotation["score"] = word.confidence
    return annotation


_Id: TypeAlias = int | Annotated[str, Meta(max_length=200)]
_Numbers: TypeAlias = Annotated[list[Coordinate], Meta(min_length=4, max_length=2000)]


@dataclass(frozen=True, slots=True)
class _Image:
    id: _Id
    file_name: str = ""
    width: Size | None = None
    height: Size | None = None


@dataclass(frozen=True, slots=True)
class _Annotation:
    image_id: _Id
    bbox: object = None
    segmentation: object = None
    points: object = None
    utf8_string: object = None
    text: object = None
    transcription: object = None
    legibility: object = None
    iscrowd: object = None
    ignore: object = None
    score: float | None = None
    attributes: dict[str, object] | None = None


def recognizes(file: LabelFile) -> bool:
    """Whether a file is of COCO, or of COCO-Text."""
    outer, inner = find_keys(file.beginning)
    return (
        ("images" in outer and "file_name" in inner)
        or ("annotations" in outer and "image_id" in inner)
        or {"images", "annotations"} <= outer
        or bool(outer & {"imgs", "anns", "imgToAnns"})
    )


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    found = load_json(file, has_pictures=False)
    if not isinstance(found, dict):
        raise file.make_error(tr("it has no list of images"))
    entries = _list_entries(found, "images", "imgs"), _list_entries(found, "annotations", "anns")
    images: list[_Image] = json_schema.valid_entries(entries[0], _Image)
    if not images:
        raise file.make_error(tr("it has no list of images"))
    annotations: defaultdict[_Id, list[object]] = defaultdict(list)
    for entry in entries[1]:
        if isinstance(entry, dict) and isinstance(key := entry.get("image_id"), int | str):
            annotations[key].append(entry)
    for image in images:
        yield _read_image(file, image, annotations[image.id])


def _list_entries(found: dict[str, object], name: str, other: str) -> list[object]:
    entries = found.get(name, found.get(other))
    if isinstance(entries, dict):
        return list(entries.values())
    return entries if isinstance(entries, list) else []


def _read_image(file: LabelFile, image: _Image, entries: list[object]) -> ExchangePage:
    check_count(file, entries)
    words = LabelledWords(resolve_photo_name(image.file_name), (image.width or 0, image.height or 0))
    annotations: list[_Annotation] = json_schema.valid_entries(entries, _Annotation)
    words.leave_out(len(entries) - len(annotations))
    for annotation in annotations:
        attributes = annotation.attributes or {}
        text = _find_text(annotation, attributes)
        mark = _find_mark(annotation, attributes, text)
        checked = attributes.get("checked") is not False
        word = ExchangeWord(None, "", annotation.score, checked=checked, mark=mark)
        words.add(_find_outline(annotation, attributes), text, word)
    return words.page()


def _find_text(annotation: _Annotation, attributes: dict[str, object]) -> str:
    candidates = (
        *(annotation.utf8_string, annotation.text, annotation.transcription),
        *(attributes.get(name) for name in _TEXTS),
    )
    return next((each for each in candidates if isinstance(each, str) and each), "")


def _find_mark(annotation: _Annotation, attributes: dict[str, object], text: str) -> Mark | None:
    if clean_text(text):
        return None
    if mark := find_mark(attributes.get("mark")):
        return mark
    if annotation.iscrowd == 1 or annotation.ignore == 1:
        return Mark.IGNORED
    return Mark.UNREADABLE if annotation.legibility == _ILLEGIBLE else None


def _find_outline(annotation: _Annotation, attributes: dict[str, object]) -> list[Point]:
    """The outline: the polygon if there is one, otherwise the box, turned as CVAT says; [] for neither."""
    segmentation = annotation.segmentation
    polygons = segmentation if isinstance(segmentation, list) else []
    for polygon in (*polygons[:1], annotation.points):
        numbers = json_schema.convert_or(polygon, _Numbers, [])
        if len(numbers) >= 6 and len(numbers) % 2 == 0:
            return list(zip(numbers[::2], numbers[1::2], strict=True))
    box = json_schema.convert_or(annotation.bbox, tuple[Coordinate, Coordinate, Size, Size], None)
    if box is None:
        return []
    left, top, width, height = box
    quad = Quad.from_box(left, top, left + width, top + height)
    rotation = json_schema.convert_or(attributes.get("rotation"), Coordinate, 0.0)
    return list((geometry.rotate_quad(quad, rotation) if rotation else quad).corners)
