"""Our own: labels.jsonl with an object for each example, crops, boxes.jsonl with an object for each whole photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.layout import Layout, ListedFiles
from ocr_studio.core.dataset_files.validation import Troubles, Unfit
from ocr_studio.core.dataset_files.values import (
    BOXES,
    BY,
    CROPS,
    LABELS,
    BadDataset,
    CheckKind,
    Example,
    MachineReading,
    Split,
    TruePhoto,
)
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

_Thing = TypeVar("_Thing")


def _render(examples: Sequence[Example], pages: Sequence[TruePhoto]) -> Mapping[str, bytes]:
    return {LABELS: _format_lines(map(encode_label, examples)), BOXES: _format_lines(map(encode_boxes, pages))}


def _format_lines(objects: Iterator[dict[str, object]]) -> bytes:
    return b"".join(fields.json_bytes(each) + b"\n" for each in objects)


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
    examples = list(_parse_lines(parse_label, folder, LABELS, troubles))
    return ListedFiles(
        examples, list(_parse_lines(parse_boxes, folder, BOXES, troubles)) if folder.has(BOXES) else [], divided=True
    )


def _parse_lines(
    make: Callable[[Mapping[str, object]], _Thing], folder: SafeFolder, file: str, troubles: Troubles
) -> Iterator[_Thing]:
    """What each line of a file says; those that say nothing that fits are told."""
    for where, line in fields.numbered_lines(folder, file):
        try:
            yield make(fields.mapping(fields.json_value(_shorten_line(line))))
        except Unfit as error:
            troubles.add(where, error)


def _shorten_line(line: bytes) -> bytes:
    if len(line) > fields.MAX_LINE_BYTES:
        raise Unfit(f"it is longer than {fields.MAX_LINE_BYTES >> 20} MB")
    return line


def parse_label(found: Mapping[str, object]) -> Example:
    """What ``encode_label`` made. Raises Unfit."""
    quad, writer = found.get("quad"), found.get("writer")
    return Example(
        text=fields.text(found.get("text")),
        crop=fields.name(found.get("crop"), "its crop"),
        page=fields.label(found.get("page"), "its page"),
        image=fields.label(found.get("image"), "its image"),
        word=fields.label(found.get("word"), "its word"),
        quad=None if quad is None else fields.quad(quad),
        split=_parse_side(found.get("split")),
        checked=_parse_check(found.get("checked")),
        by=said if (said := found.get("by")) in BY and isinstance(said, str) else BY[0],
        machine=_parse_machine(found.get("machine")),
        writer=None if writer is None else fields.label(writer, "its writer"),
    )


def _parse_side(value: object) -> Split:
    if value == Split.TRAIN.value:
        return Split.TRAIN
    if value == Split.HELD_OUT.value:
        return Split.HELD_OUT
    raise Unfit("its split is neither “train” nor “held-out”")


def _parse_check(value: object) -> CheckKind:
    return CheckKind.CONFIRMED if value == CheckKind.CONFIRMED.value else CheckKind.CORRECTED


def _parse_machine(value: object) -> MachineReading | None:
    if value is None:
        return None
    found = fields.mapping(value, "its machine")
    confidence, model = found.get("confidence"), found.get("model")
    read = found.get("text")
    if not isinstance(read, str) or len(read) > fields.MAX_LETTERS:
        raise Unfit(f"the recognized text is not a text of at most {fields.MAX_LETTERS} characters")
    return MachineReading(
        text=one_line(read),
        confidence=None if confidence is None else fields.number(confidence, "its confidence", least=0, most=1),
        model=None if model is None else fields.label(model, "its model"),
    )


def parse_boxes(found: Mapping[str, object]) -> TruePhoto:
    """What ``encode_boxes`` made. Raises Unfit."""
    words = fields.sequence(found.get("words"), "its words", most=fields.MAX_WORDS)
    sides = (fields.integer(found.get(side), f"its {side}", least=1, most=1_000_000) for side in ("width", "height"))
    width, height = sides
    return TruePhoto(
        photo=fields.name(found.get("photo"), "its photo"),
        page=fields.label(found.get("page"), "its page"),
        image=fields.label(found.get("image"), "its image"),
        width=width,
        height=height,
        words=tuple(_parse_word(fields.mapping(word, "a word")) for word in words),
        split=_parse_side(found.get("split")),
    )


def _parse_word(found: Mapping[str, object]) -> Labelled:
    ignore = found.get("ignore", False)
    if not isinstance(ignore, bool):
        raise Unfit("“ignore” of a word is neither true nor false")
    said = found.get("text")
    return Labelled(fields.quad(found.get("quad")), "" if ignore and not said else fields.text(said), ignore)


LAYOUT = Layout(
    name="ocr-studio",
    title="OCR Studio",
    crops=CROPS,
    photos="reviewed",
    files=(LABELS, BOXES),
    marks=(LABELS,),
    render=_render,
    read=_read,
)
