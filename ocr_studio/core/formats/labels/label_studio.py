"""Label Studio: tasks as JSON, for the template "Optical Character Recognition"; one file for all photos.

https://labelstud.io/guide/task_format. Places are percents of the photo; a rectangle is turned clockwise about its own
top left corner. A word is three results with one id: a rectangle (or a polygon), a label and a text. Checked words are
an annotation, what a program read is a prediction. The short export ("JSON-MIN") is read, too, with texts where each
box has one.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Final, TypeAlias
from urllib.parse import parse_qs, quote, unquote, urlsplit

import numpy as np
from msgspec import Meta

from ocr_studio.core.files import json_schema
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import UPLOADED, LabelFile
from ocr_studio.core.formats.labels.json_keys import find_keys
from ocr_studio.core.formats.labels.label_words import (
    SHARES,
    LabelledWords,
    Outline,
    check_count,
    find_mark,
    load_json,
    name_below_parent,
)
from ocr_studio.core.formats.names import resolve_photo_name
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.geometry import overlap
from ocr_studio.core.page import Mark, Page, Point, Quad
from ocr_studio.core.translation import tr

_IMAGE: Final = "ocr"  # the key of the photo in the template
_LOCAL: Final = "/data/local-files/?d="
_LABEL: Final = "Handwriting"  # one of the labels in the template
_MODEL: Final = "OCR Studio"
_SMOOTH: Final = 0.2  # pixels by which corners may miss those of a rectangle
_SAME: Final = 0.5  # overlap from which a prediction is of a word that was annotated
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|webp|bmp|gif|tiff?|heic|heif|avif)\b", re.IGNORECASE)
_MOST_LISTS: Final = 2  # of boxes in the short export; rectangles and polygons are in no order that is told
_SHAPES: Final = frozenset({"rectangle", "rectanglelabels", "polygon", "polygonlabels"})


def render(pages: Sequence[Page], photos: PhotoSource | None) -> str:
    """Make the file of all pages."""
    tasks = [_make_task(page, photos, number) for number, page in enumerate(pages, start=1)]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def _make_task(page: Page, photos: PhotoSource | None, number: int) -> dict[str, object]:
    found = ExchangePage.from_page(page)
    data: dict[str, object] = {_IMAGE: _LOCAL + quote(name_below_parent(page, photos), errors="replace")}
    facts = {"writer": found.writer, "tags": list(found.tags), "note": found.note}
    data.update({key: value for key, value in facts.items() if value})
    size = max(1, found.width), max(1, found.height)
    checked = [each for each in found.boxed_words() if each[0].checked]
    others = [each for each in found.boxed_words() if not each[0].checked]
    task: dict[str, object] = {"id": number, "data": data, "annotations": [], "predictions": []}
    if checked:
        task["annotations"] = [{"id": number, "result": _make_results(checked, size)}]
    if others:
        scores = [word.confidence for word, _ in others if word.confidence is not None]
        prediction: dict[str, object] = {"model_version": _MODEL, "result": _make_results(others, size)}
        if scores:
            prediction["score"] = sum(scores) / len(scores)
        task["predictions"] = [prediction]
    return task


def _make_results(words: Iterable[tuple[ExchangeWord, Quad]], size: tuple[float, float]) -> list[dict[str, object]]:
    results: list[dict[str, object]] = []
    for number, (word, quad) in enumerate(words, start=1):
        shape, place = _find_shape(quad, size)
        common: dict[str, object] = {
            "id": word.id or f"word{number}",
            "to_name": "image",
            "image_rotation": 0,
            "original_width": size[0],
            "original_height": size[1],
        }
        if word.confidence is not None:
            common["score"] = word.confidence
        if word.mark:
            common["meta"] = {"text": [word.mark.value]}
        from_name = "bbox" if shape == "rectangle" else "poly"
        results.append({**common, "type": shape, "from_name": from_name, "value": place})
        results.append({**common, "type": "labels", "from_name": "label", "value": {**place, "labels": [_LABEL]}})
        if word.text:
            value = {**place, "text": [word.text]}
            results.append({**common, "type": "textarea", "from_name": "transcription", "value": value})
    return results


def _find_shape(quad: Quad, size: tuple[float, float]) -> tuple[str, dict[str, object]]:
    """The type of a box's result, and its place in percents."""
    (x, y), (right, end), _, (left, bottom) = quad.corners
    width, height = math.hypot(right - x, end - y), math.hypot(left - x, bottom - y)
    rotation = math.degrees(math.atan2(end - y, right - x))
    rectangle = np.asarray(_turn_rectangle((x, y), width, height, rotation))
    if np.abs(rectangle - np.asarray(quad.corners)).max() > _SMOOTH:
        points = [[100 * x / size[0], 100 * y / size[1]] for x, y in quad.corners]
        return "polygon", {"points": points, "closed": True}
    return "rectangle", {
        "x": 100 * x / size[0],
        "y": 100 * y / size[1],
        "width": 100 * width / size[0],
        "height": 100 * height / size[1],
        "rotation": rotation % 360,
    }


def _turn_rectangle(corner: Point, width: float, height: float, rotation: float) -> list[Point]:
    """The corners of a rectangle that is turned clockwise about its top left corner."""
    cos, sin = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    x, y = corner
    return [
        (x + u * cos - v * sin, y + u * sin + v * cos) for u, v in ((0, 0), (width, 0), (width, height), (0, height))
    ]


_Percent: TypeAlias = Annotated[float, Meta(ge=-10_000, le=10_000)]
_Pixels: TypeAlias = Annotated[float, Meta(gt=0, le=1_000_000)]
_Objects: TypeAlias = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class _Rectangle:
    x: _Percent
    y: _Percent
    width: _Percent
    height: _Percent
    rotation: Annotated[float, Meta(ge=-3600, le=3600)] = 0.0


@dataclass(frozen=True, slots=True)
class _Polygon:
    points: Outline


@dataclass(frozen=True, slots=True)
class _Result:
    type: str
    value: dict[str, object]
    id: str | None = None
    original_width: _Pixels | None = None
    original_height: _Pixels | None = None
    score: float | None = None
    meta: object = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """An annotation or a prediction."""

    result: list[object]
    was_cancelled: object = None


@dataclass(frozen=True, slots=True)
class _Task:
    data: dict[str, object]
    annotations: object = None
    completions: object = None
    predictions: object = None
    drafts: object = None  # what was not submitted yet
    lost: bool = False  # whether it has texts that belong to no box for sure


@dataclass(frozen=True, slots=True)
class _Region:
    """What the results with one id say. outline: in shares of the photo; size: of the photo, None if unknown."""

    outline: tuple[Point, ...]
    word: ExchangeWord
    size: tuple[float, float] | None


def recognizes(file: LabelFile) -> bool:
    """Whether a file has tasks of Label Studio."""
    outer, inner = find_keys(file.beginning)
    if outer & {"annotations", "predictions", "completions"}:  # which may come long before "data"
        return "data" in outer or "result" in inner
    return "id" in outer and {"original_width", "original_height"} <= inner


def read(file: LabelFile) -> Iterator[ExchangePage]:
    """Read the pages of a file. Raises BadLabels."""
    found = load_json(file)
    entries = [_lengthen_task(entry) for entry in (found if isinstance(found, list) else [found])]
    tasks: list[_Task] = json_schema.valid_entries(entries, _Task)
    if not tasks:
        raise file.make_error(tr("it has no tasks with photos"))
    for task in tasks:
        yield _read_task(file, task)


def _read_task(file: LabelFile, task: _Task) -> ExchangePage:
    answers = _last_answer(task.annotations or task.completions or task.drafts), _last_answer(task.predictions)
    for answer in answers:
        check_count(file, answer)
    regions = _find_regions(answers[0], checked=True)
    regions += _leave_out_known(_find_regions(answers[1], checked=False), regions)
    width, height = size = next((region.size for region in regions if region.size), SHARES)
    words = LabelledWords(_find_image(task.data), size)
    for region in regions:
        words.add([(x * width, y * height) for x, y in region.outline], region.word.text, region.word)
    if task.lost:
        words.add_notice(
            tr("texts left out: a JSON-MIN file doesn’t tell which boxes they belong to; export JSON instead")
        )
    facts = task.data
    tags = facts.get("tags")
    return words.page(writer=facts.get("writer"), tags=tags if isinstance(tags, list) else (), note=facts.get("note"))


def _lengthen_task(task: object) -> object:
    """A task of the short export as one of the long: its values beside each other become results."""
    if not isinstance(task, dict) or "data" in task:
        return task
    lists = [value for value in task.values() if isinstance(value, list)]
    # Boxes come once as such, and again with their labels.
    shapes = next((each for each in lists if _is_shapes(each)), [])
    written = task.get("transcription")
    texts = written if isinstance(written, list) else [written]
    lost = written is not None and (len(texts) != len(shapes) or sum(map(_is_shapes, lists)) > _MOST_LISTS)
    if lost or written is None:
        texts = [""] * len(shapes)
    results = [
        {
            "type": "polygon" if "points" in shape else "rectangle",
            "value": {**shape, "text": text},
            "original_width": shape.get("original_width"),
            "original_height": shape.get("original_height"),
        }
        for shape, text in zip(shapes, texts, strict=True)
    ]
    return {"data": task, "annotations": [{"result": results}], "lost": lost}


def _is_shapes(values: list[object]) -> bool:
    return bool(values) and all(isinstance(each, dict) and ("x" in each or "points" in each) for each in values)


def _last_answer(answers: object) -> list[object]:
    """The results of the last annotation or prediction that wasn't cancelled."""
    found: list[_Answer] = json_schema.valid_entries(answers, _Answer)
    return next((each.result for each in reversed(found) if each.was_cancelled is not True), [])


def _find_regions(results: Sequence[object], *, checked: bool) -> list[_Region]:
    """Join the results with one id; those without a place are left out."""
    groups: dict[str, list[_Result]] = defaultdict(list)
    for number, result in enumerate(json_schema.valid_entries(results, _Result)):
        groups[result.id or f" {number}"].append(result)
    return [
        _join_results(key, group, checked=checked)
        for key, group in groups.items()
        if any({"x", "points"} & set(each.value) for each in group)
    ]


def _join_results(key: str, results: list[_Result], *, checked: bool) -> _Region:
    """An outline of () is invalid."""
    place = next((each for each in results if each.type in _SHAPES), results[0])
    size = (place.original_width, place.original_height)
    known = (size[0], size[1]) if size[0] and size[1] else None
    texts = next((each.value["text"] for each in results if "text" in each.value), "")
    lines = texts if isinstance(texts, list) else [texts]
    text = " ".join(line for line in lines if isinstance(line, str))
    score = next((each.score for each in results if each.score is not None), None)
    mark = next((found for each in results if (found := _find_mark(each.meta))), None)
    word = ExchangeWord(None, text, score, checked=checked, mark=mark, id=key)
    return _Region(_find_outline(place, known), word, known)


def _find_mark(meta: object) -> Mark | None:
    notes = meta.get("text") if isinstance(meta, dict) else None
    return next((mark for note in (notes if isinstance(notes, list) else []) if (mark := find_mark(note))), None)


def _find_outline(result: _Result, size: tuple[float, float] | None) -> tuple[Point, ...]:
    """The outline in shares of the photo; () if there is none."""
    if polygon := json_schema.convert_or(result.value, _Polygon, None):
        return tuple((x / 100, y / 100) for x, y in polygon.points)
    box: _Rectangle | None = json_schema.convert_or(result.value, _Rectangle, None)
    if box is None or result.type.startswith("ellipse") or (box.rotation and size is None):
        return ()
    width, height = size or SHARES
    pixels = width / 100, height / 100
    corner = box.x * pixels[0], box.y * pixels[1]
    corners = _turn_rectangle(corner, box.width * pixels[0], box.height * pixels[1], box.rotation)
    return tuple((x / width, y / height) for x, y in corners)


def _leave_out_known(regions: list[_Region], known: list[_Region]) -> list[_Region]:
    """Leave out predictions of words that were annotated."""
    boxes = [region for region in regions if len(region.outline) == 4]
    others = [region.outline for region in known if len(region.outline) == 4]
    if not boxes or not others:
        return regions
    found = overlap.compute_overlap([region.outline for region in boxes], others)
    doubles = {id(boxes[row]) for row, iou in zip(found.rows, found.iou, strict=True) if iou > _SAME}
    return [region for region in regions if id(region) not in doubles]


def _find_image(data: Mapping[str, object]) -> str:
    """The photo of a task: the value of a usual key, or the first one that looks like a picture."""
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    usual = [texts[key] for key in ("image", _IMAGE, "img", "url") if key in texts]
    found = next(iter([*usual, *(text for text in texts.values() if _PICTURE.search(text))]), "")
    try:
        address = urlsplit(found)
    except ValueError:
        return ""
    if local := parse_qs(address.query).get("d"):
        return resolve_photo_name(local[-1])
    path = unquote(address.path)
    if "/upload/" in path:
        return UPLOADED.sub("", PurePosixPath(path).name, count=1)
    return resolve_photo_name(PurePosixPath(path).name if address.scheme else path)
