"""What another program drops on the window or puts on the clipboard: files, images, or only web addresses."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.ui.widgets import image_convert


def files_in(data: QMimeData) -> list[Path]:
    """Return the files and folders."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def images_in(data: QMimeData) -> list[RGB | bytes]:
    """Return the images: those inside a web page that was selected, encoded; else the one without a file, as pixels."""
    inside = [image for source in _sources(data) if (image := _decode_source(source))]
    if inside:
        return list(inside)
    picture = QImage(data.imageData()) if data.hasImage() else QImage()
    return [] if picture.isNull() else [image_convert.array(picture)]


def has_files_or_images(data: QMimeData) -> bool:
    """Whether there are files or single images, which are never meant for a field for text."""
    return data.hasImage() or any(url.isLocalFile() or url.scheme() == "data" for url in data.urls())


def is_page_with_images(data: QMimeData) -> bool:
    """Whether there is a part of a web page that has images inside it."""
    return data.hasHtml() and "data:image/" in data.html()


def _sources(data: QMimeData) -> Iterator[str]:
    """The addresses of images that hold the image itself."""
    yield from (url.toString() for url in data.urls() if url.scheme() == "data")
    if data.hasHtml():
        images = _Images()
        images.feed(data.html())
        yield from images.sources


def _decode_source(source: str) -> bytes:
    """The bytes of an image in an address "data:image/png;base64,…"; empty for any other address."""
    kind, comma, content = source.partition(",")
    if not comma or not kind.lower().startswith("data:image/"):
        return b""
    raw = unquote_to_bytes(content)
    try:
        return base64.b64decode(raw) if kind.lower().endswith(";base64") else raw
    except binascii.Error:
        return b""


class _Images(HTMLParser):
    """Collects the addresses of the images of a web page, each once."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of an image."""
        if tag == "img" and (source := dict(attrs).get("src")):
            self.sources[source] = None
