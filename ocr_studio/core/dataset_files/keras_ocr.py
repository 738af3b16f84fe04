"""What keras-ocr's ``get_recognizer_image_generator`` takes: a list of (image path, box, text), one file for each side.

train.json, validation.json: [["photos/a.jpg", [[x, y] × 4], "text"], …]; a box of null says that the picture is of this
word alone. https://keras-ocr.readthedocs.io/en/latest/examples/fine_tuning_recognizer.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, TypeAlias

from msgspec import Meta

from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.layout import Layout, ListedFiles
from ocr_studio.core.dataset_files.validation import Box, Troubles, Unfit
from ocr_studio.core.dataset_files.values import BadDataset, Example, Split, TruePhoto
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.translation import tr

_TRAIN, _VALIDATION = "train.json", "validation.json"
_Row: TypeAlias = tuple[str, Box | None, str]  # path, box, text
_Rows: TypeAlias = Annotated[list[object], Meta(max_length=fields.MAX_EXAMPLES)]


def _render(examples: Sequence[Example], _: Sequence[TruePhoto]) -> Mapping[str, bytes]:
    return {
        _TRAIN: _file(each for each in examples if each.split is Split.TRAIN),
        _VALIDATION: _file(each for each in examples if each.split is Split.HELD_OUT),
    }


def _file(examples: Iterable[Example]) -> bytes:
    rows = [json.dumps(_row(example), ensure_ascii=False, allow_nan=False) for example in examples]
    return ("[\n" + ",\n".join(rows) + "\n]\n").encode("utf-8")


def _row(example: Example) -> list[object]:
    if example.crop:
        return [example.crop, None, example.text]
    return [example.photo, fields.corners_of(example.quad) if example.quad else None, example.text]


def _read(folder: SafeFolder, _: Mapping[str, object], troubles: Troubles) -> ListedFiles:
    examples: list[Example] = []
    for file, split in ((_TRAIN, Split.TRAIN), (_VALIDATION, Split.HELD_OUT)):
        if file == _VALIDATION and not folder.has(file):
            continue
        for number, row in enumerate(_rows(folder, file), start=1):
            try:
                examples.append(_example(row, split))
            except Unfit as error:
                troubles.add(f"{file}, entry {number}", error)
    return ListedFiles(examples, divided=any(example.split is Split.HELD_OUT for example in examples))


def _rows(folder: SafeFolder, file: str) -> Sequence[object]:
    try:
        return json_schema.convert(fields.json_value(fields.file_bytes(folder, file)), _Rows)
    except Unfit as error:
        remedy = tr("The file must start with [[path, [[x, y], [x, y], [x, y], [x, y]], text],")
        raise BadDataset(str(error), file=folder.path / file, remedy=remedy) from error


def _example(row: object, split: Split) -> Example:
    path, box, text = json_schema.convert(row, _Row)
    picture = fields.name(path, "its picture")
    if box is None:
        return Example(fields.text(text), crop=picture, split=split)
    return Example(fields.text(text), photo=picture, image=picture, quad=fields.quad(box), split=split)


LAYOUT = Layout(
    name="keras-ocr",
    title="keras-ocr",
    crops="",
    photos="all",
    files=(_TRAIN, _VALIDATION),
    marks=(_TRAIN,),
    render=_render,
    read=_read,
)
