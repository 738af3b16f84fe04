"""TFRecord files for training with TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ocr_studio.core.formats.content import Content
from ocr_studio.core.formats.export_format import ExportFormat, FileScope
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later

_HOLDS: Final = frozenset({Content.SLANT, Content.SHAPE, Content.UNREAD, Content.TEXT, Content.MARKS, Content.CHECKED})
# Of photos in a file: 100 to 200 megabytes are what TensorFlow recommends, and fit into memory.
_MOST_BYTES: Final = 128 << 20


def _render(pages: Sequence[Page], photos: PhotoSource | None) -> bytes:
    from ocr_studio.core.formats.tfrecord import photo_records  # noqa: PLC0415  (loads OpenCV)

    return photo_records.render(pages, photos)


FORMATS: Final = (
    ExportFormat(
        "tfrecord",
        ".tfrecord",
        later("TFRecord"),
        _render,
        FileScope.ALL,
        most_bytes=_MOST_BYTES,
        embeds_photo=True,
        holds=_HOLDS,
    ),
)
