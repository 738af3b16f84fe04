"""Photos: any file becomes one upright RGB array, or an error that says what is wrong. Photos are never written.

There is one EXIF policy, and it is here: everybody gets the photo as it was meant to be seen.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import stat
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import cv2
import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageFile, TiffImagePlugin

from ocr_studio.core import paths, write_errors
from ocr_studio.core.photo_errors import COPY_AGAIN, PhotoError, known_beginning, not_a_file, refused, unreadable
from ocr_studio.core.pixels import RGB, UPRIGHT, shrunk, to_rgb, upright
from ocr_studio.core.translation import tr

__all__ = (
    "MAX_PIXELS",
    "PHOTO_SUFFIXES",
    "PhotoError",
    "content_id",
    "decode_photo",
    "is_photo",
    "natural_key",
    "open_photo",
    "open_with_id",
    "pages_in",
    "photo_size",
    "photos_in",
    "save_jpeg",
    "save_png",
    "thumbnail",
)

PHOTO_SUFFIXES: Final = frozenset(
    f".{kind}"
    for kind in ("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "tif", "tiff", "bmp", "dib", "gif")
    + ("heic", "heif", "hif", "avif")
)
MAX_PIXELS: Final = 200_000_000
MAX_BYTES: Final = 2 << 30

_ID_BYTES: Final = 16

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
# Of a TIFF's page, bits of tag 254: a small copy of another page, or a mask of one. TIFF 6.0, section 8.
_NEW_SUBFILE_TYPE, _NO_PAGE_OF_ITS_OWN = 254, 1 | 4
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

# The limit on pixels is ours, the same for every format, and checked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener()


def is_photo(path: Path) -> bool:
    """Whether this looks like a photo: by its ending, or by its first bytes where it has none. Never raises."""
    if path.suffix.lower() in PHOTO_SUFFIXES:
        return True
    if path.suffix:
        return False
    try:
        with _reading(path) as stream:
            return known_beginning(stream.read(32))
    except PhotoError:
        return False


def photos_in(folder: Path) -> list[Path]:
    """The photos lying in a folder, in natural order (2 before 10). Hidden files and folders inside it are left out.

    Raises PhotoError if the folder cannot be listed.
    """
    try:
        with os.scandir(folder) as entries:
            # By their names: ten thousand paths take ten times as long.
            found = sorted((entry.name for entry in entries if _listed(entry)), key=natural_key)
    except OSError as error:
        raise refused(folder, error) from error
    return [path for name in found if is_photo(path := folder / name)]


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names as people count: 2 before 10, upper and lower case together."""
    parts = re.split(r"([0-9]+)", name.casefold())
    key = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
    return (*key, (2, 0, name))


def open_photo(path: Path) -> RGB:
    """The photo in a file, whatever its name: (H, W, 3) uint8, RGB, sRGB, upright. Raises PhotoError."""
    return decode_photo(_bytes_of(path), name=str(path))


def open_with_id(path: Path) -> tuple[RGB, str]:
    """``open_photo`` and ``content_id`` of the same bytes: the file may be replaced while it is being looked at."""
    data = _bytes_of(path)
    return decode_photo(data, name=str(path)), hashlib.blake2b(data, digest_size=_ID_BYTES).hexdigest()


def decode_photo(data: bytes, *, name: str, most: int = MAX_PIXELS) -> RGB:
    """The photo in these bytes: (H, W, 3) uint8, RGB, sRGB, upright; the first frame or page where there are several.

    name: what errors call it. most: pixels that it may have. Raises PhotoError.
    """
    with _opened(io.BytesIO(data), name, most) as image:
        orientation = _orientation(image)
        pixels = _fast_jpeg(image, data)
        return upright(to_rgb(image) if pixels is None else pixels, orientation)


def pages_in(path: Path) -> int:
    """How many pages or frames a file holds of which ``open_photo`` takes the first alone; 1 for an ordinary photo.

    Those of a TIFF, GIF, PNG, WebP, HEIF or AVIF, from their headers alone. Small copies and masks in a TIFF, and what
    cameras put behind a JPEG (a preview, the other eye, a map of brightness), are no pages. Raises PhotoError.
    """
    with _reading(path) as stream, _opened(stream, str(path)) as image:
        if image.format in {"JPEG", "MPO"}:
            return 1
        count = int(getattr(image, "n_frames", 1))
        return count if count < 2 or not isinstance(image, TiffImagePlugin.TiffImageFile) else _own_pages(image, count)


def photo_size(path: Path) -> tuple[int, int]:
    """(width, height) of the upright photo in pixels, from the header alone where it tells. Raises PhotoError."""
    with _reading(path) as stream, _opened(stream, str(path)) as image:
        width, height = image.size
        # Pillow's TIFF reader turns photos itself and gives the size they will have.
        turned = image.format != "TIFF" and _orientation(image) in {5, 6, 7, 8}
        return (height, width) if turned else (width, height)


def thumbnail(path: Path, *, side: int) -> RGB:
    """A small upright picture of the photo, (h, w, 3) uint8 RGB, its longer side at most ``side`` pixels.

    JPEGs are decoded at an eighth, a quarter or half of their size, which is several times faster. Raises PhotoError.
    """
    with _reading(path) as stream, _opened(stream, str(path)) as image:
        orientation = _orientation(image)
        image.draft("RGB", (side, side))
        return upright(shrunk(to_rgb(image), side=side), orientation)


def content_id(path: Path) -> str:
    """Which photo this is, whatever its name: BLAKE2b over the file's bytes, 32 hex digits. Raises PhotoError."""
    with _reading(path) as stream:
        try:
            return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=_ID_BYTES)).hexdigest()
        except OSError as error:
            raise refused(path, error) from error


def save_png(path: Path, rgb: RGB) -> None:
    """Write a picture, (H, W, 3) uint8 RGB, as PNG: whole or not at all. Raises PhotoError."""
    _save(path, rgb, ".png", ())


def save_jpeg(path: Path, rgb: RGB, *, quality: int = 92) -> None:
    """Write a picture, (H, W, 3) uint8 RGB, as JPEG: whole or not at all. quality: 1..100. Raises PhotoError."""
    _save(path, rgb, ".jpg", (cv2.IMWRITE_JPEG_QUALITY, quality))


def _save(path: Path, rgb: RGB, kind: str, how: Sequence[int]) -> None:
    _, encoded = cv2.imencode(kind, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), how)
    try:
        paths.replace_file(path, encoded.tobytes())
    except OSError as error:
        raise PhotoError(
            tr("the picture could not be written: {reason}", reason=write_errors.reason(error)),
            file=path,
            remedy=write_errors.remedy(error),
        ) from error


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[io.BufferedReader]:
    """The file, open for reading; only if it is a plain file, and never waiting for one that is not."""
    try:
        kind = Path(path).stat().st_mode
        if not stat.S_ISREG(kind):
            raise not_a_file(path, kind)
        # O_NONBLOCK: it may have become a pipe in between, and opening a pipe waits for its other end.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        stream = os.fdopen(os.open(path, flags), "rb")
    except (OSError, ValueError) as error:
        raise refused(path, error) from error
    with stream:
        yield stream


def _bytes_of(path: Path) -> bytes:
    with _reading(path) as stream:
        try:
            if os.fstat(stream.fileno()).st_size <= MAX_BYTES:
                return stream.read()
        except OSError as error:
            raise refused(path, error) from error
    raise PhotoError(tr("the file is larger than 2 GiB"), file=path, remedy=tr("Save it as JPEG or PNG and open that."))


@contextlib.contextmanager
def _opened(stream: BinaryIO, name: str, most: int = MAX_PIXELS) -> Iterator[ImageFile.ImageFile]:
    """The image in a stream, its header read and its size found fit. What Pillow raises inside becomes PhotoError."""
    # Pillow warns of oddities in files that it reads all the same; here they concern nobody.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
        beginning = b""
        try:
            beginning = stream.read(512)
            stream.seek(0)
            with Image.open(stream, formats=_FORMATS) as image:
                _check_size(image, name, most)
                yield image
        except PhotoError:
            raise
        except MemoryError as error:
            remedy = tr("Close other programs, or save it smaller and open that.")
            raise PhotoError(tr("there is not enough memory to open it"), file=name, remedy=remedy) from error
        except _DAMAGED as error:
            # Where the system says so, the disk is at fault, not the file; Pillow's own errors have no number.
            if isinstance(error, OSError) and error.errno:
                raise refused(name, error) from error
            raise unreadable(name, beginning, error) from error


def _check_size(image: ImageFile.ImageFile, name: str, most: int) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise PhotoError(tr("it says it has no pixels"), file=name, remedy=tr(COPY_AGAIN))
    if width * height > most:
        raise PhotoError(
            tr(
                "{width} × {height} pixels are more than the {most} million this program opens",
                width=width,
                height=height,
                most=most // 1_000_000,
            ),
            file=name,
            remedy=tr("Save it smaller, or in parts, and open that."),
        )


def _own_pages(image: TiffImagePlugin.TiffImageFile, count: int) -> int:
    own = 1
    for number in range(1, count):
        image.seek(number)
        kind = image.tag_v2.get(_NEW_SUBFILE_TYPE, 0)
        own += not (isinstance(kind, int) and kind & _NO_PAGE_OF_ITS_OWN)
    return own


def _orientation(image: ImageFile.ImageFile) -> int:
    """EXIF orientation 1..8 still to be applied to the pixels; 1 where none is told or it is damaged."""
    if image.format == "TIFF":
        return UPRIGHT  # Pillow's TIFF reader turns its photos itself.
    try:
        if image.format == "PNG" and "exif" not in image.info and not _png_tells_late(image):
            # PNG's own method would decode the whole image to look for a chunk behind the pixels.
            value = Image.Image.getexif(image).get(ExifTags.Base.Orientation, UPRIGHT)
        else:
            value = image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except _DAMAGED:
        return UPRIGHT
    return value if isinstance(value, int) and 1 <= value <= 8 else UPRIGHT


def _png_tells_late(image: ImageFile.ImageFile) -> bool:
    """Whether a PNG has its EXIF chunk behind the pixels, where it may be. PNG 3rd edition, 5.3 and 11.3.4.4."""
    stream = image.fp
    if stream is None:
        return False
    back, found = stream.tell(), False
    stream.seek(8)
    while not found and len(head := stream.read(8)) == 8 and head[4:] != b"IEND":
        found = head[4:] == b"eXIf"
        stream.seek(int.from_bytes(head[:4], "big") + 4, os.SEEK_CUR)
    stream.seek(back)
    return found


def _fast_jpeg(image: ImageFile.ImageFile, data: bytes) -> RGB | None:
    """The pixels of an RGB JPEG, not yet turned; None where Pillow should decode it, or say what is wrong.

    OpenCV uses the same library for it and gives the same pixels in 60 % of the time.
    """
    if image.format not in {"JPEG", "MPO"} or image.mode != "RGB" or not _jpeg_is_whole(data):
        return None
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.shape != (image.height, image.width, 3):
        return None
    profile = image.info.get("icc_profile")
    if not profile:
        return np.asarray(pixels, dtype=np.uint8)
    coloured = Image.fromarray(pixels)
    coloured.info["icc_profile"] = profile
    return to_rgb(coloured)


def _jpeg_is_whole(data: bytes) -> bool:
    """Whether the first image of a JPEG file reaches its end marker; decoders paint grey what is missing.

    ISO/IEC 10918-1, annex B: segments tell their length, and in what follows a scan header 0xFF is never data.
    """
    position = 2
    while (found := _MARKER.search(data, position)) is not None:
        marker, position = data[found.start() + 1], found.end()
        if marker == 0xD9:
            return True
        if marker not in {0x01, 0xD8}:
            position += int.from_bytes(data[position : position + 2], "big")
    return False


def _listed(entry: os.DirEntry[str]) -> bool:
    """Whether a person sees this as a file of the folder."""
    try:
        hidden = entry.name.startswith(".") or (sys.platform == "win32" and _hidden_by_windows(entry.stat()))
        return not hidden and entry.is_file()
    except OSError:  # a link that leads nowhere or in a circle
        return False


def _hidden_by_windows(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN)
