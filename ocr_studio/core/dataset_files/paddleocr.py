"""What PaddleOCR takes and PPOCRLabel writes: rec_gt.txt for words, Label.txt for the boxes of whole photos.

rec_gt.txt: "picture<tab>text" a line, all of them; rec_gt_train.txt and rec_gt_val.txt have one side each. Label.txt:
"photo<tab>[{"transcription", "points": [[x, y] × 4], "difficult"}]" a line; "###" is writing nobody can read. Names are
those from the folder itself (``data_dir``). PPOCRLabel's own Label.txt puts the folder's name before: read, too.
https://github.com/PaddlePaddle/PaddleOCR
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, TypeAlias

from msgspec import Meta

from ocr_studio.core.dataset_files import tab_separated
from ocr_studio.core.dataset_files import validation as fields
from ocr_studio.core.dataset_files.layout import Layout, ListedFiles
from ocr_studio.core.dataset_files.validation import Box, Troubles, Unfit
from ocr_studio.core.dataset_files.values import Example, Split, TruePhoto
from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.labels.label_words import UNREADABLE
from ocr_studio.core.formats.labels.paddleocr import format_word

_ALL, _TRAIN, _VALIDATION, _BOXES = "rec_gt.txt", "rec_gt_train.txt", "rec_gt_val.txt", "Label.txt"


@dataclass(frozen=True, slots=True)
class _Word:
    points: Box
    transcription: str | None = None
    difficult: object = None


_Words: TypeAlias = Annotated[list[_Word], Meta(max_length=fields.MAX_WORDS)]


def _render(examples: Sequence[Example], pages: Sequence[TruePhoto]) -> Mapping[str, bytes]:
    def of(some: Iterable[Example]) -> bytes:
        return tab_separated.format_lines((example.crop, example.text) for example in some)

    return {
        _ALL: of(examples),
        _BOXES: tab_separated.format_lines((page.photo, _boxes(page)) for page in pages),
        _TRAIN: of(each for each in examples if each.split is Split.TRAIN),
        _VALIDATION: of(each for each in examples if each.split is Split.HELD_OUT),
    }


def _boxes(page: TruePhoto) -> str:
    words = [
        format_word(UNREADABLE if word.ignore else word.text, word.quad, difficult=word.ignore) for word in page.words
    ]
    return f"[{', '.join(words)}]"


def _read(folder: SafeFolder, _: Mapping[str, object], troubles: Troubles) -> ListedFiles:
    sides = tab_separated.read_sides(folder, _TRAIN, _VALIDATION)
    pages = list(_pages(folder, troubles)) if folder.has(_BOXES) else []
    if folder.has(_ALL):
        pairs = tab_separated.read_pairs(folder, _ALL, troubles)
        return ListedFiles(
            [Example(text, crop=crop, split=sides.of(crop)) for crop, text in pairs], pages, sides.divided
        )
    # A project of PPOCRLabel whose words were not cut out yet.
    examples = [
        Example(word.text, photo=page.photo, image=page.photo, quad=word.quad)
        for page in pages
        for word in page.words
        if not word.ignore
    ]
    return ListedFiles(examples, pages)


def _pages(folder: SafeFolder, troubles: Troubles) -> Iterator[TruePhoto]:
    for where, photo, rest in tab_separated.read_rows(folder, _BOXES, troubles):
        try:
            words = tuple(map(_labelled, json_schema.convert(fields.json_value(rest.encode()), _Words)))
            # Their sizes are not said; they are those of the photos, see ``datasets.reader``.
            yield TruePhoto(name := _own_name(folder, photo), "", name, 0, 0, words)
        except Unfit as error:
            troubles.add(where, error)


def _own_name(folder: SafeFolder, photo: str) -> str:
    parts = PurePosixPath(photo).parts
    shorter = "/".join(parts[1:])
    return shorter if shorter and not folder.has(photo) and folder.has(shorter) else photo


def _labelled(word: _Word) -> Labelled:
    ignore = word.difficult is True or word.transcription == UNREADABLE
    return Labelled(fields.quad(word.points), "" if ignore else fields.text(word.transcription or ""), ignore)


LAYOUT = Layout(
    name="paddleocr",
    title="PaddleOCR",
    crops="crop_img",
    photos="reviewed",
    files=(_ALL, _BOXES, _TRAIN, _VALIDATION),
    marks=(_ALL, _BOXES),
    render=_render,
    read=_read,
)
