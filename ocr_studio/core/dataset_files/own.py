"""Our own: labels.jsonl with an object for each example, crops, boxes.jsonl with an object for each whole photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar

from msgspec import Meta

from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.layout import Layout, ListedFiles
from ocr_studio.core.dataset_files.validation import Box, Label, Troubles, Unfit
from ocr_studio.core.dataset_files.values import (
    BOXES,
    BY,
    CROPS,
    LABELS,
    UNCHECKED,
    BadDataset,
    CheckKind,
    Example,
    MachineReading,
    Split,
    TruePhoto,
)
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.json_schema import Share, one_of
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

_Thing = TypeVar("_Thing")


def _render(examples: Sequence[Example], pages: Sequence[TruePhoto]) -> Mapping[str, bytes]:
    return {LABELS: render_labels(examples), BOXES: _format_lines(map(encode_boxes, pages))}


def render_labels(examples: Sequence[Example]) -> bytes:
    """Return the contents of labels.jsonl, or of unchecked.jsonl."""
    return _format_lines(map(encode_label, examples))


def _format_lines(objects: Iterator[dict[str, object]]) -> bytes:
    return b"".join(fields.json_bytes(each) + b"\n" for each in objects)


_Side: TypeAlias = Annotated[str, one_of(Split)]
_Length: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class _Machine:
    text: Annotated[str, Meta(max_length=fields.MAX_LETTERS)]
    confidence: Share | None = None
    model: Label = None


@dataclass(frozen=True, slots=True)
class _Example:
    """A line of labels.jsonl."""

    text: str
    crop: str
    split: _Side
    page: Label = None
    image: Label = None
    word: Label = None
    writer: Label = None
    quad: Box | None = None
    machine: _Machine | None = None
    checked: object = None
    by: object = None


@dataclass(frozen=True, slots=True)
class _Word:
    quad: Box
    text: str | None = None
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class _Photo:
    """A line of boxes.jsonl."""

    photo: str
    width: _Length
    height: _Length
    words: Annotated[tuple[_Word, ...], Meta(max_length=fields.MAX_WORDS)]
    split: _Side
    page: Label = None
    image: Label = None


def encode_label(example: Example) -> dict[str, object]:
    """An example as it stands in a line of labels.jsonl."""
    machine = example.machine
    return {
        "crop": example.crop,
        "text": example.text,
        "page": example.page,
        "image": example.image,
        "word": example.word,
        "quad": None if example.quad is None else fields.corners_of(example.quad),
        "checked": example.checked.value,
        "by": example.by,
        "machine": machine and {"text": machine.text, "confidence": machine.confidence, "model": machine.model},
        "split": example.split.value,
        "writer": example.writer,
    }


def encode_boxes(page: TruePhoto) -> dict[str, object]:
    """A photo as it stands in a line of boxes.jsonl."""
    words = [{"quad": fields.corners_of(word.quad), "text": word.text, "ignore": word.ignore} for word in page.words]
    return {
        "photo": page.photo,
        "page": page.page,
        "image": page.image,
        "width": page.width,
        "height": page.height,
        "words": words,
        "split": page.split.value,
    }


def _read(folder: SafeFolder, manifest: Mapping[str, object], troubles: Troubles) -> ListedFiles:
    if not manifest:
        raise BadDataset(
            tr("manifest.json is missing, so the dataset is incomplete"),
            file=folder.path,
            remedy=tr("Export it again."),
        )
    return ListedFiles(
        list(_parse_lines(parse_label, folder, LABELS, troubles)),
        list(_parse_lines(parse_boxes, folder, BOXES, troubles)) if folder.has(BOXES) else [],
        divided=True,
        unchecked=list(_parse_lines(parse_label, folder, UNCHECKED, troubles)) if folder.has(UNCHECKED) else [],
    )


def _parse_lines(
    make: Callable[[object], _Thing], folder: SafeFolder, file: str, troubles: Troubles
) -> Iterator[_Thing]:
    """What each line of a file says; those that say nothing that fits are told."""
    for where, line in fields.numbered_lines(folder, file):
        try:
            yield make(fields.json_value(_shorten_line(line)))
        except Unfit as error:
            troubles.add(where, error)


def _shorten_line(line: bytes) -> bytes:
    if len(line) > fields.MAX_LINE_BYTES:
        raise Unfit(f"it is longer than {fields.MAX_LINE_BYTES >> 20} MB")
    return line


def parse_label(value: object) -> Example:
    """What ``encode_label`` made. Raises Unfit."""
    found = json_schema.convert(value, _Example)
    read = found.machine
    return Example(
        text=fields.text(found.text),
        crop=fields.name(found.crop, "its crop"),
        page=found.page or "",
        image=found.image or "",
        word=found.word or "",
        quad=found.quad and fields.quad(found.quad),
        split=Split(found.split),
        checked=json_schema.convert_or(found.checked, CheckKind, CheckKind.CORRECTED),
        by=found.by if isinstance(found.by, str) and found.by in BY else BY[0],
        machine=None if read is None else MachineReading(one_line(read.text), read.confidence, read.model),
        writer=found.writer,
    )


def parse_boxes(value: object) -> TruePhoto:
    """What ``encode_boxes`` made. Raises Unfit."""
    found = json_schema.convert(value, _Photo)
    return TruePhoto(
        photo=fields.name(found.photo, "its photo"),
        page=found.page or "",
        image=found.image or "",
        width=found.width,
        height=found.height,
        words=tuple(map(_labelled, found.words)),
        split=Split(found.split),
    )


def _labelled(word: _Word) -> Labelled:
    text = fields.text(word.text or "") if word.text or not word.ignore else ""
    return Labelled(fields.quad(word.quad), text, word.ignore)


LAYOUT = Layout(
    name="ocr-studio",
    title="OCR Studio",
    crops=CROPS,
    photos="reviewed",
    files=(LABELS, UNCHECKED, BOXES),
    marks=(LABELS,),
    render=_render,
    read=_read,
)
