"""Saves a photo that came over the network: checked before it is written, under our own name, whole or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import write_failed
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.translation import later, tr

# What cameras of phones write, by how such files begin; a file gets the ending that fits what is in it.
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_AVIF: Final = (b"avif", b"avis")
_WHAT: Final = later("the photo can’t be saved: {reason}")
_HELP: Final = later("Free up disk space on the computer, then send the photo again.")


def receive_photo(data: bytes, *, folder: Path, when: datetime) -> Path:
    """Save a photo in a folder.

    Args:
        data: The file as it was sent.
        folder: The folder of photos; it must exist.
        when: Local time of arrival, for the name.

    Returns:
        The path of the new file.

    Raises:
        PhotoError: It is no photo, damaged, or larger than the user allows.
        WriteFailed: It can't be written, because the disk is full, for example.
    """
    suffix = _find_suffix(data)
    photo_file.decode_photo(data, name=tr("the photo"))
    files = SafeFolder(folder, follow=True)
    # The next free second, so that the names are in the order of arrival.
    times = (when + timedelta(seconds=seconds) for seconds in range(1000))
    names = (f"Phone {each:%Y-%m-%d %H.%M.%S}{suffix}" for each in times)
    try:
        name = next(name for name in names if not files.has(name))
        files.replace(name, data)
    except OSError as error:
        raise write_failed(folder, error, _WHAT, help_with=_HELP) from error
    return folder / name


def _find_suffix(data: bytes) -> str:
    if data.startswith(_JPEG):
        return ".jpg"
    if data.startswith(_PNG):
        return ".png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:8] == b"ftyp":
        return ".avif" if data[8:12] in _AVIF else ".heic"
    raise PhotoError(
        tr("this is not a photo in a supported format"),
        file=tr("the photo"),
        remedy=tr("Send a JPEG, PNG, WebP, HEIC or AVIF photo."),
    )
