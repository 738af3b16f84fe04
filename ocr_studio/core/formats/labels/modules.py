"""The modules of the formats of labels by the formats' names; loaded when the first one is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.export_format import ExtraRenderer
from ocr_studio.core.formats.import_format import LabelFile
from ocr_studio.core.formats.labels import (
    coco,
    doctr,
    icdar2015,
    imagefolder,
    label_studio,
    labelme,
    own_csv,
    own_json,
    paddleocr,
    via,
    voc,
    yolo_obb,
)
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page


class Writer(Protocol):
    """A module that writes a format."""

    def render(self, pages: Sequence[Page], photos: PhotoSource | None, /) -> str | bytes:
        """Make a file of pages."""


class Reader(Protocol):
    """A module that reads a format."""

    def recognizes(self, file: LabelFile, /) -> bool:
        """Whether a file is of the format."""

    def read(self, file: LabelFile, /) -> Iterator[ExchangePage]:
        """Read the pages of a file."""


WRITERS: Final[Mapping[str, Writer]] = {
    "labelme": labelme,
    "coco": coco,
    "paddleocr": paddleocr,
    "icdar2015": icdar2015,
    "label-studio": label_studio,
    "yolo-obb": yolo_obb,
    "via": via,
    "doctr": doctr,
    "voc": voc,
    "imagefolder": imagefolder,
}
EXTRAS: Final[Mapping[str, ExtraRenderer]] = {
    "paddleocr": paddleocr.render_extra,
    "yolo-obb": yolo_obb.render_extra,
}
READERS: Final[Mapping[str, Reader]] = {
    "labelme": labelme,
    "coco": coco,
    "imagefolder": imagefolder,
    "label-studio": label_studio,
    "doctr": doctr,
    "via": via,
    "json": own_json,
    "csv": own_csv,
    "voc": voc,
    "paddleocr": paddleocr,
    "icdar2015": icdar2015,
    "yolo-obb": yolo_obb,
}
