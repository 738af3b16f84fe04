"""Saves a photo that came over the network: checked before it is written, under our own name, whole or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ocr_studio.core.errors import write_failed
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.images import photo_file, photo_stream
from ocr_studio.core.images.photo_stream import PhotoError
from ocr_studio.core.translation import later, tr

# What cameras of phones write.
_SUFFIXES: Final = (".jpg", ".png", ".webp", ".heic", ".avif")
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
    if (suffix := photo_stream.find_suffix(data)) not in _SUFFIXES:
        raise PhotoError(
            tr("this is not a photo in a supported format"),
            file=tr("the photo"),
            remedy=tr("Send a JPEG, PNG, WebP, HEIC or AVIF photo."),
        )
    photo_file.decode_photo(data, name=tr("the photo"))
    return store_photo(data, folder=folder, name="Phone", suffix=suffix, when=when)


def store_photo(data: bytes, *, folder: Path, name: str, suffix: str, when: datetime) -> Path:
    """Write a photo that was checked into a folder.

    Args:
        data: The file.
        folder: The folder of photos; it must exist.
        name: What its name begins with.
        suffix: What it ends with.
        when: Local time of arrival, for the rest of the name.

    Returns:
        The path of the new file.

    Raises:
        WriteFailed: It can't be written, because the disk is full, for example.
    """
    files = SafeFolder(folder, follow=True)
    # The next free second, so that the names are in the order of arrival.
    times = (when + timedelta(seconds=seconds) for seconds in range(1000))
    names = (f"{name} {each:%Y-%m-%d %H.%M.%S}{suffix}" for each in times)
    try:
        free = next(each for each in names if not files.has(each))
        files.replace(free, data)
    except OSError as error:
        raise write_failed(folder, error, _WHAT, help_with=_HELP) from error
    return folder / free
