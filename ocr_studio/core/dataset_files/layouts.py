"""How a dataset's files are written, ours and those of other programs: one module for each. May import: ``core``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ocr_studio.core.dataset_files import deep_text, keras_ocr, own, paddleocr
from ocr_studio.core.dataset_files.layout import Layout

# The first is what the trainer takes; all of them can be read.
LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {layout.name: layout for layout in (own.LAYOUT, keras_ocr.LAYOUT, paddleocr.LAYOUT, deep_text.LAYOUT)}
)
