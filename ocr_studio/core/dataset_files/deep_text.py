"""What deep-text-recognition-benchmark's ``create_lmdb_dataset.py`` takes: gt.txt, "picture<tab>text" a line.

gt.txt has all of them; gt_train.txt and gt_validation.txt have one side each (``--gtFile``).
https://github.com/clovaai/deep-text-recognition-benchmark
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ocr_studio.core.dataset_files import tab_separated
from ocr_studio.core.dataset_files.layout import Layout, ListedFiles
from ocr_studio.core.dataset_files.validation import Troubles
from ocr_studio.core.dataset_files.values import Example, Split, TruePhoto
from ocr_studio.core.files.safe_folder import SafeFolder

_ALL, _TRAIN, _VALIDATION = "gt.txt", "gt_train.txt", "gt_validation.txt"


def _render(examples: Sequence[Example], _: Sequence[TruePhoto]) -> Mapping[str, bytes]:
    def of(some: Iterable[Example]) -> bytes:
        return tab_separated.format_lines((example.crop, example.text) for example in some)

    return {
        _ALL: of(examples),
        _TRAIN: of(each for each in examples if each.split is Split.TRAIN),
        _VALIDATION: of(each for each in examples if each.split is Split.HELD_OUT),
    }


def _read(folder: SafeFolder, _: Mapping[str, object], troubles: Troubles) -> ListedFiles:
    sides = tab_separated.read_sides(folder, _TRAIN, _VALIDATION)
    examples = [
        Example(text, crop=crop, split=sides.of(crop))
        for crop, text in tab_separated.read_pairs(folder, _ALL, troubles)
    ]
    return ListedFiles(examples, divided=sides.divided)


LAYOUT = Layout(
    name="deep-text",
    title="deep-text-recognition",
    crops="images",
    photos="none",
    files=(_ALL, _TRAIN, _VALIDATION),
    marks=(_ALL,),
    render=_render,
    read=_read,
)
