"""VGG Image Annotator: a CSV file for all photos, with JSON in its cells. Its JSON files are read, too.

https://www.robots.ox.ac.uk/~vgg/software/via/. A photo without words has one row without a shape.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import json_schema, strict_json
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord, is_upright
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import (
    Coordinate,
    LabelledWords,
    Size,
    check_count,
    find_mark,
    load_json,
)
from ocr_studio.core.formats.names import format_photo_path, resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page, Point, Quad
from ocr_studio.core.translation import tr

_SHAPE, _REGION, _FILE = "region_shape_attributes", "region_attributes", "file_attributes"
COLUMNS: Final = ("filename", "file_size", _FILE, "region_count", "region_id", _SHAPE, _REGION)
_TEXTS: Final = ("text", "transcription", "label", "name")
_MAX_ROWS: Final = 1_000_000
_MAX_CELL: Final = 1 << 20


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of all pages."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for page in pages:
        writer.writerows(_list_rows(page, photos))
    return out.getvalue()


def _list_rows(page: Page, photos: PhotoSource | None) -> Iterator[list[object]]:
    found = ExchangePage.from_page(page)
    facts: dict[str, object] = {"writer": found.writer, "note": found.note, "tags": dict.fromkeys(found.tags, True)}
    about = _format({key: value for key, value in facts.items() if value})
    words = list(found.boxed_words())
    photo = [format_photo_path(found.image), _find_size(page, photos), about, len(words)]
    for number, (word, quad) in enumerate(words):
        yield [*photo, number, _format(_make_shape(quad)), _format(_make_attributes(word))]
    if not words:
        yield [*photo, 0, "{}", "{}"]


def _find_size(page: Page, photos: PhotoSource | None) -> int:
    """Bytes of the photo's file; -1 if unknown, as VIA says it."""
    try:
        return photos.path(page).stat().st_size if photos else -1
    except (OSError, StudioError):
        return -1


def _make_shape(quad: Quad) -> dict[str, object]:
    if is_upright(quad):
        left, top, right, bottom = quad.bounds()
        return {"name": "rect", "x": left, "y": top, "width": round(right - left, 2), "height": round(bottom - top, 2)}
    xs, ys = zip(*quad.corners, strict=True)
    return {"name": "polygon", "all_points_x": list(xs), "all_points_y": list(ys)}


def _make_attributes(word: ExchangeWord) -> dict[str, object]:
    """VIA has texts only."""
    attributes: dict[str, object] = {"text": word.text, "checked": "yes" if word.checked else "no"}
    if word.mark:
        attributes["mark"] = word.mark.value
    if word.confidence is not None:
        attributes["confidence"] = str(word.confidence)
    return attributes


def _format(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


_Coordinates: TypeAlias = Annotated[list[Coordinate], Meta(min_length=2, max_length=1000)]


@dataclass(frozen=True, slots=True)
class _Rectangle:
    x: Coordinate
    y: Coordinate
    width: Size
    height: Size


@dataclass(frozen=True, slots=True)
class _Polygon:
    all_points_x: _Coordinates
    all_points_y: _Coordinates


@dataclass(frozen=True, slots=True)
class _Region:
    shape_attributes: dict[str, object]
    region_attributes: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Photo:
    filename: str
    regions: object = None  # a list, or an object by numbers in VIA 1
    file_attributes: dict[str, object] = field(default_factory=dict)


def recognizes(file: LabelFile) -> bool:
    """Whether a file is a table or a project of VIA."""
    beginning = file.beginning.removeprefix(b"\xef\xbb\xbf").lstrip(b"#").replace(b'"', b"")
    if beginning.startswith(b"filename,file_size,file_attributes,"):
        return True
    outer, inner = find_keys(file.beginning)
    return bool(outer & {"_via_img_metadata", "_via_settings"}) or {"filename", "regions"} <= inner


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    entries = _load_project(file) if find_keys(file.beginning)[0] else _load_table(file)
    for photo in json_schema.valid_entries(entries, _Photo):
        yield _read_photo(file, photo)


def _load_project(file: LabelFile) -> list[object]:
    found = load_json(file)
    photos = found.get("_via_img_metadata", found) if isinstance(found, dict) else None
    return list(photos.values()) if isinstance(photos, dict) else []


def _load_table(file: LabelFile) -> list[object]:
    """The rows of a table as objects of a project, those of a photo together."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise file.make_error(tr("it is not UTF-8")) from error
    if text.count("\n") > _MAX_ROWS:
        raise file.make_error(tr("it has more than {most} lines", most=_MAX_ROWS))
    photos: dict[str, dict[str, Any]] = {}
    try:
        for row in csv.DictReader(io.StringIO(text.removeprefix("#"), newline="")):
            name = row.get("filename") or ""
            about = {"filename": name, _FILE: _parse(row.get(_FILE)), "regions": []}
            shape = _parse(row.get(_SHAPE))
            if shape != {}:
                region = {"shape_attributes": shape, _REGION: _parse(row.get(_REGION))}
                photos.setdefault(name, about)["regions"].append(region)
            else:
                photos.setdefault(name, about)
    except csv.Error as error:
        raise file.make_error(tr("it is not a valid table: {reason}", reason=error)) from error
    return list(photos.values())


def _parse(cell: object) -> object:
    """The JSON in a cell; {} if it has none, None if it is wrong."""
    if not isinstance(cell, str) or not cell.strip():
        return {}
    try:
        return strict_json.load(cell.encode("utf-8", errors="replace")) if len(cell) <= _MAX_CELL else None
    except strict_json.BadJson:
        return None


def _read_photo(file: LabelFile, photo: _Photo) -> ExchangePage:
    regions = list(photo.regions.values()) if isinstance(photo.regions, dict) else photo.regions
    entries = regions if isinstance(regions, list) else []
    check_count(file, entries)
    words = LabelledWords(resolve_photo_name(photo.filename))
    found: list[_Region] = json_schema.valid_entries(entries, _Region)
    words.leave_out(len(entries) - len(found))
    for region in found:
        attributes = region.region_attributes
        text = next((attributes[key] for key in _TEXTS if isinstance(attributes.get(key), str)), "")
        word = ExchangeWord(
            None,
            confidence=_find_confidence(attributes.get("confidence")),
            checked=attributes.get("checked") != "no",
            mark=find_mark(attributes.get("mark")),
        )
        words.add(_find_outline(region.shape_attributes), text, word)
    facts = photo.file_attributes
    tags = facts.get("tags")
    return words.page(writer=facts.get("writer"), tags=tags if isinstance(tags, dict) else (), note=facts.get("note"))


def _find_confidence(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None


def _find_outline(shape: Mapping[str, object]) -> list[Point]:
    """The outline of a rectangle or polygon; [] for anything else."""
    if found := json_schema.convert_or(shape, _Rectangle, None):
        left, top, right, bottom = found.x, found.y, found.x + found.width, found.y + found.height
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    found = json_schema.convert_or(shape, _Polygon, None)
    if (
        shape.get("name") not in {"polygon", None}
        or found is None
        or len(found.all_points_x) != len(found.all_points_y)
    ):
        return []
    return list(zip(found.all_points_x, found.all_points_y, strict=True))
