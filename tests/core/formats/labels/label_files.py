"""Files of labels for tests, written and read as the program does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.exchange import ExchangePage, ExchangeWord
from ocr_studio.core.formats.import_format import BadLabels, LabelFile
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.readers import find_reader
from ocr_studio.core.page import Page


def read_files(files: Mapping[str, str | bytes], name: str, kind: str) -> list[ExchangePage]:
    """Read a file that lies among others, and check that it is recognized as of this format."""
    with TemporaryDirectory() as folder:
        for each, data in files.items():
            (Path(folder) / each).write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        file = LabelFile.open(SafeFolder(Path(folder), follow=True), name)
        reader = find_reader(file)
        assert reader is not None
        assert reader.name == kind
        return list(reader.read(file))


def read_file(data: str | bytes, name: str, kind: str) -> list[ExchangePage]:
    """Read a file, and check that it is recognized as of this format."""
    return read_files({name: data}, name, kind)


def write_and_read(kind: str, *pages: Page, photos: PhotoSource | None = None, name: str = "") -> list[ExchangePage]:
    """Export pages to a file and read it. name: of the file, for formats that tell the photo by it."""
    each = FORMATS[kind]
    files: dict[str, str | bytes] = {}
    name = name or f"{each.prefix}board{each.suffix}"
    files[name] = each.render(pages, photos)
    if each.extra:
        files.update(each.extra([(name, page) for page in pages], photos))
    return read_files(files, name, kind)


def refuse(data: str | bytes, name: str, kind: str) -> str:
    """Read a file that is to be refused, and return what the error says."""
    with pytest.raises(BadLabels) as caught:
        read_file(data, name, kind)
    assert "\n" not in str(caught.value)
    return caught.value.what


def list_texts(page: ExchangePage) -> list[str]:
    return [word.text for word in page.words]


def measure_offset(one: ExchangeWord, other: ExchangeWord) -> float:
    """Pixels by which the corners of two words differ at most."""
    assert one.quad is not None
    assert other.quad is not None
    pairs = zip(one.quad.corners, other.quad.corners, strict=True)
    return max(abs(a - b) for corners in pairs for a, b in zip(*corners, strict=True))
