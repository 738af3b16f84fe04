"""Photos: any file becomes one upright RGB array, or a clear error. Photos are never written.

There is one EXIF policy, and it is here: everybody gets the photo as it was meant to be seen. Ordinary JPEG and PNG
files are decoded in this process. All others are decoded in a child process with limits of time and memory, as their
decoders may crash, never end or take all memory when somebody has made a file for that.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal, overload

import numpy as np
from msgspec import Meta
from PIL import UnidentifiedImageError

from ocr_studio.core import errors, paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import child_process, json_schema
from ocr_studio.core.files.child_process import Answer, ChildFailed, Limits
from ocr_studio.core.images import page_paths, photo_stream
from ocr_studio.core.images.decoding import decoder as photo_decoder
from ocr_studio.core.images.decoding import frames, pdf_passwords
from ocr_studio.core.images.decoding import headers as photo_headers
from ocr_studio.core.images.page_paths import FilePages
from ocr_studio.core.images.photo_limit import MAX_PIXELS, allowed_pixels
from ocr_studio.core.images.photo_stream import (
    COPY_AGAIN,
    PHOTO_SUFFIXES,
    PhotoError,
    compute_content_id,
    is_other_format,
    is_photo,
    make_unreadable_error,
)
from ocr_studio.core.images.pixel_formats import RGB, encode_image
from ocr_studio.core.translation import later, tr

__all__ = (
    "PHOTO_SUFFIXES",
    "PhotoError",
    "check_format",
    "compute_content_id",
    "count_pages",
    "decode_photo",
    "is_photo",
    "make_thumbnail",
    "open_photo",
    "open_photo_with_id",
    "read_photo_size",
    "save_png",
)

# Larger files are not read whole by this program; a child process reads what it needs of them.
MOST_READ: Final = 256 << 20
# What decoding a photo of MAX_PIXELS may take: twice what the slowest honest ones take.
_SECONDS: Final = 12.0
_MEMORY: Final = 2 << 30
_SIMPLER: Final = later("Save a smaller copy, or a copy as JPEG, and open that.")


@dataclass(frozen=True, slots=True)
class _Pages:
    """What a child process tells of the pages of a file: ``FilePages``."""

    count: Annotated[int, Meta(ge=1, le=frames.MOST_PAGES)]
    lost: list[Annotated[int, Meta(ge=0, lt=frames.MOST_PAGES)]]
    rest: Literal["damaged", "limit"] | None

    def check(self) -> FilePages:
        return FilePages(self.count, tuple(sorted({page for page in self.lost if page < self.count})), self.rest)


def check_format(path: Path) -> None:
    """Check that a file can be read and may be a photo by its first bytes; a damaged one may. Raises PhotoError."""
    with photo_stream.open_stream(path) as stream:
        _check_beginning(stream, str(path))


def open_photo(path: Path) -> RGB:
    """Open a photo: (H, W, 3) uint8 sRGB, upright. Raises PhotoError."""
    file, page = page_paths.find_page(path)
    data = None if page else _read_whole(file)
    if data is not None:
        return decode_photo(data, name=str(path))
    return _decode_in_child(file, str(path), allowed_pixels(), page=page)


def open_photo_with_id(path: Path) -> tuple[RGB, str]:
    """Return ``open_photo`` and ``compute_content_id`` of the same bytes, even if the file is replaced meanwhile."""
    file, page = page_paths.find_page(path)
    data = None if page else _read_whole(file)
    if data is not None:
        return decode_photo(data, name=str(path)), photo_stream.compute_id(data)
    with photo_stream.checking_changes(path):
        return _decode_in_child(file, str(path), allowed_pixels(), page=page), compute_content_id(path)


def _read_whole(file: Path) -> bytes | None:
    """Read all of a photo; None for a larger one, and a PDF, of which PDFium reads what it needs. Raises PhotoError."""
    with photo_stream.open_stream(file) as stream:
        if photo_stream.is_pdf(stream.read(photo_stream.PDF_REACH)):
            return None
    return photo_stream.read_file(file, most=MOST_READ)


def decode_photo(data: bytes, *, name: str, most: int | None = None, page: int = 0) -> RGB:
    """Decode a photo from bytes: (H, W, 3) uint8 sRGB, upright; the first frame, or the page of this number, from 0.

    Raises PhotoError, which names it so, for a damaged photo and one of more than ``most`` pixels, by default as the
    user has chosen.
    """
    most = allowed_pixels() if most is None else most
    stream = io.BytesIO(data)
    _check_beginning(stream, name)
    if not page and len(data) <= MOST_READ and photo_headers.is_plain_photo(stream):
        return photo_decoder.decode(stream, name, most)
    return _decode_in_child(data, name, most, page=page)


def read_jpeg_header(data: bytes, *, name: str) -> photo_decoder.JpegHeader | None:
    """Read the header of an ordinary JPEG in grey or RGB; None for any other photo.

    Raises PhotoError, which names it so.
    """
    stream = io.BytesIO(data)
    _check_beginning(stream, name)
    if len(data) > MOST_READ or not photo_headers.is_plain_photo(stream):
        return None
    return photo_decoder.read_jpeg_header(data, name, allowed_pixels())


@overload
def count_pages(source: Path) -> FilePages: ...
@overload
def count_pages(source: bytes, *, name: str) -> FilePages: ...
def count_pages(source: Path | bytes, *, name: str = "") -> FilePages:
    """Count the pages or frames of a file, by its headers alone; 1 for an ordinary photo.

    Raises PhotoError, which names a file by its path, and bytes as given.
    """
    name = name if isinstance(source, bytes) else str(source)
    opened = io.BytesIO(source) if isinstance(source, bytes) else photo_stream.open_stream(source)
    with opened as stream:
        beginning = _check_beginning(stream, name)
        if photo_headers.is_still_webp(beginning):
            return FilePages(1)
        if _is_ordinary(stream):
            return photo_decoder.count_pages(stream, name, allowed_pixels())
    answer = _ask_child(photo_decoder.count_pages, source, name, allowed_pixels()).values
    try:
        return json_schema.convert(answer, _Pages).check()
    except json_schema.BadValue as error:  # the file may have taken over the child
        raise _make_strange_answer_error(name) from error


def is_locked(source: Path | bytes, *, name: str = "") -> bool:
    """Whether this is a PDF that needs a password which is not known yet. Never raises: opening it tells why."""
    try:
        return _is_locked(source, name, pdf_passwords.find_password(source))
    except PhotoError:
        return False


def unlock(source: Path | bytes, password: str, *, name: str = "") -> bool:
    """Try the password of a PDF. If it is right, it is used until the program ends. Raises PhotoError."""
    if _is_locked(source, name, password):
        return False
    pdf_passwords.remember_password(source, password)
    return True


def _is_locked(source: Path | bytes, name: str, password: str | None) -> bool:
    """Whether a PDF can't be opened with this password. Raises PhotoError."""
    file = source if isinstance(source, bytes) else page_paths.find_page(source).file
    name = name or str(source)
    return _ask_child(photo_decoder.is_locked_pdf, file, name, allowed_pixels(), password=password).values is True


def read_photo_size(path: Path) -> tuple[int, int]:
    """Return (width, height) of the upright photo in pixels, from the header alone if possible. Raises PhotoError."""
    most, (file, page) = allowed_pixels(), page_paths.find_page(path)
    with photo_stream.open_stream(file) as stream:
        _check_beginning(stream, str(path))
        if _is_ordinary(stream):
            return photo_decoder.read_size(stream, str(path), most)
        # Without a child process, for those who are sent many of them.
        if png := photo_headers.read_png_size(stream.peek(24)[:24]):
            photo_decoder.check_size(*png, str(path), most)
    match _ask_child(photo_decoder.read_size, file, str(path), most, page=page).values:
        case [int(width), int(height)] if _is_possible_size(width, height, most):
            return width, height
    raise _make_strange_answer_error(str(path))


def read_pdf_words(source: Path | bytes, page: int, *, name: str) -> Answer:
    """Read the text that a page of a PDF has of its own; see ``pdf_pages.read_words``. Raises PhotoError.

    Check what the answer says: the file may have taken over the child process.
    """
    return _ask_child(photo_decoder.read_pdf_words, source, name, allowed_pixels(), page=page)


def make_thumbnail(path: Path, *, side: int) -> RGB:
    """Make a small upright picture, (h, w, 3) uint8 RGB, its longer side at most ``side`` pixels.

    JPEGs are decoded at an eighth, a quarter or half of their size, which is several times faster. Raises PhotoError.
    """
    file, page = page_paths.find_page(path)
    with photo_stream.open_stream(file) as stream:
        _check_beginning(stream, str(path))
        if not page and _is_ordinary(stream):
            return photo_decoder.decode_thumbnail(stream, str(path), allowed_pixels(), side)
    answer = _ask_child(photo_decoder.decode_thumbnail, file, str(path), allowed_pixels(), side=side, page=page)
    return _check_picture(answer, str(path), side * side)


def save_png(path: Path, rgb: RGB) -> None:
    """Save a picture, (H, W, 3) uint8 RGB, as PNG, atomically. Raises PhotoError."""
    try:
        paths.replace_file(path, encode_image(rgb))
    except OSError as error:
        raise PhotoError(
            tr("can’t write the image: {reason}", reason=errors.write_reason(error)),
            file=path,
            remedy=errors.write_remedy(error),
        ) from error


def _check_beginning(stream: BinaryIO, name: str) -> bytes:
    """Refuse other files before a child process is started. Returns the first bytes."""
    beginning = stream.read(512)
    stream.seek(0)
    if is_other_format(beginning):
        raise make_unreadable_error(name, beginning, UnidentifiedImageError())
    return beginning


def _is_ordinary(stream: io.BufferedReader | io.BytesIO) -> bool:
    size = len(stream.getbuffer()) if isinstance(stream, io.BytesIO) else os.fstat(stream.fileno()).st_size
    return size <= MOST_READ and photo_headers.is_plain_photo(stream)


def _decode_in_child(source: Path | bytes, name: str, most: int, *, page: int = 0) -> RGB:
    return _check_picture(_ask_child(photo_decoder.decode, source, name, most, page=page), name, most)


def _ask_child(
    work: Callable[..., object], source: Path | bytes, name: str, most: int, **more: int | str | None
) -> Answer:
    """Let a child process run a function of the decoder on a file or bytes. Raises PhotoError."""
    arguments: dict[str, object] = {"work": work.__name__, "name": name, "most": most, **more}
    # Through the pipe, as everything else: what is on a command line or in the environment others may see.
    if "password" not in more and (password := pdf_passwords.find_password(source)) is not None:
        arguments["password"] = password
    data = source if isinstance(source, bytes) else b""
    if not isinstance(source, bytes):
        arguments["path"] = os.path.abspath(source)
    share = max(1.0, most / MAX_PIXELS)
    limits = Limits(seconds=_SECONDS * share, memory=int(_MEMORY * share), answer=3 * most)
    try:
        return child_process.call(photo_decoder.run_in_child, arguments, data, limits=limits)
    except ChildFailed as error:
        remedy = COPY_AGAIN if error.failure == "crashed" else _SIMPLER
        raise PhotoError(error.reason, file=name, remedy=tr(remedy)) from error
    except StudioError as error:
        raise PhotoError(error.what, file=error.file, remedy=error.remedy, command=error.command) from error


def _check_picture(answer: Answer, name: str, most: int) -> RGB:
    """Check a picture from a child, which may be under the control of a malicious file."""
    match answer.arrays:
        case [array] if array.dtype == np.uint8 and array.shape[2:] == (3,):
            height, width = array.shape[:2]
            if _is_possible_size(width, height, most):
                return array
    raise _make_strange_answer_error(name)


def _is_possible_size(width: int, height: int, most: int) -> bool:
    return 0 < width <= photo_decoder.MAX_SIDE and 0 < height <= photo_decoder.MAX_SIDE and width * height <= most


def _make_strange_answer_error(name: str) -> PhotoError:
    return PhotoError(tr("the file is damaged or incomplete"), file=name, remedy=tr(COPY_AGAIN))
