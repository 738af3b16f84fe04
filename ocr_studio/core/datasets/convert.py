"""Conversion of a dataset to another layout, with the same split."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ocr_studio.core.dataset_files.layouts import LAYOUTS
from ocr_studio.core.dataset_files.values import (
    MAX_PHOTO_BYTES,
    PHOTOS,
    BadCrop,
    Dataset,
    Example,
    read_crop_bytes,
)
from ocr_studio.core.datasets import folder as dataset_folder
from ocr_studio.core.datasets.builder import DatasetBuilder
from ocr_studio.core.datasets.folder import make_file_id
from ocr_studio.core.datasets.report import Report
from ocr_studio.core.errors import WrongTarget
from ocr_studio.core.translation import tr

_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class ExampleCopied:
    """``done`` of ``total`` examples are copied."""

    done: int
    total: int


def copy_dataset(found: Dataset, folder: Path, layout: str) -> Iterator[ExampleCopied | Report]:
    """Write a dataset that was read in another layout: ExampleCopied …, at last the Report.

    What a layout does not carry (places of words that were cut out, what the machine had read) is not in it. folder:
    as for ``dataset.export``. Raises WriteFailed, and WrongTarget for copying a dataset onto itself.
    """
    if os.path.realpath(folder) == os.path.realpath(found.folder):
        raise WrongTarget(tr("a dataset can’t replace itself"), file=folder, remedy=tr("Choose another folder."))
    with dataset_folder.open_workshop(folder, LAYOUTS[layout]) as room:
        making = DatasetBuilder(room, LAYOUTS[layout], found.unit, found.folder, trouble=list(found.trouble))
        making.pages = list(dict.fromkeys((each.page, each.image) for each in found.examples if each.page))
        copying = _DatasetCopy(found, making)
        for number, example in enumerate(found.examples, start=1):
            copying.add(example, number)
            yield ExampleCopied(number, len(found.examples))
        copying.add_boxes()
        report = making.finish(folder, rule=found.rule)
        dataset_folder.publish(room, folder, LAYOUTS[layout])
    yield report


class _DatasetCopy:
    def __init__(self, found: Dataset, making: DatasetBuilder) -> None:
        self._found, self._making = found, making
        self._names: dict[str, str] = {}

    def add(self, example: Example, number: int) -> None:
        """Copy one example; a missing image is reported."""
        making = self._making
        try:
            if not making.layout.crops and example.photo and not example.crop:
                making.examples.append(replace(example, photo=self._photo(example.photo)))
                return
            picture = self._found.crop(example)
        except BadCrop as error:
            making.trouble.append(str(error))
            return
        stem = "-".join(map(make_file_id, example.place)) if example.place else f"{number:06d}"
        crop = f"{making.layout.crops or PHOTOS}/{stem}.png"
        making.write(crop, picture)
        making.examples.append(replace(example, crop=crop, photo=""))

    def add_boxes(self) -> None:
        """The photos of which every word is marked, where the layout has them."""
        for page in self._found.pages if self._making.layout.photos == "reviewed" else ():
            try:
                self._making.photos.append(replace(page, photo=self._photo(page.photo)))
            except BadCrop as error:
                self._making.trouble.append(str(error))

    def _photo(self, name: str) -> str:
        """A photo's name in the new dataset, copied if it was not before; JPEGs as they are."""
        if name not in self._names:
            data = read_crop_bytes(self._found.folder, name, most_bytes=MAX_PHOTO_BYTES)
            fresh = f"{PHOTOS}/{make_file_id(Path(name).stem)}.jpg"
            if self._making.has(fresh):
                fresh = f"{PHOTOS}/{make_file_id(name)}.jpg"
            if data.startswith(_JPEG):
                self._making.write_encoded(fresh, data)
            else:
                self._making.write(fresh, self._found.photo_named(name))
            self._names[name] = fresh
        return self._names[name]
