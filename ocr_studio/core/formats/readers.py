"""The table of formats that words are imported from, and how a format is recognized: by the content of the file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ocr_studio.core.formats import labels, pdf, xml
from ocr_studio.core.formats.import_format import ImportFormat, LabelFile

# The first that recognizes a file reads it: formats with a clear sign come before those of plain numbers.
READERS: Final[Mapping[str, ImportFormat]] = MappingProxyType(
    {each.name: each for each in (*pdf.READERS, *xml.READERS, *labels.READERS)}
)


def find_reader(file: LabelFile) -> ImportFormat | None:
    """Recognize the format of a file; None if it is of none of them."""
    return next((each for each in READERS.values() if each.recognizes(file)), None)
