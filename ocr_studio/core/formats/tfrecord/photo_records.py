"""A record for each photo: the photo itself, and its words, named as TensorFlow's Object Detection API names them.

``image/object/bbox`` and ``image/object/quad`` are shares of the photo's width and height; a quad has x and y of four
corners, clockwise from the text's own top left. Words are in reading order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.names import format_photo_path
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.formats.tfrecord.record_file import format_example, format_record
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order

_CLASS: Final = b"text"
_QUALITY: Final = 95
_LOSSLESS: Final = (b"\x89PNG", b"BM", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_UPRIGHT: Final = 1


def render(pages: Sequence[Page], photos: PhotoSource | None) -> bytes:
    """Make a file with a record for each page. Raises StudioError if a photo can't be read."""
    if photos is None:
        raise ValueError("this format needs the photos")
    return b"".join(format_record(_format_page(page, photos)) for page in pages)


def _format_page(page: Page, photos: PhotoSource) -> bytes:
    """Return the ``tf.train.Example`` of a page. Raises StudioError."""
    found = ExchangePage.from_page(page)
    words = list(found.boxed_words())
    width, height = page.file_size
    quads = np.array([quad.corners for _, quad in words], np.float64).reshape(-1, 4, 2) / (width, height)
    low, high = (np.clip(corners, 0, 1).astype(np.float32) for corners in (quads.min(axis=1), quads.max(axis=1)))
    encoded, kind = _encode_photo(page, photos)
    return format_example(
        {
            "image/encoded": [encoded],
            "image/format": [kind],
            "image/filename": [_encode(format_photo_path(page.image))],
            "image/source_id": [_encode(page.id)],
            "image/width": np.array([width]),
            "image/height": np.array([height]),
            "image/text": [_encode(page_order.compose_text(page))],
            "image/object/bbox/xmin": low[:, 0],
            "image/object/bbox/ymin": low[:, 1],
            "image/object/bbox/xmax": high[:, 0],
            "image/object/bbox/ymax": high[:, 1],
            "image/object/quad": quads.astype(np.float32).reshape(-1),
            "image/object/class/text": [_CLASS] * len(words),
            "image/object/class/label": np.ones(len(words), np.int64),
            "image/object/text": [_encode(word.text) for word, _ in words],
            "image/object/checked": np.array([word.checked for word, _ in words], np.int64),
            # The Object Detection API doesn't count these; why is in the mark.
            "image/object/difficult": np.array([word.mark is not None for word, _ in words], np.int64),
            "image/object/mark": [_encode(word.mark.value if word.mark else "") for word, _ in words],
        }
    )


def _encode_photo(page: Page, photos: PhotoSource) -> tuple[bytes, bytes]:
    """Return a photo as TensorFlow decodes it, upright, and its format: the bytes of an upright JPEG as they are."""
    data, path = photos.read(page), photos.path(page)
    header = photo_file.read_jpeg_header(data, name=str(path))
    if header is not None and header.orientation == _UPRIGHT:  # TensorFlow doesn't turn photos
        return data, b"jpeg"
    pixels = photo_file.open_photo(path)
    if data.startswith(_LOSSLESS):
        return encode_image(pixels, ".png"), b"png"
    return encode_image(pixels, ".jpg", quality=_QUALITY), b"jpeg"


def _encode(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")
