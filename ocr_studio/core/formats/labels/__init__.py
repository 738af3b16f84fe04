"""Labels of annotation programs and datasets: one module for each format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.export_format import ExportFormat, ExtraRenderer, FileScope, Renderer
from ocr_studio.core.formats.import_format import ImportFormat, LabelFile
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later

if TYPE_CHECKING:
    from ocr_studio.core.formats.exchange import ExchangePage
    from ocr_studio.core.formats.labels.modules import Reader
    from ocr_studio.core.formats.photo_source import PhotoSource

_BOXES: Final = frozenset({Content.SLANT, Content.SHAPE, Content.UNREAD})
_WORDS: Final = _BOXES | {Content.TEXT, Content.MARKS}
_READINGS: Final = _WORDS | {Content.CONFIDENCE, Content.CHECKED}
_FACTS: Final = _READINGS | {Content.WRITER, Content.TAGS, Content.NOTE}


# lxml and OpenCV are loaded when a format is used: the table is needed for every command.
def _render(name: str) -> Renderer:
    def render(pages: Sequence[Page], photos: PhotoSource | None) -> str | bytes:
        from ocr_studio.core.formats.labels import modules  # noqa: PLC0415

        return modules.WRITERS[name].render(pages, photos)

    return render


def _render_extra(name: str) -> ExtraRenderer:
    def render(written: Sequence[tuple[str, Page]], photos: PhotoSource | None) -> Mapping[str, bytes]:
        from ocr_studio.core.formats.labels import modules  # noqa: PLC0415

        return modules.EXTRAS[name](written, photos)

    return render


def _make_import(name: str) -> ImportFormat:
    def find() -> Reader:
        from ocr_studio.core.formats.labels import modules  # noqa: PLC0415

        return modules.READERS[name]

    def recognizes(file: LabelFile) -> bool:
        return find().recognizes(file)

    def read(file: LabelFile) -> Iterator[ExchangePage]:
        return find().read(file)

    return ImportFormat(name, _TITLES[name], recognizes, read)


_TITLES: Final = {
    "labelme": later("labelme"),
    "coco": later("COCO"),
    "paddleocr": later("PaddleOCR"),
    "icdar2015": later("ICDAR 2015"),
    "label-studio": later("Label Studio"),
    "yolo-obb": later("YOLO (oriented boxes)"),
    "via": later("VGG Image Annotator"),
    "doctr": later("docTR"),
    "voc": later("Pascal VOC"),
    "imagefolder": later("Hugging Face imagefolder"),
    "json": later("JSON with boxes"),
    "csv": later("Word table (CSV)"),
}


def _make_export(name: str, suffix: str, scope: FileScope, holds: frozenset[Content]) -> ExportFormat:
    return ExportFormat(name, suffix, _TITLES[name], _render(name), scope, holds=holds)


_EACH, _ALL = FileScope.EACH, FileScope.ALL
FORMATS: Final = (
    _make_export("labelme", ".json", _EACH, _FACTS),
    replace(_make_export("coco", ".json", _ALL, _READINGS), whole_name="annotations.json"),
    replace(_make_export("paddleocr", ".txt", _ALL, _WORDS), whole_name="Label.txt", extra=_render_extra("paddleocr")),
    replace(_make_export("icdar2015", ".txt", _EACH, _WORDS), prefix="gt_"),
    _make_export("label-studio", ".json", _ALL, _FACTS),
    replace(_make_export("yolo-obb", ".txt", _EACH, _READINGS), extra=_render_extra("yolo-obb")),
    _make_export("via", ".csv", _ALL, _FACTS),
    replace(_make_export("doctr", ".json", _ALL, _BOXES | {Content.TEXT}), whole_name="labels.json"),
    _make_export("voc", ".xml", _EACH, _READINGS),
    replace(_make_export("imagefolder", ".jsonl", _ALL, _WORDS | {Content.CHECKED}), whole_name="metadata.jsonl"),
)

# The first that recognizes a file reads it: plain numbers come last.
READERS: Final = tuple(
    _make_import(name)
    for name in (
        *("labelme", "coco", "imagefolder", "label-studio", "doctr", "via", "json", "csv", "voc"),
        *("paddleocr", "icdar2015", "yolo-obb"),
    )
)
