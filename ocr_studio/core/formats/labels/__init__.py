"""Labels of annotation programs and datasets: one module for each format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def _make_import(name: str, title: str) -> ImportFormat:
    def find() -> Reader:
        from ocr_studio.core.formats.labels import modules  # noqa: PLC0415

        return modules.READERS[name]

    def recognizes(file: LabelFile) -> bool:
        return find().recognizes(file)

    def read(file: LabelFile) -> Iterator[ExchangePage]:
        return find().read(file)

    return ImportFormat(name, title, recognizes, read)


_EACH, _ALL = FileScope.EACH, FileScope.ALL
FORMATS: Final = (
    ExportFormat("labelme", ".json", later("labelme"), _render("labelme"), _EACH, holds=_FACTS),
    ExportFormat("coco", ".json", later("COCO"), _render("coco"), _ALL, whole_name="annotations.json", holds=_READINGS),
    ExportFormat(
        "paddleocr",
        ".txt",
        later("PaddleOCR"),
        _render("paddleocr"),
        _ALL,
        whole_name="Label.txt",
        holds=_WORDS,
        extra=_render_extra("paddleocr"),
    ),
    ExportFormat("icdar2015", ".txt", later("ICDAR 2015"), _render("icdar2015"), _EACH, prefix="gt_", holds=_WORDS),
    ExportFormat("label-studio", ".json", later("Label Studio"), _render("label-studio"), _ALL, holds=_FACTS),
    ExportFormat(
        "yolo-obb",
        ".txt",
        later("YOLO (oriented boxes)"),
        _render("yolo-obb"),
        _EACH,
        holds=_READINGS,
        extra=_render_extra("yolo-obb"),
    ),
    ExportFormat("via", ".csv", later("VGG Image Annotator"), _render("via"), _ALL, holds=_FACTS),
    ExportFormat(
        "doctr",
        ".json",
        later("docTR"),
        _render("doctr"),
        _ALL,
        whole_name="labels.json",
        holds=_BOXES | {Content.TEXT},
    ),
)

# The first that recognizes a file reads it: plain numbers come last.
READERS: Final = tuple(
    _make_import(name, title)
    for name, title in (
        ("labelme", later("labelme")),
        ("coco", later("COCO")),
        ("label-studio", later("Label Studio")),
        ("doctr", later("docTR")),
        ("via", later("VGG Image Annotator")),
        ("json", later("JSON with boxes")),
        ("csv", later("Word table (CSV)")),
        ("paddleocr", later("PaddleOCR")),
        ("icdar2015", later("ICDAR 2015")),
        ("yolo-obb", later("YOLO (oriented boxes)")),
    )
)
