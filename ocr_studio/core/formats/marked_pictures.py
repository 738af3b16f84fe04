"""Pictures that this program writes, with a mark by which it knows them again; see ``output_marks``."""

from __future__ import annotations

from typing import Final

from ocr_studio.core.formats.output_marks import add_mark
from ocr_studio.core.images.pixel_formats import RGB, encode_image

_JPEG_QUALITY: Final = 92


def encode_marked(rgb: RGB, suffix: str = ".png") -> bytes:
    """Encode a picture, (H, W, 3) uint8 RGB, with the mark: as a JPEG if the file has its suffix, else as a PNG."""
    kind = ".jpg" if suffix.lower() in {".jpg", ".jpeg"} else ".png"
    return add_mark(encode_image(rgb, kind, quality=_JPEG_QUALITY))
