"""Labels of annotation programs and datasets: one module for each format."""

from __future__ import annotations

from typing import Final

from ocr_studio.core.formats.export_format import ExportFormat
from ocr_studio.core.formats.import_format import ImportFormat

# lxml and OpenCV are loaded when a format is used: the table is needed for every command.
FORMATS: Final[tuple[ExportFormat, ...]] = ()

READERS: Final[tuple[ImportFormat, ...]] = ()
