"""Decoding of photos by Pillow and OpenCV in the current process; ``photo_file`` chooses the process."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import math
import os
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile

from ocr_studio.core import units
from ocr_studio.core.files.child_process import Answer
from ocr_studio.core.images import photo_stream
from ocr_studio.core.images.decoding import frames, kept_file
from ocr_studio.core.images.decoding import headers as photo_headers
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.images.photo_stream import (
    COPY_AGAIN,
    PhotoError,
    PhotoTooLarge,
    make_access_error,
    make_unreadable_error,
)
from ocr_studio.core.images.pixel_formats import RGB, UPRIGHT, rotate_upright, shrink_image, to_rgb
from ocr_studio.core.translation import tr

# As JPEG and most decoders have it; a row of two hundred million pixels keeps a decoder busy for ever.
MAX_SIDE: Final = 65_535

# Bytes a file may have for each pixel that its header announces, twice as many as 4 channels of 16 bits; and those of
# all that is no pixel: previews, a film of a second behind the photo.
_BYTES_A_PIXEL: Final = 16
_BYTES_BESIDES: Final = 64 << 20
# Bytes of a file in a format that Pillow reads whole before it knows the photo's size: WebP, HEIF and AVIF.
_MOST_READ_WHOLE: Final = 512 << 20
# How files begin that may hold an animation, and bytes of one that is kept for its next frame.
_ANIMATED: Final = (b"GIF8", b"RIFF", b"\x89PNG")
_MOST_KEPT: Final = 256 << 20
# Measurements rather than photos, of which each pixel takes several times as long.
_DEEP: Final = frozenset({"F", "I"})
_DEEP_SHARE: Final = 4
# Formats whose frames are told by the header, or that have one.
_MEASURED: Final = frozenset({"JPEG", "MPO", "PNG", "BMP", "DIB"})
_BEGINNING: Final = 1024

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "DIB", "GIF", "HEIF", "AVIF")
# What Pillow's readers were seen to raise for damaged files; they check little and trust what the file says.
_DAMAGED: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    RuntimeError,
    AssertionError,
    struct.error,
    zlib.error,
)

# The limits on sides and pixels are ours, the same for every format, and checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener()


def decode(stream: BinaryIO, name: str, most: int, page: int = 0, password: str | None = None) -> RGB:
    """Decode the photo in a stream: (H, W, 3) uint8 sRGB, upright; one page, from 0, of a file with several.

    Raises PhotoError, which names it so, for a damaged photo and one of more than ``most`` pixels.
    """
    if _is_pdf(stream):
        from ocr_studio.core.images.decoding import pdf_pages  # noqa: PLC0415  (see _is_pdf)

        return pdf_pages.render_page(stream, name, most, page, password=password)
    with _open_image(stream, name, most, page) as image:
        orientation = _read_orientation(image)
        pixels = _decode_jpeg_fast(image, stream)
        if pixels is None:
            pixels = to_rgb(image)
        image.close()  # a large photo is not held twice while it is turned
        return rotate_upright(pixels, orientation)


def read_size(stream: BinaryIO, name: str, most: int, page: int = 0, password: str | None = None) -> tuple[int, int]:
    """Return (width, height) of the upright photo in pixels, from the header alone if possible. Raises PhotoError."""
    if _is_pdf(stream):
        from ocr_studio.core.images.decoding import pdf_pages  # noqa: PLC0415  (see _is_pdf)

        return pdf_pages.read_size(stream, name, most, page, password)
    with _open_image(stream, name, most, page) as image:
        width, height = image.size
        # Pillow's TIFF reader turns photos itself and gives the size they will have.
        turned = image.format != "TIFF" and _read_orientation(image) in {5, 6, 7, 8}
        return (height, width) if turned else (width, height)


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """The header of a JPEG in grey or RGB.

    Attributes:
        width: Width in pixels, before the photo is turned upright.
        height: Its height.
        channels: 1 for grey, 3 for colours.
        orientation: The EXIF orientation, 1..8.
        dpi: Pixels per inch; 0 if unknown.
        profile: Its ICC profile; empty for none.
        taken: When the photo was taken, as EXIF has it ("2026:11:20 10:12:33"); empty if unknown.
    """

    width: int
    height: int
    channels: int
    orientation: int
    dpi: float
    profile: bytes
    taken: str = ""


def read_jpeg_header(data: bytes, name: str, most: int) -> JpegHeader | None:
    """Read the header of a whole JPEG in grey or RGB; None for other images. Raises PhotoError, which names it so."""
    if not data.startswith(b"\xff\xd8") or not photo_headers.jpeg_is_whole(data):
        return None
    with _open_image(io.BytesIO(data), name, most) as image:
        if image.format not in {"JPEG", "MPO"} or image.mode not in {"L", "RGB"}:
            return None
        dpi, profile = image.info.get("dpi", (0, 0)), image.info.get("icc_profile")
        dots = float(dpi[0]) if isinstance(dpi, tuple) and math.isfinite(dpi[0]) else 0.0
        orientation = _read_orientation(image)
        return JpegHeader(*image.size, len(image.getbands()), orientation, dots, profile or b"", _read_time(image))


def _read_time(image: Image.Image) -> str:
    """Return when a photo was taken, EXIF DateTimeOriginal; "" if that is unknown or damaged."""
    try:
        taken = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    except _DAMAGED:
        return ""
    return taken if isinstance(taken, str) else ""


def count_pages(stream: BinaryIO, name: str, most: int, password: str | None = None) -> FilePages:
    """Count the pages or frames, by their headers alone; see ``frames.count_pages``. Raises PhotoError."""
    if _is_pdf(stream):
        from ocr_studio.core.images.decoding import pdf_pages  # noqa: PLC0415  (see _is_pdf)

        return pdf_pages.count_pages(stream, name, password)
    with _open_image(stream, name, most) as image:
        assert isinstance(image, ImageFile.ImageFile)  # which the first page is
        return frames.count_pages(image, stream)


def decode_thumbnail(
    stream: BinaryIO, name: str, most: int, side: int, page: int = 0, password: str | None = None
) -> RGB:
    """Decode a small upright picture, its longer side at most ``side`` pixels. Raises PhotoError."""
    if _is_pdf(stream):
        from ocr_studio.core.images.decoding import pdf_pages  # noqa: PLC0415  (see _is_pdf)

        return pdf_pages.render_page(stream, name, most, page, password=password, side=side)
    with _open_image(stream, name, most, page) as image:
        orientation = _read_orientation(image)
        image.draft("RGB", (side, side))
        return rotate_upright(shrink_image(to_rgb(image), side=side), orientation)


def is_locked_pdf(stream: BinaryIO, name: str, most: int, password: str | None = None) -> bool:
    """Whether this is a PDF that can't be opened without a password, or not with this one. Never raises."""
    if not _is_pdf(stream):
        return False
    from ocr_studio.core.images.decoding import pdf_pages  # noqa: PLC0415  (see _is_pdf)

    return pdf_pages.is_locked(stream, password)


def read_pdf_words(
    stream: BinaryIO, name: str, most: int, page: int = 0, password: str | None = None
) -> dict[str, object]:
    """Read the text that a page of a PDF has of its own; see ``pdf_pages.read_words``. Raises PhotoError."""
    from ocr_studio.core.images.decoding import pdf_pages  # noqa: PLC0415  (see _is_pdf)

    return pdf_pages.read_words(stream, name, most, page, password)


def _is_pdf(stream: BinaryIO) -> bool:
    """Whether this is a PDF. PDFium is loaded for those alone."""
    beginning = stream.read(_BEGINNING)
    stream.seek(0)
    return photo_stream.is_pdf(beginning)


@contextlib.contextmanager
def _open_image(stream: BinaryIO, name: str, most: int, page: int = 0) -> Iterator[Image.Image]:
    """Open an image at a page, and check its header and size. Errors of Pillow become PhotoError."""
    # Pillow warns of oddities in files that it reads all the same; here they concern nobody.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
        with _converting_errors(name, b""):
            beginning = stream.read(512)
            count = stream.seek(0, os.SEEK_END)
            stream.seek(0)
        _check_read_whole(beginning, name, count)
        with _converting_errors(name, beginning):
            if page and count <= _MOST_KEPT and beginning.startswith(_ANIMATED):
                yield _open_frame(stream, name, most, page)
                return
            with Image.open(stream, formats=_FORMATS) as image:
                if page:
                    frames.seek_page(image, name, page)
                _check_size(image, name, most)
                _check_bytes(image, name, count)
                yield image


def _open_frame(stream: BinaryIO, name: str, most: int, page: int) -> Image.Image:
    """Return a frame of an animation, which is kept as the next frame is drawn over this one. Raises PhotoError."""
    kept = kept_file.find_opened(stream)
    if isinstance(kept, ImageFile.ImageFile):
        image = kept
    else:
        # Of a stream of its own, as Pillow reads on where it was.
        data = stream.read()
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        _check_size(image, name, most)
        _check_bytes(image, name, len(data))
        kept_file.keep_opened(stream, image, image.close)
    frames.seek_page(image, name, page)
    _check_size(image, name, most)
    frame = image.copy()
    frame.format = image.format
    return frame


@contextlib.contextmanager
def _converting_errors(name: str, beginning: bytes) -> Iterator[None]:
    """Convert errors of decoders to PhotoError."""
    try:
        yield
    except PhotoError:
        raise
    except MemoryError as error:
        remedy = tr("Close other programs, or save a smaller copy and open that.")
        raise PhotoError(tr("there is not enough memory to open it"), file=name, remedy=remedy) from error
    except _DAMAGED as error:
        # Where the system says so, the disk is at fault, not the file; Pillow's own errors have no number.
        if isinstance(error, OSError) and error.errno:
            raise make_access_error(name, error) from error
        raise make_unreadable_error(name, beginning, error) from error


def _check_read_whole(beginning: bytes, name: str, count: int) -> None:
    """Refuse a large file whose size in pixels Pillow knows only after reading all of it. count: its bytes."""
    if count > _MOST_READ_WHOLE and (beginning[8:12] == b"WEBP" or beginning[4:8] == b"ftyp"):
        what = tr(
            "the file has {size}; the limit for this format is {most}",
            size=units.size(count),
            most=units.size(_MOST_READ_WHOLE),
        )
        raise PhotoError(what, file=name, remedy=tr("Save a copy as JPEG or PNG and open that."))


def check_size(width: int, height: int, name: str, most: int) -> None:
    """Check the size in pixels that a header tells. Raises PhotoError, PhotoTooLarge."""
    if width < 1 or height < 1:
        raise PhotoError(tr("its size is zero pixels"), file=name, remedy=tr(COPY_AGAIN))
    if max(width, height) > MAX_SIDE:
        raise PhotoTooLarge(
            tr("a side of {count} pixels is longer than the limit of {most}", count=max(width, height), most=MAX_SIDE),
            file=name,
            remedy=tr("Save a smaller copy, or split the photo, and open that."),
        )
    if width * height > most:
        raise PhotoTooLarge(
            tr(
                "{width} × {height} pixels are more than the limit of {most} million",
                width=width,
                height=height,
                most=most // 1_000_000,
            ),
            file=name,
            remedy=tr("Save a smaller copy and open that, or allow larger photos in the settings."),
        )


def _check_size(image: Image.Image, name: str, most: int) -> None:
    width, height = image.size
    check_size(width, height, name, most)
    if image.mode in _DEEP and width * height > most // _DEEP_SHARE:
        raise PhotoTooLarge(
            tr(
                "{width} × {height} pixels of 32 bits are more than the limit of {most} million",
                width=width,
                height=height,
                most=most // _DEEP_SHARE // 1_000_000,
            ),
            file=name,
            remedy=tr("Save a copy that is smaller or has 8 bits per colour, and open that."),
        )


def _check_bytes(image: Image.Image, name: str, count: int) -> None:
    """Refuse a file that is far larger than its photo. count: its bytes."""
    if image.format not in _MEASURED:
        return
    width, height = image.size
    frames = getattr(image, "n_frames", 1) if image.format == "PNG" else 1
    if count > _BYTES_BESIDES + _BYTES_A_PIXEL * width * height * frames:
        what = tr(
            "the file has {size}, far too much for {width} × {height} pixels",
            size=units.size(count),
            width=width,
            height=height,
        )
        raise PhotoError(what, file=name, remedy=tr(COPY_AGAIN))


def _read_orientation(image: Image.Image) -> int:
    """Return the EXIF orientation 1..8 that is still to be applied; 1 if missing or damaged."""
    if image.format == "TIFF":
        return UPRIGHT  # Pillow's TIFF reader turns its photos itself.
    try:
        unknown = image.format == "PNG" and "exif" not in image.info
        stream = image.fp if isinstance(image, ImageFile.ImageFile) else None
        if unknown and not (stream and photo_headers.png_has_late_exif(stream)):
            # PNG's own method would decode the whole image to look for a chunk behind the pixels.
            value = Image.Image.getexif(image).get(ExifTags.Base.Orientation, UPRIGHT)
        else:
            value = image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except _DAMAGED:
        return UPRIGHT
    return value if isinstance(value, int) and 1 <= value <= 8 else UPRIGHT


def _decode_jpeg_fast(image: Image.Image, stream: BinaryIO) -> RGB | None:
    """Decode an RGB JPEG with OpenCV, not yet rotated; None if Pillow should do it or report the error.

    OpenCV uses the same library for it and gives the same pixels in 60 % of the time.
    """
    if image.format not in {"JPEG", "MPO"} or image.mode != "RGB":
        return None
    before = stream.tell()
    stream.seek(0)
    data = stream.read()
    stream.seek(before)
    if not photo_headers.jpeg_is_whole(data):
        return None
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.shape != (image.height, image.width, 3):
        return None
    profile = image.info.get("icc_profile")
    if not profile:
        return np.asarray(pixels, dtype=np.uint8)
    coloured = Image.fromarray(pixels)
    del pixels
    coloured.info["icc_profile"] = profile
    return to_rgb(coloured)


# ----------------------------------------------------------------------------------------------------- in a child


_WORKS: Final[dict[str, Callable[..., Any]]] = {
    work.__name__: work for work in (decode, read_size, count_pages, decode_thumbnail, read_pdf_words, is_locked_pdf)
}


def run_in_child(arguments: dict[str, Any], data: bytes) -> Answer:
    """Run one of these functions, the one named ``work``, in a child process: on the data, or on the file ``path``."""
    work, path = _WORKS[arguments.pop("work")], arguments.pop("path", None)
    with kept_file.open_file(Path(path)) if path else contextlib.nullcontext(io.BytesIO(data)) as stream:
        found = work(stream, **arguments)
    if isinstance(found, FilePages):
        found = dataclasses.asdict(found)
    return Answer(arrays=[found]) if isinstance(found, np.ndarray) else Answer(found)
