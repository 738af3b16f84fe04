"""labelme, and X-AnyLabeling, which keeps texts in descriptions: one JSON file beside each photo.

https://github.com/wkentaro/labelme, https://github.com/CVHub520/X-AnyLabeling. A shape is a polygon of four points from
the text's own top left. Keys that labelme doesn't know (score, difficult, writer, note) are kept by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import (
    CLASSES,
    TEXT_CLASS,
    LabelledWords,
    Outline,
    Size,
    check_count,
    clean_text,
    convert_entries,
    find_mark,
    load_json,
)
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Mark, Page, Quad

# labelme reads files of any version, and converts those of before 4.
_VERSION: Final = "5.5.0"
_CHECKED: Final = "checked"
# Outlines of areas; lines and points have none.
_AREAS: Final = frozenset({"polygon", "rectangle", "rotation", "quadrilateral"})


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of a page."""
    [page] = pages
    found = ExchangePage.from_page(page)
    values: dict[str, object] = {
        "version": _VERSION,
        "flags": dict.fromkeys(found.tags, True),
        "shapes": [_make_shape(word, quad) for word, quad in found.boxed_words()],
        "imagePath": format_photo_path(photos.reference(page) if photos else found.image),
        "imageData": None,
        "imageHeight": found.height,
        "imageWidth": found.width,
    }
    if found.writer:
        values["writer"] = found.writer
    if found.note:
        values["description"] = found.note
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _make_shape(word: ExchangeWord, quad: Quad) -> dict[str, object]:
    shape: dict[str, object] = {
        "label": word.mark.value if word.mark else TEXT_CLASS,
        "points": [list(corner) for corner in quad.corners],
        "group_id": None,
        "description": word.text,
        "shape_type": "polygon",
        "flags": {_CHECKED: word.checked},
        "difficult": word.mark is not None,
    }
    if word.confidence is not None:
        shape["score"] = word.confidence
    return shape


@dataclass(frozen=True, slots=True)
class _Shape:
    points: Outline
    label: str | None = None
    description: str | None = None
    shape_type: str | None = None
    difficult: bool | None = None
    score: float | None = None
    flags: Annotated[dict[str, object], Meta(max_length=100)] | None = None


@dataclass(frozen=True, slots=True)
class _File:
    shapes: list[object]
    imagePath: str = ""  # noqa: N815  (as the file has it)
    imageWidth: Size | None = None  # noqa: N815
    imageHeight: Size | None = None  # noqa: N815
    flags: dict[str, object] | None = None
    writer: object = None
    description: object = None


def recognizes(file: LabelFile) -> bool:
    """Whether a file is of labelme."""
    outer, _ = find_keys(file.beginning)
    return "shapes" in outer or {"imagePath", "imageData"} <= outer


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the page of a file. Raises BadLabels."""
    try:
        found = json_schema.convert(load_json(file), _File)
    except json_schema.BadValue as error:
        raise file.make_error(str(error)) from error
    check_count(file, found.shapes)
    image = resolve_photo_name(found.imagePath) or file.stem
    words = LabelledWords(image, (found.imageWidth or 0, found.imageHeight or 0))
    shapes: list[_Shape] = convert_entries(words, found.shapes, _Shape)
    described = any(clean_text(shape.description or "") for shape in shapes)
    for shape in shapes:
        _add_shape(words, shape, described=described)
    tags = [key for key, value in (found.flags or {}).items() if value is True]
    yield words.page(writer=found.writer, tags=tags, note=found.description)


def _add_shape(words: LabelledWords, shape: _Shape, *, described: bool) -> None:
    """described: whether the file has its texts in descriptions; otherwise they are the labels."""
    if (shape.shape_type or "polygon") not in _AREAS:
        words.leave_out()
        return
    label = (shape.label or "").strip()
    mark = (find_mark(label) or Mark.UNREADABLE) if shape.difficult and not shape.description else None
    is_class = label.casefold() in CLASSES or mark is not None
    text = shape.description if described or is_class else label
    checked = (shape.flags or {}).get(_CHECKED) is not False
    words.add(shape.points, text or "", ExchangeWord(None, "", shape.score, checked=checked, mark=mark))
