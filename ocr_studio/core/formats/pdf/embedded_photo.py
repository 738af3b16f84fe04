"""Photos inside a PDF: the bytes of a JPEG as they are, other images without loss."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name

from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, Quad

# Formats with loss, decoded already, are written as JPEG of this quality: nobody sees a difference.
_QUALITY: Final = 95
_LOSSLESS: Final = (b"\x89PNG", b"BM", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_UPRIGHT: Final = 1
# What cameras say that know nothing of a resolution, and one that makes a photo of a board about a page large.
_MEANINGLESS_DPI, _USUAL_DPI = 96.0, 150.0
_MOST_DPI: Final = 4800.0


@dataclass(frozen=True, slots=True)
class PdfPhoto:
    """A photo as an image of a PDF.

    Attributes:
        image: The image.
        dpi: Pixels per inch of the photo; a usual value if the file doesn't tell.
        orientation: EXIF orientation, 1..8, in which the image is drawn.
    """

    image: pikepdf.Object
    dpi: float
    orientation: int = _UPRIGHT

    @property
    def size(self) -> int:
        """Bytes of the image in the PDF."""
        return memoryview(self.image.get_raw_stream_buffer()).nbytes

    def find_matrix(self, page: Page) -> tuple[float, ...]:
        """Find where the image is drawn: the six numbers of a ``cm`` in pixels of the page, y upwards."""
        width, height = page.file_size
        upright = _turn_corners(self.orientation, width, height)
        top_left, _, bottom_right, bottom_left = photo_frame.move_quad(upright, None, page.facts.frame).corners
        (x0, y0), (x1, y1), (x2, y2) = ((x, page.height - y) for x, y in (bottom_left, bottom_right, top_left))
        return x1 - x0, y1 - y0, x2 - x0, y2 - y0, x0, y0


def embed_photo(pdf: pikepdf.Pdf, path: Path, data: bytes) -> PdfPhoto:
    """Put a photo into a PDF.

    Args:
        pdf: The PDF.
        path: The photo, which may be a page of a file with several.
        data: The bytes of its file.

    Raises:
        PhotoError: The photo can't be decoded.
    """
    header = photo_file.read_jpeg_header(data, name=str(path))
    if header is not None:
        profile = _embed_profile(pdf, header.profile, header.channels)
        image = _make_image(pdf, data, (header.width, header.height), Name.DCTDecode, profile)
        dpi = header.dpi if _MEANINGLESS_DPI < header.dpi <= _MOST_DPI else _USUAL_DPI
        return PdfPhoto(image, dpi, header.orientation)
    pixels = photo_file.open_photo(path)
    size = pixels.shape[1], pixels.shape[0]
    if data.startswith(_LOSSLESS):
        image = _make_image(pdf, _compress(pixels), size, Name.FlateDecode, Name.DeviceRGB)
        image.DecodeParms = Dictionary(Predictor=15, Colors=3, BitsPerComponent=8, Columns=size[0])
        return PdfPhoto(image, _USUAL_DPI)
    done, encoded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise MemoryError("the photo can't be encoded as JPEG")
    return PdfPhoto(_make_image(pdf, encoded.tobytes(), size, Name.DCTDecode, Name.DeviceRGB), _USUAL_DPI)


def _make_image(
    pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], encoding: Name, colours: pikepdf.Object
) -> pikepdf.Object:
    return pdf.make_stream(
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        BitsPerComponent=8,
        ColorSpace=colours,
        Filter=encoding,
    )


def _embed_profile(pdf: pikepdf.Pdf, profile: bytes, channels: int) -> pikepdf.Object:
    """Return the colour space of a photo: its ICC profile if that fits, else plain grey or RGB."""
    plain = Name.DeviceGray if channels == 1 else Name.DeviceRGB
    # ICC.1, 7.2.6: the colour space that a profile is for.
    if profile[16:20] != (b"GRAY" if channels == 1 else b"RGB "):
        return plain
    return Array([Name.ICCBased, pdf.make_stream(profile, N=channels, Alternate=plain)])


def _compress(pixels: NDArray[np.uint8]) -> bytes:
    """Compress RGB pixels row by row as differences to the row above, which PDF calls predictor 12 (PNG's Up)."""
    rows = pixels.reshape(pixels.shape[0], -1)
    differences = np.diff(rows, axis=0, prepend=np.zeros((1, rows.shape[1]), np.uint8))
    marked = np.concatenate([np.full((len(rows), 1), 2, np.uint8), differences], axis=1)
    return zlib.compress(marked.tobytes())


def _turn_corners(orientation: int, width: float, height: float) -> Quad:
    """Return where the corners of the image as it is stored are on the upright photo of this size.

    The corners are the top left, top right, bottom right and bottom left of the stored image; EXIF 2.32, 4.6.4.
    """
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    order = {
        1: (0, 1, 2, 3),
        2: (1, 0, 3, 2),
        3: (2, 3, 0, 1),
        4: (3, 2, 1, 0),
        5: (0, 3, 2, 1),
        6: (1, 2, 3, 0),
        7: (2, 1, 0, 3),
        8: (3, 0, 1, 2),
    }[orientation]
    first, second, third, fourth = (corners[index] for index in order)
    return Quad((first, second, third, fourth))
